"""Votes for the text after the cursor, counted piece by piece."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from midfill.core.lookup.matches import Match

OTHER_FILE_FACTOR = 0.7
"""Factor of the weight of a vote from another file (chosen on the repositories of the fit, as all of this module)."""
UNKNOWN_NAME_FACTOR = 0.6
"""Factor of the weight of a name that the document does not have."""
MIN_UNANIMOUS_VOTES, MIN_UNANIMOUS_LENGTH = 3, 8
"""Minimum votes for a unanimous piece, and minimum match length of one of them in tokens."""
MAX_PIECES = 24
"""Maximum number of pieces of a completion; a piece is a word, blanks, or one other character."""

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


class Vote(NamedTuple):
    """The continuation to the end of the line that one place votes for."""

    text: str
    match_length: int
    """Number of common tokens before the place and the cursor."""
    match: Match | None = None
    """The place that votes; None for an analogy, which has no following lines."""

    @property
    def weight(self) -> float:
        """The weight of the vote."""
        in_other_file = self.match is not None and not self.match.in_document
        return self.match_length**2 * (OTHER_FILE_FACTOR if in_other_file else 1.0)


@dataclass
class VoteGroup:
    """The votes for one text, or for one next piece."""

    weight: float = 0.0
    count: int = 0
    match_length: int = 0
    """The maximum match length of a vote, in tokens."""
    in_document: int = 0
    """Number of votes from the open document."""
    by_analogy: int = 0
    """Number of votes of analogies."""

    def add(self, other: "VoteGroup") -> None:
        """Add the votes of another group."""
        self.weight += other.weight
        self.count += other.count
        self.match_length = max(self.match_length, other.match_length)
        self.in_document += other.in_document
        self.by_analogy += other.by_analogy


@dataclass
class PredictedPiece:
    """The piece of a completion with the most votes, and the statistics of the vote."""

    text: str
    """Empty: the line ends here."""
    index: int
    """Number of pieces before it in the completion."""
    group: VoteGroup
    """The votes for it."""
    total_weight: float
    """The weight of all votes for a piece at this place of the completion."""
    rival_length: int
    """The maximum match length of a vote for another piece, in tokens."""
    candidates: int
    """Number of different pieces with a vote."""
    is_known: bool
    """Whether the document has this name, or the piece is not a name."""


@dataclass
class VoteCount:
    """A count of votes."""

    by_text: dict[str, VoteGroup] = field(default_factory=dict)
    """By text."""

    def add(self, vote: Vote) -> None:
        """Count a vote."""
        group = self.by_text.setdefault(vote.text, VoteGroup())
        in_document = vote.match is not None and vote.match.in_document
        group.add(VoteGroup(vote.weight, 1, vote.match_length, in_document, vote.match is None))

    def pieces(self, is_known_name: Callable[[str], bool], partial_word: str) -> Iterator[PredictedPiece]:
        """Yield the pieces of the completion in order; only the texts with all earlier pieces vote for the next one.

        `is_known_name` returns whether the document has a name. `partial_word` is the unfinished word before the
        cursor.
        """
        left = [(text, 0, group) for text, group in self.by_text.items()]
        for index in range(MAX_PIECES):
            if not left:
                return
            pieces = [_piece_at(text, offset) for text, offset, _ in left]
            by_piece: dict[str, VoteGroup] = {}
            for piece, (_, _, group) in zip(pieces, left, strict=True):
                by_piece.setdefault(piece, VoteGroup()).add(group)
            before = "" if index else partial_word
            predicted = _winner(by_piece, index, {piece: is_known_name(before + piece) for piece in by_piece})
            yield predicted
            if not predicted.text:
                return
            left = [
                (text, offset + len(piece), group)
                for piece, (text, offset, group) in zip(pieces, left, strict=True)
                if piece == predicted.text
            ]


def _winner(by_piece: dict[str, VoteGroup], index: int, is_known_name: Mapping[str, bool]) -> PredictedPiece:
    """Return the piece with the greatest weight; `is_known_name` says of each piece whether the document has it."""
    known = {piece: is_known_name[piece] or not is_name(piece) for piece in by_piece}
    for piece, group in by_piece.items():
        group.weight *= 1.0 if known[piece] else UNKNOWN_NAME_FACTOR
    best = max(by_piece, key=lambda piece: by_piece[piece].weight)
    return PredictedPiece(
        best,
        index,
        by_piece[best],
        sum(group.weight for group in by_piece.values()),
        max((group.match_length for piece, group in by_piece.items() if piece != best), default=0),
        len(by_piece),
        known[best],
    )


def is_unanimous(predicted: PredictedPiece) -> bool:
    """Return whether enough places with a long match agree on the piece."""
    enough = predicted.group.count >= MIN_UNANIMOUS_VOTES
    return enough and predicted.candidates == 1 and predicted.group.match_length >= MIN_UNANIMOUS_LENGTH


def is_name(piece: str) -> bool:
    """Return whether a piece is a name or a number, or the rest of one."""
    return piece[:1].isalnum() or piece[:1] == "_"


def _piece_at(text: str, offset: int) -> str:
    """Return the piece at an offset; empty after the end of the line."""
    found = _PIECE.match(text, offset)
    return found[0] if found else ""


def votes_for(votes: Sequence[Vote], text: str) -> list[Vote]:
    """Return the votes for just this text."""
    return [vote for vote in votes if vote.text == text]
