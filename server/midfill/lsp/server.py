"""One client's conversation: JSON-RPC in, JSON-RPC out.

Frequent messages (changes, completion requests, cancellations, and those at the start) are handled undecoded, in the
read that brought them: a cached answer is sent before the next message is read. All others go through pygls, which is
imported when the first of them arrives.
"""

from collections.abc import Callable, Mapping
from functools import partial

from midfill.backends.open_backends import open_backends
from midfill.core.document import Document
from midfill.ledger import Ledger
from midfill.lsp import items
from midfill.lsp.backlog import Backlog
from midfill.lsp.capabilities import encoding_of, initialize_result
from midfill.lsp.client import Client
from midfill.lsp.commands import CONFIGURATION_CHANGED, Commands
from midfill.lsp.completion_requests import CompletionRequests
from midfill.lsp.configuration import Configuration
from midfill.lsp.dispatch import Dispatch
from midfill.lsp.edit_requests import EditRequests
from midfill.lsp.engine_lifecycle import EngineEvents, OpenBackends
from midfill.lsp.framing import Message, framed
from midfill.lsp.lazy_pygls import LazyPygls
from midfill.lsp.outgoing import REFRESH, Outgoing
from midfill.lsp.process import exists
from midfill.lsp.service import Service
from midfill.lsp.spending_reporter import SpendingReporter
from midfill.lsp.status import StatusReporter
from midfill.lsp.transport import Writer


