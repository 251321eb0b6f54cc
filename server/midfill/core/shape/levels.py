"""The levels of indentation that are open at the cursor, and the cost of an answer's lines at illegal levels.

A line may be at an open level, one step deeper after a line that opens a block, and at any column if it continues the
line above it.
"""

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from midfill.core.shape.brackets import bracket_depths, rows_in_strings
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.indent import indent_step
from midfill.core.shape.lines import TAB_COLUMNS, indent_width

_OTHER_STEP_COST = 0.3
"""Cost of a block with another step of indentation than the document's; an illegal line costs 1."""
_NULL_VALUE_COST = 0.2
"""Cost of a YAML key without lines below it: its value is null. It is less than that of another step."""


class _Row(NamedTuple):
    """A line with text and its indentation in columns."""

    text: str
    indent_width: int
    any_column: bool
    """It may be at any column."""
    trusted: bool
    """Its indentation is the cursor's, set by the editor or the user."""


def legal_columns(syntax: CursorSyntax) -> set[int]:
    """Return the columns at which a line may start at the cursor."""
    columns = {*syntax.open_levels}
    if syntax.opens_block(syntax.previous_code_line):
        columns.add(syntax.open_levels[-1] + step_width(syntax))
    return columns


def illegal_line_cost(text: str, syntax: CursorSyntax, *, below: bool = False) -> float:
    """Return the cost of the lines of `text` at illegal levels: 1 each, less for a block with another step.

    With `below`, the next line below the cursor counts too: its level has to be still open.
    """
    lines = text.split("\n")
    levels = _OpenLevels(lines[0], syntax)
    cost = sum(levels.cost(row) for row in _rows(lines, syntax))
    if below and levels.opened:
        return cost + _encloses_lines_below(levels.columns, syntax)
    return cost + (below and _next_line_unaligned(levels.columns, syntax))


class _OpenLevels:
    """The levels that are open during a pass over the lines of an answer."""

    def __init__(self, first: str, syntax: CursorSyntax) -> None:
        above = syntax.previous_code_line if syntax.at_line_start else syntax.head
        self.columns = list(syntax.open_levels)
        """The columns of the levels, the outermost first."""
        self._header_column: int | None = None
        """The column of the last line that opened a block, if that line continues a statement."""
        continued = syntax.continued_indent(syntax.head + first)
        self._continues = continued is not None and syntax.indent_width > continued
        if continued is not None and self._continues:
            self.columns = [*(column for column in self.columns if column < continued), continued]
            self._header_column = syntax.indent_width
        elif not syntax.at_line_start and syntax.is_continuation(syntax.head):
            self._header_column = syntax.indent_width
        self.opened = syntax.opens_block(above if syntax.at_line_start else syntax.head + first)
        """The line above opens a block."""
        self._syntax = syntax
        self._outer_count = len(self.columns)
        """The number of levels that the answer has not opened itself."""
        self._step = step_width(syntax) if syntax.has_indented_lines else 0
        self._at_first_line = True
        self._follows_label = syntax.is_label(above)
        self._previous_code = ""

    def cost(self, row: _Row) -> float:
        """Return the cost of the next line's indentation, and open its level."""
        syntax = self._syntax
        if self._at_first_line and self._continues and syntax.at_line_start:
            self._enter(row, opened=self.opened or syntax.opens_block(row.text))
            return 0.0
        deeper = row.indent_width - self.columns[-1]
        is_outdented_bracket = not self._at_first_line and deeper < 0 and row.text.lstrip().startswith("{")
        is_outside_block = not row.indent_width and syntax.is_block_only(row.text)
        cost = float(is_outside_block + is_outdented_bracket) + self._level_cost(row, deeper)
        self.columns += syntax.list_item_levels(row.text)
        continues = row.any_column and not syntax.is_label(row.text)
        self._header_column = row.indent_width if continues else None
        self._enter(row, opened=syntax.opens_block(row.text))
        return cost

    def _enter(self, row: _Row, *, opened: bool) -> None:
        """Record a line as the previous one."""
        self.opened, self._previous_code = opened, self._syntax.without_comments(row.text)
        self._at_first_line = False

    def _level_cost(self, row: _Row, deeper: int) -> float:
        """Return the cost of a line's level; the line is `deeper` than the innermost level by this many columns."""
        syntax = self._syntax
        closes = syntax.closes_block(row.text) or syntax.is_branch(row.text)
        if row.trusted:
            _open_level(row.indent_width, self.columns)
            self._outer_count = len(self.columns)
            return 0
        if self.opened and syntax.language.block_is_optional and deeper <= 0:
            return _NULL_VALUE_COST + _close_levels(row.indent_width, self.columns)
        if self.opened and not closes:
            return self._first_line_cost(row, deeper)
        if closes and len(self.columns) > self._outer_count and (deeper or syntax.closes_block(row.text)):
            self.columns.pop()
            return row.indent_width != self.columns[-1]
        if (syntax.language.indented_blocks and not syntax.language.deeper_line_continues) or closes:
            cost = not row.any_column and _close_levels(row.indent_width, self.columns)
            self._outer_count = min(self._outer_count, len(self.columns))
            return cost
        return not row.any_column and self._is_wrong_level(row)

    def _first_line_cost(self, row: _Row, deeper: int) -> float:
        """Return the cost of the first line of a block, and open the level of the block."""
        if self._header_column is not None and row.indent_width > self._header_column >= self.columns[-1]:
            _open_level(max(self._header_column, row.indent_width - self._step), self.columns)
            deeper = row.indent_width - self.columns[-1]
        step_cost = _OTHER_STEP_COST * (deeper > 0 and _is_unusual_step(deeper, self._step))
        if row.any_column:
            return step_cost
        self.columns.append(max(row.indent_width, self.columns[-1]))
        self._outer_count += self._at_first_line
        return step_cost if deeper > 0 else 1

    def _is_wrong_level(self, row: _Row) -> bool:
        """Open the level of a line whose block a bracket or a word ends; return whether that level is wrong.

        The line may be deeper by whole steps: it may continue the line above in a way that is not known here.
        """
        if row.indent_width > self.columns[-1]:
            self.columns.append(row.indent_width)
            if self._syntax.language.deeper_line_continues:
                return False
            previous_ended = (
                self._at_first_line and not self._follows_label
            ) or self._previous_code.endswith(";")
            return (
                previous_ended or not self._step or bool((row.indent_width - self.columns[-2]) % self._step)
            )
        min_width = self._syntax.min_indent_width if self._at_first_line else 0
        return _close_levels(row.indent_width, self.columns) or row.indent_width < min_width


