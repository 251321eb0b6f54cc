"""The next edit with a model: the data of the open documents that it receives."""

from collections.abc import Sequence
from pathlib import Path

from midfill.core.document import Document, Position
from midfill.core.edit_rules import Hunk, SuggestedEdit
from midfill.engine import EditRequest, Rewriter
from midfill.lsp.completion_source import CompletionSource
from midfill.lsp.document_filter import DocumentFilter
from midfill.lsp.documents import Documents
from midfill.workspace import to_path


class ModelEdits:
    """Requests the next edit from the model that the settings name.

    Args:
        documents: the open documents.
        document_filter: determines the excluded documents.
        source: has the engine.
    """

    def __init__(
        self, documents: Documents, document_filter: DocumentFilter, source: CompletionSource
    ) -> None:
        self._documents = documents
        self._document_filter = document_filter
        self._source = source

    @property
    def backend(self) -> str:
        """The name of the backend; empty if none is set."""
        rewriter = self._rewriter
        return "" if rewriter is None or rewriter.backend is None else rewriter.backend.name

    def changed(self, document: Document) -> None:
        """Handle a document's change."""
        if (rewriter := self._rewriter) is not None:
            rewriter.changed(document.uri, lambda first, last: _lines(document, first, last))

    def supersede(self) -> None:
        """Answer older requests with no edit."""
        if (rewriter := self._rewriter) is not None:
            rewriter.supersede()

    async def next_edit(
        self, document: Document, position: Position, hunks: Sequence[Hunk], refused: Sequence[SuggestedEdit]
    ) -> SuggestedEdit | None:
        """Return the model's edit near a position; None if there is none."""
        if self._document_filter.is_hidden(document.uri):
            return None
        rewriter = (await self._source.started()).rewriter
        if rewriter.backend is None:
            return None
        request = EditRequest(
            cursor=document.cursor(position, self._documents.encoding),
            hunks=[hunk for hunk in hunks if hunk.uri == document.uri or self._may_send(hunk.uri, document)],
            refused=refused,
            path_of=self._path,
            lines=lambda first, last: _lines(document, first, last),
        )
        return await rewriter.next_edit(request)

    @property
    def _rewriter(self) -> Rewriter | None:
        return None if self._source.engine is None else self._source.engine.rewriter

    def _may_send(self, uri: str, document: Document) -> bool:
        """Whether an edit of another document may be in the prompt of `document`."""
        context, other = self._document_filter.context_of(document.uri), self._documents.get(uri)
        allowed = context.enabled and "recent" in context.sources and not self._document_filter.is_hidden(uri)
        return allowed and other is not None and not self._document_filter.skip_reason(other)

    def _path(self, uri: str) -> str:
        """Return a document's path in its folder; outside all folders only its name."""
        path, folder = Path(to_path(uri) or uri), self._document_filter.folder_of(uri)
        inside = folder is not None and path.is_relative_to(folder)
        return path.relative_to(folder).as_posix() if folder is not None and inside else path.name


def _lines(document: Document, first: int, last: int) -> tuple[str, ...]:
    rows = range(max(0, first), min(last, document.line_count))
    return tuple(document.line(row) for row in rows)
