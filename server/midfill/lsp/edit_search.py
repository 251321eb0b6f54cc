"""Finds the next edit: in the document, in the other open ones, or in files of the workspace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from midfill.core.cursor import normalized_line_ends
from midfill.core.edit_rules import DocumentSnapshot, Hunk, SuggestedEdit, offerable_rules, suggested_edits
from midfill.core.edit_rules.specificity import is_specific_elsewhere
from midfill.core.language_ids import language_id
from midfill.workspace import to_uri
from midfill.workspace.text import UnreadableError, read_document

FindFiles = Callable[[str], Sequence[str]]
"""Returns the paths of files that contain a word."""


@dataclass(frozen=True)
class EditSearchInput:
    """The inputs of the search for the next edit."""

    hunks: tuple[Hunk, ...]
    snapshots: tuple[DocumentSnapshot, ...]
    """The texts of the open documents that may contain it, the user's own first."""
    refused: tuple[SuggestedEdit, ...]
    find_files: FindFiles | None
    """None to skip other files."""


def find_edit(inputs: EditSearchInput, uri: str) -> SuggestedEdit | None:
    """Return the next edit; for a thread, because it may read files.

    The user's document need not be the one edited last: the user may have gone to the next one already.
    """
    if not inputs.hunks:
        return None
    last = inputs.hunks[-1].uri
    snapshots = sorted(inputs.snapshots, key=lambda snapshot: snapshot.uri != last)
    if snapshots[0].uri != last:
        snapshots = [DocumentSnapshot(last, snapshots[0].language, ""), *snapshots]
    suggested_edit = next(suggested_edits(inputs.hunks, snapshots, inputs.refused), None)
    if suggested_edit is None and inputs.find_files is not None:
        snapshots = [snapshots[0], *_files(inputs, snapshots[0], inputs.find_files)]
        suggested_edit = next(suggested_edits(inputs.hunks, snapshots, inputs.refused), None)
    return suggested_edit


def _files(
    inputs: EditSearchInput, snapshot: DocumentSnapshot, find_files: FindFiles
) -> list[DocumentSnapshot]:
    """Return the files of the same language, not open, that contain the text to change."""
    specific_rules = [
        variants[0]
        for variants in offerable_rules(inputs.hunks, snapshot)
        if is_specific_elsewhere(variants[0], snapshot)
    ]
    opened = {other.uri for other in inputs.snapshots}
    paths = dict.fromkeys(path for rule in specific_rules for path in find_files(rule.search_token))
    wanted = [path for path in paths if to_uri(path) not in opened and language_id(path) == snapshot.language]
    return [
        DocumentSnapshot(to_uri(path), snapshot.language, text) for path in wanted if (text := _read(path))
    ]


def _read(path: str) -> str:
    try:
        return normalized_line_ends(read_document(path))
    except UnreadableError:
        return ""
