"""The open and unsaved documents, which are searched in their current state."""

from collections import Counter
from collections.abc import Iterator, Set
from functools import cached_property

from midfill.core.credentials import without_private_keys
from midfill.core.cursor import normalized_line_ends
from midfill.core.words import words
from midfill.workspace.index.database import LINES
from midfill.workspace.index.entry import readable
from midfill.workspace.index.listing import FILE_LIMIT
from midfill.workspace.index.search import Hit, Weights, score


class OpenDocumentText:
    """The text of one document; its words are extracted at the first search."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text if len(text) <= FILE_LIMIT else ""

    @cached_property
    def text(self) -> str:
        """The text without private keys."""
        return without_private_keys(normalized_line_ends(self._text))

    @cached_property
    def _words(self) -> list[set[str]]:
        lines = readable(self._text)
        return [words("\n".join(lines[at : at + LINES])) for at in range(0, len(lines), LINES)]

    def counts(self, wanted: Set[str]) -> Counter[str]:
        """Return in how many of its ten-line rows each of these words occurs."""
        return Counter(word for words_ in self._words for word in words_ & wanted)

    def hits(self, weighed: Weights) -> Iterator[Hit]:
        """Yield its ten-line rows that contain some of the words."""
        for chunk, words_ in enumerate(self._words):
            if value := score(weighed, words_):
                yield Hit(self._path, chunk, value)
