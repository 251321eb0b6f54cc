"""The weights of the confidence: a logistic regression by Newton's method."""

import math
import random
from collections.abc import Iterator, Sequence

from midfill.core.lookup.confidence import features
from midfill.core.lookup.document_text import DocumentText
from midfill.core.lookup.lookup import fitting_votes, partial_word, predicted_pieces
from tests.quality.lookup.measure import Memories
from tests.quality.lookup.places import Place, Sample

MAX_ROWS = 60_000
"""Maximum steps of a fit."""
ROUNDS = 12
RIDGE = 1.0
"""Weight of the squares of the weights: keeps those of rare features small."""

Observed = tuple[dict[str, float], bool]
"""The features of a step, and whether its piece was right."""


def observed(sample: Sample) -> Iterator[Observed]:
    """Yield the steps of the engine at each place up to the first wrong piece."""
    memories = Memories(sample)
    for place in sample.places:
        above, below = DocumentText(place.cursor.above), DocumentText(place.cursor.below)
        votes = list(fitting_votes(place.cursor, above, below, (memories.of(place.path),)))
        text, partial_length = "", len(partial_word(place.cursor))
        for step in predicted_pieces(place.cursor, votes, above, below):
            right = _is_right(place, text, step.text)
            yield features(step, partial_length, at_line_start=not place.cursor.head.strip()), right
            if not right:
                break
            text += step.text


def _is_right(place: Place, text: str, piece: str) -> bool:
    return place.rest.startswith(text + piece) if piece else place.rest.rstrip() == text.rstrip()


def fitted(rows: Sequence[Observed]) -> dict[str, float]:
    """Return the weights under which the observed steps are most likely."""
    rows = random.Random(0).sample(rows, MAX_ROWS) if len(rows) > MAX_ROWS else rows
    names = list(rows[0][0])
    values = [[row[name] for name in names] for row, _ in rows]
    right = [float(ok) for _, ok in rows]
    weights = [0.0] * len(names)
    for _ in range(ROUNDS):
        weights = _better(weights, values, right)
    return dict(zip(names, weights, strict=True))


def _better(weights: list[float], values: list[list[float]], right: list[float]) -> list[float]:
    """Return the weights after one step of Newton's method."""
    size = len(weights)
    slope = [-RIDGE * weight for weight in weights]
    curve = [[RIDGE * (row == column) for column in range(size)] for row in range(size)]
    for value, truth in zip(values, right, strict=True):
        guess = 1 / (1 + math.exp(-sum(map(float.__mul__, weights, value))))
        spread = guess * (1 - guess)
        used = [(index, number) for index, number in enumerate(value) if number]
        for row, one in used:
            slope[row] += (truth - guess) * one
            scaled = spread * one
            line = curve[row]
            for column, other in used:
                line[column] += scaled * other
    return [weight + move for weight, move in zip(weights, _solved(curve, slope), strict=True)]


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return the solution of a system of linear equations, by Gauss's elimination with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        best = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        for row in range(at + 1, size):
            factor = rows[row][at] / rows[at][at]
            rows[row] = [one - factor * other for one, other in zip(rows[row], rows[at], strict=True)]
    found = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][column] * found[column] for column in range(at + 1, size))
        found[at] = (rows[at][size] - known) / rows[at][at]
    return found
