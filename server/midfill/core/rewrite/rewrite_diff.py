"""The difference between a region and its rewritten lines, as minimal edits."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from midfill.core.credentials import MASK
from midfill.core.edit_rules.hunk import SuggestedEdit
from midfill.core.rewrite.formats.format import Rewritten
from midfill.core.rewrite.rewrite_region import EditableRegion

MIN_UNCHANGED_AFTER = 2
"""Minimum unchanged lines with text after an edit of an unfinished answer; they show that the edit has ended."""
MIN_UNCHANGED_SHARE = 1 / 3
"""Minimum share of unchanged lines in a whole answer: a model that keeps fewer has written something else."""
MAX_REPLACED_LINES = 6
"""Maximum lines of a region of which an answer may keep fewer than that."""


def edits_in(region: EditableRegion, found: Rewritten) -> list[SuggestedEdit]:
    """Return the edits that turn a region into its rewritten lines, from above to below.

    An unfinished answer yields only edits that later text cannot change. Lines with a masked key are skipped.
    """
    old, new = region.lines[found.first : found.until], found.lines
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    codes = matcher.get_opcodes()
    if found.whole and _is_something_else(old, sum(block.size for block in matcher.get_matching_blocks())):
        return []
    kinds = [*codes, ("end", len(old), len(old), len(new), len(new))]
    edits = []
    for (kind, first, last, begin, end), after in pairwise(kinds):
        if kind != "equal" and (found.whole or _has_ended(after, old)):
            edits.append((first + found.first, last + found.first, new[begin:end]))
    return list(_suggested_edits(region, edits))


def _is_something_else(old: tuple[str, ...], kept: int) -> bool:
    return len(old) > MAX_REPLACED_LINES and kept < MIN_UNCHANGED_SHARE * len(old)


def _has_ended(after: tuple[str, int, int, int, int], old: tuple[str, ...]) -> bool:
    """Whether enough unchanged lines with text follow."""
    kind, first, last, _, _ = after
    return kind == "equal" and sum(bool(line.strip()) for line in old[first:last]) >= MIN_UNCHANGED_AFTER


def _suggested_edits(
    region: EditableRegion, edits: list[tuple[int, int, tuple[str, ...]]]
) -> Iterator[SuggestedEdit]:
    for first, last, lines in edits:
        before = region.document_lines[first:last]
        masked = any(map(region.is_masked, range(first, last))) or _gains_mask(before, lines)
        if not masked and _text(before) != _text(lines):
            yield SuggestedEdit(region.cursor.uri, region.row + first, before, lines)


def _gains_mask(before: tuple[str, ...], lines: tuple[str, ...]) -> bool:
    """Whether the mask of a key was copied."""
    return "\n".join(lines).count(MASK) > "\n".join(before).count(MASK)


def _text(lines: tuple[str, ...]) -> list[str]:
    """Return the lines with text, without blanks at their ends."""
    return [line.rstrip() for line in lines if line.strip()]
