"""Answers whose lines are right and whose indentation is not: moved to the levels that are open at the cursor.

A line may have the indentation of an open level, one step more right behind a line that opens a block, and any where
it goes on with the line above it. The lines behind the first are moved together, so that their order stays.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from midfill.core.shape.brackets import depths, quoted
from midfill.core.shape.context import CursorContext
from midfill.core.shape.indent import step
from midfill.core.shape.lines import TAB, indentation, width

_OTHER_STEP = 0.3
"""Cost of a block that is indented by another step than the document's; an illegal line costs 1."""
_NULL = 0.2
"""Cost of a key of YAML that has nothing below it: it is null."""
_LEAVES_BLOCK = 0.5
"""Cost of moving a line out of the block that the cursor's line is in."""
_MOVE, _ORDER, _NEXT_READING = 0.001, 0.0001, 0.002
"""Costs of a column and of a later reading: the answer as written wins, then the nearest of equally legal moves."""
_SLIP = 3
"""Columns that a model is off by chance: a line that it wrote outside of the cursor's block is meant there."""
_EVIDENCE = 3
"""Lines behind the first that say how far an answer is moved; it streams in, and they are there early."""
_WORTH = 0.25
"""Least improvement for which an answer is moved."""


class _Row(NamedTuple):
    """A line with text and the columns it is indented by."""

    text: str
    width: int
    free: bool
    """It may be indented by any number of columns."""
    trusted: bool
    """Its indentation is the cursor's, which the editor or the user has set."""


def leveled(text: str, written: str, context: CursorContext) -> str:
    r"""Return `text`, or the nearest reading of its raw form `written` whose lines are at legal levels.

    >>> accepted('def f(rows):\n    ▮', 'if rows:\n    return 1')
    'def f(rows):\n    if rows:\n        return 1'
    """
    if not _judged(text, context):
        return text
    text = _with_first(text, written, context)
    least = illegal_lines(_first_rows(text, _EVIDENCE), context, below=True) - _WORTH
    if least < 0 and illegal_lines(_first_rows(text, 1), context) < _WORTH:
        return text
    best = text
    for number, (reading, leaves) in enumerate(readings(written if context.fresh else text, context)):
        cost = illegal_lines(_first_rows(reading, _EVIDENCE), context, below=True)
        far = abs(_first_width(reading, context) - _first_width(text, context))
        rank = cost + _NEXT_READING * bool(number) + _MOVE * far + _ORDER * number + _LEAVES_BLOCK * leaves
        if rank < least:
            best, least = reading, rank
    return best


def _with_first(text: str, written: str, context: CursorContext) -> str:
    """Return `text` with its lines moved as its first one was, if the model wrote them all farther right.

    The first line then stands at the cursor's indentation already, and the others are laid out from where it stood.
    """
    own = width(written)
    first, *rest = text.split("\n")
    if not (context.fresh and first.strip() and own > context.base and width(context.head + first) < own):
        return text
    inside = quoted([first, *rest], context)
    rows = [line for at, line in enumerate(rest, 1) if line.strip() and at not in inside]
    shift = width(context.head + first) - own
    if any(width(line) < own for line in rows):
        return text
    moved = [_moved(line, shift, context) if at not in inside else line for at, line in enumerate(rest, 1)]
    return "\n".join([first, *moved])


def _first_width(text: str, context: CursorContext) -> int:
    """Return the columns of the first line of `text` that is indented."""
    lines = text.split("\n")
    if context.fresh and lines[0].strip():
        return width(context.head + lines[0])
    return next((width(line) for line in lines[1:] if line.strip()), 0)


def _judged(text: str, context: CursorContext) -> bool:
    """Whether the levels at the cursor are known, and `text` is not the body of a header whose body stands below."""
    if context.inside is not None or context.language.prose or context.inline or not text.strip():
        return False
    if context.fresh:
        return bool(context.before)
    below = context.near[0] if context.near else ""
    header = context.head + text.partition("\n")[0]
    return not (context.opens(header) and width(below) > context.outset)


def settled(text: str, moved: str) -> bool:
    """Whether more text cannot change how far the lines of `text` are moved; `moved` is what they are moved to."""
    return text == moved or _first_rows(text, _EVIDENCE) != text.rstrip()


def _first_rows(text: str, count: int) -> str:
    """Return `text` up to its first `count` lines with text behind the first line."""
    first, *rest = text.split("\n")
    ends = [at for at, line in enumerate(rest, 1) if line.strip()]
    last = ends[count - 1] if len(ends) >= count else len(rest)
    return "\n".join([first, *rest[:last]]).rstrip()


