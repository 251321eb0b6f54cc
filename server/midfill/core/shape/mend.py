"""Repairs the head of an answer, so that it continues exactly at the cursor."""

from midfill.core.cursor import Cursor, normalized_line_ends
from midfill.core.shape.before_rest import reindented_before_rest
from midfill.core.shape.control_characters import without_control_characters
from midfill.core.shape.control_tokens import without_control_tokens
from midfill.core.shape.cursor_syntax import CursorSyntax, syntax_at
from midfill.core.shape.echo import echo
from midfill.core.shape.fences import without_fence
from midfill.core.shape.indent import indented
from midfill.core.shape.reindent import reindented
from midfill.core.shape.rest_overlap import repeats_rest
from midfill.core.shape.spacing import with_spacing

MAX_ANSWER_CHARACTERS = 4_000
"""Maximum characters of an answer that are used: some thousand tokens, several times the largest request."""


def mend(raw: str, cursor: Cursor, *, complete: bool = True) -> str:
    """Return `raw` so that it continues exactly at the cursor; `raw` may still be streaming.

    `complete`: the answer has ended. Its indentation is compared with the text after the cursor only then.
    """
    syntax = syntax_at(cursor)
    text, original = aligned_at_cursor(raw, syntax)
    if complete and depends_on_rest(text, syntax):
        return reindented_before_rest(text, original, syntax)
    return reindented(text, original, syntax)


def start_is_known(raw: str, cursor: Cursor) -> bool:
    """Return whether no continuation of `raw` could change its echo; nothing is shown before that."""
    syntax = syntax_at(cursor)
    return not echo(without_wrapping(raw, syntax), syntax).undecided


def depends_on_rest(text: str, syntax: CursorSyntax) -> bool:
    """Whether the indentation of `text` depends on the text after the cursor on its line."""
    return syntax.text_follows and syntax.language.indented_blocks and not repeats_rest(text, syntax)


def aligned_at_cursor(raw: str, syntax: CursorSyntax) -> tuple[str, str]:
    """Return `raw` as it continues at the cursor, and the same with the leading blanks that the model wrote."""
    text = without_wrapping(raw, syntax)
    original = text[echo(text, syntax).length :]
    return indented(with_spacing(original, syntax), syntax), original


def without_wrapping(raw: str, syntax: CursorSyntax) -> str:
    """Return `raw` without foreign line ends, control characters, control tokens and fences."""
    text = without_control_characters(normalized_line_ends(raw[:MAX_ANSWER_CHARACTERS]), syntax)
    return without_fence(without_control_tokens(text, syntax), syntax)
