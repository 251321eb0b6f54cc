"""pygls handles rare messages: commands, folders, traces. Its import takes longer than that of the rest.

So it is imported for its first message; `Server` has answered `initialize` before, with the same result.
"""

import inspect
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from midfill import __version__
from midfill.lsp.capabilities import POPUP_TRIGGERS
from midfill.lsp.client import pygls_params
from midfill.lsp.framing import Framing, Message
from midfill.lsp.transport import Writer

for _name in ("pygls", "pygls.protocol", "pygls.server", "pygls.feature_manager"):
    # It logs bodies of messages at INFO and parameters of requests at ERROR: the user's text and settings.
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

log = logging.getLogger(__name__)


class _Protocol(LanguageServerProtocol):
    """The protocol of pygls without a leak: pygls keeps the future of every notification (2 KB each)."""

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        def finished(future: Future[Any]) -> None:
            self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, finished, args, kwargs)


class PyglsServer(LanguageServer):
    """pygls' view of the server; messages for each key do not reach it.

    Args:
        commands: the client's commands, by name.
        folders_changed: handles `workspace/didChangeWorkspaceFolders`.
        popup: whether completions are offered in the popup.
    """

    def __init__(
        self,
        commands: Mapping[str, Callable[..., Any]],
        folders_changed: Callable[[types.DidChangeWorkspaceFoldersParams], None],
        *,
        popup: bool,
    ) -> None:
        every_cell = types.NotebookDocumentFilterWithNotebook(
            notebook="*", cells=[types.NotebookCellLanguage(language="*")]
        )
        super().__init__(
            "midfill",
            __version__,
            types.TextDocumentSyncKind.Incremental,
            types.NotebookDocumentSyncOptions(notebook_selector=[every_cell]),
            protocol_cls=_Protocol,
        )
        self._request_ids: set[str | int] = set()
        """The ids of the client's requests, some of which are in progress."""
        for name, command in commands.items():
            self.command(name)(_function(command))
        self.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(_function(folders_changed))
        self.feature(types.TEXT_DOCUMENT_DID_SAVE)(_answered_elsewhere)
        # Without options pygls 2.1 announces null, and clients never send requests.
        self.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())(
            _answered_elsewhere
        )
        if popup:
            options = types.CompletionOptions(trigger_characters=POPUP_TRIGGERS)
            self.feature(types.TEXT_DOCUMENT_COMPLETION, options)(_answered_elsewhere)

    def begin(self, params: Mapping[str, Any], writer: Writer) -> Message:
        """Handle the client's `initialize`, and return pygls' answer; from then on it writes to the client."""
        kept = _BufferedWriter()
        self.protocol.set_writer(kept)
        self.handle({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": pygls_params(params)})
        self.protocol.set_writer(writer)
        return kept.result

    def report_server_error(self, error: Exception, source: type[Exception] | type[JsonRpcException]) -> None:
        """Log an error; pygls would show each to the user, with its parameters."""
        log.error("%s: %s", source.__name__, type(error).__name__)

    def awaits(self, number: object) -> bool:
        """Whether a client's request with this id is in progress."""
        return number in self.protocol._request_futures  # noqa: SLF001

    def cancel_all(self) -> None:
        """Cancel all requests in progress; each is answered."""
        for number, future in list(self.protocol._request_futures.items()):  # noqa: SLF001
            if number in self._request_ids:  # pygls has a future for a notification, too.
                future.cancel()

    def handle(self, message: Message) -> None:
        """Handle a message. Raises ValueError if it is malformed."""
        self._request_ids &= self.protocol._request_futures.keys()  # noqa: SLF001
        if "id" in message:
            self._request_ids.add(message["id"])
        try:
            structured = self.protocol.structure_message(message)
        except JsonRpcException as error:
            raise ValueError("pygls cannot decode it") from error
        self.protocol.handle_message(structured)


class _BufferedWriter:
    """Keeps the messages that pygls writes."""

    def __init__(self) -> None:
        self.result: Message = {}

    def write(self, data: bytes) -> None:
        for body in Framing().feed(data):
            self.result = json.loads(body).get("result", {})

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _function(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that calls a method, because pygls sets attributes on registered functions."""

    def function(*arguments: Any) -> Any:
        return method(*arguments)

    async def coroutine(*arguments: Any) -> Any:
        return await method(*arguments)

    return coroutine if inspect.iscoroutinefunction(method) else function


def _answered_elsewhere(params: object) -> None:
    """Stand in for a feature that `Server` handles before pygls."""
    raise AssertionError("unreachable")