def readings(written: str, context: CursorContext) -> Iterator[tuple[str, bool]]:
    """Yield the ways to read the indentation of an answer, and whether lines leave the cursor's block by it."""
    first, *rest = _with_tabs(written, context).split("\n")
    inside = quoted([first, *rest], context)
    rows = [line for at, line in enumerate(rest, 1) if line.strip() and at not in inside]
    fresh = context.fresh and bool(first.strip())
    for column in _columns(first, context) if fresh else [context.base]:
        head = first if not fresh else at_column(column, context)[len(context.head) :] + first.strip()
        for shift in _shifts(rows, column, width(first), context):
            moved = [
                _moved(line, shift, context) if at not in inside else line for at, line in enumerate(rest, 1)
            ]
            moved = _with_closers(moved, {column, *context.levels}, context) if shift else moved
            leaves = abs(shift) > _SLIP and any(
                width(line) < column
                and line.strip()
                and not context.closes(line)
                and not context.branches(line)
                for line in moved
            )
            yield "\n".join([head, *moved]), leaves


def _with_closers(lines: list[str], levels: set[int], context: CursorContext) -> list[str]:
    """Return moved `lines` with what ends a block at the nearest level: at the margin, a closer can lack no blank."""
    known, found = set(levels), []
    for line in lines:
        column = width(line)
        if line.strip() and context.closes(line) and column not in known:
            column = min(known, key=lambda level: abs(level - column))
            line = at_column(column, context) + line.lstrip()
        elif line.strip():
            known.add(column)
        found.append(line)
    return found


