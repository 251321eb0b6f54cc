"""A snapshot of a cursor and the text around it."""

from dataclasses import dataclass, field
from dataclasses import replace as _replaced
from functools import cached_property
from typing import Literal

LineEnd = Literal["\n", "\r\n", "\r"]

MAX_LINES_AROUND = 2_000
"""Maximum lines on either side of the cursor in a snapshot (our own limit; a snapshot takes about 20 us)."""

MAX_LINE_CHARACTERS = 10_000
"""Maximum characters of a line above or below the cursor that is used. Longer lines are minified scripts or data, and
VS Code does not draw more of them.
"""

NEAR_CHARACTERS = 1_000
"""Maximum characters of the cursor's line that are used on either side; minified files have lines of megabytes.

The prompt has more of it.
"""

MAX_LINE_PART_CHARACTERS = 1 << 19
"""Maximum characters of the cursor's line on either side in a snapshot: more than the largest prompt has."""


@dataclass(frozen=True)
class Cursor:
    """An immutable snapshot of the cursor's position and the text around it.

    `above` and `below` hold up to `MAX_LINES_AROUND` lines of the document each, with line ends, up to the first line
    longer than `MAX_LINE_CHARACTERS`. `head` and `rest` are the text of the line before and after the cursor, up to
    `MAX_LINE_PART_CHARACTERS` each, without the line end. `column` counts code points. `row` counts from the top.
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
    omitted: tuple[int, int] = (0, 0)
    """Number of characters of the line before `head` and after `rest`."""

    def __hash__(self) -> int:
        # The hash of thousands of lines around the cursor would take 40 us at each use of a cache.
        return hash((self.uri, self.version, self.row, self.head, self.rest))

    def advanced(self, text: str, replace: int = 0) -> "Cursor":
        r"""Return the cursor after `text` (`\n` line ends) is inserted here in place of `replace` characters."""
        *lines, head = (self.head + with_line_ends(text, self.eol)).split(self.eol)
        return _replaced(
            self,
            version=None,
            row=self.row + len(lines),
            above=self.above + tuple(line + self.eol for line in lines),
            head=head,
            rest=self.rest[replace:],
            omitted=(0, self.omitted[1]) if lines else self.omitted,
        )

    @property
    def near_head(self) -> str:
        """The last `NEAR_CHARACTERS` characters before the cursor on its line."""
        return self.head[-NEAR_CHARACTERS:]

    @property
    def near_rest(self) -> str:
        """The first `NEAR_CHARACTERS` characters after the cursor on its line."""
        return self.rest[:NEAR_CHARACTERS]

    @property
    def column(self) -> int:
        """Number of characters before the cursor on its line."""
        return self.omitted[0] + len(self.head)

    @property
    def characters_left(self) -> int:
        """Number of characters after the cursor on its line."""
        return len(self.rest) + self.omitted[1]

    @cached_property
    def prefix(self) -> str:
        r"""The snapshot's text before the cursor, with `\n` line ends."""
        return normalized_line_ends("".join(self.above)) + self.head

    @cached_property
    def suffix(self) -> str:
        r"""The snapshot's text after the cursor, with `\n` line ends."""
        return self.rest + normalized_line_ends(self.end + "".join(self.below))


def normalized_line_ends(text: str) -> str:
    r"""Return `text` with every LSP line end (`\r\n`, `\r`) replaced by `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def with_line_ends(text: str, eol: LineEnd) -> str:
    r"""Return `text` with every `\n` replaced by the line end `eol`."""
    return text if eol == "\n" else text.replace("\n", eol)
