"""Every provider of the table, over the wire: the request, the answer, and the messages for failures."""

import logging
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, ErrorKind, Prompt
from midfill.core.providers import OLLAMA_MODELS, PROVIDERS, Provider
from midfill.core.templates import TEMPLATES, TemplateFile
from tests.backends.calls import KEY, answer, refusal, text
from tests.loopback.client import Loopback

pytestmark = pytest.mark.anyio

ADD = Prompt("def add(a, b):\n    return ", "\n\nprint(add(1, 2))\n")
REQUEST = BackendRequest(
    cursor=Cursor(language="python", uri="file:///add.py"), prompt=ADD, limits=AnswerLimits(stop=("\n\n",))
)
BY_HAND = BackendRequest(cursor=REQUEST.cursor, prompt=ADD, limits=AnswerLimits(manual=True))
SERVICES = [name for name in PROVIDERS if name != "gguf"]
"""All but the one that is a child process: tests/servers."""
MODELS = ["deepseek-flash", *dict.fromkeys(row.model for row in PROVIDERS.values() if row.model)]
SUM = {True: "a + b", False: " a + b"}
"""A model's continuation after a space, and after a prompt without the space."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def opened(loopback: Loopback, name: str, **options: Any) -> AsyncIterator[RemoteBackend]:
    """A backend of the table that calls `loopback`."""
    path = "/inception" if name == "inception" else ""
    needed: dict[str, Any] = {"provider": PROVIDERS[name], "base_url": loopback.url + path, "key": KEY}
    backend = RemoteBackend(RemoteOptions(**(needed | options)))
    yield backend
    await backend.close()


@pytest.mark.parametrize("name", SERVICES)
async def test_answer_of_each_provider(loopback: Loopback, name: str) -> None:
    """Each provider answers a plain request; text, finish reason, tokens and model name arrive."""
    provider = PROVIDERS[name]
    loopback.behave(text=SUM[provider.fills_in], models=MODELS)
    async with opened(loopback, name) as backend:
        chunks = await answer(backend, REQUEST)
        assert text(chunks) == "a + b"
        assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == ["stop"]
        [usage] = [chunk.usage for chunk in chunks if chunk.usage]
        assert usage.prompt > 0
        assert usage.output > 0
        assert chunks[-1].model or chunks[0].model
        assert set(await backend.models()) == set(MODELS)
    [call] = loopback.log(1, idle=True)[:1]
    assert call["path"].endswith(provider.path)


@pytest.mark.parametrize("name", SERVICES)
async def test_key_is_in_the_authorization_header_only(
    loopback: Loopback, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """No answer, refusal, request body, URL or log record contains the key."""
    provider = PROVIDERS[name]
    caplog.set_level(logging.DEBUG)
    loopback.behave(text=SUM[provider.fills_in], models=MODELS)
    async with opened(loopback, name) as backend:
        output = repr([*await answer(backend, REQUEST), await backend.models(), backend])
        loopback.fail("detail", status=422, message=f"the key {KEY} is odd")
        output += repr(await refusal(backend, REQUEST))
    calls = [{field: call[field] for field in ("path", "body")} for call in loopback.log(2)]
    assert len(calls) >= 2
    assert KEY not in output + repr(calls) + caplog.text


SENT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("mistral", {}, {"model": "codestral-latest", "prompt": ADD.prefix, "suffix": ADD.suffix, "max_tokens": 128,
                     "temperature": 0.0, "stream": True, "stop": ["\n\n"]}),
    ("siliconflow", {"model": "m"}, {"model": "m", "prompt": ADD.prefix, "suffix": ADD.suffix, "max_tokens": 128,
                                     "temperature": 0.0, "stream": True, "stream_options": {"include_usage": True},
                                     "stop": ["\n\n"]}),
    ("openai", {"template": TEMPLATES["codellama"]},
     {"model": "gpt-3.5-turbo-instruct", "prompt": f"<PRE> {ADD.prefix} <SUF>{ADD.suffix} <MID>", "max_tokens": 128,
      "temperature": 0.0, "stream": True, "stream_options": {"include_usage": True},
      "stop": ["\n\n", "<PRE>", "<SUF>", "<MID>", "<EOT>"]}),
    ("ollama", {}, {"model": "qwen2.5-coder", "stream": True, "think": False, "keep_alive": "30m",
                    "options": {"num_predict": 128, "temperature": 0.0, "stop": ["\n\n"]},
                    "prompt": ADD.prefix, "suffix": ADD.suffix}),
    ("ollama", {"template": TEMPLATES["plain"], "model": "llama3.2"},
     {"model": "llama3.2", "stream": True, "think": False, "keep_alive": "30m", "raw": True,
      "options": {"num_predict": 128, "temperature": 0.0, "stop": ["\n\n", "<|endoftext|>"]},
      "prompt": ADD.prefix.rstrip()}),
    ("llamacpp", {}, {"n_predict": 128, "temperature": 0.0, "stream": True, "cache_prompt": True,
                      "input_prefix": "def add(a, b):\n", "prompt": "    return ", "input_suffix": ADD.suffix,
                      "input_extra": [], "stop": ["\n\n"]}),
    ("llamacpp", {"template": TEMPLATES["plain"]},
     {"n_predict": 128, "temperature": 0.0, "stream": True, "cache_prompt": True, "prompt": ADD.prefix.rstrip(),
      "stop": ["\n\n", "<|endoftext|>"]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "sent"), SENT)
async def test_request_has_only_accepted_fields(
    loopback: Loopback, name: str, options: dict[str, Any], sent: dict[str, Any]
) -> None:
    """Each provider documents its fields."""
    loopback.behave(models=[*MODELS, "m", "llama3.2"], text=" a + b")
    async with opened(loopback, name, **options) as backend:
        assert text(await answer(backend, REQUEST)).strip() == "a + b"
    assert loopback.log(1)[0]["body"] == sent


async def test_chat_request_continues_the_prefix(loopback: Loopback) -> None:
    """The chat's last message is the code before the cursor, in a fence, without the space at its end; no thinking."""
    loopback.behave(text=" a + b\n```\nThat is all.")
    async with opened(loopback, "deepseek-chat") as backend:
        assert text(await answer(backend, REQUEST)) == "a + b\n"
    [call] = loopback.log(1)
    system, user, last = call["body"]["messages"]
    assert last == {"role": "assistant", "content": "```python\ndef add(a, b):\n    return", "prefix": True}
    assert ADD.suffix in user["content"]
    assert system["role"] == "system"
    assert call["body"]["thinking"] == {"type": "disabled"}
    assert call["body"]["stop"] == ["```", "\n\n"]


