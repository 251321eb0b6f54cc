"""Lines of the same pattern: after `self.a = a`, what `self.b = ` will be."""

import re
from typing import NamedTuple

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


class Guess(NamedTuple):
    """What the pattern of a line makes of the one at the cursor."""

    text: str
    agreed: int
    """Tokens before the cursor that the line has too, in the same places."""


class Analogy:
    """The beginning of a line, to be finished like lines that differ from it by some words."""

    def __init__(self, head: str) -> None:
        pieces = _PIECE.findall(head)
        self._started = pieces.pop() if pieces and _is_word(pieces[-1]) else ""
        self._pieces = pieces

    def follow(self, line: str) -> Guess | None:
        """Return how the line at the cursor goes on if it follows `line`, or None if it does not."""
        pieces = _PIECE.findall(line)
        begun = len(self._pieces)
        renamed: dict[str, str] = {}
        agreed = 0
        for theirs, ours in zip(pieces, self._pieces, strict=False):
            if theirs != ours and not (_is_word(theirs) and _is_word(ours)):
                return None
            if renamed.setdefault(theirs, ours) != ours:
                return None
            agreed += theirs == ours and not ours.isspace()
        if len(pieces) <= begun or not agreed or all(theirs == ours for theirs, ours in renamed.items()):
            return None
        text = "".join(_renamed(piece, renamed) for piece in pieces[begun:])
        return Guess(text[len(self._started) :], agreed) if text.startswith(self._started) else None


def _renamed(piece: str, names: dict[str, str]) -> str:
    """Return a piece with the other line's names replaced by this line's, also as parts (`_name`)."""
    if piece in names or not _is_word(piece):
        return names.get(piece, piece)
    return "_".join(names.get(part, part) for part in piece.split("_"))


def _is_word(piece: str) -> bool:
    return piece[0].isalnum() or piece[0] == "_"
