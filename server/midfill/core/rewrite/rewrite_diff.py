"""The difference between a region and its rewritten lines, as minimal edits."""

from collections.abc import Iterator
from difflib import SequenceMatcher

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
    unchanged = matcher.get_matching_blocks()
    if found.whole and _is_something_else(old, sum(block.size for block in unchanged)):
        return []
    edits, first, begin = [], 0, 0
    for last, end, size in unchanged:
        if found.whole or _has_ended(old[last : last + size]):
            edits.append((first + found.first, last + found.first, new[begin:end]))
        first, begin = last + size, end + size
    return list(_suggested_edits(region, edits))


def _is_something_else(old: tuple[str, ...], kept: int) -> bool:
    return len(old) > MAX_REPLACED_LINES and kept < MIN_UNCHANGED_SHARE * len(old)


def _has_ended(unchanged_after: tuple[str, ...]) -> bool:
    """Whether enough unchanged lines with text follow an edit."""
    return sum(bool(line.strip()) for line in unchanged_after) >= MIN_UNCHANGED_AFTER


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
    return sum(line.count(MASK) for line in lines) > sum(line.count(MASK) for line in before)


def _text(lines: tuple[str, ...]) -> list[str]:
    """Return the lines with text, without blanks at their ends."""
    return [line.rstrip() for line in lines if line.strip()]
