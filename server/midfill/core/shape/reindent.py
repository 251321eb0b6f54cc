"""Moves the lines of an answer with wrong indentation to the levels open at the cursor.

The lines after the first are moved together, which keeps their relative indentation.
"""

import re
from collections.abc import Iterator

from midfill.core.shape.brackets import rows_in_strings
from midfill.core.shape.context import CursorContext
from midfill.core.shape.indent import indent_step
from midfill.core.shape.levels import blanks_to_column, illegal_line_cost, legal_columns, step_width
from midfill.core.shape.lines import indent_width, indentation

_LEAVING_COST = 0.5
"""Cost of moving a line out of the cursor's block; an illegal line costs 1."""
_COLUMN_COST, _RANK_COST, _LATER_CANDIDATE_COST = 0.001, 0.0001, 0.002
"""Costs of a column and of a later reading: the answer as written wins, then the nearest of equally legal moves."""
_MAX_SLIP_COLUMNS = 3
"""Maximum columns by which a model is off by accident; a line further out is meant to leave the cursor's block."""
_JUDGED_LINES = 3
"""Number of lines after the first that determine the move; in a stream they arrive early."""
_MIN_GAIN = 0.25
"""Minimum improvement for a move."""
_NEW_AT_MARGIN = re.compile(r"\n[ \t]*\n[ \t]*\n(?=\S)")
"""Two blank lines before a line at the margin: formatters keep one at most inside a block."""


def reindented(text: str, original: str, context: CursorContext) -> str:
    r"""Return `text`, or the nearest reading of its raw form `original` with lines at legal levels.

    >>> accepted('def f(rows):\n    ▮', 'if rows:\n    return 1')
    'def f(rows):\n    if rows:\n        return 1'
    """
    if not _may_move(text, context):
        return text
    text = _moved_like_first_line(text, original, context)
    if _needs_no_move(text, context):
        return text
    min_cost = illegal_line_cost(_first_lines(text, _JUDGED_LINES), context, below=True) - _MIN_GAIN
    best = text
    for number, (candidate, leaves) in enumerate(
        indentation_candidates(original if context.at_line_start else text, context)
    ):
        cost = illegal_line_cost(_first_lines(candidate, _JUDGED_LINES), context, below=True)
        distance = abs(_first_indent_width(candidate, context) - _first_indent_width(text, context))
        rank = (
            cost
            + _LATER_CANDIDATE_COST * bool(number)
            + _COLUMN_COST * distance
            + _RANK_COST * number
            + _LEAVING_COST * leaves
        )
        if rank < min_cost:
            best, min_cost = candidate, rank
    return best


def _moved_like_first_line(text: str, original: str, context: CursorContext) -> str:
    """Return `text` with its lines moved like its first one, if they are relative to where the model wrote that.

    The first line is already at the cursor's indentation. Right of it, the model wrote all lines too deep; left of it,
    some line has to begin at the column of the first one.
    """
    own, (first, *rest) = indent_width(original), text.split("\n")
    column = indent_width(context.head + first)
    at_legal_column = (
        context.at_line_start and bool(first.strip()) and context.indent_width in legal_columns(context)
    )
    if not at_legal_column or own in {0, column}:
        return text
    in_strings = rows_in_strings([first, *rest], context)
    rows = [indent_width(line) for at, line in enumerate(rest, 1) if line.strip() and at not in in_strings]
    if not rows or min(rows) < own or (own < column and min(rows) > own):
        return text
    shift = column - own
    moved = [
        _shifted(line, shift, context) if at not in in_strings else line for at, line in enumerate(rest, 1)
    ]
    return "\n".join([first, *moved])


def _first_indent_width(text: str, context: CursorContext) -> int:
    """Return the column of the first indented line of `text`."""
    lines = text.split("\n")
    if context.at_line_start and lines[0].strip():
        return indent_width(context.head + lines[0])
    return next((indent_width(line) for line in lines[1:] if line.strip()), 0)


def _may_move(text: str, context: CursorContext) -> bool:
    """Whether the levels at the cursor are known, and `text` is not a header whose body is already below."""
    if context.enclosing is not None or context.language.prose or context.text_follows or not text.strip():
        return False
    if context.at_line_start:
        return bool(context.previous_code_line)
    below = context.next_lines[0] if context.next_lines else ""
    header = context.head + text.partition("\n")[0]
    return not (context.opens_block(header) and indent_width(below) > context.statement_indent)


