"""Where a text ends, and how much of it has to be read to know."""

from typing import NamedTuple


class Cut(NamedTuple):
    """The first `keep` lines stay; the first `seen` lines, all complete, tell that whatever follows."""

    keep: int
    seen: int


def first_seen(cuts: list[Cut | None]) -> Cut | None:
    """Return the cut that is known earliest; of several, the shortest."""
    return min((cut for cut in cuts if cut), key=lambda cut: (cut.seen, cut.keep), default=None)
