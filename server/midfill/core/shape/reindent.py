"""Moves the lines of an answer with wrong indentation to the levels open at the cursor.

The lines after the first are moved together, which keeps their relative indentation.
"""

import re
from collections.abc import Iterator

from midfill.core.shape.brackets import quoted
from midfill.core.shape.context import CursorContext
from midfill.core.shape.indent import step
from midfill.core.shape.levels import at_column, illegal_lines, legal_columns, step_columns
from midfill.core.shape.lines import indentation, width

_LEAVES_BLOCK = 0.5
"""Cost of moving a line out of the cursor's block; an illegal line costs 1."""
_MOVE, _ORDER, _NEXT_READING = 0.001, 0.0001, 0.002
"""Costs of a column and of a later reading: the answer as written wins, then the nearest of equally legal moves."""
_SLIP = 3
"""Maximum columns by which a model is off by accident; a line further out is meant to leave the cursor's block."""
_EVIDENCE = 3
"""Number of lines after the first that determine the move; in a stream they arrive early."""
_WORTH = 0.25
"""Minimum improvement for a move."""
_NEW_AT_MARGIN = re.compile(r"\n[ \t]*\n[ \t]*\n(?=\S)")
"""Two blank lines before a line at the margin: formatters keep one at most inside a block."""


def reindented(text: str, written: str, context: CursorContext) -> str:
    r"""Return `text`, or the nearest reading of its raw form `written` with lines at legal levels.

    >>> accepted('def f(rows):\n    ▮', 'if rows:\n    return 1')
    'def f(rows):\n    if rows:\n        return 1'
    """
    if not _judged(text, context):
        return text
    text = _with_first(text, written, context)
    if _is_placed(text, context):
        return text
    least = illegal_lines(_first_rows(text, _EVIDENCE), context, below=True) - _WORTH
    best = text
    for number, (reading, leaves) in enumerate(readings(written if context.at_line_start else text, context)):
        cost = illegal_lines(_first_rows(reading, _EVIDENCE), context, below=True)
        far = abs(_first_width(reading, context) - _first_width(text, context))
        rank = cost + _NEXT_READING * bool(number) + _MOVE * far + _ORDER * number + _LEAVES_BLOCK * leaves
        if rank < least:
            best, least = reading, rank
    return best


def _with_first(text: str, written: str, context: CursorContext) -> str:
    """Return `text` with its lines moved like its first one, if they are relative to where the model wrote that.

    The first line is already at the cursor's indentation. Right of it, the model wrote all lines too deep; left of it,
    some line has to begin at the column of the first one.
    """
    own, (first, *rest) = width(written), text.split("\n")
    column = width(context.head + first)
    at_legal_column = (
        context.at_line_start and bool(first.strip()) and context.indent_width in legal_columns(context)
    )
    if not at_legal_column or own in {0, column}:
        return text
    inside = quoted([first, *rest], context)
    rows = [width(line) for at, line in enumerate(rest, 1) if line.strip() and at not in inside]
    if not rows or min(rows) < own or (own < column and min(rows) > own):
        return text
    shift = column - own
    moved = [_moved(line, shift, context) if at not in inside else line for at, line in enumerate(rest, 1)]
    return "\n".join([first, *moved])


def _first_width(text: str, context: CursorContext) -> int:
    """Return the column of the first indented line of `text`."""
    lines = text.split("\n")
    if context.at_line_start and lines[0].strip():
        return width(context.head + lines[0])
    return next((width(line) for line in lines[1:] if line.strip()), 0)


def _judged(text: str, context: CursorContext) -> bool:
    """Whether the levels at the cursor are known, and `text` is not a header whose body is already below."""
    if context.enclosing is not None or context.language.prose or context.text_follows or not text.strip():
        return False
    if context.at_line_start:
        return bool(context.previous_code_line)
    below = context.next_lines[0] if context.next_lines else ""
    header = context.head + text.partition("\n")[0]
    return not (context.opens_block(header) and width(below) > context.statement_indent)


