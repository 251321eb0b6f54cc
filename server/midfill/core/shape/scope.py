"""How far a completion reaches: the line, the statement, or the block it begins."""

from midfill.core.model import Ask
from midfill.core.shape.brackets import depths
from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import width
from midfill.core.shape.spot import Spot


def scope(lines: list[str], spot: Spot, ask: Ask) -> Cut | None:
    """Return the cut behind the piece that `lines` begin with, as soon as a line shows that the piece has ended."""
    start = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines):
        return None
    if ask.scope == "line" or spot.language.prose:
        return Cut(start + 1, start + 1)
    base = _opener(lines, start, spot)
    piece = _block(lines, base, spot) if base is not None else _statement(lines, start, spot, ask)
    return piece


def _opener(lines: list[str], start: int, spot: Spot) -> int | None:
    """Return the indentation of the block that the text fills; None if it fills none."""
    if start > 0 and spot.opens(spot.head):
        return spot.base
    if not spot.fresh or spot.inline or not spot.opens(spot.before):
        return None
    outer, inner = width(spot.before), width(_joined(lines, start, spot))
    empty = not spot.near or width(spot.near[0]) < inner
    return outer if outer < inner and empty else None


def _joined(lines: list[str], at: int, spot: Spot) -> str:
    """Return line `at` as it will stand in the document."""
    return spot.head + lines[at] if at == 0 else lines[at]


def _block(lines: list[str], base: int, spot: Spot) -> Cut | None:
    """Return the cut behind a block whose first line is indented by `base`, with its end if that is not below."""
    ended = False
    for at in range(len(lines)):
        line = lines[at]
        if at == 0 or not line.strip() or width(line) > base or spot.labels(line):
            continue
        goes_on = (
            width(line) == base
            and (spot.closes(line) or spot.branches(line))
            and not _closed_below(base, spot)
        )
        if not goes_on or (ended and not spot.branches(line)):
            return Cut(_without_blanks(lines, at), at + 1)
        ended = ended or spot.closes(line)
    return None


def _closed_below(base: int, spot: Spot) -> bool:
    """Whether the lines below go on with a block or a bracket that was opened on a line indented by `base`."""
    if not spot.near:
        return False
    line = spot.near[0]
    return width(line) > base or (width(line) == base and (spot.closes(line) or spot.branches(line)))


def _statement(lines: list[str], start: int, spot: Spot, ask: Ask) -> Cut | None:
    """Return the cut behind one statement, with the block that it begins if that is asked for."""
    first = _joined(lines, start, spot)
    base = width(first)
    leading = spot.leads(first) and (spot.fresh or start > 0)
    open_before = depths(lines, spot)
    below = _closed_below(base, spot)
    header = start
    for at in range(start + 1, len(lines)):
        line = lines[at]
        if not line.strip():
            continue
        if leading and width(line) == base:
            leading, header = spot.leads(line), at
            continue
        if _belongs(line, base, open_before[at] > 0 and not below, lines[header:at], spot):
            continue
        return Cut(_without_blanks(lines, at), at + 1)
    return None


def _belongs(line: str, base: int, is_open: bool, before: list[str], spot: Spot) -> bool:
    """Whether `line` is a part of the statement that `before` begins, which is indented by `base`."""
    if width(line) > base:
        return True
    if is_open:
        return True
    if width(line) < base:
        return False
    if spot.branches(line):
        return True
    return spot.closes(line) and not spot.language.indented and _opens_words(before, spot)


def _opens_words(before: list[str], spot: Spot) -> bool:
    """Whether a block is open that a word ends (`end`, `fi`, `done`), judged by the lines indented like its header."""
    return (
        bool(before)
        and spot.opens(before[0])
        and not any(spot.closes(line) for line in before[1:] if width(line) <= width(before[0]))
    )


def _without_blanks(lines: list[str], at: int) -> int:
    """Return where the blank lines before line `at` begin."""
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    return at
