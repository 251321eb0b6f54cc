"""The reasons against a model's edit."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from midfill.core.characters import cleaned
from midfill.core.edit_rules.edit_tokens import Token, token_texts, tokens
from midfill.core.edit_rules.hunk import Hunk, SuggestedEdit
from midfill.core.rewrite.rewrite_region import EditableRegion
from midfill.core.syntax import error_count, language
from midfill.core.syntax.errors import unbalanced_count
from midfill.core.syntax.window import lines_above, lines_below

JUST_TYPED_HUNKS = 1
"""Number of the newest hunks of the document that count as just typed."""
PROTECTED_HUNKS = 8
"""Number of the newest hunks of the document that a model must not undo."""


def rejection_reason(edit: SuggestedEdit, region: EditableRegion, hunks: Sequence[Hunk]) -> str:
    """Return why an edit is not offered, as text; empty if it may be. `hunks` are the user's edits, the newest last."""
    mine = [hunk for hunk in hunks if hunk.uri == edit.uri]
    if "\n".join(edit.after) != cleaned("\n".join(edit.after), bidirectional=True):
        return "it contains control characters"
    if any(_reverts(edit, hunk) or _restores(edit, region, hunk) for hunk in mine[-PROTECTED_HUNKS:]):
        return "it undoes an edit"
    if any(_changes_typed(edit, hunk) for hunk in mine[-JUST_TYPED_HUNKS:]):
        return "it changes what was just typed"
    if any(now > then for now, then in zip(_errors(region, edit), _errors(region, None), strict=True)):
        return "it leaves more syntax errors"
    return ""


def _reverts(edit: SuggestedEdit, hunk: Hunk) -> bool:
    """Whether an edit only puts back lines that a hunk replaced, at its place."""
    first, until = hunk.row, hunk.row + len(hunk.after)
    if not edit.before:
        at_place = first <= edit.row <= until
        return at_place and bool(edit.after) and _is_part(edit.after, hunk.before)
    inside = first <= edit.row and edit.row + len(edit.before) <= until
    return inside and _is_part(edit.after, hunk.before)


def _restores(edit: SuggestedEdit, region: EditableRegion, hunk: Hunk) -> bool:
    """Whether an edit restores the region from before a hunk. If lines are equal, the edit may be at other rows."""
    if not (region.row <= hunk.row and hunk.row + len(hunk.after) <= region.end):
        return False
    then = _with(region, hunk.row, len(hunk.after), hunk.before)
    return then == _with(region, edit.row, len(edit.before), edit.after)


def _with(region: EditableRegion, row: int, count: int, lines: tuple[str, ...]) -> list[str]:
    """Return the lines of a region, without blanks at their ends, with some replaced."""
    at = row - region.row
    return [
        line.rstrip() for line in (*region.document_lines[:at], *lines, *region.document_lines[at + count :])
    ]


def _is_part(lines: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether `lines` are consecutive lines of `whole`, whatever the blanks at their ends."""
    wanted, known = [line.rstrip() for line in lines], [line.rstrip() for line in whole]
    return any(known[at : at + len(wanted)] == wanted for at in range(len(known) + 1))


def _changes_typed(edit: SuggestedEdit, hunk: Hunk) -> bool:
    """Whether an edit loses tokens that a hunk inserted in the lines it replaces."""
    first, last = max(hunk.row, edit.row), min(hunk.row + len(hunk.after), edit.row + len(edit.before))
    typed = _inserted(hunk, range(first - hunk.row, last - hunk.row))
    return not typed <= {(row + edit.row - hunk.row, text) for row, text in _kept(edit)}


def _kept(edit: SuggestedEdit) -> set[tuple[int, str]]:
    """Return the tokens that an edit keeps or extends, each with its line."""
    before, after = tokens("\n".join(edit.before)), tokens("\n".join(edit.after))
    rows, later = _rows(before), _rows(after)
    aligned = len(edit.before) == len(edit.after)
    kept = set()
    matcher = SequenceMatcher(None, token_texts(before), token_texts(after), autojunk=False)
    for _, first, last, begin, end in matcher.get_opcodes():
        goes_on = "".join(token_texts(after[begin:end])).startswith("".join(token_texts(before[first:last])))
        if goes_on and not (aligned and first < last and rows[first] != later[begin]):
            kept |= {(rows[at], before[at].text) for at in range(first, last)}
    return kept


def _inserted(hunk: Hunk, wanted: range) -> set[tuple[int, str]]:
    """Return the tokens that a hunk inserted in some of its lines, each with its line."""
    new = tokens("\n".join(hunk.after))
    rows = _rows(new)
    matcher = SequenceMatcher(
        None, token_texts(tokens("\n".join(hunk.before))), token_texts(new), autojunk=False
    )
    added = (
        at for kind, _, _, begin, end in matcher.get_opcodes() if kind != "equal" for at in range(begin, end)
    )
    return {(rows[at], new[at].text) for at in added if rows[at] in wanted and new[at].text != "\n"}


def _rows(found: Sequence[Token]) -> list[int]:
    """Return the line of each token."""
    rows, row = [], 0
    for token in found:
        rows.append(row)
        row += token.text == "\n"
    return rows


def _errors(region: EditableRegion, edit: SuggestedEdit | None) -> tuple[int, int]:
    """Return the syntax errors around a region after an edit, and the brackets without a partner.

    Where the lines around a region have an error already, a parser may count a lost bracket to it.
    """
    syntax, cursor = language(region.cursor.language), region.cursor
    lines = list(region.document_lines)
    if edit is not None:
        at = edit.row - region.row
        lines[at : at + len(edit.before)] = edit.after
    above = cursor.above[: len(cursor.above) - region.cursor_line]
    below = cursor.below[region.lines_below_cursor :]
    whole = "\n".join([*lines_above(above, syntax), *lines, *lines_below(below, syntax)])
    return error_count(whole, syntax), unbalanced_count(whole, syntax)
