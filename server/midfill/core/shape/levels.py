"""The levels of indentation open at the cursor, and the lines of an answer at illegal levels.

A line may have the indentation of an open level, one step more after a line that opens a block, or any if it continues
the line above it.
"""

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from midfill.core.shape.brackets import depths, quoted
from midfill.core.shape.context import CursorContext
from midfill.core.shape.indent import step
from midfill.core.shape.lines import TAB, width

_OTHER_STEP = 0.3
"""Cost of a block with another step of indentation than the document's; an illegal line costs 1."""
_NULL = 0.2
"""Cost of a YAML key without lines below it: its value is null."""


class _Row(NamedTuple):
    """A line with text and its indentation in columns."""

    text: str
    width: int
    free: bool
    """It may have any indentation."""
    trusted: bool
    """Its indentation is the cursor's, set by the editor or the user."""


def legal_columns(context: CursorContext) -> set[int]:
    """Return the columns at which a line may start at the cursor."""
    deeper = (
        {context.open_levels[-1] + step_columns(context)}
        if context.opens_block(context.previous_code_line)
        else set()
    )
    return {*context.open_levels, *deeper}


def illegal_lines(text: str, context: CursorContext, *, below: bool = False) -> float:
    """Return how many lines of `text` are at an illegal level; a block with another step counts less.

    With `below`, the next line below the cursor counts too: its level has to be still open.
    """
    lines = text.split("\n")
    levels = _OpenLevels(lines[0], context)
    bad = sum(levels.cost(row) for row in _rows(lines, context))
    if below and levels.opened:
        return bad + _takes_in_lines_below(levels.columns, context)
    return bad + (below and _next_line_unaligned(levels.columns, context))


class _OpenLevels:
    """The levels that are open during a pass over the lines of an answer."""

    def __init__(self, first: str, context: CursorContext) -> None:
        above = context.previous_code_line if context.at_line_start else context.head
        self.columns = list(context.open_levels)
        self.opened = context.opens_block(above if context.at_line_start else context.head + first)
        """A block has just started, and its first line has not come yet."""
        self._context = context
        self._outer = len(self.columns)
        self._step = step_columns(context) if context.has_indented_lines else 0
        self._first = True
        self._labelled = context.is_label(above)
        self._before = ""

    def cost(self, row: _Row) -> float:
        """Return the cost of the next line's indentation, and enter its level."""
        context = self._context
        deeper = row.width - self.columns[-1]
        bad = 0.0 + (not row.width and context.is_block_only(row.text))
        bad += not self._first and deeper < 0 and row.text.lstrip().startswith("{")  # After its header.
        bad += self._placed(row, deeper)
        self.columns += context.list_item_levels(row.text)
        self.opened, self._before = context.opens_block(row.text), context.without_comments(row.text)
        self._first = False
        return bad

    def _placed(self, row: _Row, deeper: int) -> float:
        context = self._context
        closes = context.closes_block(row.text) or context.is_branch(row.text)
        if row.trusted:
            _enter(row.width, self.columns)
            self._outer = len(self.columns)
            return 0
        if self.opened and context.language.block_is_optional and deeper <= 0:
            return _NULL + _returns(row.width, self.columns)
        if self.opened and not closes:
            return self._first_of_block(row, deeper)
        if closes and len(self.columns) > self._outer and (deeper or context.closes_block(row.text)):
            self.columns.pop()
            return row.width != self.columns[-1]
        if (context.language.indented_blocks and not context.language.deeper_line_continues) or closes:
            bad = not row.free and _returns(row.width, self.columns)
            self._outer = min(self._outer, len(self.columns))
            return bad
        return not row.free and self._is_wrong_level(row)

    def _first_of_block(self, row: _Row, deeper: int) -> float:
        odd = _OTHER_STEP * (deeper > 0 and _is_odd(deeper, self._step))
        if row.free:
            return odd
        self.columns.append(max(row.width, self.columns[-1]))
        self._outer += self._first
        return odd if deeper > 0 else 1

    def _is_wrong_level(self, row: _Row) -> bool:
        """Enter the level of a line that brackets or words keep in its block; return whether that level is wrong.

        The line may be indented by further steps: it may continue the line above in an unknown way.
        """
        if row.width > self.columns[-1]:
            self.columns.append(row.width)
            if self._context.language.deeper_line_continues:
                return False
            ends = (self._first and not self._labelled) or self._before.endswith(";")
            return ends or not self._step or bool((row.width - self.columns[-2]) % self._step)
        floor = self._context.min_indent_width if self._first else 0
        return _returns(row.width, self.columns) or row.width < floor


