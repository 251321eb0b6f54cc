"""The status and the messages for the user."""

from typing import Any

import pytest

from midfill.core.model import BackendError, ErrorKind
from midfill.lsp.client import Client
from midfill.lsp.dispatch import Dispatch, error_location, error_response, parsed
from midfill.lsp.feature_switch import FeatureSwitch
from midfill.lsp.folders import Folders
from midfill.lsp.lifecycle import Lifecycle
from midfill.lsp.outgoing import Outgoing, Response
from midfill.lsp.status import StatusReporter
from midfill.settings import Problem

pytestmark = pytest.mark.anyio

HALTS = "No backend is called until this is fixed."


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class RecordingClient:
    """A client that records its messages."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.outgoing = Outgoing(self.sent.append)
        self.reporter = StatusReporter(self.outgoing)

    @property
    def status(self) -> dict[str, Any]:
        return next(one["params"] for one in reversed(self.sent) if one["method"] == "midfill/status")

    @property
    def messages(self) -> list[tuple[int, str]]:
        return [
            (one["params"]["type"], one["params"]["message"])
            for one in self.sent
            if one["method"] == "window/showMessage"
        ]


def test_status_is_ready_or_busy() -> None:
    """The status names the backend that answered; the same status is sent once."""
    screen = RecordingClient()
    screen.reporter.on_backend("deepseek")
    assert screen.status == {
        "state": "ready", "message": "", "backend": "deepseek", "kind": "", "offers": [], "usage": "",
    }  # fmt: skip
    screen.reporter.status()
    screen.reporter.busy(False)
    assert len(screen.sent) == 1
    screen.reporter.busy(True)
    screen.reporter.busy(True)
    assert (screen.status["state"], len(screen.sent)) == ("busy", 2)
    screen.reporter.usage = "3 cents"
    screen.reporter.busy(False)
    assert (screen.status["state"], screen.status["usage"]) == ("ready", "3 cents")


def test_emacs_gets_no_status() -> None:
    """Emacs would show a warning for each one. It gets messages."""
    screen = RecordingClient()
    screen.reporter.client = Client(name="emacs")
    screen.reporter.on_error(BackendError(ErrorKind.BAD_KEY, "the key is wrong"))
    assert [one["method"] for one in screen.sent] == ["window/showMessage"]


@pytest.mark.parametrize(
    ("kind", "state", "level"),
    [
        (ErrorKind.BAD_KEY, "error", 1),
        (ErrorKind.NO_CREDIT, "error", 1),
        (ErrorKind.NETWORK, "offline", 2),
        (ErrorKind.OVERLOAD, "offline", 2),
    ],
)
def test_error_is_shown_once(kind: ErrorKind, state: str, level: int) -> None:
    """A permanent failure is an error, a temporary one a warning.

    Both are shown again after a change of the settings.
    """
    screen = RecordingClient()
    error = BackendError(kind, "it \x1b[1mfailed")
    error.offers = ("one", "two")
    for _ in range(3):
        screen.reporter.on_error(error)
    assert screen.messages == [(level, "midfill: it \\x1b[1mfailed")]
    assert screen.status["state"] == state
    assert screen.status["message"] == "it \\x1b[1mfailed"
    assert (screen.status["kind"], screen.status["offers"]) == (kind.value, ["one", "two"])
    screen.reporter.recovered("local")
    assert (screen.status["state"], screen.status["backend"], screen.status["offers"]) == (
        "ready",
        "local",
        [],
    )
    screen.reporter.on_error(error)
    assert len(screen.messages) == 1
    screen.reporter.configured("deepseek")
    assert screen.status["backend"] == "deepseek"
    screen.reporter.on_error(error)
    assert len(screen.messages) == 2


def test_kinds_of_errors_are_those_that_clients_know() -> None:
    """A client chooses its buttons by them."""
    assert {kind.value for kind in ErrorKind if kind.lasting} == {
        "no key", "bad key", "no credit", "bad setting", "bad request", "unknown model",
    }  # fmt: skip
    assert {kind.value for kind in ErrorKind if not kind.lasting} == {
        "rate limit", "overload", "network", "timeout", "malformed answer",
    }  # fmt: skip


def test_another_kind_of_error_is_shown() -> None:
    """A recovery without an earlier error shows no message."""
    screen = RecordingClient()
    screen.reporter.recovered("other")
    assert screen.sent == []
    screen.reporter.on_error(BackendError(ErrorKind.NETWORK, "no network"))
    screen.reporter.on_error(BackendError(ErrorKind.BAD_KEY, "no key"))
    assert [text for _, text in screen.messages] == ["midfill: no network", "midfill: no key"]


async def test_status_shows_the_most_important_state() -> None:
    """The order is: wrong settings, a pause, an error, a cap, busy."""
    screen = RecordingClient()
    reporter = screen.reporter
    reporter.busy(True)
    seen = []
    reporter.capped = "the cap"
    reporter.status()
    seen.append((screen.status["state"], screen.status["message"], screen.status["kind"]))
    reporter.on_error(BackendError(ErrorKind.NETWORK, "the error"))
    seen.append((screen.status["state"], screen.status["message"], screen.status["kind"]))
    reporter.paused = "the pause"
    reporter.status()
    seen.append((screen.status["state"], screen.status["message"], screen.status["kind"]))
    reporter.settings([Problem("the setting", blocks_calls=True)])
    seen.append((screen.status["state"], screen.status["message"], screen.status["kind"]))
    assert seen == [
        ("offline", "the cap", ""),
        ("offline", "the error", "network"),
        ("paused", "the pause", ""),
        ("error", f"the setting {HALTS}", "settings"),
    ]
    assert screen.messages[-1] == (1, f"midfill: the setting {HALTS}")


def test_toggles_and_snooze_change_the_status() -> None:
    """They apply to all languages, to one, or for some minutes; each is reset by itself."""
    switch = FeatureSwitch("completion is")
    assert switch.reason("python", 0) == ""
    assert switch.toggle("python") is False
    assert switch.reason("python", 0) == "completion is switched off for python"
    assert switch.reason("go", 0) == switch.reason("", 0) == ""
    assert switch.toggle() is False
    assert switch.reason("go", 0) == "completion is switched off"
    assert switch.toggle() is True
    assert switch.toggle("python") is True
    switch.snooze(2, 100)
    assert switch.reason("go", 219.9).startswith("completion is snoozed until ")
    assert switch.reason("go", 220) == ""
    switch.snooze(0, 100)
    assert switch.reason("go", 101) == ""
    switch.snooze(1, 100)
    switch.snooze(-1, 100)
    assert switch.reason("go", 101) == ""


def test_messages_allowed_in_each_phase() -> None:
    """Nothing before `initialize`, nothing but `exit` after `shutdown`; answers at any time."""
    phase = Lifecycle()
    assert phase.phase_error("textDocument/completion") == (-32002, "the first request has to be initialize")
    assert phase.phase_error("initialize") is phase.phase_error("exit") is phase.phase_error(None) is None
    phase.begun = True
    assert phase.phase_error("initialize") == (-32600, "the server is initialized already")
    assert phase.phase_error("textDocument/completion") is None
    phase.shut_down = True
    for method in ("textDocument/completion", "initialize", "shutdown"):
        assert phase.phase_error(method) == (-32600, "the server has been shut down")
    assert phase.phase_error("exit") is phase.phase_error(None) is None


def test_server_request_is_answered_once() -> None:
    """The answer reaches its caller. Answers to withdrawn or unknown requests are ignored."""
    screen = RecordingClient()
    received: list[Response] = []
    first = screen.outgoing.request("a", {"x": 1}, received.append)
    second = screen.outgoing.request("b", None, received.append)
    third = screen.outgoing.request("c", None, received.append)
    assert screen.sent[0] == {"id": first, "method": "a", "params": {"x": 1}}
    assert (second, third) == (first + 1, first + 2)
    assert first == 1 << 30
    screen.outgoing.answered({"id": first, "result": 5})
    screen.outgoing.answered({"id": first, "result": 6})
    screen.outgoing.answered({"id": second, "error": {"code": 1}, "result": 7})
    screen.outgoing.answered({"id": "x", "result": 8})
    screen.outgoing.answered({"id": third})
    assert received == [Response(5), Response(None, True), Response(None, True)]
    fourth = screen.outgoing.request("d", None, received.append)
    screen.outgoing.cancel(fourth)
    screen.outgoing.cancel(fourth)
    screen.outgoing.answered({"id": fourth, "result": 9})
    assert len(received) == 3
    assert screen.sent[4:] == [{"method": "$/cancelRequest", "params": {"id": fourth}}]


def body(text: str) -> bytes:
    return text.replace("'", '"').encode()


@pytest.mark.parametrize(
    ("text", "code", "number", "reason"),
    [
        ("{", -32700, None, "is not JSON"),
        ("[1]", -32600, None, "is one JSON object"),
        ("{'method': 'a'}", -32600, None, "with jsonrpc 2.0"),
        ("{'jsonrpc': '1.0', 'method': 'a'}", -32600, None, "with jsonrpc 2.0"),
        ("{'jsonrpc': '2.0', 'method': 5, 'id': 3}", -32600, 3, "the method is a string"),
        ("{'jsonrpc': '2.0', 'method': 'a', 'id': true}", -32600, None, "the id of a request is"),
        ("{'jsonrpc': '2.0', 'method': 'a', 'id': null}", -32600, None, "the id of a request is"),
        ("{'jsonrpc': '2.0', 'method': 'a', 'id': [1]}", -32600, None, "the id of a request is"),
        ("[" * 100_000, -32700, None, "is not JSON"),
    ],
)
def test_invalid_message_is_refused(text: str, code: int, number: Any, reason: str) -> None:
    """The error has the code of JSON-RPC, the message's id if there is one, and what is wrong."""
    sent: list[dict[str, Any]] = []
    handled: list[Any] = []
    dispatch = Dispatch({}, handled.append, lambda message: None, sent.append)
    dispatch.lifecycle.begun = True
    dispatch.received(body(text))
    assert [(one["error"]["code"], one["id"], one["jsonrpc"]) for one in sent] == [(code, number, "2.0")]
    assert reason in sent[0]["error"]["message"]
    assert handled == []


