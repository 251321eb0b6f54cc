"""An index in memory, for measurements without files: the words and declarations of a commit's blobs."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import log

from midfill.core.context import Snippet
from midfill.core.context.nearby_words import NAME
from midfill.core.definitions import definitions
from midfill.core.language_ids import language_id
from midfill.core.outline import outline
from midfill.core.words import name_parts

ROWS, NEXT = 10, 10
"""Lines of a piece, and lines after it that are returned with it."""
RAREST = 12
COMMON = 0.02
"""Share of all pieces above which a word is not searched."""
_K1, _B = 1.2, 0.75


class Postings:
    """Blobs that are read once, and the tree to search."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self._text = text
        self._words: dict[str, dict[str, list[int]]] = {}
        self._defined: dict[str, list[tuple[str, int]]] = {}
        self._named: dict[str, set[str]] = {}
        self._lengths: dict[str, list[int]] = {}
        self._paths: dict[str, str] = {}
        self._edited: dict[str, str] = {}

    def show(self, tree: Mapping[str, str]) -> None:
        """Set the blobs to search, by path."""
        self._paths = {}
        for path, blob in tree.items():
            if blob not in self._lengths:
                self._read(path, blob)
            self._paths.setdefault(blob, path)
        self._pieces = sum(len(self._lengths[blob]) for blob in self._paths) or 1
        total = sum(sum(self._lengths[blob]) for blob in self._paths)
        self._mean = total / self._pieces or 1

    def has_name(self, name: str, but: str) -> bool:
        """Whether a file other than that of the path `but` has this name."""
        return any(self._paths.get(blob, but) != but for blob in self._named.get(name, ()))

    def search(self, words: Sequence[str], limit: int, skip: str) -> list[Snippet]:
        """Return pieces by BM25 over the rarest of `words`."""
        found: dict[str, list[tuple[str, int]]] = {}
        for word in words:
            places = self._words.get(word, {})
            live = [
                (blob, piece)
                for blob, pieces in places.items()
                if self._paths.get(blob, skip) != skip
                for piece in pieces
            ]
            if 0 < len(live) <= max(4, COMMON * self._pieces):
                found[word] = live
        scores: dict[tuple[str, int], float] = {}
        for word in sorted(found, key=lambda word: len(found[word]))[:RAREST]:
            weight = log(1 + self._pieces / len(found[word]))
            for place, times in Counter(found[word]).items():
                norm = _K1 * (1 - _B + _B * self._lengths[place[0]][place[1]] / self._mean)
                scores[place] = scores.get(place, 0) + weight * times * (_K1 + 1) / (times + norm)
        best = sorted(scores.items(), key=lambda item: (-item[1], self._paths[item[0][0]], item[0][1]))[
            :limit
        ]
        return [
            self._chunk(blob, ROWS * piece, ROWS + NEXT, "search", score) for (blob, piece), score in best
        ]

    def definitions(self, names: Sequence[str], limit: int) -> list[Snippet]:
        """Return the declarations of names, those that few files declare first in the order of `names`."""
        found = []
        for rank, name in enumerate(names):
            places = [place for place in self._defined.get(name, ()) if place[0] in self._paths]
            if len(places) <= 3:
                found += [self._outlined(blob, row, 1 / (1 + rank)) for blob, row in places]
        return found[:limit]

    def _chunk(self, blob: str, row: int, count: int, source: str, score: float) -> Snippet:
        lines = self._text(blob).split("\n")[row : row + count]
        return Snippet(self._paths[blob], row, "\n".join(lines), source, score)

    def _outlined(self, blob: str, row: int, score: float) -> Snippet:
        found = outline(self._text(blob).split("\n"), row)
        return Snippet(self._paths[blob], found.first, "\n".join(found.lines), "declarations", score)

    def _read(self, path: str, blob: str) -> None:
        text = self._text(blob)
        lines = text.split("\n")
        lengths = []
        for piece in range(max(1, -(-len(lines) // ROWS))):
            words = _words("\n".join(lines[piece * ROWS : (piece + 1) * ROWS]))
            lengths.append(len(words))
            for word in words:
                self._words.setdefault(word, {}).setdefault(blob, []).append(piece)
        self._lengths[blob] = lengths
        for name in set(NAME.findall(text)):
            self._named.setdefault(name, set()).add(blob)
        for name, row in definitions(text, language_id(path)):
            self._defined.setdefault(name, []).append((blob, row))


def _words(text: str) -> list[str]:
    return [word for name in NAME.findall(text) for word in name_parts(name)]
