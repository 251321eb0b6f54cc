"""The requests for completions, and the reports on the suggestions that they returned."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial

from midfill.engine import Reply, Request
from midfill.lsp import items
from midfill.lsp.client import Client
from midfill.lsp.dispatch import CANCELLED, Handler, call_and_catch, error_location, error_response
from midfill.lsp.documents import Params
from midfill.lsp.framing import Message
from midfill.lsp.service import CLOSED, Service
from midfill.lsp.spending_reporter import SpendingReporter
from midfill.lsp.status import StatusReporter
from midfill.lsp.trigger_detector import TriggerDetector

log = logging.getLogger(__name__)

BUSY_DELAY_S = 0.02
"""Seconds that a request waits before the status says so: its call is sent first, and a fast answer does not blink."""


class CompletionRequests:
    """Answers `textDocument/inlineCompletion` and `textDocument/completion`, each once.

    Args:
        service: provides the documents and the replies.
        reporter: shows whether a request waits, and which backend answered.
        spending: asks the user about manual requests above a cap.
        send: sends a message to the client.
    """

    def __init__(
        self,
        service: Service,
        reporter: StatusReporter,
        spending: SpendingReporter,
        send: Callable[[Message], None],
    ) -> None:
        self.client = Client()
        self._service = service
        self._reporter = reporter
        self._spending = spending
        self._send = send
        self._trigger = TriggerDetector()
        self._tasks: dict[str | int, asyncio.Task[Reply]] = {}
        """By id: the requests without an answer."""
        self._reports_shown = False
        """The client reports which suggestions it shows."""

    @property
    def routes(self) -> Mapping[str, Handler]:
        """The handlers by method."""
        return {
            "textDocument/inlineCompletion": partial(self._complete, popup=False),
            "textDocument/completion": partial(self._complete, popup=True),
            "textDocument/didShowCompletion": self._was_shown,
            "textDocument/didPartiallyAcceptCompletion": self._partly_accepted,
        }

    def document_changed(self, uri: str) -> None:
        """Record a change of a document: a request right after it is not manual."""
        self._trigger.changed(uri, self._service.now())

    def cancel(self, request_id: str | int) -> bool:
        """Cancel a request; return whether it was in progress."""
        task = self._tasks.get(request_id)
        if task is not None:
            task.cancel()
        return task is not None

    def cancel_all(self) -> None:
        """Cancel all requests; each is answered."""
        for task in self._tasks.values():
            task.cancel()

    def _complete(self, message: Message, *, popup: bool) -> None:
        params, request_id = message["params"], message["id"]
        position = self._position(params)
        if position is None:
            self._send({"id": request_id, "result": items.NO_ITEMS})
            return
        now = self._service.now()
        manual = self._trigger.is_manual(params, now, popup=popup)
        completion_count = self._service.completion_count if manual else 1
        if manual:
            self._spending.on_manual_request()
        request = Request(
            cursor=position.cursor,
            at=now,
            manual=manual,
            completion_count=completion_count,
            whole_only=popup or self.client.whole,
            refreshes=self.client.refreshes,
        )
        answer = partial(self._answer, request_id, position, popup=popup)
        reply = self._service.reply_without_call(request, position.document)
        if reply is not None:
            answer(reply)
        else:
            self._wait(request_id, request, answer)

    def _position(self, params: Params) -> items.RequestPosition | None:
        """Return the position of a request; None for an unknown document or another version than the client's."""
        identifier = params["textDocument"]
        documents = self._service.documents
        document = documents.get(identifier["uri"])
        version = identifier.get("version")
        if document is None or (version is not None and version != document.version):
            return None
        return items.position_of(params, document, documents.encoding, documents.around)

    def _answer(
        self, request_id: str | int, position: items.RequestPosition, reply: Reply, *, popup: bool
    ) -> None:
        is_open = self._service.documents.get(position.document.uri) is position.document
        reply = position.without_outdated(reply) if is_open else Reply(reason=CLOSED)
        listed = items.popup_items if popup else items.inline_items
        self._send({"id": request_id, "result": listed(reply, position, self.client)})
        self._answered(position, reply)
        log.debug("answered %s with %s", request_id, reply)

    def _answered(self, position: items.RequestPosition, reply: Reply) -> None:
        """Record an answer, after it was sent: the user waits for it."""
        self._service.reasons[position.document.uri] = "" if reply.suggestions else reply.reason
        if reply.suggestions:
            self._service.shown[position.document.uri] = position
            self._reporter.on_backend(reply.suggestions[0].answer.backend_name)
            if not self._reports_shown:
                self._note_shown(position.document.uri)

    def _wait(self, request_id: str | int, request: Request, answer: Callable[[Reply], None]) -> None:
        task = asyncio.get_running_loop().create_task(self._service.complete(request))
        self._tasks[request_id] = task
        asyncio.get_running_loop().call_later(BUSY_DELAY_S, self._report_busy)
        task.add_done_callback(partial(self._waited, request_id, answer))

    def _waited(
        self, request_id: str | int, answer: Callable[[Reply], None], task: "asyncio.Task[Reply]"
    ) -> None:
        """Answer a request whose task has ended in any way, even if it was cancelled before its first step."""
        self._tasks.pop(request_id, None)
        if task.cancelled():
            self._send(error_response(request_id, CANCELLED, "the request was cancelled"))
        elif (error := task.exception() or call_and_catch(answer, task.result())) is not None:
            log.error("A completion failed: %s", error_location(error))
            log.debug("Where that was", exc_info=error)
            self._send({"id": request_id, "result": items.NO_ITEMS})
        elif self._service.healthy:
            self._reporter.recovered(self._service.backend_name)
        if not self._tasks:
            self._reporter.busy(False)

    def _report_busy(self) -> None:
        self._reporter.busy(bool(self._tasks))

    def _was_shown(self, message: Message) -> None:
        """Handle Copilot's notification; a client that sends it reports what it shows."""
        self._reports_shown = True
        self._note_shown(items.uri_of(message))

    def _partly_accepted(self, message: Message) -> None:
        uri = items.uri_of(message)
        if (engine := self._service.engine_of(uri)) is not None:
            engine.partly_accepted(uri)

    def _note_shown(self, uri: str) -> None:
        if (engine := self._service.engine_of(uri)) is not None:
            engine.was_shown(uri)
