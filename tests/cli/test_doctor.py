"""`midfill doctor`: a tick or a cross for each check, and the fix."""

import json
import socket
from typing import Any

import pytest

from tests.cli.command import Command, Done
from tests.loopback.client import Loopback

OK, USAGE, KEY, NETWORK = 0, 2, 3, 4


def line(done: Done, mark: str, words: str) -> str:
    """Return the line with that mark and those words; fails if there is none."""
    found = [text for text in done.out.splitlines() if text.startswith(mark) and words in text]
    assert found, done.out
    return found[0]


def test_all_checks_pass(deepseek: Command, loopback: Loopback) -> None:
    """Python, settings with their origins, key with four characters, network, balance, model, and one real call."""
    deepseek.config.write_text("[completion]\nmax_tokens = 99\n", "utf-8")
    done = deepseek.run("doctor")
    assert (done.code, done.err) == (OK, "")
    for words in (
        "Python",
        str(deepseek.config),
        "network: 127.0.0.1",
        "balance: 110.00 USD",
        "model: deepseek-flash",
    ):
        line(done, "✓", words)
    assert f"completion.max_tokens = 99 (from {deepseek.config})" in done.out
    assert "base_url = " in line(done, "✓", "(from environment MIDFILL_BASE_URL)")
    assert "sk-…k3y0" in line(done, "✓", "(from DEEPSEEK_API_KEY)")
    assert "ms" in line(done, "✓", "completion: first text after")
    assert "✗" not in done.out
    assert "\033" not in done.out
    assert deepseek.env["DEEPSEEK_API_KEY"] not in done.out
    paths = [call["path"].rpartition("/")[2] for call in loopback.log()]
    assert sorted(paths) == ["balance", "completions", "models"]


def test_missing_key_is_a_note(midfill: Command) -> None:
    """All checks pass: the embedded engine answers, and the message says how to get a key."""
    done = midfill.call("doctor")
    assert done.code == OK
    line(done, "•", "key: none found")
    line(done, "  →", "DEEPSEEK_API_KEY")
    line(done, "✓", "embedded engine")


def test_missing_key_of_a_named_backend_fails(midfill: Command) -> None:
    """The exit code is 3."""
    done = midfill.having(MIDFILL_BACKEND="deepseek").call("doctor")
    assert done.code == KEY
    line(done, "✗", "key: none found")
    line(done, "  →", "DEEPSEEK_API_KEY")


@pytest.mark.parametrize(
    ("fault", "code", "what", "words"),
    [
        ({"kind": "401", "path": "models"}, KEY, "network", "set another one"),
        ({"kind": "503", "path": "models"}, NETWORK, "network", "tries again later"),
        ({"kind": "html", "path": "models"}, NETWORK, "network", "base_url"),
        ({"kind": "close", "path": "models"}, NETWORK, "network", "check the network"),
        ({"kind": "402", "path": "balance"}, NETWORK, "balance", "top up"),
        ({"kind": "402", "path": "completions"}, NETWORK, "completion", "top up"),
        ({"kind": "404", "path": "completions"}, NETWORK, "completion", "check base_url"),
        ({"kind": "html", "path": "completions"}, NETWORK, "completion", "proxy or login page"),
    ],
)
def test_failure_is_reported_with_its_fix(
    deepseek: Command, loopback: Loopback, fault: dict[str, Any], code: int, what: str, words: str
) -> None:
    """A cross and a message for each failure, and the exit code of the first one; no key is shown."""
    loopback.behave(faults=[{"times": 0, **fault}])
    done = deepseek.call("doctor")
    assert done.code == code
    assert words in line(done, "✗", f"{what}: ")
    assert deepseek.env["DEEPSEEK_API_KEY"] not in done.out + done.err


def test_empty_account_is_reported(deepseek: Command, loopback: Loopback) -> None:
    """The message names the page to top up; the usage page shows the balance afterwards."""
    loopback.behave(balances=[("CNY", "0.00")], has_credit=False)
    done = deepseek.call("doctor")
    assert done.code == NETWORK
    line(done, "✗", "balance: 0.00 CNY, not enough for a call")
    line(done, "  →", "top up at platform.deepseek.com")
    assert deepseek.call("stats", "--html", "usage.html").code == OK
    assert "balance at deepseek: " in (deepseek.folder / "usage.html").read_text("utf-8")


def test_missing_balance_endpoint_is_a_note(deepseek: Command, loopback: Loopback) -> None:
    """Gateways lack that endpoint: a note, not a failure."""
    loopback.fail("404", path="balance", times=0)
    done = deepseek.call("doctor")
    assert done.code == OK
    line(done, "•", "balance")


def test_unknown_model_is_reported_with_the_available_ones(deepseek: Command, loopback: Loopback) -> None:
    """The service's own list is shown."""
    done = deepseek.having(MIDFILL_MODEL="deepsek").call("doctor")
    assert done.code == NETWORK
    line(done, "✗", "model: deepsek")
    line(done, "  →", "deepseek-flash, deepseek-v4-pro")


def test_unreachable_network_is_reported(midfill: Command) -> None:
    """The message names the unreachable address, and what to check."""
    done = midfill.having(MIDFILL_BASE_URL="http://127.0.0.1:9", DEEPSEEK_API_KEY="sk-" + "x" * 32).run(
        "doctor"
    )
    assert done.code == NETWORK
    assert "base_url" in line(done, "✗", "nothing listens there")


