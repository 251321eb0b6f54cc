"""A completion as the editor shows it."""

from typing import NamedTuple


class Completion(NamedTuple):
    r"""Text to insert at the cursor, with `\n` line ends; empty if there is nothing to show."""

    text: str = ""
    replace: int = 0
    """Number of characters after the cursor, on its line, that `text` replaces."""

    def __bool__(self) -> bool:
        """Whether the text is not empty."""
        return bool(self.text)

    @property
    def first_line(self) -> str:
        """The first line, with the line breaks before it."""
        lead = len(self.text) - len(self.text.lstrip("\n"))
        return self.text[:lead] + self.text[lead:].partition("\n")[0]
