"""Requests definitions from the language servers in the editor."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from midfill.core.context import name_positions
from midfill.core.document import Document, Encoding, Position, unit_count
from midfill.core.timing import DEFINITIONS_PAUSE_S
from midfill.lsp.outgoing import Outgoing, Response

DEFINITIONS = "midfill/definitions"
"""Our own request, `{uri, positions}`, to clients that announce `experimental.midfill.definitions`.

The client answers with a list of `{uri, range}` (or null), one for each position.
"""
TIMEOUT_S = 2.0
"""Maximum seconds for the answer; then the request is cancelled."""

RETRY_DELAYS_S = (0.0, 2.0, 8.0)
"""Seconds before each attempt: a language server that has just started does not know all definitions yet."""


class DefinitionLocation(NamedTuple):
    """The location of a definition: a document, and the row of the name in it."""

    uri: str
    row: int


class EditorDefinitions:
    """Requests definitions from the client, in a pause of typing.

    Args:
        outgoing: sends the request.
        encoding: the negotiated unit of positions.
    """

    def __init__(self, outgoing: Outgoing, encoding: Encoding) -> None:
        self._outgoing = outgoing
        self._encoding = encoding
        self._last_edits: dict[str, tuple[float, int]] = {}
        """By URI: the time and the row of the last edit."""

    def edited(self, uri: str, row: int) -> None:
        """Record an edit."""
        self._last_edits[uri] = (asyncio.get_running_loop().time(), row)

    def forget(self, uri: str) -> None:
        """Forget a closed document."""
        self._last_edits.pop(uri, None)

    async def near(self, document: Document, row: int) -> list[DefinitionLocation]:
        """Wait for a pause, and return the definitions of the names near a row, or near the last edit."""
        for seconds in RETRY_DELAYS_S:
            await asyncio.sleep(seconds)
            row = await self._pause(document.uri, row)
            positions = self._positions(document, row)
            found = locations(await self._request(document.uri, positions)) if positions else []
            if found:
                return found
        return []

    def _positions(self, document: Document, row: int) -> list[dict[str, int]]:
        places = name_positions(document.cursor(Position(row + 1, 0), self._encoding))
        return [
            {"line": at.row, "character": unit_count(document.line(at.row)[: at.column], self._encoding)}
            for at in places
        ]

    async def _pause(self, uri: str, row: int) -> int:
        """Wait for a pause of typing; return the row of the last edit, or `row` without one."""
        loop = asyncio.get_running_loop()
        requested_at = loop.time()
        while True:
            at, last = self._last_edits.get(uri, (requested_at, row))
            left = max(at, requested_at) + DEFINITIONS_PAUSE_S - loop.time()
            if left <= 0:
                return last
            await asyncio.sleep(left)

    async def _request(self, uri: str, positions: Sequence[dict[str, int]]) -> Any:
        """Return the client's answer as plain data; None if it refuses or is late."""
        response: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def then(answer: Response) -> None:
            if not response.done():
                response.set_result(answer)

        number = self._outgoing.request(DEFINITIONS, {"uri": uri, "positions": positions}, then)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return (await response).result
        except TimeoutError:
            return None
        finally:
            self._outgoing.cancel(number)


def locations(answer: object) -> list[DefinitionLocation]:
    """Return the locations in an answer without duplicates and invalid ones.

    >>> locations([{"uri": "file:///a.py", "range": {"start": {"line": 3, "character": 4}}}, None, {"uri": 1}])
    [DefinitionLocation(uri='file:///a.py', row=3)]
    """
    found = (_location(item) for item in (answer if isinstance(answer, list) else ()))
    return list(dict.fromkeys(location for location in found if location is not None))


def _location(item: object) -> DefinitionLocation | None:
    match item:
        case {"uri": str(uri), "range": {"start": {"line": int(row)}}} if row >= 0:
            return DefinitionLocation(uri, row)
    return None
