"""Repeated errors of a client are reported once."""

from typing import Any

import pytest

from tests.client import Json
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio

PUSHES: Json = {"textDocument": {"inlineCompletion": {}}}


async def test_malformed_messages_are_logged_once_per_kind(bare: dict[str, str]) -> None:
    """A line for each kind, with a count, without a traceback and without the user's text."""
    async with running(bare) as client:
        for number in range(1_000):
            params: Any = [{"textDocument": {"uri": f"secret-{number}"}}, {"secret": number}][number % 2]
            client.notify("textDocument/didOpen", params)
            client.send({"jsonrpc": "2.0", "method": f"secret/{number}", "params": 5})
            client.request(f"secret/{number}", 5)
            client.write(b"secret\r\n\r\n")
        await answer(client.request("workspace/executeCommand", {"command": "midfill.stats"}))
        assert len(client.stderr.splitlines()) < 20, client.stderr[:5_000]
        assert "(100 times so far)" in client.stderr
        assert "Traceback" not in client.stderr
        assert "secret" not in client.stderr


@pytest.mark.parametrize("reply_without_call", [True, False])
async def test_many_wrong_settings_are_one_short_message(
    bare: dict[str, str], reply_without_call: bool
) -> None:
    """The message has the first problems and the number of the others."""
    async with running(bare, capabilities=PUSHES) as client:
        wrong = {f"wrong_{number}": number for number in range(5_000 if reply_without_call else 500)}
        for settings in [wrong] if reply_without_call else [{name: 1} for name in wrong]:
            client.notify("workspace/didChangeConfiguration", {"settings": {"midfill": settings}})
        message = (await client.until("window/showMessage"))["message"]
        assert "wrong_0" in message
        assert len(message.splitlines()) <= 6
        if reply_without_call:
            assert "more" in message.splitlines()[-1]
        assert isinstance(await Page(client, "still = ▮\n").items(), list)
        await answer(client.request("workspace/executeCommand", {"command": "midfill.stats"}))
        assert len(client.received("window/showMessage")) <= 5
