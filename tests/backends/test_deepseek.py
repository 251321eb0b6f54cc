"""The DeepSeek backend before a scripted transport, in virtual time."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import httpx
import pytest

from midfill.backends.connections import MAX_FAILED_DRAINS
from midfill.backends.probe import probe
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.backends.wire_format import ALTERNATIVES_TEMPERATURE
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendError, BackendRequest, Chunk, ErrorKind, Prompt, Usage
from tests.backends.calls import KEY, REQUEST, answer, refusal, text
from tests.clock import JumpingLoop

MODEL = "deepseek-flash"

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": JumpingLoop}


class Api(httpx.AsyncBaseTransport):
    """Answers as set, and records the requests."""

    def __init__(self, *bodies: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.bodies = list(bodies)
        self.status = status
        self.headers = headers or {}
        self.requests: list[httpx.Request] = []
        self.closed = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        if request.url.path == "/models":
            return httpx.Response(200, json={"data": [{"id": "one"}, {"id": "two"}]})
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        if isinstance(body, Exception):
            raise body
        return httpx.Response(self.status, headers=self.headers, stream=Body(self, body))


class Body(httpx.AsyncByteStream):
    """Sends parts; raises those that are exceptions, and awaits those that are functions."""

    def __init__(self, api: Api, parts: list[bytes | Exception | Callable[[], Any]]) -> None:
        self.api = api
        self.parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            if isinstance(part, bytes):
                yield part
            else:
                await part()

    async def aclose(self) -> None:
        self.api.closed += 1


def event(text: str = "", finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "text": text, "finish_reason": finish_reason}
    return b"data: " + json.dumps({"model": MODEL, "choices": [choice]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


async def forever() -> None:
    await asyncio.Event().wait()


def backend(api: Api, **options: Any) -> RemoteBackend:
    return RemoteBackend(RemoteOptions(**({"key": KEY} | options)), api)


async def test_answer_arrives_in_chunks() -> None:
    """Chunks arrive as they are sent, and the connection is released."""
    api = Api([b": keep-alive\n\n", event("a"), event("b"), event("", "stop"), DONE])
    deepseek = backend(api)
    assert await answer(deepseek) == [
        Chunk("a", model=MODEL),
        Chunk("b", model=MODEL),
        Chunk("", "stop", model=MODEL),
    ]
    assert api.closed == 1
    await deepseek.close()


async def test_late_last_bytes_are_not_awaited() -> None:
    """The text after the end mark is not awaited; the connection is kept if it has arrived."""
    late = asyncio.Event()
    api = Api([event("a", "stop"), DONE, late.wait])
    deepseek = backend(api)
    assert text(await answer(deepseek)) == "a"
    assert api.closed == 0
    late.set()
    await deepseek.connections.settled()
    assert api.closed == 1
    assert (await deepseek.connections.client()).http.idle_connections == 1
    assert [request.url.path for request in api.requests] == ["/beta/completions"]
    await deepseek.close()


async def test_late_end_of_a_finished_answer_changes_no_deadline() -> None:
    """A finished answer may end late; that does not change the deadlines."""
    api = Api(
        *([event("a", "stop"), lambda: asyncio.sleep(0.06), DONE] for _ in range(MAX_FAILED_DRAINS + 1))
    )
    deepseek = backend(api)
    for _ in range(MAX_FAILED_DRAINS + 1):
        async with aclosing(deepseek.stream(REQUEST)) as stream:
            await anext(stream)
        await deepseek.connections.settled()
    assert not deepseek.connections.drains_fail
    assert (await deepseek.connections.client()).http.idle_connections == 1
    await deepseek.close()


async def test_malformed_stream_is_closed_at_once() -> None:
    """Text after malformed data is not read."""
    read: list[int] = []

    async def more() -> None:
        read.append(1)
        await asyncio.sleep(0.01)

    deepseek = backend(Api([event("a"), b"data: {nonsense\n\n", *[more] * 100]))
    assert text(await answer(deepseek)) == "a"
    await asyncio.sleep(0.05)
    assert len(read) <= 1
    await deepseek.close()


async def test_request_has_key_and_model() -> None:
    """The endpoint is the beta one; key and model are those of the options."""
    api = Api([event("a", "stop"), DONE])
    await answer(backend(api, model="m", temperature=0.3, stop=("END",)))
    (request,) = api.requests
    assert (request.method, str(request.url)) == ("POST", "https://api.deepseek.com/beta/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept-encoding"] == "identity"
    sent = json.loads(request.content)
    assert (sent["model"], sent["temperature"], sent["stop"]) == ("m", 0.3, ["END"])
    assert sent["prompt"] == REQUEST.prompt.prefix


@pytest.mark.parametrize(("temperature", "drawn"), [(0.0, ALTERNATIVES_TEMPERATURE), (1.2, 1.2)])
async def test_alternative_has_a_higher_temperature(temperature: float, drawn: float) -> None:
    """Its text then differs."""
    api = Api([event("a", "stop"), DONE])
    request = BackendRequest(
        cursor=Cursor(), prompt=Prompt("a", "b"), limits=AnswerLimits(alternative_index=1)
    )
    await answer(backend(api, temperature=temperature), request)
    assert json.loads(api.requests[0].content)["temperature"] == drawn


async def test_gateway_without_keys_gets_none() -> None:
    """A gateway without keys is called without one."""
    api = Api([event("a", "stop"), DONE])
    assert text(await answer(backend(api, key="", base_url="http://localhost:1"))) == "a"
    assert "authorization" not in api.requests[0].headers


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"key": ""}, ErrorKind.NO_KEY),
        ({"key": "sk-a\nb"}, ErrorKind.BAD_KEY),
        ({"base_url": "ftp://x"}, ErrorKind.BAD_SETTING),
        ({"base_url": "ftp://x", "key": ""}, ErrorKind.BAD_SETTING),
    ],
)
async def test_invalid_options_are_reported_at_each_call(options: dict[str, str], kind: ErrorKind) -> None:
    """Nothing is sent."""
    api = Api([event("a", "stop"), DONE])
    deepseek = backend(api, **options)
    assert (await refusal(deepseek)).kind is kind
    assert (await refusal(deepseek)).kind is kind
    await deepseek.warm()
    await deepseek.close()
    assert not api.requests


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        ([event("a"), httpx.ReadError("")], "a"),
        ([event("a"), httpx.RemoteProtocolError("")], "a"),
        ([event("a"), event("b")], "ab"),
        ([event("a"), b"data: {\n\n"], "a"),
        ([event("a") + b"data: {\n\n"], "a"),
        ([event("a"), b'data: {"error":{"message":"no"}}\n\n'], "a"),
        ([event("a"), b'data: {"choices":[{"te'], "a"),
        ([event("a"), b'data: {"choices":[{"text":"b"}]}'], "ab"),
        ([event("a"), forever], "a"),
        ([event("a"), b": keep-alive\n\n", forever], "a"),
    ],
)
async def test_interrupted_answer_keeps_its_text(parts: list[Any], kept: str) -> None:
    """An answer that is interrupted, stalls or is malformed ends without a finish reason and keeps its text."""
    api = Api(parts)
    chunks = await answer(backend(api, first_token_s=0.05, total_s=0.1))
    assert text(chunks) == kept
    assert all(chunk.finish_reason is None for chunk in chunks)
    assert api.closed == 1


async def test_answer_without_an_end_mark_is_complete() -> None:
    """It ends soon."""
    chunks = await answer(
        backend(Api([event("a"), event("", "stop"), forever]), first_token_s=50, total_s=50)
    )
    assert [chunk.finish_reason for chunk in chunks] == [None, "stop"]


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ([forever], ErrorKind.TIMEOUT),
        ([b": keep-alive\n\n", forever], ErrorKind.TIMEOUT),
        ([event(""), forever], ErrorKind.TIMEOUT),
        ([httpx.ReadError("")], ErrorKind.NETWORK),
        ([b": keep-alive\n\n", httpx.RemoteProtocolError("")], ErrorKind.NETWORK),
        ([b": keep-alive\n\n"], ErrorKind.NETWORK),
        ([], ErrorKind.MALFORMED),
        ([b"<html>"], ErrorKind.MALFORMED),
        ([b"data: {\n\n"], ErrorKind.MALFORMED),
        ([b'{"error":{"message":"no"}}'], ErrorKind.OVERLOAD),
    ],
)
async def test_malformed_answer_without_text_is_an_error(parts: list[Any], kind: ErrorKind) -> None:
    """There is no text to keep."""
    api = Api(parts)
    assert (await refusal(backend(api, first_token_s=0.05, total_s=0.1))).kind is kind
    assert api.closed == 1


@pytest.mark.parametrize("parts", [[DONE], [event("", "stop"), DONE], [event("", "stop")]])
async def test_empty_answer_is_no_error(parts: list[Any]) -> None:
    """It has a finish reason and no text."""
    assert text(await answer(backend(Api(parts)))) == ""


async def test_keep_alives_do_not_extend_the_deadline() -> None:
    """A call to a server that only reports that it is busy ends at the deadline."""

    async def tick() -> None:
        await asyncio.sleep(0.01)

    parts: list[Any] = [tick, b": keep-alive\n\n"] * 1000
    assert (await refusal(backend(Api(parts), first_token_s=0.05))).kind is ErrorKind.TIMEOUT


async def test_deadline_includes_the_headers() -> None:
    """The deadline counts from the call, not from the answer."""

    class Slow(Api):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await forever()
            raise AssertionError

    deepseek = backend(Slow([]), first_token_s=0.05)
    assert (await refusal(deepseek)).kind is ErrorKind.TIMEOUT
    await deepseek.close()


async def test_unknown_model_is_reported_with_the_available_ones() -> None:
    """If the refusal does not list the models, they are requested."""
    body = json.dumps({"error": {"message": "Model Not Exist"}}).encode()
    error = await refusal(backend(Api([body], status=400), model="three"))
    assert error.kind is ErrorKind.UNKNOWN_MODEL
    assert str(error) == 'DeepSeek has no model "three": set model to one of: one, two.'


async def test_retry_after_is_passed_on() -> None:
    """The server's Retry-After reaches the caller."""
    error = await refusal(backend(Api([b"slow down"], status=429, headers={"Retry-After": "9"})))
    assert (error.kind, error.retry_after) == (ErrorKind.RATE_LIMIT, 9.0)


