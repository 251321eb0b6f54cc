"""Dispatches the bytes of a message to its handler; an invalid message is refused and affects no other."""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import PurePath
from typing import Any, TypeVar

import msgspec

from midfill.lsp.framing import Message
from midfill.lsp.lifecycle import INVALID_REQUEST, Lifecycle

log = logging.getLogger(__name__)

PARSE_ERROR, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32601, -32602
"""Error codes (JSON-RPC 2.0)."""

CANCELLED = -32800
"""Error code (LSP 3.18, "ErrorCodes")."""

MALFORMED_PARAMS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""The exceptions of a handler for parameters of the wrong shape."""

Argument = TypeVar("Argument")
Handler = Callable[[Message], None]

MIN_MSGSPEC_BYTES = 65_536
"""Bytes of a body from which msgspec decodes it: that of an open document, never that of a key."""

IS_REQUEST: Mapping[str, bool] = {
    "initialize": True,
    "initialized": False,
    "shutdown": True,
    "exit": False,
    "$/cancelRequest": False,
    "$/setTrace": False,
    "textDocument/didOpen": False,
    "textDocument/didChange": False,
    "textDocument/didClose": False,
    "textDocument/didSave": False,
    "textDocument/didShowCompletion": False,
    "textDocument/didPartiallyAcceptCompletion": False,
    "textDocument/didShowInlineEdit": False,
    "textDocument/didFocus": False,
    "textDocument/copilotInlineEdit": True,
    "midfill/nextEdit": True,
    "textDocument/inlineCompletion": True,
    "textDocument/completion": True,
    "notebookDocument/didOpen": False,
    "notebookDocument/didChange": False,
    "notebookDocument/didClose": False,
    "workspace/didChangeConfiguration": False,
    "workspace/didChangeWatchedFiles": False,
    "workspace/didChangeWorkspaceFolders": False,
    "workspace/executeCommand": True,
    "window/workDoneProgress/cancel": False,
}
"""The accepted methods, and whether each is a request or a notification.

Five methods are Copilot's, one is midfill's own; LSP does not define them.
"""


class InvalidMessageError(Exception):
    """An invalid message; `message` is the answer to it."""

    def __init__(self, request_id: Any, code: int, reason: str) -> None:
        super().__init__(reason)
        self.message = error_response(request_id, code, reason)


def error_response(request_id: Any, code: int, reason: str, **data: object) -> Message:
    """Return the error response to the request with this id."""
    error = {"code": code, "message": reason}
    return {"jsonrpc": "2.0", "id": request_id, "error": {**error, "data": data} if data else error}


def parsed(body: bytes) -> Message:
    """Return a message whose method is a string and whose id is valid. Raises InvalidMessageError."""
    try:
        message = _decoded(body)
    except (ValueError, RecursionError):
        raise InvalidMessageError(None, PARSE_ERROR, "the message is not JSON") from None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise InvalidMessageError(None, INVALID_REQUEST, "a message is one JSON object with jsonrpc 2.0")
    if "method" not in message:
        return message
    request_id = message.get("id", "")
    if isinstance(request_id, bool) or not isinstance(request_id, str | int | float):
        raise InvalidMessageError(None, INVALID_REQUEST, "the id of a request is a number or a string")
    if not isinstance(message["method"], str):
        raise InvalidMessageError(message.get("id"), INVALID_REQUEST, "the method is a string")
    return message


def _decoded(body: bytes) -> Any:
    """Return the decoded body. Raises ValueError or RecursionError.

    `msgspec` takes a ninth of the time for a document of 10 MB, but rejects large integers and lone surrogates.
    """
    if len(body) >= MIN_MSGSPEC_BYTES:
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(body)
    return json.loads(body)


def call_and_catch(call: Callable[[Argument], None], argument: Argument) -> Exception | None:
    """Call a function; return its exception if that is one of `MALFORMED_PARAMS`, None if it has none."""
    try:
        call(argument)
    except MALFORMED_PARAMS as error:
        return error
    return None


def error_location(error: BaseException) -> str:
    """Return the type and the line of an exception, without its text, which may contain the user's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + where


class Dispatch:
    """Calls the handlers of messages by method.

    Args:
        handlers: by method.
        default_handler: handles all other methods, and the answers to the server's requests.
        fallback: the result for a failed request, or None for an error response.
        send: sends a message to the client.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        default_handler: Handler,
        fallback: Callable[[Message], Any],
        send: Callable[[Message], None],
    ) -> None:
        self.lifecycle = Lifecycle()
        self._handlers = handlers
        self._default_handler = default_handler
        self._fallback = fallback
        self._send = send

    def received(self, body: bytes) -> None:
        """Handle one message; an error does not end the conversation."""
        try:
            message = parsed(body)
            if not self._is_due(message):
                return
        except InvalidMessageError as refused:
            self._send(refused.message)
        else:
            self.handle(message, self._handlers.get(message.get("method", ""), self._default_handler))

    def handle(self, message: Message, handler: Handler) -> None:
        """Call a handler, also to continue with a message later; an error is answered."""
        try:
            error = call_and_catch(handler, message)
        except InvalidMessageError as refused:
            self._send(refused.message)
            return
        if error is not None:
            self._failed(message, error)

    def _is_due(self, message: Message) -> bool:
        """Whether a message is valid now; raises InvalidMessageError for an invalid request."""
        method = message.get("method")
        phase_error = self.lifecycle.phase_error(method)
        if phase_error is None and method is not None and method != "exit":
            phase_error = _form_error(method, is_request="id" in message)
        if phase_error is None:
            return True
        if "id" in message:
            raise InvalidMessageError(message["id"], *phase_error)
        log.info("Ignored a notification: %s", phase_error[1])
        return False

    def _failed(self, message: Message, error: Exception) -> None:
        method = message.get("method", "")
        named = method if method in IS_REQUEST else "an unknown method" if method else "an answer"
        log.error("Could not handle %s: %s", named, error_location(error))
        log.debug("Where that was", exc_info=error)
        if "id" not in message or "method" not in message:
            return
        result = self._fallback(message)
        if result is not None:
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        else:
            reason = f"the parameters of {message['method']} are malformed"
            self._send(error_response(message["id"], INVALID_PARAMS, reason))


def _form_error(method: str, *, is_request: bool) -> tuple[int, str] | None:
    """Return the error for a method in the wrong form; None if the form is right."""
    is_request_method = IS_REQUEST.get(method)
    if is_request_method is None or is_request_method == is_request:
        return None
    if is_request:
        return INVALID_REQUEST, f"{method} is a notification, and has no id"
    return INVALID_REQUEST, f"{method} is a request, and needs an id"
