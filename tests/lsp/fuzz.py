"""Valid and malformed messages on each of the three transports.

`python -m tests.lsp.fuzz --messages 200000` sends that many in all, a third on standard input, on TCP and
on a WebSocket; the method, the id and any other part of a message may be of another kind. It reports
requests without an answer, requests with two answers, the growth of the memory, and the size of the log.
The tests send fewer messages.
"""

import argparse
import asyncio
import copy
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.bench.process import quiet_home
from tests.client import CAPABILITIES, Json, end, framed
from tests.lsp.editor import SERVE
from tests.lsp.sockets import Client, listening

LINES = ("stdio", "--tcp", "--ws")
BATCH = 500
WAIT_S = 30.0

STRANGE: list[Any] = [
    None, True, False, 0, -1, 1 << 31, 10**30, 1.5, -0.0, 1e308, "", "x", "\ud800", "\0", "😀", "[" * 50, [], {}, [[]],
    {"line": -1}, {"uri": None}, "file:///a.py", "file:///%00", "a" * 5_000, [None] * 50, {"": {"": {}}},
]  # fmt: skip
"""Values of wrong kinds."""

METHODS = [
    "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/inlineCompletion",
    "textDocument/completion", "textDocument/didSave", "textDocument/hover", "$/cancelRequest", "$/setTrace",
    "workspace/executeCommand", "workspace/didChangeConfiguration", "workspace/didChangeWorkspaceFolders",
    "notebookDocument/didOpen", "notebookDocument/didChange", "notebookDocument/didClose", "initialize", "initialized",
    "window/workDoneProgress/cancel", "textDocument/didShowCompletion", "textDocument/didPartiallyAcceptCompletion",
]  # fmt: skip
"""Other methods; `shutdown` and `exit` would end the session."""

COMMANDS = ("accepted", "dismissed", "acceptLine", "toggle", "snooze", "stats", "showPrompt", "why", "retry")


class StdioClient(Client):
    """A client on the pipes of a server."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        super().__init__()
        assert process.stdin is not None
        assert process.stdout is not None
        self._input, self._output = process.stdin, process.stdout
        self._buffer = bytearray()

    async def send_body(self, body: bytes) -> None:
        self._input.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        await self._input.drain()

    async def read(self) -> bool:
        data = await self._output.read(1 << 16)
        self._buffer += data
        self.messages += framed(self._buffer)
        return bool(data)


@dataclass
class Typist:
    """Creates messages like those of an editor; one in three is malformed."""

    random: random.Random
    number: int = 0
    version: int = 1
    asked: list[int | str] = field(default_factory=list)

    def message(self) -> Json:
        """Return the next message."""
        message = self._valid_message()
        if self.random.random() < 0.3:
            message = self._malformed_message(message)
        return message

    def _valid_message(self) -> Json:
        uri = f"file:///fuzz/{self.random.randrange(5)}.py"
        at = {"line": self.random.randrange(4), "character": self.random.randrange(12)}
        document = {"uri": uri, "version": self.version}
        kind = self.random.random()
        if kind < 0.05:
            item = {
                "uri": uri,
                "languageId": "python",
                "version": 1,
                "text": "def f(x):\n    return x\n\ny = \n",
            }
            return self._notification("textDocument/didOpen", {"textDocument": item})
        if kind < 0.4:
            self.version += 1
            change = {"range": {"start": at, "end": at}, "text": self.random.choice("ab (\n")}
            return self._notification(
                "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
            )
        if kind < 0.75:
            method = self.random.choice(["textDocument/inlineCompletion", "textDocument/completion"])
            return self._request(method, {"textDocument": {"uri": uri}, "position": at})
        if kind < 0.8:
            return self._notification("$/cancelRequest", {"id": self.number})
        if kind < 0.9:
            command = f"midfill.{self.random.choice(COMMANDS)}"
            arguments = [] if command.endswith(("snooze", "toggle")) else [uri, 0]
            return self._request("workspace/executeCommand", {"command": command, "arguments": arguments})
        if kind < 0.95:
            return self._notification("workspace/didChangeConfiguration", {"settings": None})
        return self._notification("textDocument/didClose", {"textDocument": {"uri": uri}})

    def _notification(self, method: str, params: Json) -> Json:
        return {"jsonrpc": "2.0", "method": method, "params": params}

    def _request(self, method: str, params: Json) -> Json:
        self.number += 1
        number = self.number if self.random.random() < 0.8 else f"n{self.number}"
        return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}

    def _malformed_message(self, message: Json) -> Json:
        broken = copy.deepcopy(message)
        kind = self.random.random()
        if kind < 0.2:
            broken["method"] = self.random.choice([*METHODS, *STRANGE])
        elif kind < 0.3:
            self.number += 1
            broken["id"] = self.random.choice([*STRANGE, f"late{self.number}"])
        elif kind < 0.35:
            broken.pop(self.random.choice([*broken]))
        else:
            self._corrupt(broken)
        return broken

    def _corrupt(self, value: Any) -> None:
        """Put a random wrong value into the parameters."""
        inner: Any = value["params"]
        while True:
            keys = [*inner] if isinstance(inner, dict) else [*range(len(inner))]
            if not keys:
                return
            key = self.random.choice(keys)
            if isinstance(inner[key], dict | list) and inner[key] and self.random.random() < 0.6:
                inner = inner[key]
            else:
                inner[key] = self.random.choice(STRANGE)
                return


@dataclass(frozen=True)
class Outcome:
    """The results of the messages on one transport."""

    messages: int
    requests: int
    unanswered: int
    twice: int
    grown: float
    """Megabytes, from the first tenth of the messages on."""
    log: int
    """Bytes on standard error."""
    seconds: float
    alive: bool


def number_of(message: Json) -> int | str | None:
    """Return the unique id of a message's answer; None if it has none."""
    number = message.get("id")
    own = isinstance(number, int | str) and not isinstance(number, bool) and number not in STRANGE
    return number if own and "method" in message and message.get("jsonrpc") == "2.0" else None


