"""Read-only access to the user's files on disk.

All functions are synchronous. An event loop must call them in a thread.
"""

from midfill.workspace.library import Library, Neighbour
from midfill.workspace.text import UnreadableError, read_document
from midfill.workspace.uri import to_path, to_uri

__all__ = ["Library", "Neighbour", "UnreadableError", "read_document", "to_path", "to_uri"]
