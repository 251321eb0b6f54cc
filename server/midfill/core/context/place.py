"""Whether the user has come to a new place, which needs its own context."""

from midfill.core.cursor import Cursor

FAR = 60
"""Minimum distance in rows from the last place."""


def is_new_place(settled: int | None, cursor: Cursor) -> bool:
    """Whether the cursor is far from the row of the current context, after a jump or line after line.

    The cursor has to be at the start of a line: the context does not change while a line is written.
    """
    if settled is None:
        return True
    return abs(cursor.row - settled) > FAR and not cursor.head.strip()
