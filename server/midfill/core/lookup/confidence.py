"""How likely the next piece is right: a logistic regression, fitted on real commits by `tests.quality.lookup --fit`."""

import math

from midfill.core.lookup.votes import Step, is_name

WEIGHTS = {
    "constant": -2.00,
    "odds": 0.15,
    "share": 2.16,
    "share squared": -0.52,
    "votes": 0.24,
    "agreed": 1.26,
    "agreed by now": -0.05,
    "copied": 0.23,
    "unanimous": -0.36,
    "votes, unanimous": 0.49,
    "copied on": -0.43,
    "against": -0.90,
    "choices": -0.18,
    "in document": 0.39,
    "votes in document": 0.06,
    "only by pattern": 0.29,
    "by pattern": 0.55,
    "first": 0.10,
    "number": 0.37,
    "word begun": 0.70,
    "characters begun": 0.59,
    "name": -0.40,
    "characters of name": -0.55,
    "known name": 0.36,
    "line end": -0.01,
    "blank": 0.48,
    "line start": -0.25,
    "line start, first": -0.57,
}
"""By feature name."""


def features(step: Step, started: int, *, at_start: bool) -> dict[str, float]:
    """Return the features of a step's piece.

    `started` is the number of characters of the unfinished word before the cursor; `at_start` means that nothing
    precedes the cursor on its line.
    """
    party, name, first = step.party, is_name(step.piece), step.number == 0
    share = party.weight / (step.total + 4)
    return {
        "constant": 1.0,
        "odds": math.log((party.weight + 1) / (step.total - party.weight + 1)),
        "share": share,
        "share squared": share * share,
        "votes": math.log1p(party.votes),
        "agreed": min(party.agreed, 16) / 8,
        "agreed by now": min(party.agreed + step.number, 32) / 8,
        "copied": float(party.agreed >= 8),
        "unanimous": float(step.choices == 1),
        "votes, unanimous": math.log1p(party.votes) * (step.choices == 1),
        "copied on": math.log1p(step.number) * (party.agreed >= 8),
        "against": min(step.against, 16) / 8,
        "choices": math.log(step.choices),
        "in document": float(party.in_document > 0),
        "votes in document": math.log1p(party.in_document),
        "only by pattern": float(party.by_pattern == party.votes),
        "by pattern": float(party.by_pattern > 0),
        "first": float(first),
        "number": math.log1p(step.number),
        "word begun": float(first and started > 0),
        "characters begun": min(started, 8) / 8 if first else 0.0,
        "name": float(name),
        "characters of name": min(len(step.piece), 12) / 8 if name else 0.0,
        "known name": float(name and step.is_known),
        "line end": float(not step.piece),
        "blank": float(step.piece.isspace()),
        "line start": float(at_start),
        "line start, first": float(at_start and first),
    }


def confidence(step: Step, started: int, *, at_start: bool) -> float:
    """Return the probability that the piece of a step is right, given that the earlier pieces are."""
    found = features(step, started, at_start=at_start)
    return 1 / (1 + math.exp(-sum(WEIGHTS[name] * value for name, value in found.items())))
