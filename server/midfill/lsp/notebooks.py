"""The cells of the open notebooks, in order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

MARKUP = 1
"""`NotebookCellKind` of LSP: a cell with prose."""


class ListedCell(NamedTuple):
    """A cell in its notebook's list."""

    uri: str
    markup: bool = False


class Notebooks:
    """The cells of each open notebook, in order; their texts are documents."""

    def __init__(self) -> None:
        self._cells: dict[str, list[ListedCell]] = {}
        self._notebook_of: dict[str, str] = {}

    def opened(self, notebook: str, cells: Sequence[Mapping[str, Any]], documents: Iterable[str]) -> None:
        """Add a notebook with its cells; `documents` without an entry in that list have no position."""
        self._cells[notebook] = _listed(cells)
        self._append(notebook, documents)

    def changed(
        self, notebook: str, array: Mapping[str, Any], documents: Iterable[str], closed_uris: Iterable[str]
    ) -> None:
        """Handle a change of a notebook's structure; an unknown notebook is ignored."""
        if notebook not in self._cells:
            return
        listed = self._cells[notebook]
        start, removed = array.get("start", len(listed)), array.get("deleteCount", 0)
        listed[start : start + removed] = _listed(array.get("cells") or ())
        closed = set(closed_uris)
        for cell in closed:
            self._notebook_of.pop(cell, None)
        self._cells[notebook] = [cell for cell in listed if cell.uri not in closed]
        self._append(notebook, documents)

    def closed(self, notebook: str) -> list[str]:
        """Remove a notebook; return its cells."""
        cells = [cell.uri for cell in self._cells.pop(notebook, ())]
        for cell in cells:
            self._notebook_of.pop(cell, None)
        return cells

    def around(self, uri: str) -> list[ListedCell]:
        """Return the cells of the notebook that contains a cell; empty for other documents."""
        return self._cells.get(self.holding(uri), [])

    def holding(self, uri: str) -> str:
        """Return the URI of the notebook that contains a cell; empty for other documents."""
        return self._notebook_of.get(uri, "")

    def _append(self, notebook: str, documents: Iterable[str]) -> None:
        known = {cell.uri for cell in self._cells[notebook]}
        self._cells[notebook] += [ListedCell(uri) for uri in documents if uri not in known]
        self._notebook_of.update({cell.uri: notebook for cell in self._cells[notebook]})


def _listed(cells: Sequence[Mapping[str, Any]]) -> list[ListedCell]:
    return [ListedCell(cell["document"], cell.get("kind") == MARKUP) for cell in cells]
