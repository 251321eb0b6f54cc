"""Votes for the text after the cursor, and their common result."""

import re
from collections import defaultdict
from typing import NamedTuple

from midfill.core.lookup.source import Match

DOUBT = 4.0
"""Weight of the vote for unknown text; a place with two agreeing tokens weighs 4."""
LONELINESS = 0.2
"""Weight of an assumed dissenting place: the certainty is n / (n + this) when n places agree."""
FADING = 0.985
"""Factor of the certainty for each further piece: a longer continuation is less likely to be right."""

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


class Vote(NamedTuple):
    """The continuation to the end of the line that one place votes for."""

    text: str
    agreed: float
    """Common tokens before the place and the cursor."""
    match: Match | None = None
    """The place of the vote; None for an analogy, which has no following lines."""

    @property
    def weight(self) -> float:
        """The weight of the vote (the square gave the best result of the powers from 1 to 3: tests/bench/local.py)."""
        return self.agreed**2


def most_voted(votes: list[Vote], sure: float, witnesses: int = 1) -> tuple[str, list[Vote]]:
    """Return the text on which the share `sure` of the vote agrees, piece by piece, and the votes for all of it.

    If no votes are returned, the votes disagree after the text. Each piece needs at least `witnesses` votes.
    """
    ballots = [(vote, _PIECE.findall(vote.text)) for vote in votes]
    total = sum(vote.weight for vote in votes) + DOUBT
    chosen: list[str] = []
    fresh = 1.0
    while ballots:
        counters: dict[str, float] = defaultdict(float)
        for vote, pieces in ballots:
            counters[_piece(pieces, len(chosen))] += vote.weight
        best = max(counters, key=counters.__getitem__)
        ballots = [votes for votes in ballots if _piece(votes[1], len(chosen)) == best]
        count = len(ballots)
        if count < witnesses or fresh * count / (count + LONELINESS) * counters[best] / total < sure:
            break
        if not best:
            return "".join(chosen), [vote for vote, _ in ballots]
        chosen.append(best)
        fresh *= FADING
    return "".join(chosen).rstrip(), []


def _piece(pieces: list[str], index: int) -> str:
    """Return the piece at `index`; empty after the end of the line."""
    return pieces[index] if index < len(pieces) else ""
