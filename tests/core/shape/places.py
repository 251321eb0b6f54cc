"""Cursors written as text: `▮` marks the cursor."""

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.document import Document, Position

MARK = "▮"


def cursor(marked: str, language: str = "python") -> Cursor:
    """Return the cursor at the mark in a document."""
    before, _, after = marked.partition(MARK)
    document = Document("file:///place", language, before + after)
    return document.cursor(Position(before.count("\n"), len(before.rpartition("\n")[2])), "utf-32")


def applied(marked: str, shown: Completion) -> str:
    """Return the document as an editor leaves it after the completion was accepted."""
    before, _, after = marked.partition(MARK)
    return before + shown.text + after[shown.replace :]
