"""The open and unsaved documents, which are searched in their current state."""

from collections import Counter
from collections.abc import Iterator, Set
from functools import cached_property

from midfill.core.credentials import without_private_keys
from midfill.core.cursor import normalized_line_ends
from midfill.core.words import words
from midfill.workspace.index.database import CHUNK_LINES
from midfill.workspace.index.index_entry import indexable_lines
from midfill.workspace.index.listing import MAX_FILE_BYTES
from midfill.workspace.index.search import Hit, Weights, score


class OpenDocumentText:
    """The text of one document; its words are extracted at the first search."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text if len(text) <= MAX_FILE_BYTES else ""

    @cached_property
    def text(self) -> str:
        """The text without private keys."""
        return without_private_keys(normalized_line_ends(self._text))

    @cached_property
    def _words(self) -> list[set[str]]:
        lines = indexable_lines(self._text)
        return [words("\n".join(lines[at : at + CHUNK_LINES])) for at in range(0, len(lines), CHUNK_LINES)]

    def counts(self, wanted: Set[str]) -> Counter[str]:
        """Return in how many of its ten-line rows each of these words occurs."""
        return Counter(word for words_ in self._words for word in words_ & wanted)

    def hits(self, weights: Weights) -> Iterator[Hit]:
        """Yield its ten-line rows that contain some of the words."""
        for chunk, words_ in enumerate(self._words):
            if value := score(weights, words_):
                yield Hit(self._path, chunk, value)
