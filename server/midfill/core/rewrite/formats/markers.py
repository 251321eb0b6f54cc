"""The places of Zeta 2.1's markers in a region."""

import re
from collections.abc import Sequence

MIN_LINES, MAX_LINES = 6, 16
"""Minimum and maximum lines between two markers (zed-industries/zed, crates/zeta_prompt: V0318)."""
MAX_SHIFT_LINES = 5
"""Maximum lines by which a marker moves down to a line that starts something (the same source)."""
_BLOCK_END = re.compile(r"[}\])]|(?:break|continue|return|throw|end);*\Z")


def boundaries(lines: Sequence[str]) -> list[int]:
    """Return the lines that have a marker before them: the first, those after blank lines, and the end.

    >>> boundaries(["a"] * 7 + [""] + ["b"] * 7)
    [0, 8, 15]
    >>> boundaries(["a"] * 20)
    [0, 16, 20]
    """
    marks, at = [0], MIN_LINES
    while at < len(lines):
        gap = at - marks[-1]
        after_blank = bool(lines[at].strip()) and not lines[at - 1].strip()
        place = _start(lines, at)
        if (gap >= MIN_LINES and after_blank and len(lines) - place >= MIN_LINES) or gap >= MAX_LINES:
            marks.append(place)
            at = place
        at += 1
    return [*marks, len(lines)]


def _start(lines: Sequence[str], at: int) -> int:
    """Return the next line that is neither blank nor the end of a block."""
    near = range(at, min(len(lines), at + MAX_SHIFT_LINES))
    return next((row for row in near if lines[row].strip() and not _BLOCK_END.match(lines[row].strip())), at)
