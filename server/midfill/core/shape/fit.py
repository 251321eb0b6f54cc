"""A text made to fit what stands right of the cursor on its line."""

import re

from midfill.core.completion import Completion
from midfill.core.shape.lines import squeezed
from midfill.core.shape.spot import Spot
from midfill.core.syntax.scan import lexemes

CLOSERS = re.compile(r"[\s)\]}>\"'`;,:/]*")
"""A rest of the line that an editor may have put in by itself."""


def fitted(text: str, spot: Spot) -> Completion:
    """Return `text` with as much of the rest of the line replaced as it writes anew."""
    text = text.rstrip()
    if not text or not spot.inline:
        return Completion(text)
    first, newline, _ = text.partition("\n")
    at = meets_rest(first, spot)
    if at is not None:
        return Completion(first[:at])
    if newline and not CLOSERS.fullmatch(spot.rest):
        return Completion(first)
    if newline:
        return Completion(text + spot.rest, len(spot.rest))
    return Completion(text)


def meets_rest(line: str, spot: Spot) -> int | None:
    """Return where `line` begins to repeat the rest of the cursor's line; None if it does not."""
    key = squeezed(spot.rest)
    if CLOSERS.fullmatch(spot.rest):
        return unmatched(line, spot)
    for at in range(len(line) + 1):
        left = squeezed(line[at:])
        if left and (
            left == key or (left.startswith(key) and len(key) > 1) or (key.startswith(left) and len(left) > 2)
        ):
            return at
    return None


def unmatched(line: str, spot: Spot) -> int | None:
    """Return where the first closing bracket stands that nothing in `line` opens; None if all are opened."""
    depth = 0
    for lexeme in lexemes(line, spot.language):
        depth += (lexeme.kind == "open") - (lexeme.kind == "close")
        if depth < 0:
            return lexeme.start
    return None
