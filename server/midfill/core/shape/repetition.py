"""A model that has fallen into a loop."""

import re

from midfill.core.shape.brackets import balance
from midfill.core.shape.context import CursorContext
from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import squeezed

TURNS = 4
"""Equal lines, or groups of lines, in a row that are a loop, and not a table or three calls alike."""

_HORIZON = 40
_PATTERN = re.compile(r"(.{2,80}?)\1{4,}.{0,80}\Z", re.DOTALL)
_LONG, _LONGEST = 60, 1_000


def loop(lines: list[str], context: CursorContext) -> Cut | None:
    r"""Return the cut behind the first turn of lines that go round at least four times, blank ones not counted.

    >>> accepted('▮', 'a = next(b)\n' * 5)
    'a = next(b)'
    """
    joined = [context.head + line if at == 0 else line for at, line in enumerate(lines[:_HORIZON])]
    said = [(at, line.strip()) for at, line in enumerate(joined) if line.strip()]
    texts = [text for _, text in said]
    for end in range(TURNS, len(texts) + 1):
        for period in range(1, end // TURNS + 1):
            start = end - TURNS * period
            block = texts[start : start + period]
            if len(squeezed("".join(block))) >= 3 and _turns(texts, start, period, block):
                return Cut(said[start + period - 1][0] + 1, said[end - 1][0] + 1)
    return None


def _turns(texts: list[str], start: int, period: int, block: list[str]) -> bool:
    """Whether `block`, which begins at `start`, stands there four times in a row."""
    return all(texts[start + turn * period :][:period] == block for turn in range(1, TURNS))


def without_pattern(line: str, context: CursorContext) -> str:
    r"""Return `line` cut behind the first of five or more equal pieces that a long line ends with.

    Where a piece begins cannot be told, only how long it is: the cut is moved out of a string if it fell into one.

    >>> accepted('key = ▮', '"' + 'abc-' * 20)
    'key = "abc-'
    """
    line = line[:_LONGEST]
    match = _PATTERN.search(line) if len(line) >= _LONG else None
    if not match or len(match.group()) < _LONG or not squeezed(match[1]):
        return line
    cuts = range(match.end(1), match.end(1) + len(match[1]))
    cut = next((at for at in cuts if not balance(line[:at], context).torn), cuts[0])
    return line[:cut] + " " * (line[cut : cut + 1] == " ")
