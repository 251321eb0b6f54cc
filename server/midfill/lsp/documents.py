"""The documents that are open in the client."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from midfill.core.cursor import Cursor
from midfill.core.document import Document, Encoding, Position
from midfill.core.edit import Edit, Span
from midfill.core.notebook import Cell, with_other_cells
from midfill.lsp.notebooks import Notebooks

Params = dict[str, Any]


class Documents:
    """Open documents by URI; the cells of a notebook are separate documents.

    Handles the parameters of the synchronisation notifications undecoded, which makes an edit cheap (pygls decodes each
    change, keeps the whole text and splits it again). Nothing that a client sends raises: a change of an unknown
    document is ignored.
    """

    def __init__(self) -> None:
        self.encoding: Encoding = "utf-16"
        """The unit of positions that was negotiated."""
        self.closing: Callable[[str], None] = lambda uri: None
        """Called with the URI of a document before it is closed."""
        self._documents: dict[str, Document] = {}
        self._notebooks = Notebooks()

    def __iter__(self) -> Iterator[Document]:
        return iter(self._documents.values())

    def get(self, uri: str) -> Document | None:
        """Return an open document."""
        return self._documents.get(uri)

    def opened(self, params: Params) -> Document:
        """Handle `textDocument/didOpen`."""
        return self._open(params["textDocument"])

    def changed(self, params: Params) -> tuple[Document, Edit] | None:
        """Handle `textDocument/didChange`; return the document and its edit."""
        document = self._documents.get(params["textDocument"]["uri"])
        if document is None:
            return None
        version = params["textDocument"].get("version")
        edit = self._change(document, version, params["contentChanges"])
        return document, edit

    def closed(self, params: Params) -> None:
        """Handle `textDocument/didClose`."""
        self._close([params["textDocument"]["uri"]])

    def notebook_opened(self, params: Params) -> list[Document]:
        """Handle `notebookDocument/didOpen`; return the cells."""
        cells = [self._open(cell) for cell in params.get("cellTextDocuments", ())]
        notebook = params["notebookDocument"]
        self._notebooks.opened(notebook["uri"], notebook.get("cells") or (), [cell.uri for cell in cells])
        return cells

    def notebook_changed(self, params: Params) -> list[tuple[Document, Edit]]:
        """Handle `notebookDocument/didChange`; return the changed cells and their edits."""
        uri = params["notebookDocument"]["uri"]
        cells = (params.get("change") or {}).get("cells") or {}
        structure = cells.get("structure") or {}
        opened = [self._open(item).uri for item in structure.get("didOpen") or ()]
        closed = [identifier["uri"] for identifier in structure.get("didClose") or ()]
        self._notebooks.changed(uri, structure.get("array") or {}, opened, closed)
        self._close(closed)
        changes = []
        for content in cells.get("textContent") or ():
            identifier = content["document"]
            document = self._documents.get(identifier["uri"])
            if document is not None:
                edit = self._change(document, identifier.get("version"), content["changes"])
                changes.append((document, edit))
        return changes

    def notebook_closed(self, params: Params) -> None:
        """Handle `notebookDocument/didClose`."""
        listed = [cell["uri"] for cell in params.get("cellTextDocuments", ())]
        self._close({*self._notebooks.closed(params["notebookDocument"]["uri"]), *listed})

    def notebook_of(self, uri: str) -> str:
        """Return the URI of the notebook that contains a cell; empty for other documents."""
        return self._notebooks.holding(uri)

    def around(self, cursor: Cursor) -> Cursor:
        """Return a cursor with the other cells of its notebook around it; unchanged for other documents."""
        listed = self._notebooks.around(cursor.uri)
        found = ((self._documents.get(cell.uri), cell.markup) for cell in listed)
        cells = [Cell(document, markup) for document, markup in found if document is not None]
        return with_other_cells(cells, cursor.uri, cursor)

    def _open(self, item: Params) -> Document:
        if not isinstance(item["uri"], str) or not isinstance(item["text"], str):
            raise TypeError("the URI and the text of a document are strings")
        language = item.get("languageId")
        named = language if isinstance(language, str) else ""
        document = Document(item["uri"], named, item["text"], item.get("version"))
        self._documents[document.uri] = document
        return document

    def _close(self, uris: Iterable[str]) -> None:
        for uri in dict.fromkeys(uri for uri in uris if uri in self._documents):
            self.closing(uri)
            del self._documents[uri]

    def _change(self, document: Document, version: int | None, changes: list[Params]) -> Edit:
        user_changes, spans = [], []
        for change in changes:
            where = change.get("range")
            if where is None:
                document.replace(change["text"])
                user_changes.append(change)
                continue
            start, end = _position(where["start"]), _position(where["end"])
            if (
                len(changes) == 1
                or change["text"]
                or not document.is_whitespace_between(start, end, self.encoding)
            ):
                # With Enter, VS Code also removes the blanks of the line that is left.
                user_changes.append(change)
            replaced = document.edit(start, end, change["text"], self.encoding)
            lost = max(0, end.line - start.line)
            spans.append(Span(start.line, lost, change["text"].count("\n"), replaced))
        document.version = version
        return _edit(version, user_changes)._replace(spans=tuple(spans))


def _position(position: Params) -> Position:
    return Position(position["line"], position["character"])


def _edit(version: int | None, changes: list[Params]) -> Edit:
    """Return the edit of a notification; without incremental sync the whole text says nothing about it.

    Some clients collect several keys in one notification: consecutive adjacent changes are one edit (Neovim collects
    for 150 ms).
    """
    if any(change.get("range") is None for change in changes):
        return Edit(version)
    if len(changes) > 1 and (alike := _alike(changes)) is not None:
        return Edit(version, *alike, changes=len(changes), alike=True)
    inserted, removed, end = "", 0, None
    for change in changes:
        start, until = _position(change["range"]["start"]), _position(change["range"]["end"])
        if end not in {None, start, until}:
            return Edit(version, changes=len(changes))
        taken = until.character - start.character if start.line == until.line else 1
        kept = len(inserted) if end in {None, start} else max(0, len(inserted) - taken)
        removed += max(0, taken - (len(inserted) - kept))
        inserted = inserted[:kept] + change["text"]
        end = _end_of(start, change["text"])
    return Edit(version, inserted, removed)


def _alike(changes: list[Params]) -> tuple[str, int] | None:
    """Return the inserted text and removed length of each of several separate changes; None if they differ."""
    spans = [(_position(change["range"]["start"]), _position(change["range"]["end"])) for change in changes]
    sizes = {end.character - start.character if start.line == end.line else -1 for start, end in spans}
    texts = {change["text"] for change in changes}
    lines = {start.line for start, _ in spans}
    if len(sizes) > 1 or len(texts) > 1 or len(lines) < len(changes) or -1 in sizes:
        return None
    return texts.pop(), sizes.pop()


def _end_of(start: Position, text: str) -> Position:
    """Return the end of `text` after insertion at `start` (ASCII columns, because edits are keys)."""
    lines = text.count("\n")
    column = len(text) - text.rfind("\n") - 1
    return Position(start.line + lines, column if lines else start.character + len(text))
