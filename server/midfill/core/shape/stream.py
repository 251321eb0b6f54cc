"""What is known about an answer while it streams in."""

from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits
from midfill.core.shape.before_rest import reindented_before_rest
from midfill.core.shape.cursor_syntax import CursorSyntax, syntax_at
from midfill.core.shape.cut import earliest_cut
from midfill.core.shape.fit import starts_mid_line
from midfill.core.shape.mend import MAX_ANSWER_CHARACTERS, aligned_at_cursor, depends_on_rest, start_is_known
from midfill.core.shape.reindent import move_is_final, reindented
from midfill.core.shape.scope import determines_scope, first_line_end, is_block_body
from midfill.core.shape.trim import cuts, final_completion


def is_final(raw: str, cursor: Cursor, limits: AnswerLimits) -> bool:
    """Return whether no continuation of `raw` could change the result of `shape`."""
    syntax = syntax_at(cursor)
    if not start_is_known(raw, cursor):
        return False
    unmoved, original = aligned_at_cursor(raw, syntax)
    if limits.manual and (starts_mid_line(unmoved, syntax) or raw.count("\n") < limits.max_lines):
        return False  # The whole answer counts.
    text = reindented(unmoved, original, syntax)
    first_line = text.partition("\n")[0]
    shows_one_line = limits.scope == "line" or limits.max_lines == 1
    first_line_is_final = shows_one_line and first_line.strip() and unmoved.startswith(first_line)
    if not text.strip() or not (first_line_is_final or move_is_final(unmoved, text, syntax)):
        return False
    if not _end_is_final(text[:MAX_ANSWER_CHARACTERS], syntax, limits):
        return False
    if first_line_is_final or not depends_on_rest(unmoved, syntax):
        return True
    # The complete answer is reindented before the rest. If that moves its lines now, more text may move them elsewhere.
    return reindented_before_rest(unmoved, original, syntax).rstrip() == text.rstrip()


def _end_is_final(text: str, syntax: CursorSyntax, limits: AnswerLimits) -> bool:
    """Whether the lines of `text`, of which the last may be incomplete, determine the end of what is shown."""
    *complete, last = text.split("\n")
    if final_completion(complete, syntax, limits) is not None:
        return True
    return (
        determines_scope(last, complete, syntax)
        and final_completion([*complete, last], syntax, limits) is not None
    )


def first_piece(text: str, cursor: Cursor, limits: AnswerLimits) -> int | None:
    """Return the length of the first piece of `text`, mended and still streaming, that can be shown alone.

    The piece is the first line, or the statement or block that it starts; None while it is incomplete.
    """
    syntax = syntax_at(cursor)
    lines = text.split("\n")[:-1]
    cut = earliest_cut(cuts(lines, syntax, limits))
    if cut is None and limits.scope == "block" and is_block_body(lines, syntax):
        return None
    keep = cut.keep if cut else first_line_end(lines, syntax)
    piece = "\n".join(lines[:keep])
    return len(piece) if piece.strip() else None
