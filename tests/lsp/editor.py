"""A headless editor: starts the server, types, sends requests, and inserts items as editors do."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from tests.bench.process import PATIENT
from tests.client import Call, Json, LspClient, Place, edit

SERVE = (sys.executable, "-m", "midfill", "serve")

AT_ONCE = f"{PATIENT}debounce_min_ms = 0\ndebounce_max_ms = 0\n"
"""The same without a debounce."""

CURSOR = "▮"
TIMEOUT_S = 60.0
"""Timeout in seconds for an answer; no test asserts a time."""

_numbers = count(1)


@asynccontextmanager
async def running(
    env: Mapping[str, str], options: Json | None = None, **initialize: Any
) -> AsyncIterator[LspClient]:
    """Start a server and initialize it; it is killed at the end of the block."""
    async with await LspClient.start(SERVE, env) as client:
        await client.initialize(options=options, **initialize)
        yield client


async def answer(call: Call) -> Any:
    """Return the result of a call; raises TimeoutError if there is none, LspError if it is an error."""
    async with asyncio.timeout(TIMEOUT_S):
        return await call


def units(text: str, encoding: str) -> int:
    """Return the length of `text` in the units of a position encoding, independently of the server's code."""
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    name = encoding if encoding == "utf-8" else f"{encoding}-le"
    return len(text.encode(name, "surrogatepass")) // width


class Page:
    """One open document with a cursor, which is at `▮` in its initial text."""

    def __init__(
        self,
        client: LspClient,
        marked: str,
        *,
        uri: str = "",
        language: str = "python",
        encoding: str = "utf-16",
    ) -> None:
        self.before, _, self.after = marked.partition(CURSOR)
        self.uri = uri or f"file:///project/page{next(_numbers)}.py"
        self.client = client
        self._encoding = encoding
        client.open(self.uri, self.text, language)

    @property
    def text(self) -> str:
        """The whole text."""
        return self.before + self.after

    @property
    def place(self) -> Place:
        """The cursor's position, in units of the negotiated encoding."""
        line = self.before.rpartition("\n")[2]
        return self.before.count("\n"), units(line, self._encoding)

    @property
    def position(self) -> Json:
        """The same as a `Position`."""
        return {"line": self.place[0], "character": self.place[1]}

    def type(self, text: str) -> None:
        """Type text at the cursor, key by key."""
        for key in text:
            self.client.change(self.uri, edit(self.place, self.place, key))
            self.before += key

    def ask(self, *, manual: bool = False, selected: Json | None = None) -> Call:
        """Request inline completions at the cursor."""
        return self.client.complete(self.uri, self.place, manual=manual, selected=selected)

    async def items(self, *, manual: bool = False, selected: Json | None = None) -> list[Json]:
        """Return the inline items at the cursor."""
        listed: list[Json] = (await answer(self.ask(manual=manual, selected=selected)))["items"]
        return listed

    async def texts(self, *, manual: bool = False) -> list[str]:
        """Return the texts of the inline items at the cursor."""
        return [item["insertText"] for item in await self.items(manual=manual)]

    async def popup(self) -> list[Json]:
        """Return the popup's items at the cursor."""
        params = {"textDocument": {"uri": self.uri}, "position": self.position, "context": {"triggerKind": 1}}
        result = await answer(self.client.request("textDocument/completion", params))
        listed: list[Json] = result["items"]
        return listed

    def accepted(self, text: str, span: Json) -> str:
        """Return the whole text with `text` instead of a range."""
        start, end = self._offset(span["start"]), self._offset(span["end"])
        return self.text[:start] + text + self.text[end:]

    def _offset(self, position: Json) -> int:
        lines = self.text.split("\n")
        line, left = lines[position["line"]], position["character"]
        column = next(
            column for column in range(len(line) + 1) if units(line[:column], self._encoding) >= left
        )
        assert units(line[:column], self._encoding) == left, "a position inside a character"
        return sum(len(line) + 1 for line in lines[: position["line"]]) + column
