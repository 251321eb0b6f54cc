"""Several backends: each in its languages, and the next one while another is unavailable."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from midfill.core.model import Backends, ErrorKind
from midfill.engine import Engine
from midfill.settings import Settings
from tests.engine.scripted import Scripted, fails, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

FREE = frozenset[str]()


@pytest.fixture
async def editors() -> AsyncIterator[list[SimulatedEditor]]:
    made: list[SimulatedEditor] = []
    yield made
    for editor in made:
        await editor.engine.close()


def open_editor(
    made: list[SimulatedEditor], *backends: Scripted, languages: tuple[frozenset[str], ...] = ()
) -> SimulatedEditor:
    """Return an editor whose engine has these backends; the last one is the embedded engine."""
    editor = SimulatedEditor(backends[0])
    *remotes, last = backends
    asked = Backends(remotes[0], last, tuple(remotes[1:]), languages)
    editor.engine = Engine(asked, Settings(), on_error=editor.errors.append, clock=editor.loop.time)
    made.append(editor)
    return editor


async def test_next_backend_answers_while_the_first_is_unavailable(editors: list[SimulatedEditor]) -> None:
    """After a failure the next backend answers the same request, and later ones at once; then the first one returns."""
    first = Scripted(fails(ErrorKind.OVERLOAD), streams("one()"), name="first")
    second = Scripted(streams("two()"), streams("two(2)"), name="second")
    editor = open_editor(editors, first, second, Scripted(name="local"))
    reply = await editor.ask()
    assert (text_of(reply), reply.suggestions[0].answer.backend_name) == ("two()", "second")
    assert [error.kind for error in editor.errors] == [ErrorKind.OVERLOAD]
    editor.go("other = |")
    assert text_of(await editor.ask()) == "two(2)"
    await asyncio.sleep(60)
    editor.go("third = |")
    reply = await editor.ask()
    assert (text_of(reply), reply.suggestions[0].answer.backend_name) == ("one()", "first")


async def test_embedded_engine_is_the_last_backend(editors: list[SimulatedEditor]) -> None:
    """It answers only while all others are unavailable."""
    remotes = [Scripted(fails(ErrorKind.NETWORK), name=name) for name in ("first", "second")]
    editor = open_editor(editors, *remotes, Scripted(streams("three()"), name="local"))
    reply = await editor.ask()
    assert (text_of(reply), reply.suggestions[0].answer.backend_name) == ("three()", "local")
    assert len(editor.errors) == 2


async def test_wrong_key_of_one_backend_does_not_affect_the_next(editors: list[SimulatedEditor]) -> None:
    """A permanent failure of one backend does not affect the next."""
    first = Scripted(fails(ErrorKind.BAD_KEY), name="first")
    second = Scripted(streams("two()"), streams("two(2)"), name="second")
    editor = open_editor(editors, first, second, Scripted(name="local"))
    assert text_of(await editor.ask()) == "two()"
    await asyncio.sleep(3600)
    editor.go("other = |")
    assert text_of(await editor.ask()) == "two(2)"
    assert len(first.calls) == 1


@pytest.mark.parametrize(
    ("languages", "asked"),
    [
        ((frozenset({"rust"}), FREE), "second"),
        ((frozenset({"python"}), FREE), "first"),
        ((frozenset({"rust"}), frozenset({"go"})), "local"),
        ((), "first"),
    ],
)
async def test_backend_is_called_in_its_languages_only(
    editors: list[SimulatedEditor], languages: tuple[frozenset[str], ...], asked: str
) -> None:
    """A backend with languages is called in no other (the editor's document is Python)."""
    remotes = [
        Scripted(otherwise=lambda backend_request: streams("x()"), name=name)
        for name in ("first", "second", "local")
    ]
    editor = open_editor(editors, *remotes, languages=languages)
    reply = await editor.ask()
    assert reply.suggestions[0].answer.backend_name == asked


async def test_unused_chat_is_not_called_again(editors: list[SimulatedEditor]) -> None:
    """Only the called backend counts: fill-in-the-middle repeats its answer; during its absence the chat continues."""
    first, chat = (
        Scripted(streams("one()"), name="first"),
        Scripted(streams("two()"), streams("three()"), name="chat"),
    )
    chat.chats = True
    editor = open_editor(editors, first, chat, Scripted(name="local"))
    assert text_of(await editor.ask(manual=True)) == text_of(await editor.ask(manual=True)) == "one()"
    first.scripts = [fails(ErrorKind.OVERLOAD)]
    editor.go("other = |")
    assert text_of(await editor.ask(manual=True)) == "two()"
    assert text_of(await editor.ask(manual=True)) == "three()"
    assert chat.calls[-1].backend_request.earlier == ("two()",)
