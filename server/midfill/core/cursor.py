"""A place in a document at one moment, with the text around it."""

from dataclasses import dataclass, field
from dataclasses import replace as _replaced
from functools import cached_property
from typing import Literal

LineEnd = Literal["\n", "\r\n", "\r"]

HORIZON = 2_000
"""Lines that a cursor can see above and below itself (our own bound: a snapshot costs about 20 us at it)."""


@dataclass(frozen=True)
class Cursor:
    """A frozen snapshot: where the user is, and what stands around that place.

    `above` and `below` hold up to `HORIZON` lines of the document as they are, line ends included; `head` and
    `rest` are the two halves of the cursor's own line, without its line end. `column` counts characters (code
    points), `row` the lines above from the top of the document.
    """

    uri: str = ""
    language: str = ""
    version: int | None = None
    row: int = 0
    above: tuple[str, ...] = field(default=(), repr=False)
    head: str = field(default="", repr=False)
    rest: str = field(default="", repr=False)
    below: tuple[str, ...] = field(default=(), repr=False)
    end: str = ""
    """The line end of the cursor's own line; empty on the last line."""
    eol: LineEnd = "\n"
    """The line end that the document uses."""

    def advanced(self, text: str, replace: int = 0) -> "Cursor":
        r"""Return the place behind `text` (line ends as `\n`) once it stands here instead of `replace` characters."""
        *lines, head = (self.head + with_line_ends(text, self.eol)).split(self.eol)
        return _replaced(
            self,
            version=None,
            row=self.row + len(lines),
            above=self.above + tuple(line + self.eol for line in lines),
            head=head,
            rest=self.rest[replace:],
        )

    @property
    def column(self) -> int:
        """Characters left of the cursor on its line."""
        return len(self.head)

    @cached_property
    def prefix(self) -> str:
        r"""All visible text before the cursor, its line ends written as `\n`."""
        return unified("".join(self.above)) + self.head

    @cached_property
    def suffix(self) -> str:
        r"""All visible text after the cursor, its line ends written as `\n`."""
        return self.rest + unified(self.end + "".join(self.below))


def unified(text: str) -> str:
    r"""Return `text` with every LSP line end (`\r\n`, `\r`) written as `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def with_line_ends(text: str, eol: LineEnd) -> str:
    r"""Return `text`, whose line ends are `\n`, with the document's own line end."""
    return text if eol == "\n" else text.replace("\n", eol)
