"""For any input bytes, the server answers each readable request, and continues."""

import json

import pytest

from tests.client import Json, LspClient, LspError
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer

pytestmark = pytest.mark.anyio

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602


async def is_alive(server: LspClient) -> bool:
    """Whether the server still completes."""
    return bool(await Page(server, "still_alive = ▮\n").items())


def errors(server: LspClient) -> list[int]:
    """Return the codes of all errors without a request."""
    return [message["error"]["code"] for message in server.messages if message.get("id", 0) is None]


async def answered(server: LspClient, *numbers: int | str) -> None:
    """Wait until raw requests are answered."""
    while not all(server.answers[number] for number in numbers):
        await answer(server.request("workspace/executeCommand", {"command": "midfill.stats"}))
    assert all(server.answers[number] == 1 for number in numbers)


def framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", PARSE_ERROR),
        (b"", PARSE_ERROR),
        (b"\xff\xfe\x00", PARSE_ERROR),
        (b'{"jsonrpc": "2.0", "method": "\xff"}', PARSE_ERROR),
        (b"[" * 200_000, PARSE_ERROR),
        (b"[]", INVALID_REQUEST),
        (b'[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]', INVALID_REQUEST),
        (b'"text"', INVALID_REQUEST),
        (b"null", INVALID_REQUEST),
        (b"{}", INVALID_REQUEST),
        (b'{"jsonrpc":"1.0","id":1,"method":"shutdown"}', INVALID_REQUEST),
    ],
)
async def test_invalid_bodies_are_refused(
    server: LspClient, loopback: Loopback, body: bytes, code: int
) -> None:
    """Invalid JSON, a batch (which LSP does not have) and other versions are refused with id null."""
    server.messages.clear()
    server.write(framed(body))
    assert await is_alive(server)
    assert errors(server) == [code]


@pytest.mark.parametrize(
    "noise",
    [
        b"hello\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"Content-Type: text/plain\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"X-Long: " + b"x" * 1_000_000 + b"\r\n\r\n",
        b"\x00\xff" * 1000 + b"\r\n\r\n",
        b"a print statement of somebody's\n",
        b"{} ",
    ],
)
async def test_noise_between_messages_is_skipped(server: LspClient, loopback: Loopback, noise: bytes) -> None:
    """Noise is skipped up to the next message's header."""
    server.write(noise)
    assert await is_alive(server)


async def test_too_short_length_loses_one_message(server: LspClient, loopback: Loopback) -> None:
    """The rest of the body is skipped as noise; the next message is read."""
    body = b'{"jsonrpc":"2.0","method":"$/whatever","params":{}}'
    server.messages.clear()
    server.write(b"Content-Length: %d\r\n\r\n%b" % (len(body) - 7, body))
    assert await is_alive(server)
    assert errors(server) == [PARSE_ERROR]


async def test_headers_of_the_specification_are_accepted(server: LspClient, loopback: Loopback) -> None:
    """Headers may be in any case and order, with a content type, and split anywhere."""
    uri = Page(server, "headers = ▮\n").uri
    for case in (str, str.lower, str.upper):
        page = Page(server, "headers = ▮\n", uri=uri)
        body = json.dumps(
            {
                "jsonrpc": "2.0",
                "id": f"id-{case.__name__}",
                "method": "textDocument/inlineCompletion",
                "params": {"textDocument": {"uri": page.uri}, "position": page.position},
            }
        ).encode()
        headers = f"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: {len(body)}"
        message = case(headers).encode() + b"\r\n\r\n" + body
        for start in range(0, len(message), 20):
            server.write(message[start : start + 20])
        await answered(server, f"id-{case.__name__}")


