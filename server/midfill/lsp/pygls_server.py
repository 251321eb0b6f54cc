"""pygls, which handles the protocol: lifecycle, capabilities, requests to the client, commands."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from midfill import __version__
from midfill.core.document import Encoding
from midfill.lsp.framing import Message

for _name in ("pygls", "pygls.protocol", "pygls.server", "pygls.feature_manager"):
    # It writes bodies of messages at INFO, parameters of requests at ERROR: the user's text and settings.
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

log = logging.getLogger(__name__)

POPUP_TRIGGERS = list(".(=,: \t[{<>\"'/")
"""Characters that open the popup in clients that cannot show completions inline (Helix opens it on letters alone)."""


REQUEST_IDS = count(1 << 30)
"""The numbers of our requests, which no client reaches with its own: Vim's `ch_sendexpr` refuses to answer a text."""


class _Protocol(LanguageServerProtocol):
    """The protocol of pygls without its leak: it keeps the future of every notification for ever (2 KB each)."""

    def send_request(
        self,
        method: str,
        params: Any | None = None,
        callback: Callable[[Any], None] | None = None,
        msg_id: str | int | None = None,
    ) -> Future[Any]:
        """Send a request under a number of ours."""
        return super().send_request(method, params, callback, next(REQUEST_IDS) if msg_id is None else msg_id)

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        def settled(future: Future[Any]) -> None:
            self._request_futures.pop(msg_id, None)
            if not future.cancelled():  # The server is ending, and pygls would raise.
                callback(future)

        super()._execute_handler(msg_id, handler, settled, args, kwargs)


class PyglsServer(LanguageServer):
    """The language server as pygls sees it; what comes with every key never gets here."""

    def __init__(self) -> None:
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
        # Without options pygls 2.1 announces null, and clients never ask.
        self.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())(
            _answered_elsewhere
        )

    def offer_popup(self) -> None:
        """Announce `textDocument/completion`; to be called before the client's `initialize` is answered."""
        if types.TEXT_DOCUMENT_COMPLETION in self.protocol.fm.features:
            return  # An `initialize` came before that was malformed.
        options = types.CompletionOptions(trigger_characters=POPUP_TRIGGERS)
        self.feature(types.TEXT_DOCUMENT_COMPLETION, options)(_answered_elsewhere)

    def report_server_error(self, error: Exception, source: type[Exception] | type[JsonRpcException]) -> None:
        """Write a failure into the log; pygls would show each to the user, parameters and all."""
        log.error("%s: %s", source.__name__, type(error).__name__)

    def handles(self, method: str) -> bool:
        """Whether there is a handler of pygls' or ours for a method."""
        features = self.protocol.fm
        return (
            method in features.builtin_features or method in features.features or method == "$/cancelRequest"
        )

    def take(self, message: Message) -> None:
        """Handle a message. Raises ValueError if it is malformed."""
        try:
            structured = self.protocol.structure_message(message)
        except JsonRpcException as error:
            raise ValueError("pygls cannot decode it") from error
        self.protocol.handle_message(structured)

    @property
    def is_initialized(self) -> bool:
        """Whether `initialize` has been answered well; pygls raises RuntimeError for what it has then only."""
        return self.protocol._workspace is not None  # noqa: SLF001

    @property
    def encoding(self) -> Encoding:
        """The unit of positions that was agreed on."""
        encodings: dict[str, Encoding] = {"utf-8": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}
        return encodings[types.PositionEncodingKind(self.workspace.position_encoding or "utf-16").value]


def _answered_elsewhere(params: object) -> None:
    """Stand for a feature that `Server` answers before pygls sees it."""
    raise AssertionError("unreachable")


def plain(value: Any) -> Any:
    """Return an answer as plain data; pygls makes objects of the objects in an answer it has no type for."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
