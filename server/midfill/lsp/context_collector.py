"""Collects the context of a place: recent edits, the user's notes, and an index of the workspace."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from midfill.core.context import (
    EDITOR,
    ContextInputs,
    ContextSizes,
    PromptContext,
    RecentRanges,
    Snippet,
    comment_marker_of,
    context_for_cursor,
    declaration_snippet,
    with_declarations,
)
from midfill.core.credentials import without_private_keys
from midfill.core.cursor import Cursor, normalized_line_ends
from midfill.core.document import Document
from midfill.core.edit import Edit
from midfill.core.privacy import is_secret
from midfill.lsp.documents import Documents
from midfill.lsp.editor_definitions import DefinitionLocation, EditorDefinitions
from midfill.lsp.indexes import MAX_DOCUMENT_CHARACTERS, Indexes, VisibleIndex
from midfill.settings import ContextSettings
from midfill.workspace import Exclusions, link_paths, read_notes, to_path
from midfill.workspace.index.index_entry import MAX_LINE_LENGTH
from midfill.workspace.index.visibility import Visibility
from midfill.workspace.text import UnreadableError, read_document

MAX_SNIPPETS = 20
"""Maximum snippets of files that are searched for the next edit."""


class ContextCollector:
    """Records the events of the open documents, and makes the context of prompts.

    Args:
        documents: the open documents.
        context_of: returns the context settings of a document's folder; also called in threads.
        is_hidden: whether a file, by URI, is excluded from the context of others; also called in threads.
        wait_s: maximum seconds to wait for an index that is being built.
    """

    def __init__(
        self,
        documents: Documents,
        context_of: Callable[[str], ContextSettings],
        is_hidden: Callable[[str], bool] = lambda uri: False,
        wait_s: float = 0,
    ) -> None:
        self._documents = documents
        self._context_of = context_of
        self._is_hidden = is_hidden
        self.definitions: EditorDefinitions | None = None
        """Requests definitions from the editor; None if it does not support that."""
        self.indexes = Indexes(wait_s)
        """For threads."""
        self._recent = RecentRanges()
        self._sizes = ContextSizes()
        self._folders: tuple[Path, ...] = ()
        self._exclusions = Exclusions()
        self._visibility: dict[Path, Visibility] = {}
        self._lock = threading.Lock()

    def configure(
        self, excluded_globs: Sequence[str], key_file: str, sizes: ContextSizes, folders: Iterable[Path]
    ) -> None:
        """Set the patterns of excluded files, the key's file, the sizes and the workspace folders."""
        self._sizes, self._folders = sizes, tuple(folders)
        self._visibility = {}
        self._exclusions = Exclusions(tuple(map(str, self._folders)), tuple(excluded_globs), key_file)
        self.indexes.configure(tuple(excluded_globs))

    # Events.

    def edited(self, document: Document, edit: Edit) -> None:
        """Record an edit."""
        for span in edit.spans:
            self._recent.edited(document.uri, span)
        if self.definitions is not None and edit.spans:
            self.definitions.edited(document.uri, edit.spans[-1].row + edit.spans[-1].inserted_line_ends)

    def closing(self, uri: str) -> None:
        """Keep the edits of a document that is about to be closed."""
        self._recent.closed(uri, self._rows)
        self.indexes.closed(uri)
        if self.definitions is not None:
            self.definitions.forget(uri)

    def close(self) -> None:
        """Stop the background work."""
        self.indexes.close()

    def collect(self, cursor: Cursor, prompt_context: PromptContext) -> Callable[[], PromptContext]:
        """Collect the facts of a place now, and return a function that makes its context, for a thread."""
        self._recent.visited(cursor.uri, cursor.row)
        recent = self._recent.snippets(cursor.uri, self._rows, self._path)
        return partial(self._made, cursor, prompt_context, recent, self.indexes.texts(self._documents))

    def watched(self, cursor: Cursor) -> Callable[[], None]:
        """Return a function that updates the index of a place, for a thread."""
        return partial(self._watched, cursor, self.indexes.texts(self._documents))

    def _watched(self, cursor: Cursor, texts: Mapping[str, str]) -> None:
        folder = self._folder(to_path(cursor.uri) or "")
        if folder is not None:
            self.indexes.index_for(folder, texts)

    def opened(self) -> dict[str, str]:
        """Return the texts of unsaved open documents, by path."""
        return self.indexes.opened()

    def _made(
        self,
        cursor: Cursor,
        prompt_context: PromptContext,
        recent: Sequence[Snippet],
        texts: Mapping[str, str],
    ) -> PromptContext:
        context, path = self._context_of(cursor.uri), to_path(cursor.uri) or ""
        folder = self._folder(path)
        comment_marker = comment_marker_of(cursor.language) if context.format == "comments" else ""
        if not context.enabled:
            return PromptContext(path=_relative(path, folder), comment_marker=comment_marker)
        with self._lock:
            inputs = ContextInputs(
                cursor=cursor,
                path=_relative(path, folder),
                comment_marker=comment_marker,
                recent=[self._named(snippet) for snippet in recent if self._is_allowed(snippet.path)],
                notes=read_notes(context.extra, folder, self._exclusions),
                sources=context.sources,
            )
            index = (
                None
                if folder is None
                else VisibleIndex(self.indexes.index_for(folder, texts), folder, self._is_hidden)
            )
            return context_for_cursor(inputs, index, prompt_context, self._sizes)

    async def declarations(self, cursor: Cursor) -> Callable[[PromptContext], PromptContext] | None:
        """Request definitions of names near the cursor, in a pause; return a function that adds them."""
        document = self._documents.get(cursor.uri)
        if self.definitions is None or document is None or not self._asks_editor(cursor.uri):
            return None
        found = [
            location
            for location in await self.definitions.near(document, cursor.row)
            if location.uri != cursor.uri
        ]
        opened = {location.uri: self._documents.get(location.uri) for location in found}
        texts = {uri: other.text for uri, other in opened.items() if other is not None}
        return partial(self._grown, cursor.uri, found, texts) if found else None

    def _asks_editor(self, uri: str) -> bool:
        context = self._context_of(uri)
        wanted = context.enabled and EDITOR in context.sources
        return wanted and to_path(uri) is not None and self._sizes.per_place < self._sizes.budget

    def _grown(
        self,
        uri: str,
        found: Sequence[DefinitionLocation],
        texts: Mapping[str, str],
        prompt_context: PromptContext,
    ) -> PromptContext:
        path = to_path(uri) or ""
        with self._lock:
            snippets = [
                snippet
                for location in found
                if (snippet := self._declaration(location, texts.get(location.uri))) is not None
            ]
            return with_declarations(
                snippets, _relative(path, self._folder(path)), prompt_context, self._sizes
            )

    def _declaration(self, location: DefinitionLocation, text: str | None) -> Snippet | None:
        """Return the declaration at a location; None if its file is excluded. Reads files."""
        path = self._path(location.uri)
        if not path or (text is None and not self._is_inside(path)) or not self._is_allowed(path):
            return None
        try:
            lines = without_private_keys(
                normalized_line_ends(read_document(path) if text is None else text)
            ).split("\n")
        except UnreadableError:
            return None
        if location.row >= len(lines) or sum(map(len, lines)) > MAX_DOCUMENT_CHARACTERS:
            return None
        shown = [line if len(line) <= MAX_LINE_LENGTH else "" for line in lines]
        return declaration_snippet(_relative(path, self._folder(path)), shown, location.row)

    def holding(self, uri: str) -> Callable[[str], list[str]]:
        """Collect the facts of a document now, and return a function that finds files with a word, for a thread."""
        return partial(self._holding, uri, self.indexes.texts(self._documents))

    def _holding(self, uri: str, texts: Mapping[str, str], word: str) -> list[str]:
        context, path = self._context_of(uri), to_path(uri) or ""
        folder = self._folder(path)
        if folder is None or not context.enabled or "search" not in context.sources:
            return []
        with self._lock:
            index = VisibleIndex(self.indexes.index_for(folder, texts), folder, self._is_hidden)
            found = index.search([word], MAX_SNIPPETS, _relative(path, folder))
        return list(dict.fromkeys(str(folder / snippet.path) for snippet in found))

    # Facts.

    def _rows(self, uri: str, first: int, last: int) -> str | None:
        document = self._documents.get(uri)
        return None if document is None else document.text_of_rows(first, last)

    def _path(self, uri: str) -> str:
        """Return the path of a document; empty for a document that is not a file, such as a diff."""
        return "" if is_secret(uri) or self._is_hidden(uri) else to_path(uri) or ""

    def _named(self, snippet: Snippet) -> Snippet:
        return replace(snippet, path=_relative(snippet.path, self._folder(snippet.path)))

    def _is_allowed(self, path: str) -> bool:
        """Whether a file may be used: it is not excluded, and no ignore file of the workspace lists it. Reads files."""
        if self._exclusions.why(path, link_paths(path)):
            return False
        folder = self._folder(path)
        if folder is None:
            return True  # The user opened it.
        if folder not in self._visibility:
            self._visibility[folder] = Visibility(folder)
        return not self._visibility[folder].is_ignored(Path(path))

    def _is_inside(self, path: str) -> bool:
        """Whether a file is in the workspace, also by its real path."""
        real = Path(os.path.realpath(path))
        return self._folder(path) is not None and any(
            real.is_relative_to(os.path.realpath(folder)) for folder in self._folders
        )

    def _folder(self, path: str) -> Path | None:
        """Return the innermost workspace folder that contains a file."""
        around = [folder for folder in self._folders if path and Path(path).is_relative_to(folder)]
        return max(around, key=lambda folder: len(folder.parts), default=None)


def _relative(path: str, folder: Path | None) -> str:
    """Return a path for display: relative to its folder; outside all folders only the name."""
    return Path(path).relative_to(folder).as_posix() if folder is not None else Path(path).name
