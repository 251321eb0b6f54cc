"""Read-only access to the user's files on disk.

All functions are synchronous. An event loop must call them in a thread.
"""

from midfill.workspace.exclusions import Exclusions, link_paths, paths_of
from midfill.workspace.memories import Memories
from midfill.workspace.nearby import NearbyFile, NearbyFiles
from midfill.workspace.notes import read_notes
from midfill.workspace.text import UnreadableError, read_document
from midfill.workspace.uri import to_path, to_uri

__all__ = [
    "Exclusions",
    "Memories",
    "NearbyFile",
    "NearbyFiles",
    "UnreadableError",
    "link_paths",
    "paths_of",
    "read_document",
    "read_notes",
    "to_path",
    "to_uri",
]
