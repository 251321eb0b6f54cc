"""Turns a model's raw text into text that fits at the cursor.

`mend` repairs the head of an answer so that it continues at the cursor. `trim` determines its end. They are separate
because the cache keeps mended text: while the user types along, the rest of it is trimmed again at the new cursor. A
stream can be closed when it `is_final`: no continuation could change what is shown.

    raw ─ mend: line ends · control characters · control tokens · fence · echo · blanks · indentation · levels ─▶ mended
    mended ─ trim: first cut seen (suffix, loop, scope, length) · tail · pattern · fit · error check ─▶ Completion

The rules use only the lines around the cursor (`syntax.window`), so their time is bounded for any file. They never
fail, whatever the text.

The modules in reading order: `lines`, `line_syntax`, `embedded_language`, `cursor_syntax` (the cursor), `brackets`,
`cut`. For `mend`: `control_characters`, `control_tokens`, `fences`, `echo`, `spacing`, `indent`, `levels`,
`reindent`, `closers`, `before_rest`, `rest_overlap`, `mend`. For `trim`: `below_overlap`, `repetition`, `scope`,
`fit`, `error_check`, `trim`. Then `stream`.
"""

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits
from midfill.core.shape.before_rest import reindented_before_rest
from midfill.core.shape.below_overlap import repetition_cut, without_repeated_tail
from midfill.core.shape.closers import without_extra_closers
from midfill.core.shape.control_characters import without_control_characters
from midfill.core.shape.control_tokens import ends_with_control_token, without_control_tokens
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.echo import echo
from midfill.core.shape.error_check import whole_if_fewer_errors
from midfill.core.shape.fences import without_fence
from midfill.core.shape.fit import fitted_to_line
from midfill.core.shape.indent import indented
from midfill.core.shape.mend import mend, start_is_known
from midfill.core.shape.reindent import reindented
from midfill.core.shape.repetition import loop_cut, without_pattern
from midfill.core.shape.scope import is_block_body, scope_cut
from midfill.core.shape.spacing import with_spacing
from midfill.core.shape.stream import first_piece, is_final
from midfill.core.shape.trim import trim

__all__ = [
    "RULES",
    "ends_itself",
    "fills_block",
    "first_piece",
    "is_bare_header",
    "is_final",
    "mend",
    "reduces_errors",
    "shape",
    "start_is_known",
    "trim",
]

RULES = (
    without_control_characters,
    without_control_tokens,
    without_fence,
    echo,
    with_spacing,
    indented,
    reindented,
    reindented_before_rest,
    repetition_cut,
    loop_cut,
    scope_cut,
    without_repeated_tail,
    without_pattern,
    fitted_to_line,
    without_extra_closers,
    whole_if_fewer_errors,
)
"""The rules in three stages: of the head, of the end, and of the fit; each docstring shows an example.

Of the rules of the end, the one that cuts first counts.
"""


def shape(raw: str, cursor: Cursor, limits: AnswerLimits) -> Completion:
    """Return what to show of `raw`, the model's answer at `cursor`; it may be empty."""
    return trim(mend(raw, cursor), cursor, limits)


def ends_itself(raw: str, cursor: Cursor) -> bool:
    """Return whether a control token in `raw` shows that the model ended its answer, whatever the server reports."""
    return ends_with_control_token(raw, syntax_at(cursor))


def is_bare_header(line: str, cursor: Cursor) -> bool:
    """Return whether `line`, the cursor's, is a header without the start of its block, which is on the next line."""
    return syntax_at(cursor).is_bare_header(line)


def fills_block(text: str, cursor: Cursor, limits: AnswerLimits) -> bool:
    """Return whether `text`, mended, is the body of a block that starts right before the cursor."""
    return limits.scope == "block" and is_block_body(text.split("\n"), syntax_at(cursor))


def reduces_errors(shown: Completion, cursor: Cursor) -> bool:
    """Return whether the file has fewer syntax errors with `shown` than without."""
    syntax = syntax_at(cursor)
    return syntax.error_count(shown) < syntax.error_count(Completion())
