"""Regions for these tests: a text with its cursor at `▮`, and the edits made in it."""

from collections.abc import Mapping

from midfill.core.document import Document, Position
from midfill.core.edit_rules import Hunk
from midfill.core.rewrite import EditableRegion, editable_region_at

URI = "file:///w/shop/cart.py"
EVERYWHERE = (99, 99)


def path_of(uri: str) -> str:
    return uri.removeprefix("file:///w/")


def hunk(row: int, before: str, after: str, text: str, uri: str = URI) -> Hunk:
    """Return an edit of lines, with the lines around it as they are in `text`."""
    old, new = (tuple(side.split("\n")) if side else () for side in (before, after))
    lines = ["", *text.replace("▮", "").split("\n"), ""]
    return Hunk(uri, row, old, new, lines[row], lines[row + len(new) + 1])


def hunks_of(text: str, made: Mapping[int, str]) -> list[Hunk]:
    """Return edits of single lines of a text: the row, and the line as it was."""
    lines = text.replace("▮", "").split("\n")
    return [hunk(row, was, lines[row], text) for row, was in made.items()]


def region(
    text: str,
    made: Mapping[int, str] | None = None,
    lines_around: tuple[int, int] = EVERYWHERE,
    language: str = "python",
    hunks: list[Hunk] | None = None,
) -> EditableRegion:
    """Return the region around the cursor in a text."""
    head = text.partition("▮")[0]
    document = Document(URI, language, text.replace("▮", ""), 1)
    place = Position(head.count("\n"), len(head.rpartition("\n")[2]))
    edits = hunks_of(text, made or {}) if hunks is None else hunks
    found = editable_region_at(document.cursor(place, "utf-32"), edits, path_of, lines_around)
    assert found is not None
    return found