def _is_unusual_step(deeper: int, known_step: int) -> bool:
    """Whether a block's step is not the document's, and not a usual one; the document's is 0 if it is not known."""
    return deeper != known_step > 0 and (deeper % (2 * known_step) == 0 or deeper not in {2, 4, TAB_COLUMNS})


def _next_line_unaligned(levels: list[int], syntax: CursorSyntax) -> bool:
    """Whether the next line below the cursor is at none of the open `levels`."""
    line = next((line for line in syntax.below if line.strip()), "")
    return bool(line) and not _may_be_at_any_column(line, syntax) and indent_width(line) not in levels


def _encloses_lines_below(levels: list[int], syntax: CursorSyntax) -> bool:
    """Whether the header at the answer's end would contain the lines below, which belong to an outer block."""
    line = next((line for line in syntax.below if line.strip()), "")
    dedents = syntax.language.indented_blocks and levels[-1] < syntax.open_levels[-1]
    return bool(line) and dedents and indent_width(line) > levels[-1]


def _open_level(column: int, levels: list[int]) -> None:
    """Make `column` the deepest open level."""
    _close_levels(column, levels)
    if levels[-1] != column:
        levels.append(column)


def _close_levels(column: int, levels: list[int]) -> bool:
    """Close the levels deeper than `column`; return whether `column` is none of the others, and so illegal."""
    if column > levels[-1]:
        return True
    while len(levels) > 1 and levels[-1] > column:
        levels.pop()
    return levels[-1] != column


def _rows(lines: list[str], syntax: CursorSyntax) -> list[_Row]:
    """Return the lines whose indentation counts; the first one only if the answer starts its line."""
    in_strings, open_before = rows_in_strings(lines, syntax), bracket_depths(lines, syntax)
    document_lines = [syntax.head + lines[0], *lines[1:]]
    rows: list[_Row] = []
    previous = syntax.previous_code_line if syntax.at_line_start else document_lines[0]
    for at, line in enumerate(document_lines):
        if not line.strip() or at in in_strings or (at == 0 and not syntax.at_line_start):
            continue
        bracketed = syntax.language.indented_blocks and open_before[at] > 0
        continues = not syntax.opens_block(previous) and syntax.is_incomplete(previous)
        any_column = bracketed or continues or _may_be_at_any_column(line, syntax)
        rows.append(_Row(line, indent_width(line), any_column, at == 0 and _is_trusted(line, syntax)))
        previous = line
    return rows


def _is_trusted(first: str, syntax: CursorSyntax) -> bool:
    """Whether the first line has the cursor's indentation, and this is a legal column."""
    return bool(syntax.head) and indent_width(first) == syntax.indent_width in legal_columns(syntax)


def _may_be_at_any_column(line: str, syntax: CursorSyntax) -> bool:
    """Whether a line may be at any column: it continues the line above, is a label, or only a comment."""
    return syntax.is_continuation(line) or syntax.is_label(line) or not syntax.without_comments(line)


def indentation_to_column(columns: int, syntax: CursorSyntax) -> str:
    """Return the blanks up to a column, in tabs and spaces like the document."""
    tabs = columns // TAB_COLUMNS if indent_step(syntax) == "\t" else 0
    return "\t" * tabs + " " * (columns - tabs * TAB_COLUMNS)


@lru_cache(maxsize=4)
def step_width(syntax: CursorSyntax) -> int:
    """Return the columns of a step of indentation: the most frequent increase from a line to the next."""
    if indent_step(syntax) == "\t":
        return TAB_COLUMNS
    widths = [
        indent_width(line)
        for line in (*syntax.above, *syntax.below)
        if line.strip() and syntax.without_comments(line)
    ]
    increases = (after - before for before, after in pairwise(widths))
    steps = Counter(increase for increase in increases if 1 < increase <= TAB_COLUMNS)
    return steps.most_common(1)[0][0] if steps else len(indent_step(syntax))
