"""One session: a simulated user types into a real server through an editor, key by key, in real time."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Literal

from tests.bench.ghost import Editor
from tests.bench.page import Page
from tests.bench.sources import Cut
from tests.bench.typist import Key, Typist
from tests.client import Call, LspClient, LspError

EditorName = Literal["vscode", "nvim"]

PAUSE = {"nvim": 0.2}
"""Seconds from the last key to an editor's request; VS Code sends it at once (measured on the real editors)."""
TWICE = 0.02
"""Share of keys at which VS Code sends a request, cancels it and repeats it in one write."""
LATE = 0.02
"""Delay in seconds from which a key counts as late."""
USEFUL = 3
"""Minimum characters of a useful suggestion."""

_TIMEOUT_S = 15.0


@dataclass
class Asked:
    """One request for a completion and its outcome."""

    call: Call
    offset: int
    """The cursor's offset in the typed text."""
    pressed: int
    """Keys that had been pressed by then."""
    again: bool = False
    """No key was pressed: the server has reported that there is more to show."""
    item: bool = False
    """Its suggestion, if it was still the newest request."""
    fresh: bool = False
    """Whether its suggestion arrived before the next key."""
    useful: bool = False
    """Whether it was fresh, and its first characters were typed next."""


@dataclass
class Session:
    """A session and its observations."""

    client: LspClient
    editor: Editor
    typist: Typist
    name: EditorName
    keys: int
    asked: list[Asked] = field(default_factory=list)
    pressed: int = 0
    right: int = 0
    """Keys at which a right suggestion was shown."""
    taken: int = 0
    late: int = 0
    """Keys that a loaded machine pressed too late."""
    began: float = 0.0
    ended: float = 0.0
    trace: list[tuple[float, str]] = field(default_factory=list)
    """The events, one a line, with the seconds since the start, the offset in the typed text, and the shown text."""
    seen: set[tuple[int, str]] = field(default_factory=set)
    """Every distinct character that was shown: its offset in the typed text, and the text up to it."""
    _newest: Asked | None = None
    _timer: asyncio.TimerHandle | None = None

    async def play(self) -> None:
        """Press all keys and wait until every request is answered; raises DeadServerError."""
        self.client.handlers["midfill/refresh"] = self._refresh
        self.began = due = now()
        while self.pressed < self.keys and not self.typist.done:
            due += self.typist.gap()
            await asyncio.sleep(max(0.0, due - now()))
            self.late += now() - due > LATE
            self.client.check()
            self._press()
        self.ended = now()
        await self._settle()

    def _press(self) -> None:
        editor = self.editor
        self._prepare()
        shown, ghost = editor.shown, editor.ghost
        self.right += self.typist.sees_right(shown)
        self.pressed += 1
        key = self.typist.press(shown, now() - editor.since)
        self.client.change(editor.uri, editor.press(key))
        self._note(key.kind, key.text)
        if key.kind == "take":
            self.taken += 1
            if ghost and ghost.command and key.text == shown:
                self._execute(ghost.command)
        self._after(key)

    def _prepare(self) -> None:
        """Move the cursor over text that the editor inserted ahead; that does not count as a key."""
        skipped, joined = self.editor.prepare(self.typist.ahead)
        self.typist.offset += skipped
        if joined:
            self.client.change(self.editor.uri, joined)

    def _execute(self, command: dict[str, Any]) -> None:
        params = {"command": command["command"], "arguments": command.get("arguments", [])}
        self.client.request("workspace/executeCommand", params)

    def _after(self, key: Key) -> None:
        """Send a request as the editor does after a key."""
        if self._timer is not None:
            self._timer.cancel()
        if pause := PAUSE.get(self.name):
            self._timer = asyncio.get_running_loop().call_later(pause, self._ask)
            return
        self._cancel()
        if Random(f"twice {key.text} {self.pressed}").random() < TWICE:
            with self.client.together():
                self._ask()
                self._cancel()
                self._ask()
        else:
            self._ask()

    def _refresh(self, params: Any) -> None:
        """Repeat the request, as our clients do for an incomplete line that can grow."""
        waits = self._newest is not None and not self._newest.call.future.done()
        if self.editor.shown and not (waits or self._timer or self.ended):
            self._note("more", "")
            self._timer = asyncio.get_running_loop().call_later(PAUSE.get(self.name, 0), self._ask, True)

    def _cancel(self) -> None:
        if self._newest and not self._newest.call.future.done():
            self.client.cancel(self._newest.call)

    def _ask(self, again: bool = False) -> None:
        self._timer = None
        call = self.client.complete(self.editor.uri, self.editor.page.place)
        asked = Asked(call, len(self.editor.page.text), self.pressed, again)
        self.asked.append(asked)
        self._note("ask", call.id)
        self._newest = asked
        asked.call.future.add_done_callback(partial(self._answered, asked))

    def _answered(self, asked: Asked, future: asyncio.Future[Any]) -> None:
        """Handle an answer as the editor does: only the newest request's counts, and an error is an empty answer."""
        if asked is not self._newest or asked.call.answered is None:
            return
        shown = self.editor.answer(self._result(future), asked.offset, asked.call.answered)
        self._note("answer", asked.call.id)
        self._remember(shown)
        asked.item = bool(shown)
        asked.fresh = asked.item and asked.pressed == self.pressed
        asked.useful = asked.fresh and len(shown) >= USEFUL and self.typist.sees_right(shown)

    def _result(self, future: asyncio.Future[Any]) -> Any:
        try:
            return future.result()
        except LspError as error:
            self.editor.faults.append(f"an error for the newest request: {error}")
            return []

    def _note(self, event: str, detail: object) -> None:
        offset = len(self.editor.page.text)
        line = f"{event:6} {detail!r:12} @{offset} {self.editor.shown!r}"
        self.trace.append((now() - self.began, line))

    def _remember(self, shown: str) -> None:
        text = self.editor.page.text
        for end in range(len(text) + 1, len(text) + len(shown) + 1):
            self.seen.add((end, (text + shown)[max(0, end - 40) : end]))

    async def _settle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        calls = [call.future for call in self.client.open_calls]
        if calls:
            await asyncio.wait(calls, timeout=_TIMEOUT_S)
        self.client.check()


def now() -> float:
    """Return the seconds of the loop's clock."""
    return asyncio.get_running_loop().time()


def opened(client: LspClient, uri: str, language: str, cut: Cut, *, pairs: bool) -> Editor:
    """Open a cut document in the server and return the editor; `pairs` makes it close brackets."""
    client.open(uri, cut.document, language)
    return Editor(uri, Page(cut.above.count("\n"), cut.indent, pairs=pairs))