def _with_tabs(text: str, context: CursorContext) -> str:
    """Return `text` with a tab for each step of its spaces, where the document is indented by tabs."""
    lines = text.split("\n")
    blanks = [indentation(line) for line in lines if line.strip()]
    if step(context) != "\t" or "\t" in "".join(blanks) or not any(blanks):
        return text
    own = min(len(blank) for blank in blanks if blank)
    return "\n".join("\t" * (len(indentation(line)) // own) + line.lstrip(" ") for line in lines)


def _columns(first: str, context: CursorContext) -> list[int]:
    """Return the columns at which the first line may be meant to begin, the likeliest first."""
    own, here = width(first), context.base
    legal = legal_columns(context)
    trusted = bool(context.head) and not indentation(first) and here in legal
    nearest = sorted(legal, key=lambda column: abs(column - own))
    options = [here] if trusted else [own, here + own, *([here] if context.head else []), *nearest]
    return [column for column in dict.fromkeys(options) if column >= here]


def legal_columns(context: CursorContext) -> set[int]:
    """Return the columns at which a line may begin at the cursor."""
    deeper = {context.levels[-1] + step_columns(context)} if context.opens(context.before) else set()
    return {*context.levels, *deeper}


def _shifts(rows: list[str], column: int, own: int, context: CursorContext) -> list[int]:
    """Return the columns by which the lines behind the first may have to be moved, the likeliest first."""
    if not rows:
        return [0]
    widths = [width(row) for row in rows]
    deeper = column + step_columns(context)
    targets = [column, deeper, *context.levels]
    shifts = [0, column - own, column - widths[0], deeper - widths[0], *(at - min(widths) for at in targets)]
    return [shift for shift in dict.fromkeys(shifts) if min(widths) + shift >= 0]


def illegal_lines(text: str, context: CursorContext, *, below: bool = False) -> float:
    """Return how many lines of `text` are at an illegal level; a block of another step than the document's counts less.

    With `below`, the next line below the cursor counts too: it has to be at a level that is still open.
    """
    lines = text.split("\n")
    levels, outer, bad = list(context.levels), len(context.levels), 0.0
    nullable = context.language.grammar == "yaml"
    known_step, before = step_columns(context) if context.indents else 0, ""
    opened = context.opens(context.before if context.fresh else context.head + lines[0])
    labelled = context.labels(context.before if context.fresh else context.head)
    for number, row in enumerate(_rows(lines, context)):
        closes = context.closes(row.text) or context.branches(row.text)
        deeper = row.width - levels[-1]
        bad += number > 0 and deeper < 0 and row.text.lstrip().startswith("{")  # Behind its header.
        bad += _OTHER_STEP * (opened and row.free and deeper > 0 and _is_odd(deeper, known_step))
        bad += not row.width and context.nests(row.text)
        if row.trusted:
            _enter(row.width, levels)
            outer = len(levels)
        elif opened and nullable and deeper <= 0:
            bad += _NULL + _returns(row.width, levels)
        elif opened and not closes and not row.free:
            bad += 1 if deeper <= 0 else _OTHER_STEP * _is_odd(deeper, known_step)
            levels.append(max(row.width, levels[-1]))
            outer += not number
        elif closes and len(levels) > outer and (deeper or context.closes(row.text)):
            levels.pop()
            bad += row.width != levels[-1]
        elif (context.language.indented and not context.language.offside) or closes:
            bad += 0 if row.free else _returns(row.width, levels)
            outer = min(outer, len(levels))
        elif not row.free:
            whole = not (number or labelled) or before.endswith(";")
            bad += _strays(row.width, levels, 0 if number else context.floor, 0 if whole else known_step)
        levels += context.item_level(row.text)
        opened, before = context.opens(row.text), context.code(row.text)
    return bad + (below and not opened and _strands(levels, context))


def _strays(column: int, levels: list[int], floor: int, known_step: int) -> bool:
    """Enter the level of a line that brackets or words keep in its block; return whether it is a wrong one.

    It may be deeper by steps, if there are any: it may go on with the line above in a way that is not known here.
    """
    if column > levels[-1]:
        levels.append(column)
        return not known_step or bool((column - levels[-2]) % known_step)
    return _returns(column, levels) or column < floor


def _is_odd(deeper: int, known_step: int) -> bool:
    """Whether a block is indented by no usual step, or by twice the document's (0: it shows none)."""
    return deeper != known_step > 0 and (deeper % (2 * known_step) == 0 or deeper not in {2, 4, TAB})


def _strands(levels: list[int], context: CursorContext) -> bool:
    """Whether the next line below the cursor is at none of the open `levels`."""
    line = next((line for line in context.below if line.strip()), "")
    return bool(line) and not _goes_on(line, context) and width(line) not in levels


def _enter(column: int, levels: list[int]) -> None:
    """Make `column` the deepest open level."""
    _returns(column, levels)
    if levels[-1] != column:
        levels.append(column)


def _returns(column: int, levels: list[int]) -> bool:
    """Leave the levels deeper than `column`; return whether that is no level, and hence illegal."""
    if column > levels[-1]:
        return True
    while len(levels) > 1 and levels[-1] > column:
        levels.pop()
    return levels[-1] != column


def _rows(lines: list[str], context: CursorContext) -> list[_Row]:
    """Return the lines whose indentation counts; of the first one only where it begins its line."""
    inside, open_before = quoted(lines, context), depths(lines, context)
    placed = [context.head + lines[0], *lines[1:]]
    rows: list[_Row] = []
    before = context.before if context.fresh else placed[0]
    for at, line in enumerate(placed):
        if not line.strip() or at in inside or (at == 0 and not context.fresh):
            continue
        bracketed = context.language.indented and open_before[at] > 0
        runs_on = not context.opens(before) and context.goes_on(before)
        trusted = at == 0 and bool(context.head) and width(line) == context.base in legal_columns(context)
        rows.append(_Row(line, width(line), bracketed or runs_on or _goes_on(line, context), trusted))
        before = line
    return rows


def _goes_on(line: str, context: CursorContext) -> bool:
    """Whether a line may be indented freely: it goes on with the one above, is a label, or only a comment."""
    return context.continues(line) or context.labels(line) or not context.code(line)


def _moved(line: str, shift: int, context: CursorContext) -> str:
    if not line.strip() or not shift:
        return line
    return at_column(max(0, width(line) + shift), context) + line.lstrip(" \t")


def at_column(columns: int, context: CursorContext) -> str:
    """Return the blanks that end at a column, in the way of the document."""
    tabs = columns // TAB if step(context) == "\t" else 0
    return "\t" * tabs + " " * (columns - tabs * TAB)


@lru_cache(maxsize=4)
def step_columns(context: CursorContext) -> int:
    """Return the columns of a step: by most lines around that are indented deeper than the one above them."""
    if step(context) == "\t":
        return TAB
    widths = [width(line) for line in (*context.above, *context.below) if line.strip() and context.code(line)]
    deeper = Counter(after - before for before, after in pairwise(widths) if 1 < after - before <= TAB)
    return deeper.most_common(1)[0][0] if deeper else len(step(context))
