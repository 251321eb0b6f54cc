"""How far a completion reaches: the line, the statement, or the block it begins."""

from midfill.core.model import Ask
from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import width
from midfill.core.shape.spot import Spot


def scope(lines: list[str], spot: Spot, ask: Ask) -> Cut | None:
    """Return the cut behind the piece that `lines` begin with, as soon as a line shows that the piece has ended."""
    start = _start(lines, spot)
    if start >= len(lines):
        return None
    if ask.scope == "line":
        return Cut(start + 1, start + 1)
    body = start > 0 and spot.opens(spot.head)
    base = spot.base if body or (start == 0 and not spot.fresh) else width(_joined(lines, start, spot))
    return _end(lines, start, base, body, spot)


def _start(lines: list[str], spot: Spot) -> int:
    """Return the line that the piece really begins at: behind blank ones if the cursor's own line is finished."""
    start = 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    return start


def _joined(lines: list[str], at: int, spot: Spot) -> str:
    """Return line `at` as it will stand in the document."""
    return spot.head + lines[at] if at == 0 else lines[at]


def _end(lines: list[str], start: int, base: int, body: bool, spot: Spot) -> Cut | None:
    """Return the cut before the first line that is outside of the piece."""
    leading = not body and spot.leads(_joined(lines, start, spot)) and (spot.fresh or start > 0)
    for at in range(start if body else start + 1, len(lines)):
        line = lines[at]
        if not line.strip() or width(line) > base:
            continue
        if leading and width(line) == base:
            leading = spot.leads(line)
            continue
        if width(line) == base and (spot.branches(line) or (at > start and spot.closes(line))):
            continue
        return Cut(_without_blanks(lines, at), at + 1)
    return None


def _without_blanks(lines: list[str], at: int) -> int:
    """Return where the blank lines before line `at` begin."""
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    return at
