"""Joins the cells of a notebook to one document, which is the context of each cell."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from midfill.core.cursor import MAX_LINES_AROUND, Cursor, normalized_line_ends
from midfill.core.document import Document

PROSE_LANGUAGES = frozenset({"markdown", "html", "latex"})
"""The languages of cells with prose."""
COMMENT_MARKERS = {"sql": "-- ", "haskell": "-- ", "lua": "-- ", "matlab": "% ", "clojure": ";; "}
"""The markers of line comments that are neither `//` nor `#`, by language."""
SLASH_LANGUAGES = frozenset(
    {
        "javascript",
        "typescript",
        "java",
        "scala",
        "kotlin",
        "csharp",
        "fsharp",
        "cpp",
        "c",
        "rust",
        "go",
        "swift",
    }
)
"""Languages whose comments start with `//`; all others use `#`."""
_MAGIC = re.compile(r"\s*(?:%|!)\S|\s*\?\w|\s*[\w.]+\?\??\s*$")
"""A line for the kernel, not for the language (IPython's magics)."""
_CELL_MAGIC = re.compile(r"\s*%%\w")


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook, with its text."""

    document: Document
    markup: bool
    """The cell contains prose, not code."""


def with_other_cells(cells: Sequence[Cell], uri: str, cursor: Cursor) -> Cursor:
    """Return the cursor in the cell `uri`, with the cells above and below added to its own lines.

    Cells of other languages are left out. Prose and magics become comments.
    """
    at = next((number for number, cell in enumerate(cells) if cell.document.uri == uri), None)
    if at is None:
        return cursor
    marker = _comment_marker(cursor.language)
    before = _lines_of_cells(reversed(cells[:at]), cursor.language, MAX_LINES_AROUND - len(cursor.above))
    after = _lines_of_cells(cells[at + 1 :], cursor.language, MAX_LINES_AROUND - len(cursor.below))
    above = [line for lines in reversed(before) for line in lines]
    own = tuple(_with_commented_magics(cursor.above, marker))
    below = tuple(line for lines in after for line in ["\n", *lines])
    if below and not cursor.end:
        return replace(cursor, row=cursor.row + len(above), above=(*above, *own), end="\n", below=below)
    ended = tuple(_with_line_ends(cursor.below)) if below else cursor.below
    return replace(
        cursor,
        row=cursor.row + len(above),
        above=(*above, *own),
        below=(*_with_commented_magics(ended, marker), *below),
    )


def _lines_of_cells(cells: Iterable[Cell], language: str, max_lines: int) -> list[list[str]]:
    """Return the lines of each cell, at most `max_lines` lines in total."""
    found: list[list[str]] = []
    for cell in cells:
        lines = _cell_lines(cell, language)
        max_lines -= len(lines)
        if max_lines < 0:
            break
        if lines:
            found.append([*lines, "\n"])
    return found


def _cell_lines(cell: Cell, language: str) -> list[str]:
    """Return the lines of a cell; those of prose as comments, none of another language."""
    lines, marker = normalized_line_ends(cell.document.text).split("\n"), _comment_marker(language)
    if cell.markup or cell.document.language in PROSE_LANGUAGES or _CELL_MAGIC.match(lines[0]):
        return [f"{marker}{line}\n" for line in lines]
    if cell.document.language != language:
        return []
    return list(_with_commented_magics([f"{line}\n" for line in lines], marker))


def _with_commented_magics(lines: Iterable[str], marker: str) -> Iterator[str]:
    """Yield the lines of a cell, magics as comments."""
    for line in lines:
        yield marker + line if marker == "# " and _MAGIC.match(line) else line


def _with_line_ends(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines, each with a line end."""
    for line in lines:
        yield line if line.endswith(("\n", "\r")) else f"{line}\n"


def _comment_marker(language: str) -> str:
    """Return the marker of a line comment, with a space."""
    return COMMENT_MARKERS.get(language, "// " if language in SLASH_LANGUAGES else "# ")
