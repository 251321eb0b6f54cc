"""Repairs the head of an answer, so that it continues exactly at the cursor."""

from midfill.core.cursor import Cursor, normalized_line_ends
from midfill.core.shape.context import CursorContext, context_at
from midfill.core.shape.control_characters import without_control_characters
from midfill.core.shape.control_tokens import without_control_tokens
from midfill.core.shape.echo import echo
from midfill.core.shape.fences import without_fence
from midfill.core.shape.indent import indented
from midfill.core.shape.infill import reindented_infill
from midfill.core.shape.reindent import reindented
from midfill.core.shape.rest_overlap import repeats_rest
from midfill.core.shape.space import spaced

MAX_ANSWER_CHARACTERS = 4_000
"""Maximum characters of an answer that are used: some thousand tokens, several times the largest request."""


def mend(raw: str, cursor: Cursor, *, complete: bool = True) -> str:
    """Return `raw` so that it continues exactly at the cursor; `raw` may still be streaming.

    `complete`: the answer has ended. Its indentation is compared with the text after the cursor only then.
    """
    context = context_at(cursor)
    text, original = at_cursor(raw, context)
    if complete and is_infill(text, context):
        return reindented_infill(text, original, context)
    return reindented(text, original, context)


def head_is_known(raw: str, cursor: Cursor) -> bool:
    """Return whether no continuation of `raw` could change its echo; nothing is shown before that."""
    context = context_at(cursor)
    return not echo(unwrapped(raw, context), context).undecided


def is_infill(text: str, context: CursorContext) -> bool:
    """Whether the indentation of `text` depends on the text after the cursor on its line."""
    return context.text_follows and context.language.indented_blocks and not repeats_rest(text, context)


def at_cursor(raw: str, context: CursorContext) -> tuple[str, str]:
    """Return `raw` as it continues at the cursor, and the same with the leading blanks that the model wrote."""
    text = unwrapped(raw, context)
    original = text[echo(text, context).length :]
    return indented(spaced(original, context), context), original


def unwrapped(raw: str, context: CursorContext) -> str:
    """Return `raw` without foreign line ends, control characters, control tokens and fences."""
    text = without_control_characters(normalized_line_ends(raw[:MAX_ANSWER_CHARACTERS]), context)
    return without_fence(without_control_tokens(text, context), context)
