"""Ordinary typing: code that a commit adds and that resembles no other edit of it, key by key."""

from collections.abc import Iterator
from itertools import islice

from midfill.core.document import Document, Position
from midfill.core.edit_rules import DocumentSnapshot, suggested_edits
from midfill.core.edit_rules import History as Edits
from tests.quality.context.history import History, language
from tests.quality.edits.sessions import Session

MAX_KEYS = 120
"""Keys of an edit that are typed."""


def typed(session: Session, history: History) -> Iterator[bool]:
    """Yield at each key whether anything is suggested; the edits stay, like earlier edits of a user."""
    tree = history.tree(session.commit.parent)
    grouped = {number for group in session.groups for number in group}
    documents: dict[str, Document] = {}
    edits = Edits()
    for number, step in reversed(
        list(enumerate(session.steps))
    ):  # From the last row up, so that no row moves.
        if step.path not in documents:
            text = history.text(tree[step.path])
            documents[step.path] = Document(step.path, language(step.path), text)
        document = documents[step.path]
        for _ in _keys(document, edits, step.row, step.before, "\n".join(step.after)):
            if number not in grouped:
                yield _is_offered(document, edits)


def _keys(document: Document, edits: Edits, row: int, before: tuple[str, ...], after: str) -> Iterator[None]:
    old = "\n".join(before) + "\n" if before else ""
    new = after + "\n" if after else ""
    same = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    end = Position(row + len(before), 0)
    start = Position(row + old.count("\n", 0, same), same - old.rfind("\n", 0, same) - 1)
    keys = list(islice(new[same:], MAX_KEYS))
    edits.edited(document.uri, document.edit(start, end, ""))
    for key in keys:
        edits.edited(document.uri, document.edit(start, start, key))
        start = Position(start.line + 1, 0) if key == "\n" else Position(start.line, start.character + 1)
        yield
    edits.edited(document.uri, document.edit(start, start, new[same + len(keys) :]))


def _is_offered(document: Document, edits: Edits) -> bool:
    def line(uri: str, row: int) -> str:
        return document.line(row) if uri == document.uri and 0 <= row < document.line_count else ""

    snapshot = DocumentSnapshot(document.uri, document.language, document.text)
    hunks = edits.hunks(line)
    return bool(hunks) and next(suggested_edits(hunks, [snapshot]), None) is not None