async def fuzzed(line: str, messages: int, seed: int, env: Mapping[str, str]) -> Outcome:
    """Send messages on a transport, and return the results."""
    async with connected(line, env) as (client, pid, errors):
        typist, answers = Typist(random.Random(seed)), Counter[int | str]()
        asked, began, before = Counter[int | str](), time.monotonic(), 0.0
        for first in range(0, messages, BATCH):
            batch = [typist.message() for _ in range(min(BATCH, messages - first))]
            asked.update(number for one in batch if (number := number_of(one)) is not None)
            sentinel = f"sentinel{first}"
            batch.append({"jsonrpc": "2.0", "id": sentinel, "method": "none/such"})
            asked[sentinel] += 1
            sending = asyncio.ensure_future(send(client, batch))
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_S):
                    while any(answers[number] < count for number, count in asked.items()):
                        assert await client.read(), "the server has ended the conversation"
                        answers.update(answered(client))
                    await sending
            lost = {number for number, count in asked.items() if answers[number] < count}
            if lost:
                named = [one for one in batch if number_of(one) in lost]
                print("not answered:", json.dumps(named)[:2_000], file=sys.stderr)
                break
            if first <= messages // 10:
                before = psutil.Process(pid).memory_info().rss
        grown = (psutil.Process(pid).memory_info().rss - before) / 1e6
        twice = sum(1 for number, count in asked.items() if answers[number] > count)
        unanswered = sum(1 for number, count in asked.items() if answers[number] < count)
        seconds, alive = time.monotonic() - began, psutil.pid_exists(pid)
    return Outcome(messages, sum(asked.values()), unanswered, twice, grown, len(errors()), seconds, alive)


async def send(client: Client, batch: list[Json]) -> None:
    """Send messages unchanged."""
    for message in batch:
        await client.send_body(json.dumps(message).encode())


def answered(client: Client) -> list[int | str]:
    """Return the ids of the received answers; the server's own requests stay unanswered."""
    found = [one["id"] for one in client.messages if "method" not in one and one.get("id") is not None]
    client.messages.clear()
    return [number for number in found if isinstance(number, int | str)]


@asynccontextmanager
async def connected(line: str, env: Mapping[str, str]) -> AsyncIterator[tuple[Client, int, Any]]:
    """Start a server and initialize it on a transport; yield the client, the process's id, and its errors."""
    log = Path(env["HOME"], f"log{line}.txt")
    params = {"processId": None, "capabilities": CAPABILITIES, "clientInfo": {"name": "fuzz"}}
    params["capabilities"] = {**CAPABILITIES, "workspace": {}}
    if line == "stdio":
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *SERVE, env={**os.environ, **env}, stdin=-1, stdout=-1, stderr=errors
            )
        client = StdioClient(process)
        try:
            await client.ask(0, "initialize", params)
            await client.send({"method": "initialized", "params": {}})
            yield client, process.pid, log.read_bytes
        finally:
            await end(process, process.wait)
            await process.wait()
        return
    async with listening(env, line) as listener, listener.client() as by_socket:
        assert listener.process.stderr is not None
        output = bytearray()
        reading = asyncio.ensure_future(drain(listener.process.stderr, output))
        await by_socket.initialize(listener.token)
        yield by_socket, listener.process.pid, lambda: output
        reading.cancel()


async def drain(stream: asyncio.StreamReader, output: bytearray) -> None:
    """Read a server's output."""
    while data := await stream.read(1 << 16):
        output += data


def problems(outcome: Outcome) -> list[str]:
    """Return the violations as text."""
    numbers_by_problem = {
        "the server has ended": not outcome.alive,
        f"{outcome.unanswered} requests were not answered": outcome.unanswered,
        f"{outcome.twice} requests were answered twice": outcome.twice,
        f"the memory has grown by {outcome.grown:.1f} MB": outcome.grown > 20,
        f"the log has {outcome.log:,} bytes": outcome.log > 1_000_000,
    }
    return [text for text, wrong in numbers_by_problem.items() if wrong]


def main() -> int:
    """Send messages as the command line says; return 1 after a violation."""
    parser = argparse.ArgumentParser(prog="python -m tests.lsp.fuzz", description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    wrong = []
    with quiet_home() as home:
        env = {**home, "MIDFILL_BACKEND": "local"}
        for line in LINES:
            outcome = asyncio.run(fuzzed(line, options.messages // len(LINES), options.seed, env))
            print(line, outcome, flush=True)
            wrong += [f"{line}: {text}" for text in problems(outcome)]
    print("\n".join(wrong) or "nothing was wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
