"""The endpoints, with the same engine as the language server's."""

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from midfill.core.model import BackendError, Usage
from midfill.engine import Engine, Reply, Request
from midfill.gateway import response
from midfill.gateway.infill_request import InfillRequest, InvalidRequestError, Kind, parse_request
from midfill.settings import Settings
from midfill.workspace import Exclusions, paths_of, to_uri

MAX_DOCUMENTS = 64
"""Maximum number of documents that the engine keeps; a client does not report that it closes one."""

POST_ENDPOINTS: dict[str, Kind] = {
    "/v1/completions": "completions",
    "/completions": "completions",
    "/v1/fim/completions": "completions",
    "/beta/completions": "completions",
    "/api/generate": "generate",
    "/infill": "infill",
}
LIST_ENDPOINTS: dict[str, Kind] = {
    "/v1/models": "completions",
    "/models": "completions",
    "/api/tags": "generate",
}


@dataclass(frozen=True)
class HttpRequest:
    """An HTTP request, read to its end."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class HttpResponse:
    """An HTTP response."""

    status: int
    media_type: str = response.JSON
    body: bytes = b""


class Api:
    """The endpoints.

    Args:
        engine: answers the requests.
        settings: determine the excluded files.
        token: the token that clients have to send.
        folder: the workspace; paths are relative to it.
    """

    def __init__(self, engine: Engine, settings: Settings, token: str, folder: Path) -> None:
        self._engine = engine
        self._exclusions = Exclusions((str(folder),), settings.trigger.paths_off, settings.api_key_file)
        self._token = token
        self._folder = folder
        self._numbers = count(1)
        self._documents: OrderedDict[str, None] = OrderedDict()

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """Return the error for a request that is refused, based on its headers only; None if it is accepted."""
        kind = POST_ENDPOINTS.get(request.path) or LIST_ENDPOINTS.get(request.path)
        if "origin" in request.headers:
            return _failed(403, "requests of web pages are refused", kind)
        if not self._knows_token(request.headers):
            return _failed(401, "the token is missing or wrong: send it as Authorization: Bearer ...", kind)
        if kind is None:
            return _failed(
                404,
                f"there is no {request.path}; there are {', '.join([*POST_ENDPOINTS, *LIST_ENDPOINTS])}",
                kind,
            )
        method = "POST" if request.path in POST_ENDPOINTS else "GET"
        return None if request.method == method else _failed(405, f"{request.path} takes {method}", kind)

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response to an accepted request."""
        if request.path in LIST_ENDPOINTS:
            return HttpResponse(200, body=response.models(self._names, LIST_ENDPOINTS[request.path]))
        kind = POST_ENDPOINTS[request.path]
        try:
            infill = parse_request(request.body, kind, request.headers)
            answer = await self._complete(infill)
        except InvalidRequestError as error:
            return _failed(400, str(error), kind)
        except BackendError as error:
            return _failed(502, str(error), kind)
        return HttpResponse(200, *response.answer(answer, infill, kind))

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys(backend.name for backend in self._engine.calls.backends.all))

    async def _complete(self, infill: InfillRequest) -> response.InfillResponse:
        """Return the answer. Raises BackendError."""
        number = f"midfill-{next(self._numbers)}"
        uri = self._uri(infill, number)
        if infill.is_warm_up or self._is_excluded(uri):
            return response.InfillResponse("", "midfill", number, int(time.time()))
        cursor = infill.cursor(uri)
        self._remember(uri)
        reply = await self._engine.complete(
            Request(cursor=cursor, at=time.monotonic(), manual=True, whole_only=True, again=infill.again)
        )
        if reply.error is not None and not reply.suggestions:
            raise reply.error
        text = (
            response.insertion(reply.suggestions[0].completion, cursor.rest, infill.stop)
            if reply.suggestions
            else ""
        )
        return response.InfillResponse(text, _model(reply), number, int(time.time()), _usage(reply))

    def _uri(self, infill: InfillRequest, number: str) -> str:
        """Return a document's URI; a request without a path has a document of its own and cancels no other request."""
        return to_uri(str(self._folder / infill.path)) if infill.path else f"untitled:{number}"

    def _is_excluded(self, uri: str) -> bool:
        return bool(self._exclusions.why(uri, paths_of(uri)))

    def _remember(self, uri: str) -> None:
        self._documents[uri] = None
        self._documents.move_to_end(uri)
        while len(self._documents) > MAX_DOCUMENTS:
            self._engine.document_closed(self._documents.popitem(last=False)[0])

    def _knows_token(self, headers: dict[str, str]) -> bool:
        given = headers.get("authorization", "").removeprefix("Bearer ").strip() or headers.get(
            "x-api-key", ""
        )
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())


def _model(reply: Reply) -> str:
    first = next(iter(reply.suggestions), None)
    return (first.model or first.answer.backend_name) if first is not None else "midfill"


def _usage(reply: Reply) -> Usage | None:
    first = next(iter(reply.suggestions), None)
    return first.usage if first is not None and not first.cached else None


def _failed(status: int, message: str, kind: Kind | None) -> HttpResponse:
    return HttpResponse(status, body=response.failure(message, kind or "completions"))
