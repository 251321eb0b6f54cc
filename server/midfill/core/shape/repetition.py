"""Loops in a model's answer."""

import re

from midfill.core.shape.brackets import balance
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.cut import Cut, earliest_cut
from midfill.core.shape.lines import without_whitespace

MIN_REPEATS = 4
"""Equal consecutive lines that make a loop; a table or three equal calls have fewer (our own limit)."""

_COMPARED_LINES = 40
"""Lines of an answer that are searched for loops (our own limit)."""
_PATTERN = re.compile(r"(.{2,80}?)\1{4,}.{0,80}\Z", re.DOTALL)
_MIN_PATTERN = 60
"""Minimum characters of the equal pieces of a line; shorter ones are rulers and tables (our own limit)."""
_MAX_LINE = 1_000
"""Maximum characters of a line; the rest is cut before it is searched."""


def loop_cut(lines: list[str], syntax: CursorSyntax) -> Cut | None:
    r"""Return the cut after the first round of repeating lines; blank lines are ignored.

    >>> accepted('▮', 'a = next(b)\n' * 5)
    'a = next(b)'
    """
    answer_lines = lines[:_COMPARED_LINES]
    document_lines = [syntax.head + line if at == 0 else line for at, line in enumerate(answer_lines)]
    return earliest_cut([_cycle(document_lines), _cycle(answer_lines)])


def _cycle(lines: list[str]) -> Cut | None:
    """Return the cut after the first round of the first repeating lines."""
    numbered = [(at, line.strip()) for at, line in enumerate(lines) if line.strip()]
    texts = [text for _, text in numbered]
    for end in range(MIN_REPEATS, len(texts) + 1):
        for period in range(1, end // 2 + 1):
            start = end - _min_lines(period)
            if start < 0 or len(without_whitespace("".join(texts[start : start + period]))) < 3:
                continue
            if texts[start : end - period] == texts[start + period : end]:
                return Cut(numbered[start + period - 1][0] + 1, numbered[end - 1][0] + 1)
    return None


def _min_lines(period: int) -> int:
    """Return the minimum lines of a loop: four equal ones, or groups that occur twice and start a third time."""
    return MIN_REPEATS if period == 1 else 2 * period + 2


def without_pattern(line: str, syntax: CursorSyntax) -> str:
    r"""Return `line` cut after the first of five or more equal pieces at the end of a long line.

    The length of a piece is known, but not where it starts: a cut inside a string is moved after it.

    >>> accepted('key = ▮', '"' + 'abc-' * 20)
    'key = "abc-'
    """
    line = line[:_MAX_LINE]
    match = _PATTERN.search(line) if len(line) >= _MIN_PATTERN else None
    if not match or len(match.group()) < _MIN_PATTERN or not without_whitespace(match[1]):
        return line
    cuts = range(match.end(1), match.end(1) + len(match[1]))
    cut = next((at for at in cuts if not balance(line[:at], syntax).ends_in_string), cuts[0])
    return line[:cut] + " " * (line[cut : cut + 1] == " ")
