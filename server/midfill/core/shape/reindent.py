"""Moves the lines of an answer with wrong indentation to the levels that are open at the cursor.

The lines after the first are moved by the same number of columns, which keeps their relative indentation. A candidate
is the answer after one such move. The cheapest candidate is taken; the costs are our own.
"""

import re
from collections.abc import Iterator

from midfill.core.shape.brackets import rows_in_strings
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.indent import indent_step
from midfill.core.shape.levels import illegal_line_cost, indentation_to_column, legal_columns, step_width
from midfill.core.shape.lines import indent_width, indentation

_LEAVING_COST = 0.5
"""Cost of moving a line out of the cursor's block; an illegal line costs 1."""
_COLUMN_COST, _RANK_COST, _LATER_CANDIDATE_COST = 0.001, 0.0001, 0.002
"""Costs of a column that the first line moves, of each earlier candidate, and of any candidate but the first.

They only decide between equally legal candidates: the answer as written is first, then the nearest move.
"""
_MAX_ERROR_COLUMNS = 3
"""Maximum columns by which a model errs; a line further left is meant to leave the cursor's block."""
_JUDGED_LINES = 3
"""Lines after the first one that determine the move; few, so that they are known early in a stream."""
_MIN_GAIN = 0.25
"""Minimum decrease of the cost for which lines are moved."""
_NEW_AT_MARGIN = re.compile(r"\n[ \t]*\n[ \t]*\n(?=\S)")
"""Two blank lines before a line at the margin: formatters keep one at most inside a block."""


def reindented(text: str, original: str, syntax: CursorSyntax) -> str:
    r"""Return `text`, or its cheapest candidate if this has more lines at legal levels.

    `original` is `text` with the leading blanks that the model wrote.

    >>> accepted('def f(rows):\n    ▮', 'if rows:\n    return 1')
    'def f(rows):\n    if rows:\n        return 1'
    """
    if not _may_move(text, syntax):
        return text
    text = _moved_like_first_line(text, original, syntax)
    if _needs_no_move(text, syntax):
        return text
    min_cost = _judged_cost(text, syntax) - _MIN_GAIN
    best = text
    candidates = indentation_candidates(original if syntax.at_line_start else text, syntax)
    for number, (candidate, leaves_block) in enumerate(candidates):
        distance = abs(_first_indent_width(candidate, syntax) - _first_indent_width(text, syntax))
        cost = _judged_cost(candidate, syntax) + _LATER_CANDIDATE_COST * bool(number)
        cost += _COLUMN_COST * distance
        cost += _RANK_COST * number
        cost += _LEAVING_COST * leaves_block
        if cost < min_cost:
            best, min_cost = candidate, cost
    return best


def _judged_cost(text: str, syntax: CursorSyntax) -> float:
    """Return the cost of the lines of `text` that determine the move."""
    return illegal_line_cost(_first_lines(text, _JUDGED_LINES), syntax, below=True)


def _moved_like_first_line(text: str, original: str, syntax: CursorSyntax) -> str:
    """Return `text` with its other lines moved like its first one, if they are relative to its original column.

    The first line is already at the cursor's indentation. If the model wrote it further right, it wrote all lines too
    deep. If the model wrote it further left, another line has to start at the same column.
    """
    written, (first, *rest) = indent_width(original), text.split("\n")
    column = indent_width(syntax.head + first)
    if not (syntax.at_line_start and first.strip() and syntax.indent_width in legal_columns(syntax)):
        return text
    if written in {0, column} or _with_tabs(original, syntax) != original:
        return text  # Its spaces are no columns of a document with tabs.
    in_strings = rows_in_strings([first, *rest], syntax)
    widths = [indent_width(line) for at, line in enumerate(rest, 1) if line.strip() and at not in in_strings]
    if not widths or min(widths) < written or (written < column and min(widths) > written):
        return text
    return "\n".join([first, *_all_shifted(rest, column - written, in_strings, syntax)])


def _all_shifted(rest: list[str], shift: int, in_strings: set[int], syntax: CursorSyntax) -> list[str]:
    """Return the lines after the first moved by `shift` columns, except the rows that start in strings."""
    return [line if at in in_strings else _shifted(line, shift, syntax) for at, line in enumerate(rest, 1)]


def _first_indent_width(text: str, syntax: CursorSyntax) -> int:
    """Return the column of the first line of `text` whose indentation belongs to it."""
    lines = text.split("\n")
    if syntax.at_line_start and lines[0].strip():
        return indent_width(syntax.head + lines[0])
    return next((indent_width(line) for line in lines[1:] if line.strip()), 0)


def _may_move(text: str, syntax: CursorSyntax) -> bool:
    """Whether the open levels are known, and `text` is not a header whose body is already below."""
    if syntax.enclosing is not None or syntax.language.prose or syntax.text_follows or not text.strip():
        return False
    if syntax.at_line_start:
        return bool(syntax.previous_code_line)
    below = syntax.next_lines[0] if syntax.next_lines else ""
    header = syntax.head + text.partition("\n")[0]
    return not (syntax.opens_block(header) and indent_width(below) > syntax.statement_indent)


