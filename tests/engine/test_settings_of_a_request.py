"""The settings of a request: those of its document's folder, and the deadline of a model that reasons first."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from midfill.core.model import Backend
from midfill.engine import context_sizes, prompt_budget
from midfill.engine.request import Reply
from midfill.settings import Settings, TimingSettings, TriggerSettings
from midfill.settings.completion_settings import CompletionSettings
from midfill.settings.tree import ContextSettings, PromptSettings
from tests.engine.scripted import Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

AREA = "return width * height"


async def ask(editor: SimulatedEditor, settings: Settings, *, manual: bool = False) -> Reply:
    """Request with the settings of the document's folder."""
    request = replace(editor.request(manual=manual), settings=settings, refreshes=True)
    return await editor.engine.complete(request)


@pytest.mark.parametrize(
    ("manual", "thinks", "seconds"), [(True, True, 9), (True, False, 3), (False, True, 3), (False, False, 3)]
)
async def test_manual_request_waits_longer_for_a_model_that_reasons(
    open_editor: OpenEditor, manual: bool, thinks: bool, seconds: float
) -> None:
    editor = open_editor(
        Scripted(hangs()), settings=Settings(timing=TimingSettings(total_ms=3_000, think_ms=9_000))
    )
    editor.backend.thinks = thinks
    began = editor.now
    assert text_of(await editor.ask(manual=manual)) == ""
    assert editor.now - began == pytest.approx(seconds)


async def test_reasoning_never_shortens_the_deadline(open_editor: OpenEditor) -> None:
    editor = open_editor(
        Scripted(hangs()), settings=Settings(timing=TimingSettings(total_ms=5_000, think_ms=4_000))
    )
    editor.backend.thinks = True
    began = editor.now
    await editor.ask(manual=True)
    assert editor.now - began == pytest.approx(5)


async def test_folder_may_allow_no_automatic_call(open_editor: OpenEditor) -> None:
    """Its settings count for its documents, and the engine's own for the others."""
    editor = open_editor(Scripted(streams(AREA)))
    off = Settings(trigger=TriggerSettings(mode="manual"))
    assert (await ask(editor, off)).reason
    assert not editor.calls
    assert text_of(await editor.ask()) == AREA


async def test_folder_may_have_shorter_answers(open_editor: OpenEditor) -> None:
    editor = open_editor(Scripted(streams("x"), streams("y")))
    await ask(editor, Settings(completion=CompletionSettings(max_tokens=17)))
    editor.go("other = |")
    await editor.ask()
    first, second = (call.backend_request.limits.max_tokens for call in editor.calls)
    assert first == 17 < second


async def test_folder_may_have_a_shorter_prompt(open_editor: OpenEditor) -> None:
    text = "".join(f"row_{row} = {row}\n" for row in range(2_000))
    editor = open_editor(Scripted(streams("x"), streams("y")), text=f"{text}value = |")
    await ask(editor, Settings(prompt=PromptSettings(prefix_tokens=500)))
    editor.go(f"{text}other = |")
    await editor.ask()
    first, second = (len(call.backend_request.prompt.prefix) for call in editor.calls)
    assert first < second / 4


@pytest.mark.parametrize(("here", "first"), [(True, "local"), (False, "scripted")])
async def test_folder_may_show_the_embedded_engine_first(
    open_editor: OpenEditor, here: bool, first: str
) -> None:
    own = Scripted(streams("width", first=0.003), name="local", paid=False)
    editor = open_editor(Scripted(streams(AREA)), own)
    reply = await ask(editor, Settings(completion=CompletionSettings(embedded_first=here)))
    assert reply.suggestions[0].answer.backend_name == first
    await asyncio.sleep(1)


def backend(*, caches: bool) -> Backend:
    made = Scripted()
    made.caches_prefix = caches
    return made


DEFAULT = PromptSettings().prefix_tokens


@pytest.mark.parametrize(
    ("tokens", "caches", "prefix"),
    [
        (DEFAULT, True, DEFAULT),
        (DEFAULT, False, 1_000),
        (DEFAULT + 1, False, DEFAULT + 1),
        (500, False, 500),
    ],
)
def test_prompt_is_short_by_default_where_each_token_is_charged(
    tokens: int, caches: bool, prefix: int
) -> None:
    """The user's own size counts for any backend."""
    settings = Settings(prompt=PromptSettings(prefix_tokens=tokens, suffix_tokens=77))
    budget = prompt_budget(settings, backend(caches=caches))
    assert (budget.prefix, budget.suffix) == (prefix, 77)


CONTEXT = ContextSettings().tokens


@pytest.mark.parametrize(
    ("tokens", "caches", "found"), [(CONTEXT, True, CONTEXT), (CONTEXT, False, 850), (600, False, 600)]
)
def test_context_is_short_by_default_where_each_token_is_charged(
    tokens: int, caches: bool, found: int
) -> None:
    sizes = context_sizes(Settings(context=ContextSettings(tokens=tokens)), backend(caches=caches))
    assert sizes.budget == found
    assert sizes.text.prefix == (DEFAULT if caches else 1_000)
