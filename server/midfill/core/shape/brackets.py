"""The brackets and strings of a text that goes on at a cursor."""

from typing import NamedTuple

from midfill.core.shape.spot import Spot
from midfill.core.syntax.scan import PARTNER, lexemes


class Balance(NamedTuple):
    """What a text leaves open, and what it closes that it did not open."""

    extra: tuple[int, ...]
    """Where its closing brackets without a partner stand, and the quote that ends the cursor's own string."""
    open: int
    """Brackets that it opens and does not close."""
    torn: bool
    """A string or a block comment has no end."""


def balance(text: str, spot: Spot) -> Balance:
    """Return the balance of `text`; its beginning is read as what it is behind the cursor's line."""
    start = _context(spot)
    shift = len(start)
    stack: list[str] = []
    extra: list[int] = []
    torn = False
    for lexeme in lexemes(start + text, spot.language):
        if lexeme.end <= shift:
            continue
        char = (start + text)[lexeme.start]
        if lexeme.kind == "open":
            stack.append(char)
        elif lexeme.kind == "close":
            if stack and stack[-1] == PARTNER[char]:
                stack.pop()
            else:
                extra.append(lexeme.start - shift)
        elif lexeme.start < shift and lexeme.closed and lexeme.kind == "string":
            extra.append(lexeme.end - 1 - shift)
        torn = (lexeme.kind == "string" and not lexeme.closed) or torn
    return Balance(tuple(extra), len(stack), torn)


def depths(lines: list[str], spot: Spot) -> list[int]:
    """Return how many brackets are open, of those opened in the text, before each of `lines` and behind the last."""
    start = _context(spot)
    text = start + "\n".join(lines)
    ends: list[int] = []
    at = len(start)
    for line in lines:
        ends.append(at)
        at += len(line) + 1
    result, depth = [0] * (len(lines) + 1), 0
    steps: list[tuple[int, int]] = []
    for lexeme in lexemes(text, spot.language):
        if lexeme.kind in {"open", "close"}:
            steps += [(lexeme.start, 1 if lexeme.kind == "open" else -1)] if lexeme.start >= len(start) else []
        elif lexeme.end > len(start):  # The lines that a string spans belong together, however they are indented.
            steps += [(max(lexeme.start, len(start)), 1), (lexeme.end - 1, -1)]
    row = 0
    for where, step in steps:
        while row < len(ends) and ends[row] <= where:
            result[row] = depth
            row += 1
        depth = max(depth + step, 0)
    for left in range(row, len(lines) + 1):
        result[left] = depth
    return result


def _context(spot: Spot) -> str:
    """Return the text before the cursor that says whether it stands in a string: its line, or the whole string."""
    if spot.inside is not None:
        return spot.origin[spot.inside.start :]
    return spot.head
