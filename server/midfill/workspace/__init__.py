"""The user's files on disk, read only; the one door to them.

Everything here is synchronous. An event loop calls it in a thread.
"""

from midfill.workspace.library import Library, Neighbour
from midfill.workspace.text import UnreadableError, read_document
from midfill.workspace.uri import to_path, to_uri

__all__ = ["Library", "Neighbour", "UnreadableError", "read_document", "to_path", "to_uri"]
