"""Whether the user has come to another place, for which the context is to be settled."""

from midfill.core.cursor import Cursor

FAR = 60
"""Rows from where the context was settled that make another place."""


def is_another(settled: int | None, cursor: Cursor) -> bool:
    """Whether the cursor is far from the row for which the context was settled: by a jump, or line after line.

    Within a line that is being written it is not: the context changes between two lines.
    """
    if settled is None:
        return True
    return abs(cursor.row - settled) > FAR and not cursor.head.strip()
