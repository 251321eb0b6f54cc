"""The requests for the next edit: Copilot's and midfill's own."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from midfill.core.cursor import LineEnd, with_line_ends
from midfill.core.document import Document, Encoding, Position, unit_count
from midfill.core.edit_rules import SuggestedEdit
from midfill.lsp.dispatch import CANCELLED, Handler, error_location, error_response
from midfill.lsp.framing import Message
from midfill.lsp.next_edits import NextEdits, Offer
from midfill.lsp.service import Service

log = logging.getLogger(__name__)

EDIT_ACCEPTED = "midfill.editAccepted"
NO_EDITS: dict[str, Any] = {"edits": []}


class EditRequests:
    """Answers `textDocument/copilotInlineEdit` and `midfill/nextEdit`, each once.

    Args:
        service: provides the documents and the suggested edits.
        send: sends a message to the client.
        cancel: handles cancellations of other requests.
    """

    def __init__(self, service: Service, send: Callable[[Message], None], cancel: Handler) -> None:
        self._service = service
        self._send = send
        self._cancel_other = cancel
        self._waiting: dict[Any, asyncio.Task[Offer | None]] = {}

    @property
    def routes(self) -> Mapping[str, Handler]:
        """The handlers by method."""
        return {
            "$/cancelRequest": self._cancel,
            "textDocument/copilotInlineEdit": partial(self._requested, everywhere=False),
            "midfill/nextEdit": partial(self._requested, everywhere=True),
            "textDocument/didShowInlineEdit": self._shown,
            "textDocument/didFocus": lambda message: None,
        }

    def cancel_all(self) -> None:
        """Cancel all requests; each is answered."""
        for task in self._waiting.values():
            task.cancel()

    @property
    def _edits(self) -> NextEdits:
        return self._service.edits

    def _requested(self, message: Message, *, everywhere: bool) -> None:
        request_id, identifier = message["id"], message["params"]["textDocument"]
        document = self._service.documents.get(identifier["uri"])
        version = identifier.get("version")
        if document is None or version not in {None, document.version}:
            self._send({"id": request_id, "result": NO_EDITS})
            return
        lsp_position = message["params"]["position"]
        position = Position(lsp_position["line"], lsp_position["character"])
        offer = self._edits.offer(document.uri, position, everywhere=everywhere)
        task = asyncio.get_running_loop().create_task(offer)
        self._waiting[request_id] = task
        task.add_done_callback(partial(self._answer, request_id, is_shown=not everywhere))

    def _answer(self, request_id: Any, task: "asyncio.Task[Offer | None]", *, is_shown: bool) -> None:
        """Send the answer; clients made for Copilot show it, and need not report that (sidekick.nvim does not)."""
        self._waiting.pop(request_id, None)
        if task.cancelled():
            self._send(error_response(request_id, CANCELLED, "the request was cancelled"))
            return
        if (error := task.exception()) is not None:
            log.error("A next edit failed: %s", error_location(error))
        offer = None if error is not None else task.result()
        if offer is not None and is_shown:
            self._edits.shown(offer.number)
        self._send(
            {"id": request_id, "result": NO_EDITS if offer is None else {"edits": [self._item(offer)]}}
        )

    def _item(self, offer: Offer) -> dict[str, Any]:
        documents = self._service.documents
        document = documents.get(offer.suggested_edit.uri)
        text, span = lsp_edit(offer.suggested_edit, document, documents.encoding)
        return {
            "text": text,
            "range": span,
            "textDocument": {"uri": offer.suggested_edit.uri, "version": offer.version},
            "command": {"title": "Accept", "command": EDIT_ACCEPTED, "arguments": [offer.number]},
        }

    def _shown(self, message: Message) -> None:
        """Handle Copilot's notification; its item carries midfill's command with the number."""
        self._edits.shown(message["params"]["item"]["command"]["arguments"][0])

    def _cancel(self, message: Message) -> None:
        with suppress(TypeError):  # An id that is not a number or text.
            if (task := self._waiting.get(message["params"]["id"])) is not None:
                task.cancel()
                return
        self._cancel_other(message)


def lsp_edit(
    suggested_edit: SuggestedEdit, document: Document | None, encoding: Encoding
) -> tuple[str, dict[str, Any]]:
    """Return a suggested edit as the text that replaces a range of as few lines as possible."""
    eol: LineEnd = document.eol if document is not None else "\n"
    if len(suggested_edit.before) == len(suggested_edit.after) == 1:
        before, after = suggested_edit.before[0], suggested_edit.after[0]
        head = _common(before, after)
        tail = _common(before[head:][::-1], after[head:][::-1])
        start, end = unit_count(before[:head], encoding), unit_count(before[: len(before) - tail], encoding)
        return after[head : len(after) - tail], _range(suggested_edit.row, start, suggested_edit.row, end)
    text = "".join(f"{line}\n" for line in suggested_edit.after)
    last = suggested_edit.row + len(suggested_edit.before)
    if document is None or last < document.line_count:
        return with_line_ends(text, eol), _range(suggested_edit.row, 0, last, 0)
    return _at_the_end(suggested_edit, document, encoding, with_line_ends(text[:-1], eol), eol)


def _at_the_end(
    suggested_edit: SuggestedEdit, document: Document, encoding: Encoding, text: str, eol: str
) -> tuple[str, dict[str, Any]]:
    """Return an edit of the last lines, whose last line may have no line end."""
    end = unit_count(document.line(document.line_count - 1), encoding)
    if suggested_edit.row and not (suggested_edit.before and suggested_edit.after):
        start = unit_count(document.line(suggested_edit.row - 1), encoding)
        return eol * bool(suggested_edit.after) + text, _range(
            suggested_edit.row - 1, start, document.line_count - 1, end
        )
    return text, _range(suggested_edit.row, 0, document.line_count - 1, end)


def _range(row: int, start: int, last: int, end: int) -> dict[str, Any]:
    return {"start": {"line": row, "character": start}, "end": {"line": last, "character": end}}


def _common(one: str, other: str) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count
