"""From initialize to exit, according to LSP 3.18 "Server lifecycle"."""

import pytest

from tests.client import LspClient, LspError
from tests.loopback.client import Loopback
from tests.lsp.editor import SERVE, Page, answer, running

pytestmark = pytest.mark.anyio

NOT_INITIALIZED, INVALID_REQUEST = -32002, -32600


async def refusal(client: LspClient, method: str) -> int:
    with pytest.raises(LspError) as caught:
        await answer(client.request(method, {}))
    return caught.value.code


async def test_requests_outside_the_lifecycle_are_refused(bare: dict[str, str]) -> None:
    """Requests before initialize and after shutdown are refused, a second initialize too; exit then gives 0."""
    async with await LspClient.start(SERVE, bare) as client:
        client.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///early.py"}})
        assert await refusal(client, "textDocument/inlineCompletion") == NOT_INITIALIZED
        assert await refusal(client, "shutdown") == NOT_INITIALIZED
        await client.initialize()
        assert await refusal(client, "initialize") == INVALID_REQUEST
        page = Page(client, "total = 1\nprint(total)\nprint(to▮")
        assert isinstance(await page.items(), list)
        assert await answer(client.request("shutdown")) is None
        assert await refusal(client, "textDocument/inlineCompletion") == INVALID_REQUEST
        assert await refusal(client, "shutdown") == INVALID_REQUEST
        client.notify("exit")
        assert await client.ended() == 0
        assert client.stderr == ""


@pytest.mark.parametrize("begun", [True, False])
async def test_exit_without_shutdown_returns_1(bare: dict[str, str], begun: bool) -> None:
    """`exit` ends the server at any time; the exit code depends on an earlier `shutdown`."""
    async with await LspClient.start(SERVE, bare) as client:
        if begun:
            await client.initialize()
        client.notify("exit")
        assert await client.ended() == 1


async def test_shutdown_answers_requests_in_flight(env: dict[str, str], loopback: Loopback) -> None:
    """Shutdown does not wait for a model: in-flight requests are answered as cancelled, and their calls are closed."""
    loopback.behave(first_token_ms=60_000)
    async with running(env) as client:
        call = Page(client, "the_answer = ▮").ask()
        loopback.log(calls=1, path="/completions")
        assert await client.exit() == 0
        assert client.answers[call.id] == 1
    assert [made["end"] for made in loopback.log(idle=True, path="/completions")] == ["aborted"]


async def test_initialize_with_null_members_is_answered(bare: dict[str, str]) -> None:
    """Null for every optional member is what the specification allows, and gets an answer."""
    async with await LspClient.start(SERVE, bare) as client:
        params = dict.fromkeys(("processId", "rootUri", "workspaceFolders", "initializationOptions"))
        result = await answer(client.request("initialize", {**params, "capabilities": {}}))
        assert result["capabilities"]["positionEncoding"] == "utf-16"
        assert await client.exit() == 0


async def test_unknown_capabilities_are_accepted(bare: dict[str, str]) -> None:
    """A client with unknown capabilities is served nevertheless."""
    capabilities = {
        "general": {"positionEncodings": ["utf-64", "utf-8"], "markdown": 7},
        "textDocument": {"completion": {"completionItemKind": {"valueSet": ["new"]}}, "inlineCompletion": {}},
        "workspace": {"workspaceEdit": {"failureHandling": "guess"}},
        "tomorrow": True,
    }
    async with await LspClient.start(SERVE, bare) as client:
        result = await client.initialize(capabilities)
        assert result["capabilities"]["positionEncoding"] == "utf-8"
