"""How likely the next piece is right: a logistic regression, fitted on real commits by `tests.quality.lookup --fit`."""

import math

from midfill.core.lookup.votes import PredictedPiece, is_name

WEIGHTS = {
    "constant": -2.00,
    "odds": 0.15,
    "share": 2.16,
    "share squared": -0.52,
    "votes": 0.24,
    "match length": 1.26,
    "match length so far": -0.05,
    "long match": 0.23,
    "unanimous": -0.36,
    "votes, unanimous": 0.49,
    "long match, later pieces": -0.43,
    "rival length": -0.90,
    "candidates": -0.18,
    "in document": 0.39,
    "votes in document": 0.06,
    "only by analogy": 0.29,
    "by analogy": 0.55,
    "first": 0.10,
    "index": 0.37,
    "partial word": 0.70,
    "partial length": 0.59,
    "name": -0.40,
    "characters of name": -0.55,
    "known name": 0.36,
    "line end": -0.01,
    "blank": 0.48,
    "line start": -0.25,
    "line start, first": -0.57,
}
"""By the name of the feature (see `features`)."""

LONG_MATCH = 8
"""Match length in tokens from which a match counts as long."""


def features(predicted: PredictedPiece, partial_length: int, *, at_line_start: bool) -> dict[str, float]:
    """Return the features of a piece.

    Lengths (tokens of matches, characters of words) are bounded, and divided by 8 so that most features are below 4.
    `partial_length` is the number of characters of the unfinished word before the cursor. `at_line_start` means that
    only blanks precede the cursor on its line.
    """
    group, name, first = predicted.group, is_name(predicted.text), predicted.index == 0
    share = group.weight / (predicted.total_weight + 4)
    return {
        "constant": 1.0,
        "odds": math.log((group.weight + 1) / (predicted.total_weight - group.weight + 1)),
        "share": share,
        "share squared": share * share,
        "votes": math.log1p(group.count),
        "match length": min(group.match_length, 16) / 8,
        "match length so far": min(group.match_length + predicted.index, 32) / 8,
        "long match": float(group.match_length >= LONG_MATCH),
        "unanimous": float(predicted.candidates == 1),
        "votes, unanimous": math.log1p(group.count) * (predicted.candidates == 1),
        "long match, later pieces": math.log1p(predicted.index) * (group.match_length >= LONG_MATCH),
        "rival length": min(predicted.rival_length, 16) / 8,
        "candidates": math.log(predicted.candidates),
        "in document": float(group.in_document > 0),
        "votes in document": math.log1p(group.in_document),
        "only by analogy": float(group.by_analogy == group.count),
        "by analogy": float(group.by_analogy > 0),
        "first": float(first),
        "index": math.log1p(predicted.index),
        "partial word": float(first and partial_length > 0),
        "partial length": min(partial_length, 8) / 8 if first else 0.0,
        "name": float(name),
        "characters of name": min(len(predicted.text), 12) / 8 if name else 0.0,
        "known name": float(name and predicted.is_known),
        "line end": float(not predicted.text),
        "blank": float(predicted.text.isspace()),
        "line start": float(at_line_start),
        "line start, first": float(at_line_start and first),
    }


def confidence(predicted: PredictedPiece, partial_length: int, *, at_line_start: bool) -> float:
    """Return the probability that a piece is right if all earlier pieces of the completion are."""
    found = features(predicted, partial_length, at_line_start=at_line_start)
    return 1 / (1 + math.exp(-sum(WEIGHTS[name] * value for name, value in found.items())))