GOOD = [event("a", "stop"), DONE]


async def test_dead_connection_is_retried_once() -> None:
    """A kept connection that breaks before any answer is replaced at once, and only once."""
    dead = httpx.RemoteProtocolError("Server disconnected without sending a response.")
    deepseek = backend(api := Api(GOOD, dead, GOOD, dead, dead))
    assert text(await answer(deepseek)) == "a"
    assert text(await answer(deepseek)) == "a"
    assert len(api.requests) == 3
    assert (await refusal(deepseek)).kind is ErrorKind.NETWORK
    assert len(api.requests) == 5


async def test_new_connection_is_not_retried() -> None:
    """A server that closes a new connection is not called twice."""
    deepseek = backend(api := Api(httpx.ReadError("reset")))
    assert (await refusal(deepseek)).kind is ErrorKind.NETWORK
    assert len(api.requests) == 1


@pytest.mark.parametrize("packing", ["gzip", "gzip, gzip, gzip", "br", "identity, zstd", "x-unknown"])
@pytest.mark.parametrize("status", [200, 401, 503])
async def test_compressed_answer_is_refused(packing: str, status: int) -> None:
    """A compressed answer is never decompressed, because some bytes can expand to gigabytes."""
    read: list[int] = []

    async def part() -> None:
        read.append(1)

    api = Api([part, event("a", "stop") + DONE], status=status, headers={"Content-Encoding": packing})
    error = await refusal(backend(api))
    assert error.kind is ErrorKind.MALFORMED
    assert packing in str(error)
    assert read == []
    assert api.closed == 1