def test_wrong_tuning_settings_fail(midfill: Command) -> None:
    """Each has its own cross, with exit code 2; the other checks run nevertheless."""
    midfill.config.write_text('popop = "x"\n[completion]\nmax_lines = "x"\n', "utf-8")
    done = midfill.call("doctor")
    assert done.code == USAGE
    line(done, "✗", "did you mean popup?")
    line(done, "✗", "completion.max_lines")
    line(done, "✓", "embedded engine")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("backend = 7\n", "backend in "),
        ("[completion\n", "config.toml, line 1, column"),
        ('base_url = "localhost:8000"\n', "base_url in "),
        ("enabld = false\n", "did you mean enabled?"),
    ],
)
def test_wrong_setting_stops_the_call(midfill: Command, text: str, words: str) -> None:
    """It has a cross, as has the backend; no key is searched for, and nothing is called."""
    midfill.config.write_text('api_key_command = "touch run"\n' + text, "utf-8")
    done = midfill.call("doctor")
    assert done.code == USAGE
    assert words in line(done, "✗", "configuration").replace("line 2", "line 1")
    line(done, "✗", "backend: no backend is called until the configuration is fixed")
    assert "key:" not in done.out
    assert not (midfill.folder / "run").exists()


def test_failed_key_command_is_reported(midfill: Command) -> None:
    """The setting is named, with exit code 3."""
    midfill.config.write_text('api_key_command = "midfill-no-such-command"\n', "utf-8")
    done = midfill.call("doctor")
    assert done.code == KEY
    line(done, "✗", "api_key_command cannot be run")


def test_settings_of_the_editor_are_checked(deepseek: Command, loopback: Loopback) -> None:
    """Its address, model and key file are used, and named as the editor's; errors in them fail."""
    key = deepseek.file("key", "sk-" + "f11e" * 8)
    key.chmod(0o600)
    sent = {"baseUrl": loopback.url, "model": "no-such-model", "apiKeyFile": str(key)}
    away = deepseek.having(MIDFILL_BASE_URL="http://127.0.0.1:9", DEEPSEEK_API_KEY="")
    done = away.run("doctor", "--client", "-", stdin=json.dumps(sent).encode())
    assert done.code == NETWORK
    line(done, "✓", "(from client)")
    line(done, "✓", "network: 127.0.0.1")
    line(done, "✓", "sk-…f11e")
    line(done, "✗", "no-such-model is not offered")


def test_invalid_json_settings_are_reported(deepseek: Command) -> None:
    """The message is one line, without a traceback."""
    done = deepseek.run("doctor", "--client", "-", stdin=b"{")
    assert (done.code, done.err) == (USAGE, "midfill: --client -: it is not JSON\n")


def test_silent_network_is_reported_at_the_deadline(deepseek: Command) -> None:
    """A server that accepts the connection and does not answer is reported within the deadline of an answer."""
    deepseek.config.write_text("[timing]\nfirst_token_ms = 300\ntotal_ms = 300\n", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = deepseek.having(MIDFILL_BASE_URL=address).run("doctor")
    assert done.code == NETWORK
    assert "in time" in line(done, "✗", "network")


EDITS = '[edits]\nbackend = "deepseek"\n'


def test_edit_backend_is_checked(deepseek: Command, loopback: Loopback) -> None:
    """The checks are its key and one real edit."""
    deepseek.config.write_text(EDITS, "utf-8")
    loopback.behave(text="def area(width, height, depth):\n    return width * height * depth\n```")
    done = deepseek.run("doctor")
    assert done.code == OK
    assert "sk-…k3y0" in line(done, "✓", "edits key: ")
    assert "tokens" in line(done, "✓", "edits: deepseek deepseek-flash: an edit, all after")
    assert [call["path"] for call in loopback.log()].count("/beta/chat/completions") == 1


def own(loopback: Loopback, like: str, more: str = "") -> str:
    """Return settings with a custom backend for next edits, and none for completions."""
    entry = f'[[backends]]\nname = "mine"\nlike = "{like}"\nbase_url = "{loopback.url}"\n{more}'
    return f'backend = "local"\n{entry}[edits]\nbackend = "mine"\n'


def test_edit_model_without_a_format_is_reported(midfill: Command, loopback: Loopback) -> None:
    key = 'api_key_command = "echo inception-key-0"\nmodel = "deepseek-flash"\n'
    midfill.config.write_text(own(loopback, "inception", key), "utf-8")
    loopback.behave(text="None")
    done = midfill.run("doctor")
    assert done.code == OK
    line(done, "•", "an answer without an edit")
    line(done, "  →", "edits.model")


def test_missing_key_of_the_edit_backend_is_reported(midfill: Command) -> None:
    midfill.config.write_text('[edits]\nbackend = "inception"\n', "utf-8")
    done = midfill.call("doctor")
    assert done.code == KEY
    line(done, "✗", "edits key: none found, and edits.backend names inception")
    line(done, "  →", "INCEPTION_API_KEY")


def test_refused_edit_request_is_reported(midfill: Command, loopback: Loopback) -> None:
    """A custom address may need no key; this one does."""
    midfill.config.write_text(own(loopback, "openai-chat"), "utf-8")
    done = midfill.run("doctor")
    assert done.code == KEY
    line(done, "•", "edits key: none found")
    line(done, "✗", "edits: mine gpt-4.1-mini: ")
