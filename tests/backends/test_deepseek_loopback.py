"""The DeepSeek backend against a real server on this machine."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from midfill.backends.connections import MAX_FAILED_DRAINS
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.model import ErrorKind, Usage
from tests.backends.calls import KEY, REQUEST, answer, refusal, text
from tests.loopback.client import Loopback

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def opened(loopback: Loopback, path: str = "", **options: Any) -> AsyncIterator[RemoteBackend]:
    """A backend that calls `loopback`."""
    deepseek = RemoteBackend(RemoteOptions(**({"key": KEY, "base_url": loopback.url + path} | options)))
    try:
        yield deepseek
    finally:
        await deepseek.close()


@pytest.mark.parametrize("path", ["", "/", "/beta", "/beta/", "/beta/completions"])
async def test_complete_answer(loopback: Loopback, path: str) -> None:
    """An answer arrives completely, with its finish reason, its usage and the model's name."""
    async with opened(loopback, path) as deepseek:
        chunks = await answer(deepseek)
    assert text(chunks) == "answer = 42"
    assert chunks[-1].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.output > 0
    assert {chunk.model for chunk in chunks} == {"deepseek-flash"}
    (call,) = loopback.log(1, idle=True)
    assert (call["path"], call["end"]) == ("/beta/completions", "finished")
    assert call["body"]["suffix"] == REQUEST.prompt.suffix


@pytest.mark.parametrize("style", ["last", "extra", "none"])
async def test_usage_of_old_and_new_streams(loopback: Loopback, style: str) -> None:
    """Usage is read from the last chunk (since August 2026) and from a separate one (before)."""
    loopback.behave(usage=style)
    async with opened(loopback) as deepseek:
        chunks = await answer(deepseek)
    (call,) = loopback.log(1, idle=True)
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    assert usages == ([] if style == "none" else [_usage(call["usage"])])


def _usage(fields: dict[str, int]) -> Usage:
    return Usage(fields["prompt_tokens"], fields["completion_tokens"], fields["prompt_cache_hit_tokens"])


async def test_one_connection_for_all_answers(loopback: Loopback) -> None:
    """Consecutive answers that are read to their end share one connection."""
    async with opened(loopback) as deepseek:
        await deepseek.warm()
        for _ in range(5):
            await answer(deepseek)
    assert loopback.stats()["connections_opened"] == 1


async def test_closing_at_the_finish_keeps_the_connection(loopback: Loopback) -> None:
    """The connection stays open if reading stops after the model has finished."""
    async with opened(loopback) as deepseek:
        for calls in range(1, 4):
            async with aclosing(deepseek.stream(REQUEST)) as stream:
                async for chunk in stream:
                    if chunk.finish_reason:
                        break
            await asyncio.to_thread(loopback.log, calls, idle=True)
    assert loopback.stats()["connections_opened"] == 1
    assert {call["end"] for call in loopback.log()} == {"finished"}