@pytest.mark.parametrize("name", ["deepseek-chat", "openai-chat"])
async def test_manual_request_may_reason(loopback: Loopback, name: str) -> None:
    """After a manual request a chat model may reason first; the answer excludes that, and the deadline is longer."""
    loopback.behave(text=" a + b", models=MODELS, token_ms=20, first_token_ms=150)
    async with opened(loopback, name, think=True, think_s=60, first_token_s=0.1, total_s=0.2) as backend:
        chunks = await answer(backend, BY_HAND)
        assert text(chunks) == "a + b"
        assert [chunk.thinks for chunk in chunks][:3] == [True, True, True]
        assert backend.thinks
    [call] = loopback.log(1)
    assert all("prefix" not in message for message in call["body"]["messages"])
    assert call["body"]["max_tokens"] > 4096
    assert "temperature" not in call["body"]


async def test_automatic_request_does_not_reason(loopback: Loopback) -> None:
    """An automatic request is answered without reasoning."""
    loopback.behave(text=" a + b")
    async with opened(loopback, "deepseek-chat", think=True) as backend:
        assert not any(chunk.thinks for chunk in await answer(backend, REQUEST))
    assert loopback.log(1)[0]["body"]["thinking"] == {"type": "disabled"}


@pytest.mark.parametrize("think", [False, True])
@pytest.mark.parametrize("name", ["deepseek-chat", "openai-chat"])
async def test_earlier_answers_are_sent(loopback: Loopback, name: str, think: bool) -> None:
    """A repeated request sends the earlier answers to a chat model, without the reasoning."""
    loopback.behave(models=MODELS, text="a + b")
    request = BackendRequest(
        cursor=REQUEST.cursor, prompt=ADD, limits=AnswerLimits(manual=True), earlier=("a - b", "a * b")
    )
    async with opened(loopback, name, think=think) as backend:
        assert backend.chats
        assert text(await answer(backend, request)).strip() == "a + b"
    messages = loopback.log(1)[0]["body"]["messages"]
    assert [message["role"] for message in messages] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert "a - b" in messages[2]["content"]
    assert all("prefix" not in message for message in messages)
    assert "reasoning" not in str(messages)


async def test_files_are_sent(loopback: Loopback) -> None:
    """llama.cpp takes other files beside the prompt, as llama.vim and llama.vscode send them."""
    request = BackendRequest(
        cursor=REQUEST.cursor, prompt=ADD, limits=AnswerLimits(), files=(TemplateFile("a.py", "A = 1\n"),)
    )
    async with opened(loopback, "llamacpp") as backend:
        await answer(backend, request)
    assert loopback.log(1)[0]["body"]["input_extra"] == [{"filename": "a.py", "text": "A = 1\n"}]


