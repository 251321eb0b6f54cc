"""The answer to a request whose document has changed since."""

import pytest

from midfill.core.answer_cache import CachedAnswer
from midfill.core.completion import Completion
from midfill.core.document import Document, Position
from midfill.core.model import Prompt
from midfill.engine import Reply, Suggestion
from midfill.lsp.items import RequestPosition, position_of


def request_at_mark(text: str) -> tuple[RequestPosition, Document]:
    """Return the place of a request at `|`, and its document."""
    before, _, after = text.partition("|")
    document = Document("file:///a.py", "python", before + after, 1)
    row, column = before.count("\n"), len(before.rpartition("\n")[2])
    params = {"position": {"line": row, "character": column}}
    return position_of(params, document, "utf-16", lambda cursor: cursor), document


def reply_of(text: str) -> Reply:
    """Return a reply of one suggestion."""
    return Reply((Suggestion(completion=Completion(text), answer=CachedAnswer(Prompt("", ""), text)),))


@pytest.mark.parametrize(
    ("text", "typed", "answer", "fits"),
    [
        ("call(|)", "val", "value", True),
        ("call(|)", "vol", "value", False),
        ("x = |", "1", "12", True),
        ("if (a and|)", "\n    ", "\n    b", False),
        ("x = 😀|", "\n", "\ny = 2", False),
    ],
    ids=["agrees", "disagrees", "at the end", "Enter before a closer", "Enter"],
)
def test_answer_fits_if_it_agrees_with_typed_text(text: str, typed: str, answer: str, fits: bool) -> None:
    """An answer fits while it starts with the typed text on the same line; Enter moves its place."""
    place, document = request_at_mark(text)
    at = Position(place.line, place.start)
    document.edit(at, at, typed)
    document.version = 2
    assert bool(place.without_outdated(reply_of(answer)).suggestions) is fits


def test_answer_to_an_unchanged_document_fits() -> None:
    """An unchanged document needs no comparison."""
    place, _ = request_at_mark("call(|)")
    assert place.without_outdated(reply_of("value")).suggestions
