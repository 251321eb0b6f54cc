"""Where a text meets the lines that already stand below the cursor."""

from midfill.core.shape.brackets import depths
from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import squeezed, weighty, width
from midfill.core.shape.spot import Spot


def meeting(lines: list[str], spot: Spot) -> Cut | None:
    """Return the cut before the first line that begins to repeat what stands below, whatever its indentation.

    One line is enough if it is weighty and indented as the one below; else the line after it has to agree too, and
    also if it is a comment or decorator, which many statements share.
    """
    if not spot.near:
        return None
    first = squeezed(spot.near[0])
    for at in range(0 if spot.fresh else 1, len(lines)):
        if squeezed(lines[at]) != first:
            continue
        same_column = _column(lines, at, spot) == width(spot.near[0])
        if weighty(lines[at]) and same_column and not spot.leads(lines[at]):
            return Cut(at, at + 1)
        after = next((n for n in range(at + 1, len(lines)) if lines[n].strip()), None)
        if after is None or len(spot.near) < 2 or squeezed(lines[after]) != squeezed(spot.near[1]):
            continue
        if same_column or weighty(lines[at]) or (weighty(lines[after]) and not _own(lines, at, spot)):
            return Cut(at, after + 1)
    return None


def _own(lines: list[str], at: int, spot: Spot) -> bool:
    """Whether line `at` closes a bracket that the text itself has opened."""
    return spot.closes(lines[at]) and depths(lines[: at + 1], spot)[at] > 0


def _column(lines: list[str], at: int, spot: Spot) -> int:
    """Return the columns that line `at` will be indented by."""
    return width(spot.head + lines[0]) if at == 0 else width(lines[at])


def without_tail(lines: list[str], spot: Spot) -> list[str]:
    """Return `lines`, which are all there is, without the last ones that repeat what stands below, a half one too."""
    for at in range(0 if spot.fresh else 1, len(lines)):
        tail = [squeezed(line) for line in lines[at:] if line.strip()]
        if not tail or not lines[at].strip() or len(tail) > len(spot.near):
            continue
        below = [squeezed(line) for line in spot.near[: len(tail)]]
        if tail[:-1] == below[:-1] and below[-1].startswith(tail[-1]) and _told(tail, below, lines, at, spot):
            return lines[:at]
    return lines


def _told(tail: list[str], below: list[str], lines: list[str], at: int, spot: Spot) -> bool:
    """Whether a tail is recognised as a repetition: enough of it, or closers that stand in the same column.

    A single line in another column may be the body that the line above it waits for (`return None`).
    """
    if any(weighty(line) for line in tail[:-1]):
        return True
    if _column(lines, at, spot) == width(spot.near[0]):
        if len(tail) == 1 and tail != below and spot.leads(lines[at]):
            return False
        return tail == below or len(tail) > 1 or len(tail[0]) >= 2
    return tail == below and weighty(tail[-1]) and not (at and spot.opens(lines[at - 1]))
