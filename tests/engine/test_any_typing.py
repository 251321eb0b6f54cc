"""Properties of the engine for any typing, deletions, cancellations and acceptances, in any order and time."""

import asyncio
import random
from collections.abc import Callable

import pytest

from midfill.core.model import BackendRequest, ErrorKind, Prompt
from midfill.settings import RequestSettings, Settings
from tests.engine.scripted import Script, Scripted, fails, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

TRUTH = """
def mean(values):
    total = 0
    for value in values:
        total += value
    return total / len(values)


def spread(values):
    middle = mean(values)
    return max(abs(value - middle) for value in values)
"""


class Typist:
    """Types the true text with errors, changes of mind and acceptances, from a seed; records the expectations."""

    def __init__(self, editor: SimulatedEditor, dice: random.Random) -> None:
        self.editor = editor
        self.requests: list[asyncio.Task[object]] = []
        self._dice = dice
        self._start = len(editor.before)

    @property
    def _next(self) -> str:
        """The next true text; empty if the typed text differs from it."""
        typed = self.editor.before[self._start :]
        return TRUTH[len(typed) :] if TRUTH.startswith(typed) else ""

    async def step(self) -> None:
        """Press a random key, send a request, and wait for a moment."""
        dice, editor = self._dice, self.editor
        shown = (
            editor.engine._documents[editor.uri].suggestions.shown
            if editor.uri in editor.engine._documents
            else None
        )
        promised = (
            shown.completion.text if shown and shown.at(self._prompt(), editor.request().cursor) else ""
        )
        match dice.choices(["key", "slip", "delete", "accept", "cancel", "pause"], [70, 8, 10, 4, 6, 2])[0]:
            case "key" if char := self._next[:1]:
                editor.type(char)
                self._check_still_shown(promised, char)
            case "slip":
                editor.type(dice.choice("xyz("))
            case "delete" if len(editor.before) > self._start:
                editor.delete(dice.randint(1, min(3, len(editor.before) - self._start)))
            case "accept" if shown and promised:
                editor.take(shown.completion)
            case "cancel" if self.requests:
                self.requests[-1].cancel()
            case _:
                await asyncio.sleep(dice.uniform(0, 12))
        self.requests.append(editor.loop.create_task(editor.ask()))
        await asyncio.sleep(dice.choice([0, 0.001, 0.03, 0.1, 0.15, 0.5]))

    def _prompt(self) -> Prompt:
        return self.editor.engine._prepare(self.editor.request()).prompt

    def _check_still_shown(self, promised: str, char: str) -> None:
        """A shown suggestion that agrees with the key stays shown without a wait, and may only grow."""
        if promised.startswith(char) and len(promised) > 1:
            reply = self.editor.engine.reply_without_call(self.editor.request())
            assert reply is not None
            assert text_of(reply).startswith(promised[1:])


def random_model(dice: random.Random) -> Callable[[BackendRequest], Script]:
    """Return a model that mostly returns the true text, is slow or fast, hangs and fails."""

    def script(backend_request: BackendRequest) -> Script:
        first, each = dice.choice([0, 0.05, 0.3, 1]), dice.choice([0, 0.01, 0.1])
        typed = backend_request.prompt.prefix.partition("# here\n")[2]
        truth = TRUTH[len(typed) :] if TRUTH.startswith(typed) else "pass\n"
        kind = dice.random()
        if kind < 0.06:
            return fails(dice.choice([ErrorKind.NETWORK, ErrorKind.OVERLOAD]), after=first)
        if kind < 0.1:
            return hangs(truth[: dice.randint(0, 20)])
        if kind < 0.2:
            return streams("wrong()\n", first=first, each=each)
        return streams(
            truth, first=first, each=each, finish_reason=dice.choice(["stop", "stop", "length", "aborted"])
        )

    return script


@pytest.mark.parametrize("seed", range(25))
async def test_properties_hold_for_any_typing(open_editor: OpenEditor, seed: int) -> None:
    """Each request ends, only the newest waits, suggestions never flicker, the calls are bounded, and all end."""
    dice = random.Random(seed)
    settings = Settings(requests=RequestSettings(max_flights=2, speculate=dice.choice(["never", "always"])))
    fallback = (
        Scripted(otherwise=lambda backend_request: streams("local()", first=0.01))
        if dice.random() < 0.5
        else None
    )
    backend = Scripted(otherwise=random_model(dice))
    editor = open_editor(backend, fallback, settings=settings, text="# here\n|")
    typist = Typist(editor, dice)
    for _ in range(120):
        await typist.step()
        assert len([call for call in backend.calls if call.over is None]) <= 2
        waiting_requests = editor.engine._documents[editor.uri].waiting_requests
        assert len({waiting.prompt for waiting in waiting_requests if not waiting.superseded}) <= 1
    await asyncio.sleep(30)
    assert all(request.done() for request in typist.requests)
    assert not [request for request in typist.requests if not request.cancelled() and request.exception()]
    assert not editor.engine._documents[editor.uri].waiting_requests
