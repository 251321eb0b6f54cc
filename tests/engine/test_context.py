"""The context of a place: collected in the background, byte-identical while the user types there."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.context import PromptContext, Snippet
from midfill.core.cursor import Cursor
from tests.engine.scripted import Scripted, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

FILE = "".join(f"row_{number} = {number}\n" for number in range(100))


class FakeContextProvider:
    """Creates a context with the number of its requests, and records their places."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.added: Snippet | None = None
        """Return the editor's definitions after a second."""

    def collect(self, cursor: Cursor, prompt_context: PromptContext) -> Callable[[], PromptContext]:
        self.rows.append(cursor.row)
        snippet = Snippet("other.py", 0, f"visit = {len(self.rows)}", "search", 1.0)
        return lambda: PromptContext((*prompt_context.snippets, snippet), "a.py")

    async def declarations(self, cursor: Cursor) -> Callable[[PromptContext], PromptContext] | None:
        await asyncio.sleep(1)
        snippet = self.added
        return (
            None
            if snippet is None
            else lambda prompt_context: PromptContext((*prompt_context.snippets, snippet), "a.py")
        )


def opened(
    open_editor: Callable[..., SimulatedEditor], *texts: str, before: str = FILE
) -> tuple[SimulatedEditor, FakeContextProvider]:
    editor, source = open_editor(Scripted(*map(streams, texts)), text=f"{before}|"), FakeContextProvider()
    editor.engine._context = source
    return editor, source


async def test_first_call_has_the_context(open_editor: Callable[..., SimulatedEditor]) -> None:
    editor, source = opened(open_editor, "x = 1\n")
    await editor.ask()
    (call,) = editor.calls
    assert call.backend_request.prompt.full_prefix.startswith("# other.py\nvisit = 1\n\n# a.py\nrow_0 = 0\n")
    assert source.rows == [100]
    assert editor.engine.last_prompt(editor.uri) is call.backend_request.prompt


async def test_every_alternative_has_the_context(open_editor: Callable[..., SimulatedEditor]) -> None:
    """For a manual request for several completions no call starts before the context is ready."""
    editor, _ = opened(open_editor, "x = 1\n", "x = 2\n", "x = 3\n")
    await editor.ask(manual=True, completion_count=3)
    assert [call.backend_request.prompt.context for call in editor.calls] == [
        "# other.py\nvisit = 1\n\n# a.py\n"
    ] * 3


async def test_context_stays_the_same_while_the_user_types(
    open_editor: Callable[..., SimulatedEditor],
) -> None:
    editor, source = opened(open_editor, "first = 1\n", "second = 2\n")
    await editor.ask()
    editor.type("other ")
    await editor.ask()
    one, two = (call.backend_request.prompt.context for call in editor.calls)
    assert one == two
    assert len(source.rows) == 1


async def test_other_place_has_another_context(open_editor: Callable[..., SimulatedEditor]) -> None:
    editor, source = opened(open_editor, "first = 1\n", "second = 2\n")
    await editor.ask()
    editor.go("|" + FILE)
    await editor.ask(manual=True)
    one, two = (call.backend_request.prompt.context for call in editor.calls)
    assert "visit = 2" in two
    assert two.startswith(one.removesuffix("# a.py\n")), "what was sent stays where it was"
    assert source.rows == [100, 0]


async def test_changed_context_alone_ends_no_call(
    open_editor: Callable[..., SimulatedEditor],
) -> None:
    editor, _ = opened(open_editor, "first = 1\n")
    task = editor.start()
    await asyncio.sleep(0.2)
    editor.engine._document(editor.uri).context.prompt_context = PromptContext(
        (Snippet("new.py", 0, "new = 1", "recent", 1.0),)
    )
    editor.type("fi")
    assert text_of(await editor.ask()) == "rst = 1"
    await task
    editor.engine._document(editor.uri).context.prompt_context = PromptContext()
    editor.type("r")
    assert editor.reply_without_call() == "st = 1"
    assert len(editor.calls) == 1