@pytest.mark.parametrize("size", [0, 70_000])
@pytest.mark.parametrize("number", ["1", "1.5", "'x'", str(10**30), "'\\ud800'"])
def test_message_of_any_size_is_read(size: int, number: str) -> None:
    """It may contain any number that JSON allows."""
    text = f"{{'jsonrpc': '2.0', 'method': 'a', 'id': {number}, 'params': '{'x' * size}'}}"
    assert len(parsed(body(text))["params"]) == size
    assert parsed(body("{'jsonrpc': '2.0', 'result': 1, 'id': true}"))["result"] == 1


METHODS = """initialize+ initialized shutdown+ exit $/cancelRequest $/setTrace textDocument/didOpen
    textDocument/didChange
    textDocument/didClose textDocument/didSave textDocument/didShowCompletion
    textDocument/didPartiallyAcceptCompletion textDocument/didShowInlineEdit textDocument/didFocus
    textDocument/copilotInlineEdit+ midfill/nextEdit+ textDocument/inlineCompletion+ textDocument/completion+
    notebookDocument/didOpen notebookDocument/didChange notebookDocument/didClose workspace/didChangeConfiguration
    workspace/didChangeWatchedFiles workspace/didChangeWorkspaceFolders workspace/executeCommand+
    window/workDoneProgress/cancel"""


