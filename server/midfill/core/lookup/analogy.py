"""Lines of the same pattern: after `self.a = a`, the line `self.b = ` continues with `b`."""

import re
from typing import NamedTuple

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_WORD = re.compile(r"\w+")


class PatternGuess(NamedTuple):
    """The continuation of the cursor's line by the pattern of another line."""

    text: str
    agreed: int
    """Tokens before the cursor that the other line has in the same places."""


class Analogy:
    """The beginning of a line, which similar lines with other words can complete."""

    def __init__(self, head: str) -> None:
        pieces = _PIECE.findall(head)
        self._started = pieces.pop() if pieces and _is_word(pieces[-1]) else ""
        self._pieces = pieces

    def follow(self, line: str) -> PatternGuess | None:
        """Return the continuation of the cursor's line by the pattern of `line`; None if the pattern differs."""
        renamed: dict[str, str] = {}
        agreed = begun = 0
        for ours, piece in zip(self._pieces, _PIECE.finditer(line), strict=False):
            theirs, begun = piece[0], piece.end()
            if theirs != ours and not (_is_word(theirs) and _is_word(ours)):
                return None
            if renamed.setdefault(theirs, ours) != ours:
                return None
            agreed += theirs == ours and not ours.isspace()
        if not agreed or all(theirs == ours for theirs, ours in renamed.items()):
            return None  # No token is the same, or all are; in the latter case the place already has a vote.
        text = _WORD.sub(lambda word: _renamed(word[0], renamed), line[begun:])
        return PatternGuess(text[len(self._started) :], agreed) if text.startswith(self._started) else None


def _renamed(word: str, names: dict[str, str]) -> str:
    """Return `word` with the other line's names replaced by this line's, also as parts of it (`_name`)."""
    return names.get(word) or "_".join(names.get(part, part) for part in word.split("_"))


def _is_word(piece: str) -> bool:
    return piece[0].isalnum() or piece[0] == "_"
