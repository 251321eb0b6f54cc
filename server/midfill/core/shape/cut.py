"""The end of a text, and the number of lines needed to determine it."""

from typing import NamedTuple


class Cut(NamedTuple):
    """The first `keep` lines stay; the first `seen` lines, all complete, determine that."""

    keep: int
    seen: int


def first_seen(cuts: list[Cut | None]) -> Cut | None:
    """Return the cut that is determined first; of several, the shortest."""
    return min((cut for cut in cuts if cut), key=lambda cut: (cut.seen, cut.keep), default=None)
