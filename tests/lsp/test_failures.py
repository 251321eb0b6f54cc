"""Each failure of DeepSeek causes one message that says what to do. The request gets an answer, never an error."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.client import Json, LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio

ERROR, WARNING = 1, 2
KNOWN = "def area(width, height):\n    return width * height\n\n\ndef area(width, height):\n    return wid▮\n"
"""A place for which the embedded engine has an answer: the text above."""


SHORT_DEADLINES: Json = {"timing": {"first_token_ms": 300, "total_ms": 600}}
"""Settings with short deadlines."""


@dataclass(frozen=True)
class Case:
    """A fault of the loopback, the text of the message, and the status."""

    fault: dict[str, Any]
    says: tuple[str, ...]
    state: str = "offline"
    type: int = WARNING
    options: Json = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.fault["kind"])


CASES = [
    Case({"kind": "401"}, ("does not accept the API key", "set another one"), "error", ERROR),
    Case({"kind": "402"}, ("no credit", "top up"), "error", ERROR),
    Case(
        {"kind": "400", "message": "The supported API model names are a-1 or b-2, but you passed x."},
        ("set model to one of: a-1, b-2",),
        "error",
        ERROR,
    ),
    Case({"kind": "422"}, ("rejects the request", "check model"), "error", ERROR),
    Case({"kind": "429", "retry_after": "30"}, ("too many",)),
    Case({"kind": "503"}, ("overloaded", "tries again later")),
    Case({"kind": "html"}, ("proxy or login page",)),
    Case({"kind": "empty"}, ("base_url",)),
    Case({"kind": "close"}, ()),
    Case({"kind": "stall"}, ("sent nothing in time", "first_token_ms"), options=SHORT_DEADLINES),
]


async def states(client: LspClient) -> list[str]:
    await answer(client.request("workspace/executeCommand", {"command": "midfill.stats", "arguments": []}))
    return [status["state"] for status in client.received("midfill/status")]


async def backend_known(client: LspClient) -> None:
    """Wait until the server has started, which can take longer than a short deadline."""
    await client.until("midfill/status", lambda status: status["backend"])


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_each_failure_is_reported_once(env: dict[str, str], loopback: Loopback, case: Case) -> None:
    """One message for its kind, the fallback's answer or an empty list, no key shown, and the server continues."""
    loopback.behave(faults=[{"times": 0, **case.fault}])
    async with running({**env, "MIDFILL_LOG": "debug"}, case.options) as client:
        await backend_known(client)
        known, unknown = Page(client, KNOWN), Page(client, "nobody_knows = ▮\n")
        for _ in range(2):
            assert [item["insertText"] for item in await known.items()] == ["th * height"]
            assert await unknown.items() == []
            unknown.type("x")
        assert await unknown.items(manual=True) == []
        (message,) = client.received("window/showMessage")
        assert message["type"] == case.type
        for words in case.says:
            assert words in message["message"]
        assert (await states(client))[-1] == case.state
        assert env["DEEPSEEK_API_KEY"] not in str(client.messages) + client.stderr
        assert "Traceback" not in client.stderr
    if case.type == ERROR:
        assert client.received("midfill/status")[-1]["kind"]
        assert len(loopback.log(path="/completions")) == 1, "asking again is pointless"


async def test_key_repeated_by_the_service_is_masked(env: dict[str, str], loopback: Loopback) -> None:
    """A key with hyphens matches no pattern: it is masked by its value, in messages, status and log."""
    key = "f6c449ff-1864-4caf-ad2d-9794a53eca4c"
    for kind in ("error-event", "400"):
        loopback.behave(faults=[{"times": 0, "kind": kind, "message": f"the key {key} is odd"}])
        async with running({**env, "DEEPSEEK_API_KEY": key, "MIDFILL_LOG": "debug"}) as client:
            await Page(client, "nobody_knows = ▮\n").items()
            (message,) = client.received("window/showMessage")
            assert "the key […] is odd" in message["message"]
            await client.exit()
            assert key not in str(client.messages) + client.stderr


async def test_calls_resume_after_a_settings_change(env: dict[str, str], loopback: Loopback) -> None:
    """Calls that a wrong key or model stopped continue after a change of the configuration."""
    loopback.behave(text="again()")
    loopback.fail("401")
    async with running(env, capabilities={"textDocument": {"inlineCompletion": {}}}) as client:
        page = Page(client, "second_chance = ▮\n")
        assert await page.texts() == []
        page.type("a")
        assert await page.texts() == []
        client.notify("workspace/didChangeConfiguration", {"settings": {"model": "deepseek-v4-pro"}})
        await client.until("midfill/status", lambda status: status["state"] == "ready")
        page.type("g")
        while not (texts := await page.texts()):
            page.type("a")
        assert texts == ["again()"]
        assert loopback.log(path="/completions")[-1]["body"]["model"] == "deepseek-v4-pro"


