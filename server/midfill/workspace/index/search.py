"""The rows that share the rarest words with a text, the best first."""

import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence, Set
from typing import NamedTuple

from midfill.workspace.index.database import ROWS_BITS, SIZE_BITS, chunk_of, facts

RAREST = 12
"""Number of words that are searched for: a rare word is more significant than a common one, and costs less."""
MAX_SHARE, MIN_ROWS = 0.02, 20
"""A word in more rows than this share (or this number, in a small workspace) is not rare."""
MAX_COUNTS = 20_000
"""Number of words whose row counts are cached."""
K1, B = 1.2, 0.75
"""BM25's usual parameters; a word counts once in a row."""


class Hit(NamedTuple):
    """Ten lines of a file."""

    path: str
    chunk: int
    score: float


class Weights(NamedTuple):
    """The weight of each word, and the usual length of a row."""

    of: Mapping[str, float]
    usual: float


class Weigher:
    """Knows the number of rows of a word, and caches it until the index changes."""

    def __init__(self) -> None:
        self._rows = self._words = -1
        self._counts: dict[str, int] = {}

    def weights(
        self,
        connection: sqlite3.Connection,
        words: Sequence[str],
        opened: Callable[[Set[str]], Mapping[str, int]],
    ) -> Weights:
        """Return the weights of the rarest of these words that occur, but not everywhere.

        `opened` returns the number of rows of open documents that contain each word.
        """
        known = facts(connection)
        rows, total = int(known.get("rows", 0)), int(known.get("words", 0))
        if (rows, total) != (self._rows, self._words) or len(self._counts) > MAX_COUNTS:
            self._rows, self._words, self._counts = rows, total, {}
        wanted = dict.fromkeys(word.lower() for word in words if word.replace("_", "a").isalnum())
        self._look_up(connection, [word for word in wanted if word not in self._counts])
        most, more = max(MAX_SHARE * rows, MIN_ROWS), opened(wanted.keys())
        counts = {word: self._counts[word] + more.get(word, 0) for word in wanted}
        rare = sorted((count, word) for word, count in counts.items() if 0 < count <= most)[:RAREST]
        worth = {word: math.log(1 + (max(rows - count, 0) + 0.5) / (count + 0.5)) for count, word in rare}
        return Weights(worth, max(total / max(rows, 1), 1))

    def _look_up(self, connection: sqlite3.Connection, words: Sequence[str]) -> None:
        marks = ", ".join("?" * len(words))
        query = f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})"  # noqa: S608 (question marks)
        self._counts |= dict.fromkeys(words, 0) | dict(connection.execute(query, words).fetchall())


def found(connection: sqlite3.Connection, weighed: Weights, limit: int) -> list[Hit]:
    """Return the rows with the highest scores, the best first."""
    if not weighed.of:
        return []
    one = "SELECT rowid AS row, ? AS weight FROM words WHERE words MATCH ?"
    length = f"(row & {(1 << SIZE_BITS) - 1}) / {weighed.usual}"
    query = (
        f"SELECT path, row, score FROM (SELECT row, sum(weight) * {1 + K1} / (1 + {K1} * ({1 - B} + {B} * {length}))"  # noqa: S608 (numbers of ours)
        f" AS score FROM ({' UNION ALL '.join([one] * len(weighed.of))}) GROUP BY row ORDER BY score DESC, row"
        f" LIMIT {limit}) JOIN files ON files.id = row >> {ROWS_BITS} ORDER BY score DESC, row"
    )
    values = [value for word, weight in weighed.of.items() for value in (weight, f'"{word}"')]
    return [Hit(path, chunk_of(row), score) for path, row, score in connection.execute(query, values)]


def score(weighed: Weights, words: set[str]) -> float:
    """Return the score of ten lines with these words, as `found` computes it for a row."""
    weight = sum(weighed.of[word] for word in words & weighed.of.keys())
    size = min(len(words), (1 << SIZE_BITS) - 1)
    return weight * (1 + K1) / (1 + K1 * (1 - B + B * size / weighed.usual))