@pytest.mark.parametrize("name", ["", "identity", "Identity, identity"])
async def test_unknown_content_encoding_is_ignored(name: str) -> None:
    """An unknown content encoding is treated as none."""
    api = Api([event("a", "stop") + DONE], headers={"Content-Encoding": name})
    assert text(await answer(backend(api))) == "a"
    assert api.requests[-1].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("method", ["models", "balance"])
async def test_endless_document_is_read_partly(method: str, status: int) -> None:
    """An endless list of models, balance or refusal is read up to some megabytes."""
    api = Flood(status)
    deepseek = backend(api)
    with pytest.raises(BackendError) as caught:
        await getattr(deepseek, method)()
    assert caught.value.kind is (ErrorKind.MALFORMED if status == 200 else ErrorKind.BAD_REQUEST)
    assert api.sent < (5 << 20 if status == 200 else 1 << 18)


async def test_endless_json_answer_is_read_partly() -> None:
    """JSON in place of a stream is far shorter than a megabyte."""
    api = Flood(200)
    assert (await refusal(backend(api))).kind is ErrorKind.MALFORMED
    assert api.sent < 1 << 21


class Flood(Api):
    """Answers everything with JSON that never ends."""

    def __init__(self, status: int) -> None:
        super().__init__([], status=status)
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async def part() -> AsyncIterator[bytes]:
            yield b'{"data":['
            while True:
                self.sent += 1 << 16
                yield b"[],\n" * (1 << 14)

        return httpx.Response(self.status, content=part())


