"""The reasons against a model's edit."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from midfill.core.characters import cleaned
from midfill.core.edits.hunk import Hunk, Proposal
from midfill.core.edits.tokens import tokens, words
from midfill.core.rewrite.region import Region
from midfill.core.syntax import errors, language
from midfill.core.syntax.region import lines_above, lines_below

TYPED = 1
"""Number of edits that count as just typed."""
REMEMBERED = 8
"""Number of edits that are not undone."""


def objection(of: Proposal, region: Region, hunks: Sequence[Hunk]) -> str:
    """Return why an edit is not offered, as text; empty if it may be. `hunks` are the user's edits, the newest last."""
    mine = [hunk for hunk in hunks if hunk.uri == of.uri]
    if "\n".join(of.after) != cleaned("\n".join(of.after), bidirectional=True):
        return "it contains control characters"
    if any(_reverts(of, hunk) for hunk in mine[-REMEMBERED:]):
        return "it undoes an edit"
    if any(_changes_typed(of, hunk) for hunk in mine[-TYPED:]):
        return "it changes what was just typed"
    if _errors(region, of) > _errors(region, None):
        return "it leaves more syntax errors"
    return ""


def _reverts(of: Proposal, hunk: Hunk) -> bool:
    """Whether an edit only puts back lines that a hunk replaced, at its place."""
    first, until = hunk.row, hunk.row + len(hunk.after)
    if not of.before:
        at_place = first <= of.row <= until
        return at_place and bool(of.after) and _is_part(of.after, hunk.before)
    inside = first <= of.row and of.row + len(of.before) <= until
    return inside and _is_part(of.after, hunk.before)


def _is_part(lines: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether `lines` are consecutive lines of `whole`, whatever the blanks at their ends."""
    wanted, known = [line.rstrip() for line in lines], [line.rstrip() for line in whole]
    return any(known[at : at + len(wanted)] == wanted for at in range(len(known) - len(wanted) + 1))


def _changes_typed(of: Proposal, hunk: Hunk) -> bool:
    """Whether an edit loses tokens that a hunk inserted in the lines it replaces."""
    first, last = max(hunk.row, of.row), min(hunk.row + len(hunk.after), of.row + len(of.before))
    if first >= last:
        return False
    typed = _inserted(hunk, first - hunk.row, last - hunk.row)
    return not _is_subsequence(typed, "\n".join(of.after))


def _inserted(hunk: Hunk, first: int, last: int) -> list[str]:
    """Return the tokens that a hunk inserted in its lines from `first` to before `last`."""
    old = words(tokens("\n".join(hunk.before)))
    new = tokens("\n".join(hunk.after))
    rows, row = [], 0
    for token in new:
        rows.append(row)
        row += token.text == "\n"
    matcher = SequenceMatcher(None, old, words(new), autojunk=False)
    added = [
        at for kind, _, _, begin, end in matcher.get_opcodes() if kind != "equal" for at in range(begin, end)
    ]
    return [new[at].text for at in added if first <= rows[at] < last and new[at].text != "\n"]


def _is_subsequence(typed: Sequence[str], text: str) -> bool:
    """Whether a text contains the tokens in their order; the last may be the start of a longer one."""
    at = 0
    for token in typed:
        at = text.find(token, at)
        if at < 0:
            return False
        at += len(token)
    return True


def _errors(region: Region, of: Proposal | None) -> int:
    """Return the syntax errors around a region, after an edit."""
    spoken, cursor = language(region.cursor.language), region.cursor
    lines = list(region.plain)
    if of is not None:
        at = of.row - region.row
        lines[at : at + len(of.before)] = of.after
    above = cursor.above[: len(cursor.above) - region.at]
    below = cursor.below[region.down :]
    whole = [*lines_above(above, spoken), *lines, *lines_below(below, spoken)]
    return errors("\n".join(whole), spoken)
