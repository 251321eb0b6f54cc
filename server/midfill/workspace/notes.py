"""The user's notes for the model: strings and files."""

import os
from collections.abc import Sequence
from pathlib import Path

from midfill.core.context import Snippet
from midfill.core.cursor import normalized_line_ends
from midfill.workspace.exclusions import Exclusions, link_paths
from midfill.workspace.text import UnreadableError, read_document

MAX_NOTE_CHARACTERS = 16_000
"""Maximum characters of a note; a longer one is cut."""
_MAX_NAME_LENGTH = 200
"""Maximum characters of a file's name; a longer entry is the note itself."""


def read_notes(entries: Sequence[str], folder: Path | None, exclusions: Exclusions) -> list[Snippet]:
    """Return the notes of `entries`, each a note or the name of a file.

    A relative name is a file in the workspace `folder`; `~` is the user's home. Files in `exclusions` are not read.
    """
    notes = []
    for entry in entries:
        file = _file(entry, folder)
        text = _text(file, exclusions) if file is not None else entry
        name = "" if file is None or folder is None or not file.is_relative_to(folder) else file.name
        if text.strip():
            notes.append(Snippet(name, 0, text[:MAX_NOTE_CHARACTERS], "notes", 1.0))
    return notes


def _file(entry: str, folder: Path | None) -> Path | None:
    """Return the file that an entry names; None if it is a note."""
    if "\n" in entry or len(entry) > _MAX_NAME_LENGTH:
        return None
    path = Path(os.path.expanduser(entry))
    if not path.is_absolute():
        if folder is None:
            return None
        top = Path(os.path.realpath(folder))
        path = top / path
        if not Path(os.path.realpath(path)).is_relative_to(top):
            return None
    return path if path.is_file() else None


def _text(file: Path, exclusions: Exclusions) -> str:
    if exclusions.why(str(file), link_paths(str(file))):
        return ""
    try:
        return normalized_line_ends(read_document(file))
    except UnreadableError:
        return ""
