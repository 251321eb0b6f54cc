"""What is shown to the user."""

from typing import NamedTuple


class Completion(NamedTuple):
    r"""Text to insert at the cursor, line ends as `\n`; empty text means that there is nothing to show."""

    text: str = ""
    replace: int = 0
    """Characters right of the cursor, on its line, that `text` takes the place of."""

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.text)
