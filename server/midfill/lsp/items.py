"""Converts a client's parameters to a request, and a reply to items, as undecoded JSON."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from midfill.core.cursor import Cursor, with_line_ends
from midfill.core.document import Document, Encoding, Position, unit_count
from midfill.engine import Reply, Suggestion
from midfill.lsp.client import Client
from midfill.lsp.framing import Message

NO_ITEMS: dict[str, Any] = {"items": []}
"""No suggestion: never null, for which Neovim keeps the old ghost text."""

COMPLETIONS = frozenset({"textDocument/inlineCompletion", "textDocument/completion"})
"""Requests that are answered with an empty result instead of an error, which VS Code would show at every key."""

ACCEPTED = "midfill.accepted"

_MAX_LABEL_LENGTH = 60
"""Maximum characters of a popup's label."""


@dataclass(frozen=True)
class RequestPosition:
    """The position of a requested completion, in the client's units and as a cursor."""

    document: Document
    cursor: Cursor
    encoding: Encoding
    line_count: int
    """Number of lines of the document."""
    changes: int
    """Number of changes of the document; its version may be null or constant."""
    line: int
    start: int
    """First unit on the line that items replace: the cursor, or the start of the selected popup item."""
    selected: str = ""
    """Text of the selected popup item, which completions have to continue."""

    @property
    def is_outdated(self) -> bool:
        """Whether the document has changed since the request."""
        return self.document.changes != self.changes

    def without_outdated(self, reply: Reply) -> Reply:
        """Return the reply without the suggestions that contradict a later change.

        VS Code has cancelled such a request. Neovim has not, and shows the reply at the wrong place.
        """
        return reply.without_contradicted(self._typed) if self.is_outdated and reply.suggestions else reply

    @property
    def _typed(self) -> str | None:
        """The text typed on the line since the request; None after any other change, including Enter."""
        if self.line_count != self.document.line_count:
            return None
        line, cursor = self.document.line(self.line), self.cursor
        start, end = cursor.column, len(line) - cursor.characters_left
        alike = start <= end and line.startswith(cursor.head, cursor.omitted[0])
        return line[start:end] if alike and line.startswith(cursor.rest, end) else None

    def range(self, suggestion: Suggestion) -> dict[str, Any]:
        """Return the range that an item of this suggestion replaces; it is on one line."""
        before = self.document.unit_offset(self.line, self._column, self.encoding)
        over = self.cursor.rest[: suggestion.completion.replace]
        end = before + unit_count(over, self.encoding)
        return {
            "start": {"line": self.line, "character": min(self.start, end)},
            "end": {"line": self.line, "character": end},
        }

    @property
    def _column(self) -> int:
        """The cursor's column in the document's own line, which does not contain the selected text."""
        return self.document.line_length(self.line) - self.cursor.characters_left


def position_of(
    params: Mapping[str, Any], document: Document, encoding: Encoding, around: Callable[[Cursor], Cursor]
) -> RequestPosition:
    """Return the position in the parameters of an inline completion or a completion.

    `around` adds the other cells of its notebook to a cursor.
    """
    cursor = Position(params["position"]["line"], params["position"]["character"])
    own = document.cursor(cursor, encoding)
    start = document.unit_offset(own.row, own.column, encoding)
    position = RequestPosition(
        document, around(own), encoding, document.line_count, document.changes, own.row, start
    )
    selected = (params.get("context") or {}).get("selectedCompletionInfo")
    return _with_selected(position, selected) if selected else position


def _with_selected(position: RequestPosition, selected: Mapping[str, Any]) -> RequestPosition:
    """Return the position as if the popup's selected item were in the document already."""
    begin, end = selected["range"]["start"], selected["range"]["end"]
    alike = begin["line"] == end["line"] == position.line
    if not alike or not 0 <= begin["character"] <= end["character"] <= position.start:
        return position
    _, column = position.document.row_and_column(
        Position(begin["line"], begin["character"]), position.encoding
    )
    kept = position.cursor.head[: max(0, column - position.cursor.omitted[0])]
    return replace(
        position,
        cursor=replace(position.cursor, head=kept + selected["text"]),
        start=position.document.unit_offset(position.line, column, position.encoding),
        selected=selected["text"],
    )


def inline_items(reply: Reply, position: RequestPosition, client: Client) -> dict[str, Any]:
    """Return an `InlineCompletionList` for a reply."""
    return {
        "items": [
            {
                "insertText": position.selected + _text(suggestion, position, client),
                "range": position.range(suggestion),
                "command": {
                    "title": "Accepted",
                    "command": ACCEPTED,
                    "arguments": [position.document.uri, number],
                },
            }
            for number, suggestion in enumerate(reply.suggestions)
        ]
    }


def popup_items(reply: Reply, position: RequestPosition, client: Client) -> dict[str, Any]:
    """Return a `CompletionList` for a reply; it is marked incomplete, because the next key may change it."""
    items = [
        _popup_item(number, suggestion, position, client)
        for number, suggestion in enumerate(reply.suggestions)
    ]
    return {"isIncomplete": True, "items": items}


def _popup_item(
    number: int, suggestion: Suggestion, position: RequestPosition, client: Client
) -> dict[str, Any]:
    text = _text(suggestion, position, client)
    shown = text.strip().splitlines()
    word = _word(position.cursor.head)
    return {
        "label": (word + shown[0])[:_MAX_LABEL_LENGTH] + ("…" if len(shown) > 1 else ""),
        "kind": 15,  # Snippet
        "detail": f"midfill ({suggestion.answer.backend_name})",
        "documentation": {"kind": "markdown", "value": _fenced(word + text, position.document.language)},
        "filterText": word + text.strip(),
        "sortText": f"\0{number}",
        "insertTextMode": 1,  # As is
        "textEdit": {
            "range": position.range(suggestion),
            "newText": client.popup_text(text, position.cursor),
        },
        "command": {
            "title": "Accepted",
            "command": ACCEPTED,
            "arguments": [position.document.uri, number],
        },
    }


def _fenced(text: str, language: str) -> str:
    """Return `text` as a block of Markdown, with a longer fence than any in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def _text(suggestion: Suggestion, position: RequestPosition, client: Client) -> str:
    return with_line_ends(suggestion.completion.text, client.line_end(position.cursor.eol))


def _word(head: str) -> str:
    """Return the word before the cursor."""
    start = len(head)
    while start and (head[start - 1].isalnum() or head[start - 1] == "_"):
        start -= 1
    return head[start:]


def empty_result_for(message: Message) -> dict[str, Any] | None:
    """Return the result for a failed request: an empty one, or None for an error."""
    names_place = message["method"] in COMPLETIONS and _names_position(message.get("params") or {})
    return NO_ITEMS if names_place else None


def _names_position(params: Any) -> bool:
    try:
        position = params["position"]
        return (
            isinstance(params["textDocument"]["uri"], str) and position["line"] >= 0 <= position["character"]
        )
    except (LookupError, TypeError):
        return False


def uri_of(message: Message) -> str:
    """Return the document in Copilot's notifications: their item carries midfill's command with the document."""
    arguments = (message["params"]["item"].get("command") or {}).get("arguments") or [""]
    return str(arguments[0])
