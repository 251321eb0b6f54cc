"""Lines of the same pattern: after `self.a = a`, the line `self.b = ` continues with `b`."""

import re
from typing import NamedTuple

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_WORD = re.compile(r"\w+")


class AnalogyGuess(NamedTuple):
    """The continuation of the cursor's line by the pattern of another line."""

    text: str
    match_length: int
    """Number of tokens before the cursor that the other line has in the same places."""


class Analogy:
    """The beginning of a line, which similar lines with other words can complete."""

    def __init__(self, head: str) -> None:
        pieces = _PIECE.findall(head)
        self._partial_word = pieces.pop() if pieces and _is_word(pieces[-1]) else ""
        self._pieces = pieces

    def follow(self, line: str) -> AnalogyGuess | None:
        """Return the continuation of the cursor's line by the pattern of `line`; None if the pattern differs."""
        renamed: dict[str, str] = {}
        match_length = line_offset = 0
        for ours, piece in zip(self._pieces, _PIECE.finditer(line), strict=False):
            theirs, line_offset = piece[0], piece.end()
            if theirs != ours and not (_is_word(theirs) and _is_word(ours)):
                return None
            if renamed.setdefault(theirs, ours) != ours:
                return None
            match_length += theirs == ours and not ours.isspace()
        if not match_length or all(theirs == ours for theirs, ours in renamed.items()):
            return None  # No token is the same, or all are; in the latter case the place already has a vote.
        text = _WORD.sub(lambda word: _renamed(word[0], renamed), line[line_offset:])
        if not text.startswith(self._partial_word):
            return None
        return AnalogyGuess(text[len(self._partial_word) :], match_length)


def _renamed(word: str, names: dict[str, str]) -> str:
    """Return `word` with the other line's names replaced by this line's, also as parts of it (`_name`)."""
    return names.get(word) or "_".join(names.get(part, part) for part in word.split("_"))


def _is_word(piece: str) -> bool:
    return piece[0].isalnum() or piece[0] == "_"