def _is_odd(deeper: int, known_step: int) -> bool:
    """Whether a block's step is not a usual one, or twice the document's (0: the document shows none)."""
    return deeper != known_step > 0 and (deeper % (2 * known_step) == 0 or deeper not in {2, 4, TAB})


def _next_line_unaligned(levels: list[int], context: CursorContext) -> bool:
    """Whether the next line below the cursor is at none of the open `open_levels`."""
    line = next((line for line in context.below if line.strip()), "")
    return bool(line) and not _goes_on(line, context) and width(line) not in levels


def _takes_in_lines_below(levels: list[int], context: CursorContext) -> bool:
    """Whether the answer ends with a header that takes in the lines below, which belong to an outer block."""
    line = next((line for line in context.below if line.strip()), "")
    dedents = context.language.indented_blocks and levels[-1] < context.open_levels[-1]
    return bool(line) and dedents and width(line) > levels[-1]


def _enter(column: int, levels: list[int]) -> None:
    """Make `column` the deepest open level."""
    _returns(column, levels)
    if levels[-1] != column:
        levels.append(column)


def _returns(column: int, levels: list[int]) -> bool:
    """Leave the levels deeper than `column`; return whether `column` is illegal because it is no level."""
    if column > levels[-1]:
        return True
    while len(levels) > 1 and levels[-1] > column:
        levels.pop()
    return levels[-1] != column


def _rows(lines: list[str], context: CursorContext) -> list[_Row]:
    """Return the lines whose indentation counts; the first one only if the answer starts its line."""
    inside, open_before = quoted(lines, context), depths(lines, context)
    placed = [context.head + lines[0], *lines[1:]]
    rows: list[_Row] = []
    before = context.previous_code_line if context.at_line_start else placed[0]
    for at, line in enumerate(placed):
        if not line.strip() or at in inside or (at == 0 and not context.at_line_start):
            continue
        bracketed = context.language.indented_blocks and open_before[at] > 0
        runs_on = not context.opens_block(before) and context.is_incomplete(before)
        trusted = (
            at == 0 and bool(context.head) and width(line) == context.indent_width in legal_columns(context)
        )
        rows.append(_Row(line, width(line), bracketed or runs_on or _goes_on(line, context), trusted))
        before = line
    return rows


def _goes_on(line: str, context: CursorContext) -> bool:
    """Whether a line may have any indentation: it continues the line above, is a label, or only a comment."""
    return context.is_continuation(line) or context.is_label(line) or not context.without_comments(line)


def at_column(columns: int, context: CursorContext) -> str:
    """Return the blanks up to a column, in the document's style."""
    tabs = columns // TAB if step(context) == "\t" else 0
    return "\t" * tabs + " " * (columns - tabs * TAB)


@lru_cache(maxsize=4)
def step_columns(context: CursorContext) -> int:
    """Return the columns of a step: the most frequent difference to the line above."""
    if step(context) == "\t":
        return TAB
    widths = [
        width(line)
        for line in (*context.above, *context.below)
        if line.strip() and context.without_comments(line)
    ]
    deeper = Counter(after - before for before, after in pairwise(widths) if 1 < after - before <= TAB)
    return deeper.most_common(1)[0][0] if deeper else len(step(context))
