"""A place that was edited, as it was and as it is, and a place that is proposed for the next edit."""

from typing import NamedTuple


class Hunk(NamedTuple):
    """Lines of a document (without line ends) that were put in place of others.

    `row` is the first row of `after`. `before` or `after` may be empty: lines were added, or removed.
    """

    uri: str
    row: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    above: str = ""
    """The line above, which has not changed with it."""
    below: str = ""
    """The line below."""

    def covers(self, first: int, last: int) -> bool:
        """Whether lines from row `first` to, not including, `last` are among the edited ones."""
        return first < max(self.row + len(self.after), self.row + 1) and last > self.row


class Page(NamedTuple):
    r"""The text of a document, with `\n` line ends."""

    uri: str
    language: str
    text: str


class Proposal(NamedTuple):
    """An edit that fits at a place: `after` takes the place of the lines `before`, which begin at `row`."""

    uri: str
    row: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    witnesses: int = 1
    """Hunks that show that this edit is wanted."""
