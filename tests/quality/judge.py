"""Applies a shown completion to the file, as an editor does."""

import re
from enum import StrEnum
from typing import NamedTuple

from midfill.core.completion import Completion
from midfill.core.syntax.errors import error_count
from midfill.core.syntax.grammars import parser
from midfill.core.syntax.languages import language
from tests.quality.cases import Case


class Outcome(StrEnum):
    """The kind of verdict."""

    EXACT = "exact"
    EMPTY = "empty"
    WRONG = "wrong"


class Verdict(NamedTuple):
    """The result of a case; `valid`: the file has no more syntax errors than the finished one, or is unchanged."""

    case: Case
    shown: Completion
    outcome: Outcome
    valid: bool


def judge(case: Case, shown: Completion) -> Verdict:
    """Return the verdict on a case's suggestion."""
    if not shown.text:
        return Verdict(case, shown, Outcome.EMPTY, True)
    hole = case.hole
    result = hole.before + shown.text + (hole.extra + hole.after)[shown.replace :]
    if _forgiving(result) == _forgiving(hole.truth) and renderable(case, shown):
        return Verdict(case, shown, Outcome.EXACT, True)
    known = language(case.language)
    valid = parser(known.grammar) is None or error_count(result, known) <= error_count(hole.truth, known)
    return Verdict(case, shown, Outcome.WRONG, valid)


def renderable(case: Case, shown: Completion) -> bool:
    """Whether editors can draw it: replaced text is repeated in order, and several lines replace the whole rest."""
    rest = (case.hole.extra + case.hole.after).partition("\n")[0]
    letters = iter(shown.text)
    if not all(char in letters for char in rest[: shown.replace]):
        return False
    return "\n" not in shown.text or not rest.strip() or shown.replace == len(rest)


def _forgiving(text: str) -> str:
    """Return `text` without blanks at the ends of its lines."""
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
