"""Finds the next edit: in the document, in the other open ones, or in files of the workspace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from midfill.core.cursor import unified
from midfill.core.edits import Hunk, Page, Proposal, learnt, proposals
from midfill.core.edits.sure import is_sure_elsewhere
from midfill.core.languages import language_of
from midfill.workspace import to_uri
from midfill.workspace.text import UnreadableError, read_document

FindFiles = Callable[[str], Sequence[str]]
"""Returns the paths of files that contain a word."""


@dataclass(frozen=True)
class SearchInput:
    """The inputs of the search for the next edit."""

    hunks: tuple[Hunk, ...]
    pages: tuple[Page, ...]
    """The open documents that may contain it, the user's own first."""
    refused: tuple[Proposal, ...]
    find_files: FindFiles | None
    """None to skip other files."""


def find_edit(facts: SearchInput, uri: str) -> Proposal | None:
    """Return the next edit; for a thread, because it may read files.

    The user's document need not be the one edited last: the user may have gone to the next one already.
    """
    if not facts.hunks:
        return None
    last = facts.hunks[-1].uri
    pages = sorted(facts.pages, key=lambda page: page.uri != last)
    if pages[0].uri != last:
        pages = [Page(last, pages[0].language, ""), *pages]
    proposal = next(proposals(facts.hunks, pages, facts.refused), None)
    if proposal is None and facts.find_files is not None:
        pages = [pages[0], *_files(facts, pages[0], facts.find_files)]
        proposal = next(proposals(facts.hunks, pages, facts.refused), None)
    return proposal


def _files(facts: SearchInput, page: Page, find_files: FindFiles) -> list[Page]:
    """Return the files of the same language, not open, that contain the text to change."""
    sure = [levels[0] for levels in learnt(facts.hunks, page) if is_sure_elsewhere(levels[0], page)]
    opened = {other.uri for other in facts.pages}
    paths = dict.fromkeys(path for rule in sure for path in find_files(rule.anchor))
    wanted = [path for path in paths if to_uri(path) not in opened and language_of(path) == page.language]
    return [Page(to_uri(path), page.language, text) for path in wanted if (text := _read(path))]


def _read(path: str) -> str:
    try:
        return unified(read_document(path))
    except UnreadableError:
        return ""
