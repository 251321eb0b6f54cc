"""Whether the cursor is at a new place, which needs another context."""

from midfill.core.cursor import Cursor

MIN_DISTANCE_ROWS = 60
"""Minimum distance in rows from the place of the current context."""


def is_new_place(context_row: int | None, cursor: Cursor) -> bool:
    """Whether the cursor is far from the row of the current context; None means that there is no context yet.

    The cursor has to be at the start of a line: the context does not change while a line is written.
    """
    if context_row is None:
        return True
    return abs(cursor.row - context_row) > MIN_DISTANCE_ROWS and not cursor.head.strip()
