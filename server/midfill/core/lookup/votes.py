"""Votes for what stands behind the cursor, and what they agree on."""

import re
from collections import defaultdict
from typing import NamedTuple

from midfill.core.lookup.source import Match

DOUBT = 4.0
"""Weight of the vote for something that stands nowhere yet; two agreeing tokens at one place weigh four."""
LONELINESS = 0.2
"""How much of a witness the one who says otherwise is: certainty is n / (n + this) when n places agree."""
FADING = 0.985
"""What each further piece leaves of the certainty: the longer a continuation, the likelier it leaves off."""

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


class Vote(NamedTuple):
    """What one place says stands behind the cursor, to the end of the line."""

    text: str
    agreed: float
    """Tokens before the cursor that the place has in common with it."""
    match: Match | None = None
    """The place, if its lines may be read on; None for an analogy."""

    @property
    def weight(self) -> float:
        """How much it counts (of the powers from 1 to 3, the square did best: tests/bench/local.py)."""
        return self.agreed**2


def most_voted(votes: list[Vote], sure: float, witnesses: int = 1) -> tuple[str, list[Vote]]:
    """Return what the share `sure` of the vote agrees on, piece by piece, and who voted for it to its end.

    Without such voters the text is the beginning of something that the votes disagree about. Each piece needs
    `witnesses` votes, whatever they weigh.
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
    """Return a piece, or an empty one for the end of the line."""
    return pieces[index] if index < len(pieces) else ""