@pytest.mark.parametrize("method", [form for form in METHODS.split() if form != "exit"])
def test_requests_have_an_id_and_notifications_have_none(method: str) -> None:
    """A request without an id is ignored; a notification with one is refused."""
    name, is_request = method.removesuffix("+"), method.endswith("+")
    for with_number in (True, False):
        sent: list[dict[str, Any]] = []
        handled: list[Any] = []
        dispatch = Dispatch({name: handled.append}, handled.append, lambda message: None, sent.append)
        dispatch.lifecycle.begun = name != "initialize"
        number = "'id': 7, " if with_number else ""
        dispatch.received(body(f"{{'jsonrpc': '2.0', {number}'method': '{name}'}}"))
        assert len(handled) == (with_number is is_request)
        refused = with_number and not is_request
        assert [(one["id"], one["error"]["code"]) for one in sent] == ([(7, -32600)] if refused else [])
        assert [one["error"]["message"] for one in sent] == [
            f"{name} is a notification, and has no id"
        ] * refused


def test_exit_in_any_form_ends_the_server() -> None:
    """A client that sends it with an id gets no refusal: nothing would end the process."""
    handled: list[Any] = []
    for number in ("", "'id': 7, "):
        dispatch = Dispatch(
            {"exit": handled.append}, lambda message: None, lambda message: None, handled.append
        )
        dispatch.received(body(f"{{'jsonrpc': '2.0', {number}'method': 'exit'}}"))
    assert [message["method"] for message in handled] == ["exit", "exit"]