async def test_recovered_service_is_used_again(env: dict[str, str], loopback: Loopback) -> None:
    """After the pause (a second at first) a probe succeeds, and the status is ready again."""
    loopback.behave(text="back()")
    loopback.fail("503")
    timing = {"debounce_min_ms": 1100, "debounce_max_ms": 1100}
    async with running(env, {"timing": timing, "completion": {"alternatives": 1}}) as client:
        page = Page(client, "come_back = ▮\n")
        assert await page.texts(manual=True) == []
        page.type("b")
        assert await page.texts() == ["back()"]
        seen = await states(client)
        assert seen[-1] == "ready"
        assert "offline" in seen


async def test_dead_network_is_reported_and_the_embedded_engine_answers(env: dict[str, str]) -> None:
    """No server listens there: one message, and the embedded engine answers meanwhile."""
    async with running({**env, "MIDFILL_BASE_URL": "http://127.0.0.1:9"}) as client:
        page = Page(client, KNOWN)
        assert await page.texts() == ["th * height"]
        page.type("t")
        assert await page.texts() == ["h * height"]
        (message,) = client.received("window/showMessage")
        assert "127.0.0.1" in message["message"]
        assert (await states(client))[-1] == "offline"


async def test_missing_key_is_not_a_failure(bare: dict[str, str]) -> None:
    """The embedded engine answers without a key, a network or a message."""
    async with running(bare) as client:
        assert await Page(client, KNOWN).texts() == ["th * height"]
        assert client.received("window/showMessage") == []
        assert client.stderr == ""


async def test_failed_key_command_is_reported(bare: dict[str, str]) -> None:
    """The message names the setting and says what to do; the embedded engine answers."""
    async with running(bare, {"api_key_command": "midfill-no-such-command"}) as client:
        message = await client.until("window/showMessage")
        assert "api_key_command cannot be run" in message["message"]
        assert await Page(client, KNOWN).texts() == ["th * height"]
        assert (await states(client))[-1] == "error"


async def test_interrupted_stream_keeps_its_text(env: dict[str, str], loopback: Loopback) -> None:
    """At the deadline, and after an interrupted connection, the received text is kept."""
    loopback.behave(text="first = compute(second)\nthird")
    options = {"timing": {"first_token_ms": 6000, "total_ms": 6000}}
    async with running(env, options) as client:
        await backend_known(client)
        for kind in ("cut", "stall"):
            loopback.fail(kind, after=4)
            (text,) = await Page(client, f"if partly_{kind}:\n    ▮\n").texts()
            assert text
            assert "first = compute(second)".startswith(text)


async def test_restored_credit_is_detected(env: dict[str, str], loopback: Loopback) -> None:
    """A manual request finds out at once, an automatic one later; no setting has to change."""
    loopback.behave(text="paid()")
    loopback.fail("402")
    async with running(env) as client:
        page = Page(client, "top_up = ▮\n")
        assert await page.texts() == []
        assert (await states(client))[-1] == "error"
        page.type("a")
        assert await page.texts() == []
        await answer(client.request("workspace/executeCommand", {"command": "midfill.retry"}))
        page.type("b")
        assert await page.texts() == ["paid()"]
        assert (await states(client))[-1] == "ready"


async def test_backend_answers_at_the_same_place_after_credit_is_restored(
    env: dict[str, str], loopback: Loopback
) -> None:
    """At a manual request at the same place, the backend answers; the status names it as soon as it is called again."""
    loopback.behave(text="th * height * depth")
    loopback.fail("402", times=1)
    async with running(env) as client:
        page = Page(client, KNOWN)
        assert await page.texts() == ["th * height"]
        assert (await states(client))[-1] == "error"
        await answer(client.request("workspace/executeCommand", {"command": "midfill.retry"}))
        assert (await states(client))[-1] == "ready"
        assert client.received("midfill/status")[-1]["backend"] == "deepseek"
        assert await page.texts(manual=True) == ["th * height * depth"]


async def test_each_failure_is_one_log_line(env: dict[str, str], loopback: Loopback) -> None:
    """The line has status, cause and consequence, without the provider's text, the document's text, or the key."""
    loopback.fail("402", message="you wrote sesame")
    async with running(env) as client:
        page = Page(client, "sesame = ▮\n")
        assert await page.texts() == []
        await client.exit()
        (line,) = client.stderr.splitlines()
        assert "HTTP 402, no credit; the next call starts in 10 s" in line
        assert "sesame" not in line


async def test_unknown_model_is_reported_with_the_available_ones(
    env: dict[str, str], loopback: Loopback
) -> None:
    """The status names them, so that an editor can offer them."""
    loopback.fail("400", message="The supported API model names are a-1 or b-2, but you passed x.")
    async with running(env) as client:
        assert await Page(client, "wrong_model = ▮\n").texts() == []
        status = await client.until("midfill/status", lambda status: status["state"] == "error")
        assert (status["kind"], status["offers"]) == ("unknown model", ["a-1", "b-2"])