def move_is_final(text: str, moved: str, syntax: CursorSyntax) -> bool:
    """Whether more text cannot change the move; `moved` is `text` after it."""
    if _first_lines(text, _JUDGED_LINES) != text.rstrip():
        return True
    return text == moved and (not _may_move(text, syntax) or _needs_no_move(text, syntax))


def _needs_no_move(text: str, syntax: CursorSyntax) -> bool:
    """Whether the line after the first is at a legal level, or two blank lines before it separate it."""
    start = _first_lines(text, 1)
    return bool(_NEW_AT_MARGIN.search(start)) or illegal_line_cost(start, syntax, below=True) < _MIN_GAIN


def _first_lines(text: str, count: int) -> str:
    """Return `text` up to its first `count` lines with text after the first line."""
    first, *rest = text.split("\n")
    ends = [at for at, line in enumerate(rest, 1) if line.strip()]
    last = ends[count - 1] if len(ends) >= count else len(rest)
    return "\n".join([first, *rest[:last]]).rstrip()


def indentation_candidates(original: str, syntax: CursorSyntax) -> Iterator[tuple[str, bool]]:
    """Yield the candidates for an answer, the most likely first, and whether lines leave the cursor's block in each."""
    first, *rest = _with_tabs(original, syntax).split("\n")
    in_strings = rows_in_strings([first, *rest], syntax)
    rows = [line for at, line in enumerate(rest, 1) if line.strip() and at not in in_strings]
    moves_first = syntax.at_line_start and bool(first.strip())
    for column in _first_line_columns(first, syntax) if moves_first else [syntax.indent_width]:
        moved_first = first
        if moves_first:
            moved_first = indentation_to_column(column, syntax)[len(syntax.head) :] + first.strip()
        for shift in _possible_shifts(rows, column, indent_width(first), syntax):
            moved = _all_shifted(rest, shift, in_strings, syntax)
            moved = _with_closers(moved, {column, *syntax.open_levels}, syntax) if shift else moved
            leaves_block = abs(shift) > _MAX_ERROR_COLUMNS and _leaves_block(moved, column, syntax)
            yield "\n".join([moved_first, *moved]), leaves_block


def _leaves_block(lines: list[str], column: int, syntax: CursorSyntax) -> bool:
    """Whether a line is left of `column`, and is neither the end nor a branch of the block there."""
    return any(
        indent_width(line) < column
        and line.strip()
        and not syntax.closes_block(line)
        and not syntax.is_branch(line)
        for line in lines
    )


def _with_closers(lines: list[str], levels: set[int], syntax: CursorSyntax) -> list[str]:
    """Return moved `lines` with their closers at the nearest level; a move cannot put them left of the margin."""
    columns, found = set(levels), []
    for line in lines:
        column = indent_width(line)
        if line.strip() and syntax.closes_block(line) and column not in columns:
            column = min(columns, key=lambda level: abs(level - column))
            line = indentation_to_column(column, syntax) + line.lstrip()
        elif line.strip():
            columns.add(column)
        found.append(line)
    return found


def _with_tabs(text: str, syntax: CursorSyntax) -> str:
    """Return `text` with a tab for each step of spaces, if the document uses tabs."""
    lines = text.split("\n")
    whitespace = [indentation(line) for line in lines if line.strip()]
    if indent_step(syntax) != "\t" or "\t" in "".join(whitespace) or not any(whitespace):
        return text
    step = min(len(blank) for blank in whitespace if blank)
    return "\n".join("\t" * (len(indentation(line)) // step) + line.lstrip(" ") for line in lines)


def _first_line_columns(first: str, syntax: CursorSyntax) -> list[int]:
    """Return the possible columns of the first line, the most likely first."""
    written, cursor_column = indent_width(first), syntax.indent_width
    legal = legal_columns(syntax)
    if syntax.head and not indentation(first) and cursor_column in legal:
        return [cursor_column]
    nearest = sorted(legal, key=lambda column: abs(column - written))
    aligned_at_cursor = [cursor_column] if syntax.head else []
    columns = dict.fromkeys([written, cursor_column + written, *aligned_at_cursor, *nearest])
    return [column for column in columns if column >= cursor_column]


def _possible_shifts(rows: list[str], column: int, written: int, syntax: CursorSyntax) -> list[int]:
    """Return the possible moves of the lines after the first, in columns, the most likely first.

    The first line moves from the column `written` to `column`.
    """
    if not rows:
        return [0]
    widths = [indent_width(row) for row in rows]
    deeper = column + step_width(syntax)
    targets = [column, deeper, *syntax.open_levels]
    like_first, level_with_first, as_body = column - written, column - widths[0], deeper - widths[0]
    shifts = [0, like_first, level_with_first, as_body, *(target - min(widths) for target in targets)]
    return [shift for shift in dict.fromkeys(shifts) if min(widths) + shift >= 0]


def _shifted(line: str, shift: int, syntax: CursorSyntax) -> str:
    """Return `line` moved by `shift` columns, at most to the margin; a blank line is not moved."""
    if not line.strip() or not shift:
        return line
    return indentation_to_column(max(0, indent_width(line) + shift), syntax) + line.lstrip(" \t")