async def test_unknown_methods_are_refused_or_ignored(server: LspClient, loopback: Loopback) -> None:
    """An unknown request is refused; an unknown notification is ignored."""
    params = {"textDocument": {"uri": "file:///x.py"}, "position": {"line": 0, "character": 0}}
    for method in ("textDocument/hover", "midfill/none", "$/none", ""):
        with pytest.raises(LspError) as caught:
            await answer(server.request(method, params))
        assert caught.value.code == METHOD_NOT_FOUND, method
        server.notify(method, {})
    server.notify("textDocument/didSave", {"textDocument": {"uri": "file:///x.py"}})
    assert await is_alive(server)


@pytest.mark.parametrize(
    "params",
    [
        None,
        [],
        7,
        {},
        {"textDocument": None, "position": None},
        {"textDocument": {"uri": 5}, "position": {"line": 0, "character": 0}},
        {"textDocument": {"uri": "file:///x.py"}},
        {"textDocument": {"uri": "file:///x.py"}, "position": {"line": "0", "character": []}},
        {"textDocument": {"uri": "file:///x.py"}, "position": {"line": 0, "character": 0}, "context": 5},
    ],
)
async def test_malformed_parameters_are_answered(
    server: LspClient, loopback: Loopback, params: object
) -> None:
    """The answer is an error or an empty list; VS Code shows each error, so only clear faults get one."""
    for method in ("textDocument/inlineCompletion", "textDocument/completion"):
        call = server.request(method, params)
        try:
            result, code = await answer(call), INVALID_PARAMS
        except LspError as error:
            result, code = {"items": []}, error.code
        assert (result, code) == ({"items": []}, INVALID_PARAMS)
    assert await is_alive(server)


async def test_malformed_selection_is_not_an_error(server: LspClient, loopback: Loopback) -> None:
    """An invalid popup item affects at most the suggestion."""
    page = Page(server, "selected = ▮\n")
    oddities: list[Json] = [{}, {"text": 5, "range": {}}, {"text": "x", "range": None}]
    far = {"line": 5, "character": 9}
    oddities.append({"text": "x", "range": {"start": far, "end": far}})
    for selected in oddities:
        assert isinstance(await page.items(selected=selected), list)


async def test_other_malformed_requests_do_not_end_the_server(server: LspClient, loopback: Loopback) -> None:
    """Commands, cancels, notebooks, folders and configuration with malformed content do not end the server."""
    for method in ("workspace/executeCommand", "completionItem/resolve"):
        with pytest.raises(LspError):
            await answer(server.request(method, {"command": 7}))
    shapeless: list[object] = [None, [], {}, {"id": {}}, {"id": [1]}]
    for params in shapeless:
        for method in (
            "$/cancelRequest",
            "$/setTrace",
            "initialized",
            "notebookDocument/didOpen",
            "notebookDocument/didChange",
            "notebookDocument/didClose",
            "workspace/didChangeConfiguration",
            "workspace/didChangeWorkspaceFolders",
            "textDocument/didShowCompletion",
        ):
            server.notify(method, params)
    assert await is_alive(server)


async def test_unexpected_responses_are_ignored(server: LspClient, loopback: Loopback) -> None:
    """A response with an unknown id, without an id, or with an error is ignored."""
    for extra in ({"id": "who"}, {"id": None}, {"id": 4}, {}):
        server.send({"jsonrpc": "2.0", "result": None, **extra})
        server.send({"jsonrpc": "2.0", "error": {"code": 1, "message": "no"}, **extra})
        server.send({"jsonrpc": "2.0", "error": "no", **extra})
    assert await is_alive(server)


async def test_ids_are_returned_as_sent(server: LspClient, loopback: Loopback) -> None:
    """Numbers and strings are returned as they were sent."""
    page = Page(server, "ids = ▮\n")
    params = {"textDocument": {"uri": page.uri}, "position": page.position}
    for number in ("a", "7", 2**40, -3):
        server.send(
            {"jsonrpc": "2.0", "id": number, "method": "textDocument/inlineCompletion", "params": params}
        )
    await answered(server, "a", "7", 2**40, -3)