async def test_closing_shortly_before_the_end_keeps_the_connection(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that ends soon is read to its end in the background."""
    monkeypatch.setattr("midfill.backends.connections.DRAIN_S", 2.0)  # Long enough for a loaded machine.
    loopback.behave(token_ms=0.1)
    async with opened(loopback) as deepseek:
        for calls in range(1, 3):
            async with aclosing(deepseek.stream(REQUEST)) as stream:
                await anext(stream)
            await deepseek.connections.settled()
            assert len(loopback.log(calls, idle=True)) == calls
    assert loopback.stats()["connections_opened"] == 1


LONG = "x = 1\n" * 200


async def test_long_answers_are_closed_after_some_attempts(loopback: Loopback) -> None:
    """Long answers are read on a few times; later ones are closed at the token that is enough."""
    loopback.behave(text=LONG, token_ms=5)
    fails = []
    async with opened(loopback) as deepseek:
        for _ in range(MAX_FAILED_DRAINS + 3):
            fails.append(deepseek.connections.drains_fail)
            async with aclosing(deepseek.stream(REQUEST)) as stream:
                await anext(stream)
            await deepseek.connections.settled()
    assert fails == [False] * MAX_FAILED_DRAINS + [True] * 3
    tokens = [call["tokens"] for call in loopback.log(idle=True, path="/completions")]
    read_on, left = tokens[:MAX_FAILED_DRAINS], tokens[MAX_FAILED_DRAINS:]
    assert min(left) < min(read_on)  # On a loaded machine, any of them may be closed later.


async def test_closing_early_ends_the_call_at_once(loopback: Loopback) -> None:
    """Closing the generator ends a streaming answer early; the next call opens a connection."""
    loopback.behave(text=LONG, token_ms=10)
    async with opened(loopback) as deepseek:
        async with aclosing(deepseek.stream(REQUEST)) as stream:
            await anext(stream)
        (call, *_) = await asyncio.to_thread(loopback.log, 1, idle=True)
        assert call["end"] == "aborted"
        assert call["tokens"] < len(call["answer"]) / 2
        models = (await asyncio.to_thread(loopback.log, 2, idle=True))[1]
        assert models["path"] == "/models"
        await deepseek.connections.settled()
        loopback.behave(token_ms=0)
        await answer(deepseek)
    assert loopback.log(3, idle=True)[2]["connection"] == models["connection"]


@pytest.mark.parametrize("pause", ["headers_ms", "first_token_ms", "token_ms"])
async def test_cancelling_ends_the_call_at_once(loopback: Loopback, pause: str) -> None:
    """A cancelled call is closed in any state."""
    loopback.behave(**{pause: 10_000})
    async with opened(loopback) as deepseek:
        task = asyncio.create_task(answer(deepseek))
        await asyncio.to_thread(loopback.log, 1)
        await asyncio.to_thread(loopback.behave, headers_ms=0)  # The next request opens a new connection.
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (call, *_) = await asyncio.to_thread(loopback.log, 1, idle=True)
    assert call["end"] == "aborted"


async def test_closed_backend_ends_its_calls(loopback: Loopback) -> None:
    """Closing the backend ends all calls."""
    loopback.behave(text=LONG, token_ms=10_000)
    async with opened(loopback) as deepseek:
        task = asyncio.create_task(answer(deepseek))
        await asyncio.to_thread(loopback.log, 1)
    (call, *_) = await asyncio.to_thread(loopback.log, 1, idle=True)
    assert call["end"] == "aborted"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


REFUSALS = [
    ("400", ErrorKind.BAD_REQUEST),
    ("401", ErrorKind.BAD_KEY),
    ("402", ErrorKind.NO_CREDIT),
    ("404", ErrorKind.BAD_REQUEST),
    ("405", ErrorKind.BAD_REQUEST),
    ("415", ErrorKind.BAD_REQUEST),
    ("422", ErrorKind.BAD_REQUEST),
    ("429", ErrorKind.RATE_LIMIT),
    ("500", ErrorKind.OVERLOAD),
    ("503", ErrorKind.OVERLOAD),
    ("json-as-text", ErrorKind.BAD_REQUEST),
    ("detail", ErrorKind.NO_CREDIT),
    ("plain", ErrorKind.OVERLOAD),
    ("html", ErrorKind.MALFORMED),
    ("empty", ErrorKind.MALFORMED),
    ("close", ErrorKind.NETWORK),
    ("half-head", ErrorKind.NETWORK),
    ("cut", ErrorKind.NETWORK),
    ("mid-chunk", ErrorKind.NETWORK),
    ("reset", ErrorKind.NETWORK),
    ("error-event", ErrorKind.OVERLOAD),
]


@pytest.mark.parametrize(("fault", "kind"), REFUSALS)
async def test_each_refusal_has_its_kind(loopback: Loopback, fault: str, kind: ErrorKind) -> None:
    """Each failure before any text has its own kind, and the next call is answered."""
    loopback.fail(fault)
    async with opened(loopback) as deepseek:
        error = await refusal(deepseek)
        assert (error.kind, KEY in str(error)) == (kind, False)
        assert text(await answer(deepseek)) == "answer = 42"


@pytest.mark.parametrize("fault", ["cut", "mid-chunk", "reset", "stall", "error-event", "garbage"])
async def test_interrupted_answer_keeps_its_text(loopback: Loopback, fault: str) -> None:
    """Text before the interruption of an answer is kept."""
    loopback.fail(fault, after=2)
    async with opened(loopback, first_token_s=3) as deepseek:
        chunks = await answer(deepseek)
    assert text(chunks) != ""
    assert "answer = 42".startswith(text(chunks))


@pytest.mark.parametrize("fault", ["keep-alive", "blank-lines", "no-done", "bytes", "crlf"])
async def test_unusual_answers_are_accepted(loopback: Loopback, fault: str) -> None:
    """Unusual but valid answers make no difference."""
    loopback.fail(fault, ms=60, interval_ms=10)
    async with opened(loopback) as deepseek:
        assert text(await answer(deepseek)) == "answer = 42"


@pytest.mark.parametrize("fault", ["no-choices", "null-text"])
async def test_answer_without_text_is_empty(loopback: Loopback, fault: str) -> None:
    """An answer without choices, or with null as text, is empty and no error."""
    loopback.fail(fault)
    async with opened(loopback) as deepseek:
        assert text(await answer(deepseek)) == ""


async def test_separators_are_unchanged(loopback: Loopback) -> None:
    """U+2028 and similar characters in an answer are unchanged."""
    loopback.fail("separators")
    async with opened(loopback) as deepseek:
        assert {"\u2028", "\u0085"} & set(text(await answer(deepseek)))


async def test_keep_alives_do_not_extend_the_deadline(loopback: Loopback) -> None:
    """Comments that say that the server is busy do not extend the deadline."""
    loopback.fail("keep-alive", ms=10_000, interval_ms=20)
    async with opened(loopback, first_token_s=0.2) as deepseek:
        assert (await refusal(deepseek)).kind is ErrorKind.TIMEOUT
        (call, *_) = await asyncio.to_thread(loopback.log, 1, idle=True)
    assert call["end"] == "aborted"


async def test_text_at_the_deadline_is_the_answer(loopback: Loopback) -> None:
    """At the deadline, the received text is the answer."""
    loopback.behave(text=LONG, token_ms=20)
    async with opened(loopback, total_s=0.3) as deepseek:
        chunks = await answer(deepseek)
    assert LONG.startswith(text(chunks))
    assert all(chunk.finish_reason is None for chunk in chunks)


async def test_wrong_key_and_unknown_model_are_explained(loopback: Loopback) -> None:
    """Both messages say what to do."""
    async with opened(loopback, model="deepseek-chat") as deepseek:
        error = await refusal(deepseek)
    assert error.kind is ErrorKind.UNKNOWN_MODEL
    assert "deepseek-flash, deepseek-v4-pro" in str(error)
    loopback.behave(key="another")
    async with opened(loopback) as deepseek:
        error = await refusal(deepseek)
    assert error.kind is ErrorKind.BAD_KEY
    assert "sk-…7f3c" in str(error)


async def test_logs_have_no_key(loopback: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    """This includes the level at which httpx logs all headers."""
    caplog.set_level(logging.DEBUG)
    async with opened(loopback) as deepseek:
        await answer(deepseek)
        assert logging.getLogger("httpcore.http11").getEffectiveLevel() == logging.WARNING
    assert KEY not in caplog.text
    assert loopback.url not in caplog.text


async def test_models_and_balance(loopback: Loopback) -> None:
    """`doctor` sends these requests."""
    async with opened(loopback) as deepseek:
        assert await deepseek.models() == ["deepseek-flash", "deepseek-v4-pro"]
        balance = await deepseek.balance()
    assert balance.available
    assert balance.amounts == (("USD", "110.00"),)
