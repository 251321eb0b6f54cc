"""Passes rare messages to pygls, which is imported when the first of them arrives."""

import asyncio
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from midfill.lsp.backlog import Backlog
from midfill.lsp.commands import Commands
from midfill.lsp.dispatch import METHOD_NOT_FOUND, InvalidMessageError
from midfill.lsp.documents import Params
from midfill.lsp.framing import Message, framed
from midfill.lsp.transport import Writer

if TYPE_CHECKING:
    from midfill.lsp.pygls_server import PyglsServer

EXECUTE = "workspace/executeCommand"
PYGLS_METHODS = frozenset(
    {
        "$/setTrace",
        "window/workDoneProgress/cancel",
        "workspace/didChangeWorkspaceFolders",
        EXECUTE,
    }
)
"""The methods that pygls handles."""


class LazyPygls:
    """Passes messages to pygls.

    Args:
        commands: the client's commands, and the handler of new folders.
        backlog: delays later messages during the import of pygls, because an earlier one may affect them.
        writer: the writer for pygls' answers.
        handle: calls a function with a message, and answers its errors.
    """

    def __init__(
        self,
        commands: Commands,
        backlog: Backlog,
        writer: Writer,
        handle: Callable[[Message, Callable[[Message], None]], None],
    ) -> None:
        self._commands = commands
        self._backlog = backlog
        self._writer = writer
        self._handle = handle
        self._params: Params = {}
        self._popup = False
        self._pygls_server: PyglsServer | None = None

    def began(self, params: Params, *, popup: bool) -> None:
        """Set the parameters of `initialize`, and whether completions are offered in the popup."""
        self._params, self._popup = params, popup

    def handle(self, message: Message) -> None:
        """Handle a message. Raises InvalidMessageError, or ValueError if it is malformed."""
        if message["method"] == EXECUTE and message["params"]["command"] in self._commands.frequent:
            self._execute(message)
        elif message["method"] not in PYGLS_METHODS:
            if "id" in message:
                raise InvalidMessageError(
                    message["id"], METHOD_NOT_FOUND, "midfill does not have this method"
                )
        elif self._pygls_server is None:
            self._backlog.wait(self._begin, partial(self._handle, message, self.handle))
        else:
            self._pygls_server.handle(message)

    def cancel(self, message: Message) -> None:
        """Handle `$/cancelRequest` for a request to pygls."""
        if self._pygls_server is not None and self._pygls_server.awaits(message["params"]["id"]):
            self._pygls_server.handle(message)

    def cancel_all(self) -> None:
        """Cancel all requests to pygls; each is answered."""
        if self._pygls_server is not None:
            self._pygls_server.cancel_all()

    def _execute(self, message: Message) -> None:
        params = message["params"]
        self._commands.by_name[params["command"]](*(params.get("arguments") or ()))
        self._writer.write(framed({"jsonrpc": "2.0", "id": message["id"], "result": None}))

    async def _begin(self) -> None:
        """Import pygls in a thread, and initialise it for the running conversation."""
        await asyncio.to_thread(import_module, "midfill.lsp.pygls_server")
        from midfill.lsp.pygls_server import PyglsServer

        server = PyglsServer(self._commands.by_name, self._commands.folders_changed, popup=self._popup)
        server.begin(self._params, self._writer)
        self._pygls_server = server
