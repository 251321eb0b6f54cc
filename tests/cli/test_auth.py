"""`midfill auth`: keys in the keyring, never shown and never on the command line."""

import sys
from types import ModuleType

import pytest

from midfill import keys
from tests.cli.command import Command

SECRET = "sk-" + "0a1b2c3d" * 4


class KeyringError(Exception):
    pass


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring that is a dictionary."""
    entries: dict[tuple[str, str], str] = {}
    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    module.get_password = lambda service, user: entries.get((service, user))  # type: ignore[attr-defined]
    module.set_password = lambda service, user, text: entries.update({(service, user): text})  # type: ignore[attr-defined]
    module.delete_password = lambda service, user: entries.pop((service, user))  # type: ignore[attr-defined]
    errors.KeyringError = KeyringError  # type: ignore[attr-defined]
    errors.NoKeyringError = KeyringError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return entries


@pytest.mark.parametrize("entered", ["{}\n", "  {} \r\n", '"{}"\n', "export MISTRAL_API_KEY={}\n", "{}"])
def test_key_is_stored(midfill: Command, stored: dict[tuple[str, str], str], entered: str) -> None:
    """Pasted whitespace is trimmed; the key is stored under its backend's name and is not printed."""
    done = midfill.call("auth", "set", "mistral", stdin=entered.format(SECRET).encode())
    assert done.code == 0
    assert stored == {(keys.KEYRING_SERVICE, "mistral"): SECRET}
    assert SECRET not in done.out + done.err
    listed = midfill.call("auth", "list")
    assert "mistral        sk-…2c3d (from the system keyring (midfill, mistral))\n" in listed.out
    assert "deepseek       none\n" in listed.out
    assert SECRET not in listed.out + listed.err


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ("", "gave nothing"),
        (f"{SECRET} {SECRET}\n", "characters that a key cannot contain"),
        ("$MY_API_KEY\n", "variable"),
    ],
)
def test_invalid_key_is_reported(
    midfill: Command, stored: dict[tuple[str, str], str], entered: str, message: str
) -> None:
    """The key is neither stored nor printed."""
    done = midfill.call("auth", "set", stdin=entered.encode())
    assert (done.code, stored) == (3, {})
    assert message in done.err
    assert "2c3d" not in done.err


def test_key_is_removed(midfill: Command, stored: dict[tuple[str, str], str]) -> None:
    """The key of the backend that the settings name is removed; there may be none."""
    stored[keys.KEYRING_SERVICE, "inception"] = SECRET
    midfill.config.write_text('backend = "inception"\n', "utf-8")
    assert "is removed" in midfill.call("auth", "remove").err
    assert "has no key" in midfill.call("auth", "remove").err
    assert stored == {}


def test_stronger_source_is_reported(midfill: Command, stored: dict[tuple[str, str], str]) -> None:
    """A key in the environment hides the one that was just set."""
    having = midfill.having(DEEPSEEK_API_KEY="sk-" + "ffee" * 8)
    done = having.call("auth", "set", "deepseek", stdin=SECRET.encode())
    assert "DEEPSEEK_API_KEY has another one" in done.err


def test_unknown_backend_is_reported(midfill: Command) -> None:
    """The message names it and the known backends."""
    done = midfill.call("auth", "set", "olama")
    assert done.code == 2
    assert "deepseek" in done.err


def test_missing_keyring_is_reported(midfill: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, the message says how to install it, and names the alternatives."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    done = midfill.call("auth", "set", stdin=SECRET.encode())
    assert done.code == 3
    assert 'pip install "midfill[keyring]"' in done.err


def test_key_of_the_first_backend_is_not_used_for_others(
    midfill: Command, stored: dict[tuple[str, str], str]
) -> None:
    """MIDFILL_API_KEY and api_key_command are for the first backend; each other has its own variable."""
    midfill.config.write_text('backend = ["mistral", "deepseek"]\n', "utf-8")
    listed = midfill.having(MIDFILL_API_KEY=SECRET).call("auth", "list").out
    assert "mistral        sk-…2c3d (from MIDFILL_API_KEY)" in listed
    assert "deepseek       none" in listed
    assert "openai         none" in listed
