"""Several requests at a time: their answers, and the number of calls that are made and closed."""

import pytest

from tests.client import LspClient, LspError
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio

CANCELLED = -32800


async def test_newer_request_supersedes_older_ones(server: LspClient, loopback: Loopback) -> None:
    """A superseded request gets an empty list, and no error, because Neovim never cancels one."""
    loopback.behave(text="last", first_token_ms=150)
    page = Page(server, "superseded = ▮\n")
    with server.together():
        calls = []
        for key in "xyz":
            page.type(key)
            calls.append(page.ask())
    first, second, third = [await answer(call) for call in calls]
    assert first == second == {"items": []}
    assert [item["insertText"] for item in third["items"]] == ["last"]
    assert all(server.answers[call.id] == 1 for call in calls)


@pytest.mark.parametrize("reply_without_call", [True, False])
async def test_cancelled_request_is_answered_once(
    server: LspClient, loopback: Loopback, reply_without_call: bool
) -> None:
    """This includes a request that is cancelled in the same write. Its call is closed, or never made."""
    loopback.behave(first_token_ms=60_000)
    page = Page(server, f"cancelled_{reply_without_call} = ▮\n")
    if reply_without_call:
        with server.together():
            call = page.ask()
            server.cancel(call)
    else:
        call = page.ask()
        loopback.log(calls=1, path="/completions")
        server.cancel(call)
    with pytest.raises(LspError) as caught:
        await answer(call)
    assert caught.value.code == CANCELLED
    ends = [made["end"] for made in loopback.log(idle=True, path="/completions")]
    assert ends == ([] if reply_without_call else ["aborted"])
    assert server.answers[call.id] == 1


async def test_cancelling_an_answered_or_unknown_request_has_no_effect(
    server: LspClient, loopback: Loopback
) -> None:
    """A cancellation may arrive after the answer."""
    page = Page(server, "crossed = ▮\n")
    call = page.ask()
    await answer(call)
    server.cancel(call)
    server.notify("$/cancelRequest", {"id": "never-heard-of"})
    server.notify("$/cancelRequest", {"id": None})
    assert len(await page.texts()) == 1


async def test_request_after_a_cancellation_joins_the_call(server: LspClient, loopback: Loopback) -> None:
    """Editors cancel just before the next request, which joins the first one's call."""
    loopback.behave(text="joined", first_token_ms=200)
    page = Page(server, "joining = ▮\n")
    first = page.ask()
    loopback.log(calls=1, path="/completions")
    with server.together():
        server.cancel(first)
        second = page.ask()
    assert [item["insertText"] for item in (await answer(second))["items"]] == ["joined"]
    assert len(loopback.log(path="/completions")) == 1


async def test_popup_and_inline_requests_share_one_call(env: dict[str, str], loopback: Loopback) -> None:
    """A client that requests both gets both from one upstream call."""
    loopback.behave(text="shared", first_token_ms=100)
    async with running(env, {"popup": "always"}) as client:
        page = Page(client, "both = ▮\n")
        params = {"textDocument": {"uri": page.uri}, "position": page.position, "context": {"triggerKind": 1}}
        with client.together():
            popup = client.request("textDocument/completion", params)
            inline = page.ask()
        assert [item["insertText"] for item in (await answer(inline))["items"]] == ["shared"]
        assert [item["textEdit"]["newText"] for item in (await answer(popup))["items"]] == ["shared"]
        assert len(loopback.log(path="/completions")) == 1


async def test_edits_are_applied_while_a_call_is_in_flight(server: LspClient, loopback: Loopback) -> None:
    """A slow model blocks nothing: edits are applied, and another document is completed meanwhile."""
    loopback.behave(first_token_ms=60_000)
    slow, quick = Page(server, "in_flight = ▮\n"), Page(server, "meanwhile = ▮\n")
    hanging = slow.ask()
    loopback.log(calls=1, path="/completions")
    loopback.behave(first_token_ms=0, text="here")
    quick.type("wh")
    assert await quick.texts() == ["here"]
    assert loopback.log(path="/completions")[-1]["body"]["prompt"].endswith("meanwhile = wh")
    assert hanging.answered is None
    slow.client.close(slow.uri)
    assert await answer(hanging) == {"items": []}


async def test_closed_document_ends_its_call(server: LspClient, loopback: Loopback) -> None:
    """No request can use the answer, so the call ends and costs nothing more."""
    loopback.behave(first_token_ms=60_000)
    page = Page(server, "closing = ▮\n")
    call = page.ask()
    loopback.log(calls=1, path="/completions")
    server.close(page.uri)
    assert await answer(call) == {"items": []}
    assert [made["end"] for made in loopback.log(idle=True, path="/completions")] == ["aborted"]


async def test_calls_share_one_connection(server: LspClient, loopback: Loopback) -> None:
    """Calls in a row share a connection, unless the end of an answer comes too late for the next one."""
    loopback.behave(text="more")
    for number in range(5):
        assert await Page(server, f"shared_{number} = ▮\n").texts() == ["more"]
        loopback.log(number + 1, idle=True, path="/completions")  # On a busy machine the end comes later.
    calls = loopback.log(path="/completions")
    assert len({call["connection"] for call in calls}) < len(calls)
