"""The rows that share the rarest words with a text, the best first."""

import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence, Set
from typing import NamedTuple

from midfill.workspace.index.database import ROWS_BITS, SIZE_BITS, chunk_number, facts

MAX_SEARCHED_WORDS = 12
"""Maximum number of words that are searched for, the rarest first: they are more significant, and cost less."""
MAX_ROW_SHARE, MIN_ROW_LIMIT = 0.02, 20
"""Maximum share of all rows with a word that is searched for; in a small workspace, the maximum number of rows."""
MAX_CACHED_COUNTS = 20_000
"""Maximum number of words whose row counts are cached."""
K1, B = 1.2, 0.75
"""BM25's parameters k1 and b (usual values: Robertson and Zaragoza 2009); a word counts once in a row."""


class Hit(NamedTuple):
    """Ten lines of a file."""

    path: str
    chunk: int
    score: float


class Weights(NamedTuple):
    """The weight of each word, and the mean number of words of a row."""

    by_word: Mapping[str, float]
    average_words: float


class RowCounts:
    """The number of rows with each word, cached until the index changes."""

    def __init__(self) -> None:
        self._sizes: tuple[int, int] | None = None
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
        if (rows, total) != self._sizes or len(self._counts) > MAX_CACHED_COUNTS:
            self._sizes, self._counts = (rows, total), {}
        wanted = dict.fromkeys(word.lower() for word in words if word.replace("_", "a").isalnum())
        self._look_up(connection, [word for word in wanted if word not in self._counts])
        max_rows, in_opened = max(MAX_ROW_SHARE * rows, MIN_ROW_LIMIT), opened(wanted.keys())
        counts = {word: self._counts[word] + in_opened.get(word, 0) for word in wanted}
        allowed = sorted((count, word) for word, count in counts.items() if 0 < count <= max_rows)
        rare = allowed[:MAX_SEARCHED_WORDS]
        by_word = {word: math.log(1 + (max(rows - count, 0) + 0.5) / (count + 0.5)) for count, word in rare}
        return Weights(by_word, max(total / max(rows, 1), 1))

    def _look_up(self, connection: sqlite3.Connection, words: Sequence[str]) -> None:
        marks = ", ".join("?" * len(words))
        query = f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})"  # noqa: S608 (question marks)
        self._counts |= dict.fromkeys(words, 0) | dict(connection.execute(query, words).fetchall())


def best_rows(connection: sqlite3.Connection, weights: Weights, limit: int) -> list[Hit]:
    """Return the rows with the highest scores, the best first."""
    if not weights.by_word:
        return []
    one = "SELECT rowid AS row, ? AS weight FROM words WHERE words MATCH ?"
    length = f"(row & {(1 << SIZE_BITS) - 1}) / {weights.average_words}"
    query = (
        f"SELECT path, row, score FROM (SELECT row, sum(weight) * {1 + K1} / (1 + {K1} * ({1 - B} + {B} * {length}))"  # noqa: S608 (numbers of ours)
        f" AS score FROM ({' UNION ALL '.join([one] * len(weights.by_word))}) GROUP BY row ORDER BY score DESC, row"
        f" LIMIT {limit}) JOIN files ON files.id = row >> {ROWS_BITS} ORDER BY score DESC, row"
    )
    values = [value for word, weight in weights.by_word.items() for value in (weight, f'"{word}"')]
    return [Hit(path, chunk_number(row), score) for path, row, score in connection.execute(query, values)]


def score(weights: Weights, words: set[str]) -> float:
    """Return the score of ten lines with these words, as `best_rows` computes it for a row."""
    weight = sum(weights.by_word[word] for word in words & weights.by_word.keys())
    size = min(len(words), (1 << SIZE_BITS) - 1)
    return weight * (1 + K1) / (1 + K1 * (1 - B + B * size / weights.average_words))