async def test_warm_requests_the_models_once() -> None:
    """Warming requests the models once for each open connection."""
    deepseek = backend(api := Api(GOOD))
    await deepseek.warm()
    await deepseek.warm()
    assert [request.url.path for request in api.requests] == ["/models"]
    await answer(deepseek)
    await deepseek.warm()
    assert [request.url.path for request in api.requests] == ["/models", "/beta/completions"]


async def test_warm_never_raises() -> None:
    """An error is reported by the call that needs the connection."""

    class Broken(Api):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no")

    await backend(Broken([])).warm()


async def test_closed_backend_is_not_reopened() -> None:
    """A backend that was closed is not opened again."""
    deepseek = backend(Api(GOOD))
    await answer(deepseek)
    await deepseek.close()
    await deepseek.close()
    await deepseek.warm()
    assert (await refusal(deepseek)).kind is ErrorKind.NETWORK


async def test_models_and_balance() -> None:
    """`doctor` can request both."""
    body = b'{"is_available":true,"balance_infos":[{"currency":"USD","total_balance":"4.20"}]}'
    deepseek = backend(api := Api([body]))
    assert await deepseek.models() == ["one", "two"]
    assert await deepseek.balance() == (True, (("USD", "4.20"),))
    assert [str(request.url) for request in api.requests] == [
        "https://api.deepseek.com/models",
        "https://api.deepseek.com/user/balance",
    ]


async def test_missing_balance_endpoint_is_an_error() -> None:
    """A gateway without the endpoint is an error like others."""
    with pytest.raises(BackendError) as caught:
        await backend(Api([b"404 page not found"])).balance()
    assert caught.value.kind is ErrorKind.MALFORMED


async def test_no_key_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    """No log record and no representation of a backend contains the key."""
    caplog.set_level(logging.DEBUG)
    deepseek = backend(Api(GOOD, httpx.ReadError(KEY), [KEY.encode()]))
    await answer(deepseek)
    errors = [await refusal(deepseek)]
    errors.append(await refusal(backend(Api([KEY.encode()], status=401))))
    errors.append(await refusal(backend(Api([b'{"error":{"message":"' + KEY.encode() + b'"}}'], status=400))))
    assert KEY not in caplog.text
    assert all(KEY not in str(error) for error in errors)
    assert KEY not in repr(deepseek) + repr(RemoteOptions(key=KEY))


async def test_probe_measures_one_call() -> None:
    """`doctor` measures one call, and shows the backend and the cost."""
    usage = b'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\n'
    seen = await probe(backend(Api([event("a"), event(" + b", "stop"), usage, DONE])))
    assert (seen.text, seen.model, seen.usage) == ("a + b", MODEL, Usage(9, 2))
    assert seen.first_text is not None
    assert 0 <= seen.first_text <= seen.total


async def test_probe_reports_an_empty_answer() -> None:
    """An empty answer is reported as such, and an error is raised unchanged."""
    assert (await probe(backend(Api([DONE])))).first_text is None
    with pytest.raises(BackendError):
        await probe(backend(Api([b"no"], status=402)))