class Server:
    """Serves one client; the client's connection calls `received` and `connection_closed`.

    Args:
        writer: the writer for messages to the client.
        environ: the environment variables.
        ended: called with the exit code at the end of the conversation.
        open_all: opens the backends.
        ledger: records calls and suggestions; None to record nothing.
        by_socket: whether the client connected by a socket, and may not set everything.
        initialize_answered: whether its first message, `initialize`, has been answered already.
    """

    def __init__(
        self,
        writer: Writer,
        environ: Mapping[str, str],
        ended: Callable[[int], None],
        open_all: OpenBackends = open_backends,
        ledger: Ledger | None = None,
        *,
        by_socket: bool = False,
        initialize_answered: bool = False,
    ) -> None:
        self._writer = writer
        self._initialize_answered = initialize_answered
        self._ended = ended
        self._closed = False
        self._outgoing = Outgoing(self._send)
        self._reporter = StatusReporter(self._outgoing)
        self._own_ledger = Ledger() if ledger is None else None
        self._spending = SpendingReporter(
            ledger or self._own_ledger or Ledger(), self._outgoing, self._reporter
        )
        self._service = Service(
            Configuration(environ, by_socket=by_socket),
            EngineEvents(self._reporter.on_error, self._reporter.on_backend, self._refresh),
            self._spending,
            open_all,
        )
        self._backlog = Backlog()
        self._commands = Commands(self._outgoing, self._service, self._reporter, self._backlog)
        self._client = Client()
        self.client_process: int | None = None
        """The client's process, whose end stops the server; None if it is unknown or on another machine."""
        self._completion_requests = CompletionRequests(
            self._service, self._reporter, self._spending, self._send
        )
        self._edit_requests = EditRequests(self._service, self._send, self._cancel)
        self._handlers = self._routes()
        self._dispatch = Dispatch(self._handlers, self._pass_on, items.empty_result_for, self._send)
        self._pygls = LazyPygls(self._commands, self._backlog, writer, self._dispatch.handle)

    def _routes(self) -> dict[str, Callable[[Message], None]]:
        documents = self._service.documents
        return {
            "initialize": self._initialize,
            "initialized": self._initialized,
            "shutdown": self._shutdown,
            "exit": self._exit,
            "textDocument/didOpen": lambda message: self._opened([documents.opened(message["params"])]),
            "textDocument/didChange": self._changed,
            "textDocument/didClose": lambda message: documents.closed(message["params"]),
            "notebookDocument/didOpen": lambda message: self._opened(
                documents.notebook_opened(message["params"])
            ),
            "notebookDocument/didChange": self._notebook_changed,
            "notebookDocument/didClose": lambda message: documents.notebook_closed(message["params"]),
            "textDocument/didSave": self._commands.watching.saved,
            "workspace/didChangeWatchedFiles": self._commands.watching.changed,
            CONFIGURATION_CHANGED: self._commands.configuration_changed,
            **self._completion_requests.routes,
            **self._edit_requests.routes,
        }

    # The connection and its lifecycle.

    def received(self, body: bytes) -> None:
        """Handle one message in its turn; an error does not end the conversation."""
        self._backlog.run(partial(self._received, body))

    def connection_closed(self) -> None:
        """Handle the end of the connection."""
        self._backlog.run(self._exit)

    def _received(self, body: bytes) -> None:
        if not self._closed:
            self._dispatch.received(body)

    def _pass_on(self, message: Message) -> None:
        """Pass on a rare message, or an answer to the server's own request."""
        if "method" in message:
            self._pygls.handle(message)
        else:
            self._outgoing.answered(message)

    def _send(self, message: Message) -> None:
        if self._initialize_answered and "id" in message and "method" not in message:
            self._initialize_answered = False  # The answer to `initialize`, which the client has already.
            return
        self._writer.write(framed({"jsonrpc": "2.0", **message}))

    def _initialize(self, message: Message) -> None:
        params = message["params"]
        client = Client.from_params(params)
        self._client = self._reporter.client = self._completion_requests.client = client
        process = self._client.process_id
        self.client_process = process if process is not None and exists(process) else None
        self._service.configuration.began(params)
        self._service.set_client(self._client)
        configured = partial(self._dispatch.handle, message, self._configured)
        self._backlog.wait(self._service.configuration.read, configured)

    def _configured(self, message: Message) -> None:
        """Answer `initialize`, once the settings files have been read."""
        self._service.configure()
        params, popup = message["params"], self._client.wants_popup(self._service.settings.popup)
        self._service.documents.encoding = encoding_of(params)
        self._pygls.began(params, popup=popup)
        self._dispatch.lifecycle.begun = True
        self._send({"id": message["id"], "result": initialize_result(params, popup=popup)})

    def _initialized(self, message: Message) -> None:
        self._commands.follow_configuration(self._client)
        self._reporter.settings(self._service.document_filter.problems)

    def _shutdown(self, message: Message) -> None:
        self._completion_requests.cancel_all()
        self._edit_requests.cancel_all()
        self._pygls.cancel_all()
        self._dispatch.lifecycle.shut_down = True
        self._send({"id": message["id"], "result": None})

    def _exit(self, message: Message | None = None) -> None:
        self._ended(0 if self._dispatch.lifecycle.shut_down else 1)

    async def close(self) -> None:
        """Stop all work, and ignore further messages."""
        self._closed = True
        self._spending.close()
        self._backlog.close()
        await self._service.close()
        if self._own_ledger is not None:
            self._own_ledger.close()

    # Documents.

    def _opened(self, opened: list[Document]) -> None:
        self._backlog.wait(partial(self._service.opened, opened), lambda: None)

    def _changed(self, message: Message) -> None:
        change = self._service.documents.changed(message["params"])
        if change is not None:
            self._completion_requests.document_changed(change[0].uri)
            self._service.changed(*change)

    def _notebook_changed(self, message: Message) -> None:
        for document, edit in self._service.documents.notebook_changed(message["params"]):
            self._completion_requests.document_changed(document.uri)
            self._service.changed(document, edit)

    def _refresh(self, uri: str) -> None:
        """Ask the client to repeat the request for a document with an incomplete line."""
        if self._client.refreshes:
            self._send({"method": REFRESH, "params": {"uri": uri}})

    def _cancel(self, message: Message) -> None:
        if not self._completion_requests.cancel(message["params"]["id"]):
            self._pygls.cancel(message)
