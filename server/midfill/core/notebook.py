"""A notebook's cells as one document, which is the context of each cell."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from midfill.core.cursor import MAX_LINES_AROUND, Cursor, unified
from midfill.core.document import Document

MARKUP = frozenset({"markdown", "html", "latex"})
"""Languages of cells with prose."""
COMMENTS = {"sql": "-- ", "haskell": "-- ", "lua": "-- ", "matlab": "% ", "clojure": ";; "}
SLASHES = frozenset(
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
    markup: bool = False
    """The cell contains prose, not code."""


def within(cells: Sequence[Cell], uri: str, cursor: Cursor) -> Cursor:
    """Return the cursor in the cell `uri`, with the cells above and below added to its own lines.

    Cells of other languages are left out. Prose and magics become comments.
    """
    at = next((number for number, cell in enumerate(cells) if cell.document.uri == uri), None)
    if at is None:
        return cursor
    mark = _mark(cursor.language)
    before = _lines(reversed(cells[:at]), cursor.language, MAX_LINES_AROUND - len(cursor.above))
    after = _lines(cells[at + 1 :], cursor.language, MAX_LINES_AROUND - len(cursor.below))
    above = [line for lines in reversed(before) for line in lines]
    own = tuple(_code(cursor.above, mark))
    below = tuple(line for lines in after for line in ["\n", *lines])
    if below and not cursor.end:
        return replace(cursor, row=cursor.row + len(above), above=(*above, *own), end="\n", below=below)
    ended = tuple(_ended(cursor.below)) if below else cursor.below
    return replace(
        cursor, row=cursor.row + len(above), above=(*above, *own), below=(*_code(ended, mark), *below)
    )


def _lines(cells: Iterable[Cell], language: str, most: int) -> list[list[str]]:
    """Return the lines of each cell, at most `most` lines in total."""
    found: list[list[str]] = []
    for cell in cells:
        lines = _of_cell(cell, language)
        most -= len(lines)
        if most < 0:
            break
        if lines:
            found.append([*lines, "\n"])
    return found


def _of_cell(cell: Cell, language: str) -> list[str]:
    lines, mark = unified(cell.document.text).split("\n"), _mark(language)
    if cell.markup or cell.document.language in MARKUP or _CELL_MAGIC.match(lines[0]):
        return [f"{mark}{line}\n" for line in lines]
    if cell.document.language != language:
        return []
    return list(_code([f"{line}\n" for line in lines], mark))


def _code(lines: Iterable[str], mark: str) -> Iterator[str]:
    for line in lines:
        yield mark + line if mark == "# " and _MAGIC.match(line) else line


def _ended(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith(("\n", "\r")) else f"{line}\n"


def _mark(language: str) -> str:
    return COMMENTS.get(language, "// " if language in SLASHES else "# ")
