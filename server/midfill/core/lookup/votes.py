"""Votes for the text after the cursor, counted piece by piece."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from midfill.core.lookup.matches import Match

FOREIGN = 0.7
"""Factor of the weight of a vote from another file."""
UNKNOWN = 0.6
"""Factor of the weight of a name that the document does not have."""
UNANIMOUS_VOTES, UNANIMOUS_TOKENS = 3, 8
"""Minimum votes for a unanimous piece, and minimum agreeing tokens of one of them."""
MAX_PIECES = 24
"""Maximum pieces of a completion."""

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


class Vote(NamedTuple):
    """The continuation to the end of the line that one place votes for."""

    text: str
    agreed: int
    """Common tokens before the place and the cursor."""
    match: Match | None = None
    """The place of the vote; None for an analogy, which has no following lines."""

    @property
    def weight(self) -> float:
        """The weight of the vote."""
        foreign = self.match is not None and not self.match.in_document
        return self.agreed**2 * (FOREIGN if foreign else 1.0)


@dataclass
class VoteGroup:
    """The votes for one text, or for one next piece."""

    weight: float = 0.0
    votes: int = 0
    agreed: int = 0
    """The maximum number of agreeing tokens of a vote."""
    in_document: int = 0
    by_pattern: int = 0
    """Votes of analogies."""

    def add(self, other: "VoteGroup") -> None:
        """Add the votes of another group."""
        self.weight += other.weight
        self.votes += other.votes
        self.agreed = max(self.agreed, other.agreed)
        self.in_document += other.in_document
        self.by_pattern += other.by_pattern


@dataclass
class Step:
    """The next piece with the most votes, and its statistics."""

    piece: str
    """Empty: the line ends here."""
    number: int
    party: VoteGroup
    total: float
    """The weight of all votes at this step."""
    against: int
    """The maximum number of agreeing tokens of a vote for another piece."""
    choices: int
    """Different pieces voted for."""
    is_known: bool
    """Whether the document has this name, or the piece is not a name."""


@dataclass
class VoteCount:
    """A count of votes."""

    parties: dict[str, VoteGroup] = field(default_factory=dict)
    """By text."""

    def add(self, vote: Vote) -> None:
        """Count a vote."""
        party = self.parties.setdefault(vote.text, VoteGroup())
        in_document = vote.match is not None and vote.match.in_document
        party.add(VoteGroup(vote.weight, 1, vote.agreed, in_document, vote.match is None))

    def steps(self, knows: Callable[[str], bool], started: str) -> Iterator[Step]:
        """Yield the pieces with the most votes in order, each chosen among the votes for all pieces before it.

        `knows` returns whether the document has a name; `started` is the unfinished word before the cursor.
        """
        left = [(text, 0, party) for text, party in self.parties.items()]
        for number in range(MAX_PIECES):
            if not left:
                return
            pieces = [_piece(text, at) for text, at, _ in left]
            by_piece: dict[str, VoteGroup] = {}
            for piece, (_, _, party) in zip(pieces, left, strict=True):
                by_piece.setdefault(piece, VoteGroup()).add(party)
            step = _step(by_piece, number, lambda piece: knows(piece if number else started + piece))  # noqa: B023
            yield step
            if not step.piece:
                return
            left = [
                (text, at + len(piece), party)
                for piece, (text, at, party) in zip(pieces, left, strict=True)
                if piece == step.piece
            ]


def _step(by_piece: dict[str, VoteGroup], number: int, knows: Callable[[str], bool]) -> Step:
    known = {piece: knows(piece) if is_name(piece) else True for piece in by_piece}
    for piece, party in by_piece.items():
        party.weight *= 1.0 if known[piece] else UNKNOWN
    best = max(by_piece, key=lambda piece: by_piece[piece].weight)
    return Step(
        best,
        number,
        by_piece[best],
        sum(party.weight for party in by_piece.values()),
        max((party.agreed for piece, party in by_piece.items() if piece != best), default=0),
        len(by_piece),
        known[best],
    )


def is_unanimous(step: Step) -> bool:
    """Return whether enough places with a long match agree on the piece."""
    return step.choices == 1 and step.party.votes >= UNANIMOUS_VOTES and step.party.agreed >= UNANIMOUS_TOKENS


def is_name(piece: str) -> bool:
    """Return whether a piece is a name or a number, or the rest of one."""
    return piece[:1].isalnum() or piece[:1] == "_"


def _piece(text: str, at: int) -> str:
    """Return the piece at an offset; empty after the end of the line."""
    found = _PIECE.match(text, at)
    return found[0] if found else ""


def ending(votes: Sequence[Vote], text: str) -> list[Vote]:
    """Return the votes for just this text."""
    return [vote for vote in votes if vote.text == text]