def test_failed_handler_is_answered() -> None:
    """The answer is the handler's fallback, or an error. A notification gets none."""
    sent: list[dict[str, Any]] = []

    def fails(message: dict[str, Any]) -> None:
        raise KeyError("the user's text")

    def fallback(message: dict[str, Any]) -> Any:
        return {"items": []} if message["method"] == "a" else None

    dispatch = Dispatch({"a": fails, "b": fails}, lambda message: None, fallback, sent.append)
    dispatch.lifecycle.begun = True
    for text in (
        "'id': 1, 'method': 'a'",
        "'id': 2, 'method': 'b'",
        "'method': 'b'",
        "'id': 3, 'method': 'c'",
    ):
        dispatch.received(body(f"{{'jsonrpc': '2.0', {text}}}"))
    assert sent == [
        {"jsonrpc": "2.0", "id": 1, "result": {"items": []}},
        error_response(2, -32602, "the parameters of b are malformed"),
    ]
    assert error_response(1, 2, "x", more=3)["error"] == {"code": 2, "message": "x", "data": {"more": 3}}


def test_logged_error_has_kind_file_and_line() -> None:
    """The log has no text of the message."""
    with pytest.raises(KeyError) as caught:
        dict[str, str]()["the user's text"]
    assert error_location(caught.value).startswith("KeyError in test_status.py:")
    assert error_location(ValueError("x")) == "ValueError"


def test_innermost_folder_of_a_document() -> None:
    """The spelling of the URI makes no difference; a remote folder has no path."""
    folders = Folders()
    folders.add(["file:///w", "file:///w/in%20side", "vscode-remote://ssh/w"], awaited=True)
    folders.add(["file:///w"], awaited=False)
    assert [folder.uri for folder in folders] == ["file:///w", "file:///w/in%20side", "vscode-remote://ssh/w"]
    around = {
        "file:///w/a.py": "file:///w",
        "FILE:///w/a.py": "file:///w",
        "file:///w/in side/deep/a.py": "file:///w/in%20side",
        "file:///w/a:b.py": "file:///w",
        "vscode-notebook-cell:///w/in%20side/a.ipynb#x": "file:///w/in%20side",
        "vscode-remote://ssh/w/a.py": "vscode-remote://ssh/w",
        "untitled:a": None,
        "file:///wider/a.py": None,
        "git:/w/a.py": None,
    }
    found = {uri: folders.around(uri) for uri in around}
    assert {uri: folder and folder.uri for uri, folder in found.items()} == around
    assert folders.awaits("file:///w/a.py")
    assert not folders.awaits("untitled:a")
    assert [str(path) for path in folders.paths] == ["/w", "/w/in side"]
    folders.notebook_of = lambda uri: "file:///w/in%20side/a.ipynb" if uri == "cell:1" else ""
    assert [folder and folder.uri for folder in map(folders.around, ("cell:1", "cell:2"))] == [
        "file:///w/in%20side",
        None,
    ]
    folders.remove(["file:///w/in side", "file:///elsewhere"])
    assert [folder.uri for folder in folders] == ["file:///w", "vscode-remote://ssh/w"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "'id': 1, 'method': 'textDocument/completion'",
            "Could not handle textDocument/completion: KeyError in ",
        ),
        ("'id': 1, 'method': 'my secret'", "Could not handle an unknown method: KeyError in "),
        ("'id': 1, 'result': 5", "Could not handle an answer: KeyError in "),
    ],
)
def test_log_names_known_methods_only(text: str, expected: str, caplog: pytest.LogCaptureFixture) -> None:
    """Names that a client made up are not logged."""

    def fails(message: dict[str, Any]) -> None:
        raise KeyError("the user's text")

    dispatch = Dispatch({"textDocument/completion": fails}, fails, lambda message: None, lambda message: None)
    dispatch.lifecycle.begun = True
    dispatch.received(body(f"{{'jsonrpc': '2.0', {text}}}"))
    (message,) = caplog.messages
    assert message.startswith(expected)
    assert "secret" not in message
