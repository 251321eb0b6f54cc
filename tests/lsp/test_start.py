"""Messages that arrive before the server is imported: `initialize` is answered at once, and no message is lost."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.client import CAPABILITIES, Json, framed
from tests.loopback.client import Loopback
from tests.lsp.editor import SERVE, TIMEOUT_S

pytestmark = pytest.mark.anyio

URI = "file:///project/burst.py"
CANCELLED, NOT_FOUND = -32800, -32601


def request(number: int | str, method: str, params: Any) -> Json:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def notification(method: str, params: Any = None) -> Json:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def at(column: int) -> Json:
    return {
        "textDocument": {"uri": URI},
        "position": {"line": 0, "character": column},
        "context": {"triggerKind": 1},
    }


def change(version: int, column: int, text: str) -> Json:
    place = {"line": 0, "character": column}
    document = {"uri": URI, "version": version}
    changes = [{"range": {"start": place, "end": place}, "text": text}]
    return notification("textDocument/didChange", {"textDocument": document, "contentChanges": changes})


def burst(*, leaves: bool) -> list[Json]:
    """Return a whole session: typing, a request, a cancelled request, commands, settings, and the end."""
    item = {"uri": URI, "languageId": "python", "version": 1, "text": "burst = \n"}
    asked = [
        request(1, "initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": CAPABILITIES}),
        notification("initialized", {}),
        notification("textDocument/didOpen", {"textDocument": item}),
        change(2, 8, "x"),
        request("a", "textDocument/inlineCompletion", at(9)),
        notification("$/cancelRequest", {"id": "a"}),
        request(2, "textDocument/hover", at(9)),
        change(3, 9, "y"),
        request(3, "workspace/executeCommand", {"command": "midfill.stats", "arguments": []}),
        notification("workspace/didChangeConfiguration", {"settings": None}),
        request(4, "textDocument/inlineCompletion", at(10)),
        request(6, "midfill/nextEdit", at(10)),
    ]
    end = [request(5, "shutdown", None), notification("exit")]
    return [*asked, *end] if leaves else asked


def parts(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


async def answers(
    env: Mapping[str, str], messages: list[Json], size: int, until: set[Any]
) -> tuple[dict[Any, Json], int | None]:
    """Write all messages, `size` bytes at a time, the first before the server runs.

    Return the answers and the exit code. The answers are read until each of `until` has one, or the server
    has ended.
    """
    kept = {name: text for name, text in {**os.environ, **env}.items() if text}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*SERVE, env=kept, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    bodies = [json.dumps(message).encode() for message in messages]
    for part in parts(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies), size):
        process.stdin.write(part)
        await asyncio.sleep(0)
    found: dict[Any, Json] = {}
    times: Counter[Any] = Counter()
    buffer = bytearray()
    async with asyncio.timeout(TIMEOUT_S):
        while not (until and until <= found.keys()) and (data := await process.stdout.read(1 << 16)):
            buffer += data
            for message in framed(buffer):
                if "method" not in message:
                    found[message["id"]] = message
                    times[message["id"]] += 1
                elif "id" in message:
                    answer = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}).encode()
                    process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(answer), answer))
        process.stdin.close()
        code = await process.wait()
    assert max(times.values()) == 1
    return found, code


@pytest.mark.parametrize("size", [1 << 20, 4_096, 601, 64])
async def test_messages_before_the_imports_are_all_handled(
    env: dict[str, str], loopback: Loopback, size: int
) -> None:
    """Requests, changes, a cancellation and commands arrive with `initialize`, in one write or in many."""
    loopback.behave(text="21 * 2")
    found, _ = await answers(env, burst(leaves=False), size, until={1, "a", 2, 3, 4, 6})
    assert found[1]["result"]["capabilities"]["inlineCompletionProvider"] is not None
    assert found["a"].get("error", {}).get("code") == CANCELLED or found["a"]["result"] == {"items": []}
    assert found[2]["error"]["code"] == NOT_FOUND
    assert "session" in found[3].get("result", ()), found[3]
    assert [item["insertText"] for item in found[4]["result"]["items"]] == ["21 * 2"]
    assert "burst = xy" in json.dumps([call["body"] for call in loopback.log(calls=1)])


@pytest.mark.parametrize("size", [1 << 20, 64])
async def test_shutdown_and_exit_with_initialize(env: dict[str, str], loopback: Loopback, size: int) -> None:
    """`shutdown` and `exit` in the same write: every request has an answer, and the exit code is 0."""
    found, code = await answers(env, burst(leaves=True), size, until=set())
    assert code == 0
    assert found.keys() == {1, "a", 2, 3, 4, 5, 6}
    assert found[5]["result"] is None


async def test_exit_before_the_imports_returns_1(env: dict[str, str]) -> None:
    """`initialize` is answered, and the server ends with code 1 as the protocol says."""
    found, code = await answers(env, [burst(leaves=False)[0], notification("exit")], 1 << 20, until=set())
    assert [*found] == [1]
    assert code == 1


async def test_request_before_initialize_is_refused(env: dict[str, str]) -> None:
    """A later `initialize` is answered."""
    first, *rest = burst(leaves=True)
    early = request(9, "textDocument/inlineCompletion", at(0))
    found, code = await answers(env, [early, first, *rest], 1 << 20, until=set())
    assert found[9]["error"]["code"] == -32002
    assert "capabilities" in found[1]["result"]
    assert code == 0