async def test_slow_collection_does_not_delay_the_call(
    open_editor: Callable[..., SimulatedEditor], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(work: Callable[[], PromptContext]) -> PromptContext:
        await asyncio.sleep(10)
        return work()

    monkeypatch.setattr("asyncio.to_thread", slow)
    editor, _ = opened(open_editor, "first = 1\n")
    assert text_of(await editor.ask()) == "first = 1"
    assert editor.calls[0].backend_request.prompt.context == ""


async def test_definitions_of_the_editor_are_appended(open_editor: Callable[..., SimulatedEditor]) -> None:
    """The call does not wait for them; sent text keeps its position, and another place causes another collection."""
    editor, source = opened(open_editor, "first = 1\n", "second = 2\n")
    source.added = Snippet("shop.py", 3, "class Basket:", "editor", 1.0)
    await editor.ask()
    assert "Basket" not in editor.calls[0].backend_request.prompt.context
    await asyncio.sleep(2)
    editor.type("other ")
    await editor.ask()
    one, two = (call.backend_request.prompt.context for call in editor.calls)
    assert two == one.removesuffix("# a.py\n") + "# shop.py\nclass Basket:\n\n# a.py\n"


async def test_no_definitions_are_requested_for_a_left_place(
    open_editor: Callable[..., SimulatedEditor],
) -> None:
    editor, source = opened(open_editor, "first = 1\n", "second = 2\n", "third = 3\n")
    source.added = Snippet("shop.py", 3, "class Basket:", "editor", 1.0)
    await editor.ask()
    editor.go("|" + FILE)
    await editor.ask(manual=True)
    await asyncio.sleep(2)
    assert editor.engine._document(editor.uri).context.prompt_context.text.count("Basket") == 1


def collecting_takes(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each collection of a context take virtual seconds."""

    async def slow(work: Callable[..., PromptContext], *arguments: object) -> PromptContext:
        await asyncio.sleep(seconds)
        return work(*arguments)

    monkeypatch.setattr("asyncio.to_thread", slow)


@pytest.mark.parametrize(
    ("manual", "count", "seconds", "waited", "has_context"),
    [
        (False, 1, 0.01, 0, True),
        (False, 1, 0.1, 0.02, False),
        (True, 1, 0.1, 0.1, True),
        (True, 3, 0.1, 0.1, True),
        (True, 1, 0.5, 0.3, False),
    ],
)
async def test_manual_request_waits_longer_for_its_context(
    open_editor: Callable[..., SimulatedEditor],
    monkeypatch: pytest.MonkeyPatch,
    manual: bool,
    count: int,
    seconds: float,
    waited: float,
    has_context: bool,
) -> None:
    """It waits 0.3 seconds at most, an automatic one 0.02 beyond its debounce."""
    collecting_takes(seconds, monkeypatch)
    editor, _ = opened(open_editor, "first = 1\n", "second = 2\n", "third = 3\n")
    asked = editor.now + (0.0 if manual else 0.02)
    await editor.ask(manual=manual, completion_count=count)
    assert [bool(call.backend_request.prompt.context) for call in editor.calls] == [has_context] * count
    assert editor.calls[0].begun == pytest.approx(asked + waited)


async def test_definitions_that_arrive_first_follow_the_context(
    open_editor: Callable[..., SimulatedEditor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search may take longer than the editor's language servers."""
    collecting_takes(3, monkeypatch)
    editor, source = opened(open_editor, "first = 1\n", "second = 2\n")
    source.added = Snippet("shop.py", 3, "class Basket:", "editor", 1.0)
    await editor.ask()
    await asyncio.sleep(9)
    editor.type("other ")
    await editor.ask()
    assert editor.calls[1].backend_request.prompt.context == (
        "# other.py\nvisit = 1\n\n# shop.py\nclass Basket:\n\n# a.py\n"
    )


async def test_closed_document_asks_for_no_definitions(open_editor: Callable[..., SimulatedEditor]) -> None:
    """The search for its context ends, too."""
    editor, source = opened(open_editor, "first = 1\n")
    await editor.ask()
    context = editor.engine._document(editor.uri).context
    source.added = Snippet("shop.py", 3, "class Basket:", "editor", 1.0)
    editor.engine.document_closed(editor.uri)
    await asyncio.sleep(9)
    assert "Basket" not in context.prompt_context.text
