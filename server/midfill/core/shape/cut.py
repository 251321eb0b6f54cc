"""The end of a text, and the number of lines needed to determine it."""

from typing import NamedTuple


class Cut(NamedTuple):
    """A text ends after its first `keep` lines; its first `seen` lines, all complete, determine that."""

    keep: int
    seen: int


def earliest_cut(cuts: list[Cut | None]) -> Cut | None:
    """Return the cut that is determined by the fewest lines; of several, the shortest."""
    return min((cut for cut in cuts if cut), key=lambda cut: (cut.seen, cut.keep), default=None)
