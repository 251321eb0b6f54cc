"""An edited place before and after, and a suggested edit."""

from typing import NamedTuple


class Hunk(NamedTuple):
    """Lines of a document (without line ends) that replaced other lines.

    `row` is the first row of `after`. `before` or `after` may be empty: lines were added or removed.
    """

    uri: str
    row: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    above: str
    """The unchanged line above."""
    below: str
    """The line below."""

    def covers(self, first: int, last: int) -> bool:
        """Whether the user edited any row from `first` to `last`, without `last`."""
        return first < max(self.row + len(self.after), self.row + 1) and last > self.row


class DocumentSnapshot(NamedTuple):
    r"""The text of a document at one time, with `\n` line ends."""

    uri: str
    language: str
    text: str


class SuggestedEdit(NamedTuple):
    """A suggested next edit: `after` replaces the lines `before`, which start at `row`."""

    uri: str
    row: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    support: int = 1
    """Number of hunks that support this edit."""
    around: tuple[str, str] = ("", "")
    """The lines above and below the place."""