def move_is_final(text: str, moved: str, context: CursorContext) -> bool:
    """Whether more text cannot change the move; `moved` is `text` after it."""
    if _first_lines(text, _JUDGED_LINES) != text.rstrip():
        return True
    return text == moved and (not _may_move(text, context) or _needs_no_move(text, context))


def _needs_no_move(text: str, context: CursorContext) -> bool:
    """Whether the line after the first is at a legal level, or clearly starts something new; then none is moved."""
    start = _first_lines(text, 1)
    return bool(_NEW_AT_MARGIN.search(start)) or illegal_line_cost(start, context, below=True) < _MIN_GAIN


def _first_lines(text: str, count: int) -> str:
    """Return `text` up to its first `count` lines with text after the first line."""
    first, *rest = text.split("\n")
    ends = [at for at, line in enumerate(rest, 1) if line.strip()]
    last = ends[count - 1] if len(ends) >= count else len(rest)
    return "\n".join([first, *rest[:last]]).rstrip()


def indentation_candidates(original: str, context: CursorContext) -> Iterator[tuple[str, bool]]:
    """Yield the readings of an answer's indentation, and whether lines leave the cursor's block in each."""
    first, *rest = _with_tabs(original, context).split("\n")
    in_strings = rows_in_strings([first, *rest], context)
    rows = [line for at, line in enumerate(rest, 1) if line.strip() and at not in in_strings]
    moves_first = context.at_line_start and bool(first.strip())
    for column in _first_line_columns(first, context) if moves_first else [context.indent_width]:
        head = (
            first
            if not moves_first
            else blanks_to_column(column, context)[len(context.head) :] + first.strip()
        )
        for shift in _possible_shifts(rows, column, indent_width(first), context):
            moved = [
                _shifted(line, shift, context) if at not in in_strings else line
                for at, line in enumerate(rest, 1)
            ]
            moved = _with_closers(moved, {column, *context.open_levels}, context) if shift else moved
            leaves = abs(shift) > _MAX_SLIP_COLUMNS and any(
                indent_width(line) < column
                and line.strip()
                and not context.closes_block(line)
                and not context.is_branch(line)
                for line in moved
            )
            yield "\n".join([head, *moved]), leaves


def _with_closers(lines: list[str], levels: set[int], context: CursorContext) -> list[str]:
    """Return moved `lines` with the closers at the nearest level: a closer at the margin cannot be moved further."""
    columns, found = set(levels), []
    for line in lines:
        column = indent_width(line)
        if line.strip() and context.closes_block(line) and column not in columns:
            column = min(columns, key=lambda level: abs(level - column))
            line = blanks_to_column(column, context) + line.lstrip()
        elif line.strip():
            columns.add(column)
        found.append(line)
    return found


def _with_tabs(text: str, context: CursorContext) -> str:
    """Return `text` with a tab for each step of spaces, if the document uses tabs."""
    lines = text.split("\n")
    blanks = [indentation(line) for line in lines if line.strip()]
    if indent_step(context) != "\t" or "\t" in "".join(blanks) or not any(blanks):
        return text
    own = min(len(blank) for blank in blanks if blank)
    return "\n".join("\t" * (len(indentation(line)) // own) + line.lstrip(" ") for line in lines)


def _first_line_columns(first: str, context: CursorContext) -> list[int]:
    """Return the possible columns of the first line, the most likely first."""
    own, here = indent_width(first), context.indent_width
    legal = legal_columns(context)
    trusted = bool(context.head) and not indentation(first) and here in legal
    nearest = sorted(legal, key=lambda column: abs(column - own))
    options = [here] if trusted else [own, here + own, *([here] if context.head else []), *nearest]
    return [column for column in dict.fromkeys(options) if column >= here]


def _possible_shifts(rows: list[str], column: int, own: int, context: CursorContext) -> list[int]:
    """Return the possible moves of the lines after the first, in columns, the most likely first."""
    if not rows:
        return [0]
    widths = [indent_width(row) for row in rows]
    deeper = column + step_width(context)
    targets = [column, deeper, *context.open_levels]
    shifts = [0, column - own, column - widths[0], deeper - widths[0], *(at - min(widths) for at in targets)]
    return [shift for shift in dict.fromkeys(shifts) if min(widths) + shift >= 0]


def _shifted(line: str, shift: int, context: CursorContext) -> str:
    if not line.strip() or not shift:
        return line
    return blanks_to_column(max(0, indent_width(line) + shift), context) + line.lstrip(" \t")
