"""A model that has fallen into a loop."""

import re

from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import squeezed

TURNS = 4
"""Equal lines, or groups of lines, in a row that are a loop, and not a table or three calls alike."""

_PATTERN = re.compile(r"(.{2,80}?)\1{4,}.{0,80}\Z", re.DOTALL)
_LONG = 60
_HORIZON = 40


def loop(lines: list[str]) -> Cut | None:
    """Return the cut behind the first turn of lines that go round at least four times, blank ones not counted."""
    said = [(at, line.strip()) for at, line in enumerate(lines[:_HORIZON]) if line.strip()]
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


def without_pattern(line: str) -> str:
    """Return `line` cut behind the first of five or more equal pieces that a long line ends with."""
    if len(line) < _LONG:
        return line
    match = _PATTERN.search(line)
    return line[: match.end(1)] if match and len(match.group()) >= _LONG and squeezed(match[1]) else line