def settled(text: str, moved: str, context: CursorContext) -> bool:
    """Whether more text cannot change the move; `moved` is `text` after it."""
    if _first_rows(text, _EVIDENCE) != text.rstrip():
        return True
    return text == moved and (not _judged(text, context) or _is_placed(text, context))


def _is_placed(text: str, context: CursorContext) -> bool:
    """Whether the line after the first is at a legal level, or clearly starts something new; then none is moved."""
    start = _first_rows(text, 1)
    return bool(_NEW_AT_MARGIN.search(start)) or illegal_lines(start, context, below=True) < _WORTH


def _first_rows(text: str, count: int) -> str:
    """Return `text` up to its first `count` lines with text after the first line."""
    first, *rest = text.split("\n")
    ends = [at for at, line in enumerate(rest, 1) if line.strip()]
    last = ends[count - 1] if len(ends) >= count else len(rest)
    return "\n".join([first, *rest[:last]]).rstrip()


def readings(written: str, context: CursorContext) -> Iterator[tuple[str, bool]]:
    """Yield the readings of an answer's indentation, and whether lines leave the cursor's block in each."""
    first, *rest = _with_tabs(written, context).split("\n")
    inside = quoted([first, *rest], context)
    rows = [line for at, line in enumerate(rest, 1) if line.strip() and at not in inside]
    fresh = context.at_line_start and bool(first.strip())
    for column in _columns(first, context) if fresh else [context.indent_width]:
        head = first if not fresh else at_column(column, context)[len(context.head) :] + first.strip()
        for shift in _shifts(rows, column, width(first), context):
            moved = [
                _moved(line, shift, context) if at not in inside else line for at, line in enumerate(rest, 1)
            ]
            moved = _with_closers(moved, {column, *context.open_levels}, context) if shift else moved
            leaves = abs(shift) > _SLIP and any(
                width(line) < column
                and line.strip()
                and not context.closes_block(line)
                and not context.is_branch(line)
                for line in moved
            )
            yield "\n".join([head, *moved]), leaves


def _with_closers(lines: list[str], levels: set[int], context: CursorContext) -> list[str]:
    """Return moved `lines` with the closers at the nearest level: a closer at the margin cannot be moved further."""
    known, found = set(levels), []
    for line in lines:
        column = width(line)
        if line.strip() and context.closes_block(line) and column not in known:
            column = min(known, key=lambda level: abs(level - column))
            line = at_column(column, context) + line.lstrip()
        elif line.strip():
            known.add(column)
        found.append(line)
    return found


def _with_tabs(text: str, context: CursorContext) -> str:
    """Return `text` with a tab for each step of spaces, if the document uses tabs."""
    lines = text.split("\n")
    blanks = [indentation(line) for line in lines if line.strip()]
    if step(context) != "\t" or "\t" in "".join(blanks) or not any(blanks):
        return text
    own = min(len(blank) for blank in blanks if blank)
    return "\n".join("\t" * (len(indentation(line)) // own) + line.lstrip(" ") for line in lines)


def _columns(first: str, context: CursorContext) -> list[int]:
    """Return the possible columns of the first line, the most likely first."""
    own, here = width(first), context.indent_width
    legal = legal_columns(context)
    trusted = bool(context.head) and not indentation(first) and here in legal
    nearest = sorted(legal, key=lambda column: abs(column - own))
    options = [here] if trusted else [own, here + own, *([here] if context.head else []), *nearest]
    return [column for column in dict.fromkeys(options) if column >= here]


def _shifts(rows: list[str], column: int, own: int, context: CursorContext) -> list[int]:
    """Return the possible moves of the lines after the first, in columns, the most likely first."""
    if not rows:
        return [0]
    widths = [width(row) for row in rows]
    deeper = column + step_columns(context)
    targets = [column, deeper, *context.open_levels]
    shifts = [0, column - own, column - widths[0], deeper - widths[0], *(at - min(widths) for at in targets)]
    return [shift for shift in dict.fromkeys(shifts) if min(widths) + shift >= 0]


def _moved(line: str, shift: int, context: CursorContext) -> str:
    if not line.strip() or not shift:
        return line
    return at_column(max(0, width(line) + shift), context) + line.lstrip(" \t")