@pytest.mark.parametrize("name", ["ollama", "llamacpp", "openai"])
async def test_model_without_fill_in_is_explained(loopback: Loopback, name: str) -> None:
    """The message names the problem and the fix, which is a template."""
    loopback.behave(inserts=False, models=MODELS, text=" a + b")
    async with opened(loopback, name) as backend:
        error = await refusal(backend, REQUEST)
        assert error.kind is ErrorKind.BAD_SETTING
        assert "cannot fill in the middle: set model to one that can" in str(error)
        assert "set template" in str(error)
        assert (OLLAMA_MODELS in str(error)) is (name == "ollama")
    async with opened(loopback, name, template=TEMPLATES["plain"]) as backend:
        assert text(await answer(backend, REQUEST)) == "a + b"


@pytest.mark.parametrize("name", ["openai", "openai-chat", "ollama"])
@pytest.mark.parametrize(
    ("raw", "shown"),
    [("<think>\nA sum.\n</think>\n\na + b", "a + b"), ("<think></think>a + b", "a + b"), ("<thin", "<thin")],
)
async def test_reasoning_inside_the_answer_is_removed(
    loopback: Loopback, name: str, raw: str, shown: str
) -> None:
    """Reasoning inside the answer is removed; the text after it is the answer."""
    loopback.behave(text=raw, models=MODELS)
    async with opened(loopback, name) as backend:
        assert (
            text(await answer(backend, BackendRequest(cursor=Cursor(), prompt=ADD, limits=AnswerLimits())))
            == shown
        )


async def test_answer_of_reasoning_only_is_reported(loopback: Loopback) -> None:
    """An answer of reasoning only is reported, with the fix."""
    loopback.behave(text="<think>\n" + "Let me see. " * 200, models=MODELS)
    async with opened(loopback, "openai") as backend:
        error = await refusal(backend, REQUEST)
    assert error.kind is ErrorKind.BAD_SETTING
    assert "wrote only its reasoning" in str(error)


FAULTS = [
    ("401", ErrorKind.BAD_KEY), ("402", ErrorKind.NO_CREDIT), ("429", ErrorKind.RATE_LIMIT),
    ("503", ErrorKind.OVERLOAD), ("html", ErrorKind.MALFORMED), ("empty", ErrorKind.MALFORMED),
    ("plain", ErrorKind.OVERLOAD), ("close", ErrorKind.NETWORK),
    ("half-head", ErrorKind.NETWORK),
]  # fmt: skip


@pytest.mark.parametrize("name", ["mistral", "ollama", "llamacpp", "deepseek-chat"])
@pytest.mark.parametrize(("fault", "kind"), FAULTS)
async def test_each_error_has_its_kind(loopback: Loopback, name: str, fault: str, kind: ErrorKind) -> None:
    """The kind is the same for each wire format."""
    loopback.behave(models=MODELS)
    loopback.fail(fault)
    async with opened(loopback, name) as backend:
        error = await refusal(backend, REQUEST)
        assert error.kind is kind, error
        assert KEY not in str(error)


@pytest.mark.parametrize("name", ["mistral", "ollama", "llamacpp", "deepseek-chat"])
@pytest.mark.parametrize("fault", ["cut", "mid-chunk", "reset", "bytes", "crlf"])
async def test_interrupted_answer_keeps_its_text(loopback: Loopback, name: str, fault: str) -> None:
    """An interrupted answer is a short answer; one that arrives byte by byte is complete."""
    loopback.behave(models=MODELS, text=" compute(a, b) + compute(b, a)")
    loopback.fail(fault, after=4)
    async with opened(loopback, name) as backend:
        assert text(await answer(backend, REQUEST)).strip().startswith("comp")


async def test_missing_ollama_model_is_explained(loopback: Loopback) -> None:
    """The message names the available models, and how to fetch the missing one."""
    loopback.behave(models=["codestral:latest"])
    async with opened(loopback, "ollama") as backend:
        error = await refusal(backend, REQUEST)
    assert error.kind is ErrorKind.UNKNOWN_MODEL
    assert "codestral:latest" in str(error)
    assert "ollama pull qwen2.5-coder" in str(error)


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH_9.9\r\n", b"\x15\x03\x01\x00\x02\x02\x50", b"-ERR unknown\r\n"]
)
async def test_other_protocol_on_the_port_is_reported(greeting: bytes) -> None:
    """The message says that no web server listens there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server, greeting), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        backend = RemoteBackend(RemoteOptions(provider=PROVIDERS["ollama"], base_url=url))
        error = await refusal(backend, REQUEST)
        await backend.close()
    assert error.kind is ErrorKind.NETWORK
    assert "base_url" in str(error)


def _greet(server: socket.socket, greeting: bytes) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client:
            client.recv(100)
            client.sendall(greeting)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_provider_needs_only_a_key(provider: Provider) -> None:
    """Each provider has an address, a model, and a page for its key."""
    backend = RemoteBackend(RemoteOptions(provider=provider))
    assert backend.endpoints().completions == provider.base_url + provider.path
    assert backend.model or provider.wire == "infill"
    assert bool(provider.variable) == provider.paid == bool(provider.keys_page)
