"""Every provider of next edits, over the wire: the request, the answer, and the messages for failures."""

import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from midfill.backends import open_edit_backend
from midfill.backends.open_backends import open_backends
from midfill.backends.remote import RemoteBackend
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, ErrorKind, Prompt
from midfill.core.providers import EDIT_PROVIDERS, PROVIDERS
from midfill.core.rewrite import FORMATS
from midfill.core.rewrite_format_names import format_of
from midfill.keys import Key
from midfill.settings import BackendEntry, CompletionSettings, Settings, edit_backend_config
from midfill.settings.edit_settings import EditSettings
from tests.backends.calls import KEY, answer, refusal, text
from tests.core.rewrite.regions import region
from tests.loopback.client import Loopback

pytestmark = pytest.mark.anyio

REGION = region("a = 1\nf(b)▮\ng(a)\n", {0: "b = 1"})
NEW = "a = 1\nf(a)\ng(a)\n"
MODELS = ["deepseek-flash", "zeta-2.1", *dict.fromkeys(row.model for row in PROVIDERS.values() if row.model)]
MODEL = {"ollama": "zeta-2.1", "llamacpp": "zeta-2.1", "openai": "zeta-2.1"}
ANSWERS = {"zeta-2.1": f"<|marker_1|>\n{NEW}<|marker_2|>", "chat": f"```python\n{NEW}```"}
"""The answer of a model in each format."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def settings(name: str, url: str) -> Settings:
    path = "/inception" if name == "inception" else ""
    entry = BackendEntry(name="mine", like=name, base_url=url + path, model=MODEL.get(name, ""))
    edits, completion = EditSettings(backend="mine"), CompletionSettings(stop=("\n\n",))
    return Settings(backends=(entry,), edits=edits, completion=completion)


def form(name: str) -> str:
    return format_of("auto", EDIT_PROVIDERS[name], MODEL.get(name, ""))


def request(name: str) -> BackendRequest:
    draft = FORMATS[form(name)].prompt_for(REGION)
    assert draft is not None
    return BackendRequest(
        cursor=Cursor(language="python", uri="file:///a.py"),
        prompt=Prompt(draft.prompt, "", draft.system),
        limits=AnswerLimits(max_tokens=100, stop=draft.stop),
        required_start=draft.required_start,
    )


@asynccontextmanager
async def opened(loopback: Loopback, name: str) -> AsyncIterator[RemoteBackend]:
    chosen = settings(name, loopback.url)
    member = edit_backend_config(chosen)
    assert member is not None
    backend = open_edit_backend(member, chosen, Key(KEY, "a test"))
    yield backend
    await backend.close()


@pytest.mark.parametrize("name", EDIT_PROVIDERS)
async def test_model_does_not_reason_before_a_next_edit(name: str) -> None:
    """The setting `completion.think` is for manual requests for a completion."""
    chosen = settings(name, "http://127.0.0.1:1")
    chosen = replace(chosen, completion=replace(chosen.completion, think=True))
    config = edit_backend_config(chosen)
    assert config is not None
    backend = open_edit_backend(config, chosen, Key(KEY, "a test"))
    assert not backend.thinks
    await backend.close()


@pytest.mark.parametrize("name", EDIT_PROVIDERS)
async def test_answer_of_each_provider(loopback: Loopback, name: str) -> None:
    """The format of each reads its text; its tokens arrive, and the key is only in the header."""
    loopback.behave(text=ANSWERS.get(form(name), NEW), models=MODELS)
    async with opened(loopback, name) as backend:
        chunks = await answer(backend, request(name))
    read = FORMATS[form(name)].read(text(chunks), REGION, ended=True)
    assert read is not None
    assert read.lines == ("a = 1", "f(a)", "g(a)")
    assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == ["stop"]
    [usage] = [chunk.usage for chunk in chunks if chunk.usage]
    assert usage.prompt > 20
    assert usage.output > 0
    [call] = [call for call in loopback.log(1, idle=True) if call["method"] == "POST"]
    assert KEY not in str(call["body"])
    path = "/completion" if name == "llamacpp" else EDIT_PROVIDERS[name].path
    assert call["path"].endswith(path)


def sent(name: str) -> dict[str, Any]:
    """Return what the provider documents, for the question of these tests."""
    asked = request(name)
    prompt, stop = asked.prompt.prefix, list(asked.limits.stop)
    user = {"role": "user", "content": prompt}
    system = {"role": "system", "content": asked.prompt.context}
    begun = {"role": "assistant", "content": "```python\n", "prefix": True}
    plain = {"model": MODEL.get(name) or EDIT_PROVIDERS[name].model, "max_tokens": 100}
    streamed = plain | {"temperature": 0.0, "stream": True, "stream_options": {"include_usage": True}}
    prefix = streamed | {"messages": [system, user, begun], "stop": stop, "thinking": {"type": "disabled"}}
    return {
        "deepseek": prefix,
        "deepseek-chat": prefix,
        "inception": plain | {"messages": [user]},
        "openai-chat": streamed | {"messages": [system, user]},
        "openai": streamed | {"prompt": prompt, "stop": stop},
        "ollama": {"model": "zeta-2.1", "prompt": prompt, "raw": True, "stream": True, "think": False,
                   "keep_alive": "30m", "options": {"num_predict": 100, "temperature": 0.0, "stop": stop}},
        "llamacpp": {"model": "zeta-2.1", "prompt": prompt, "n_predict": 100, "temperature": 0.0, "stream": True,
                     "cache_prompt": True, "stop": stop},
    }[name]  # fmt: skip


@pytest.mark.parametrize("name", EDIT_PROVIDERS)
async def test_request_has_only_accepted_fields(loopback: Loopback, name: str) -> None:
    """Each provider documents its fields."""
    loopback.behave(text=NEW, models=MODELS)
    async with opened(loopback, name) as backend:
        await answer(backend, request(name))
    [call] = [call for call in loopback.log(1, idle=True) if call["method"] == "POST"]
    assert call["body"] == sent(name)


async def test_users_stop_texts_are_not_sent(loopback: Loopback) -> None:
    """A blank line, at which completions may end, does not end a region."""
    chosen = settings("openai-chat", loopback.url)
    member = edit_backend_config(chosen)
    assert member is not None
    backend = open_edit_backend(member, chosen, Key(KEY, "a test"))
    loopback.behave(text="a\n\nb", models=MODELS)
    assert text(await answer(backend, request("openai-chat"))) == "a\n\nb"
    await backend.close()


FAULTS = [
    ("401", ErrorKind.BAD_KEY), ("402", ErrorKind.NO_CREDIT), ("429", ErrorKind.RATE_LIMIT),
    ("503", ErrorKind.OVERLOAD),
    ("html", ErrorKind.MALFORMED), ("empty", ErrorKind.MALFORMED), ("close", ErrorKind.NETWORK),
]  # fmt: skip


@pytest.mark.parametrize("name", ["deepseek", "inception", "openai-chat"])
@pytest.mark.parametrize(("fault", "kind"), FAULTS)
async def test_each_error_has_its_kind(loopback: Loopback, name: str, fault: str, kind: ErrorKind) -> None:
    """The kinds are those of completions."""
    loopback.behave(models=MODELS)
    loopback.fail(fault)
    async with opened(loopback, name) as backend:
        error = await refusal(backend, request(name))
    assert error.kind is kind, error
    assert KEY not in str(error)


async def test_unreadable_key_stops_only_next_edits() -> None:
    """The backend of the completions is opened nevertheless."""
    entry = BackendEntry(name="mine", like="inception", api_key_file="relative/path")
    chosen = Settings(backend="ollama", backends=(entry,), edits=EditSettings(backend="mine"))
    found = open_backends(chosen, {}, lambda uri: ())
    assert found.primary.name == "ollama"
    assert found.edit_backend is not None
    with pytest.raises(Exception, match="api_key_file must be a whole path") as caught:
        async for _ in found.edit_backend.stream(request("inception")):
            pass
    assert getattr(caught.value, "kind", None) is ErrorKind.NO_KEY
    await found.edit_backend.warm()
    await found.edit_backend.close()


def test_key_command_runs_once_for_both(tmp_path: Path) -> None:
    """A service for completions and next edits has one key; the key command runs once."""
    log = tmp_path / "log"
    command = shlex.join([sys.executable, "-c", f"open({str(log)!r}, 'a').write('x'); print('k' * 30)"])
    edits = EditSettings(backend="deepseek")
    found = open_backends(Settings(api_key_command=command, edits=edits), {}, lambda uri: ())
    assert found.edit_backend is not None
    assert found.edit_backend.name == "deepseek"
    assert log.read_text("utf-8") == "x"


def test_no_edit_backend_by_default() -> None:
    found = open_backends(Settings(backend="ollama"), {}, lambda uri: ())
    assert (found.edit_backend, found.edit_format) == (None, "")
