"""The API key: its sources, pasted extras, and its masking."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from midfill.core.model import BackendError, ErrorKind
from midfill.keys import Key, find_key
from midfill.settings import Settings

TAIL = "0a1b2c3d"
SECRET = "sk-" + TAIL * 4
OTHER = "sk-" + "ffee" * 8
POSIX = pytest.mark.skipif(
    sys.platform == "win32", reason="files have no owner bits, commands no shlex there"
)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads this machine's keyring."""
    monkeypatch.setitem(sys.modules, "keyring", None)


def find(environ: Mapping[str, str], **settings: str) -> Key | None:
    path = {"PATH": os.environ.get("PATH", "")}
    return find_key("deepseek", Settings(**settings), path | dict(environ))  # type: ignore[arg-type]


def refused(environ: Mapping[str, str], **settings: str) -> str:
    """Return the messages to the user; none contains the key."""
    with pytest.raises(BackendError) as caught:
        find(environ, **settings)
    assert caught.value.kind is ErrorKind.NO_KEY
    for shown in (str(caught.value), repr(caught.value), str(caught.getrepr(chain=False, showlocals=False))):
        assert TAIL not in shown
    return str(caught.value)


def printing(text: str) -> str:
    """Return a command line that prints `text`."""
    return shlex.join([sys.executable, "-I", "-S", "-c", f"print({text!r})"])


def running(code: str) -> str:
    return shlex.join([sys.executable, "-I", "-S", "-c", code])


def private(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(0o600)
    return path


def test_key_is_never_shown() -> None:
    """Printed, formatted or in a container, a key shows at most its last characters."""
    key = Key(SECRET, "here")
    assert str(key) == f"{key}" == "sk-…2c3d"
    assert repr([key]) == "[Key(sk-…2c3d, from here)]"
    assert str(Key("x" * 15, "")) == "…"
    assert str(Key("sk-" + "x" * 8, "")) == "sk-…"
    assert str(Key("a" * 12 + "bcde", "")) == "…bcde"


def test_missing_key_is_none() -> None:
    """A missing key is no error; blank variables count as unset."""
    assert find({}) is None
    assert (
        find({"MIDFILL_API_KEY": "", "DEEPSEEK_API_KEY": " \n"}, api_key_command=" ", api_key_file=" ")
        is None
    )


def test_variables_have_priority() -> None:
    """MIDFILL_API_KEY has priority over the backend's own variable, and both over a command."""
    command = printing("sk-" + "c" * 20)
    both = {"MIDFILL_API_KEY": SECRET, "DEEPSEEK_API_KEY": OTHER}
    assert find(both, api_key_command=command) == Key(SECRET, "MIDFILL_API_KEY")
    assert find(both | {"MIDFILL_API_KEY": ""}, api_key_command=command) == Key(OTHER, "DEEPSEEK_API_KEY")
    assert find_key("unknown", Settings(), both | {"MIDFILL_API_KEY": ""}) is None


@pytest.mark.parametrize(
    "pasted",
    [
        "{}",
        " {}\n",
        '"{}"',
        "'{}'",
        "`{}`",
        "“{}”",
        "\ufeff{}\r\n",
        ' " {} " ',
        "Bearer {}",
        '"Bearer {}"',
        "DEEPSEEK_API_KEY={}",
        'export DEEPSEEK_API_KEY="{}"',
        "$env:DEEPSEEK_API_KEY = '{}'",
    ],
)
def test_pasted_extras_are_removed(pasted: str) -> None:
    """Quotes, blanks, line ends and an assignment around a key are not part of it."""
    assert find({"DEEPSEEK_API_KEY": pasted.format(SECRET)}) == Key(SECRET, "DEEPSEEK_API_KEY")


@pytest.mark.parametrize(
    "name",
    [
        "DEEPSEEK_API_KEY",
        "$DEEPSEEK_API_KEY",
        "${MY_KEY}",
        "%DEEPSEEK_API_KEY%",
        "$env:MY_TOKEN",
        "${env:A_KEY}",
    ],
)
def test_name_of_a_variable_is_reported(name: str) -> None:
    """A variable's name instead of the key is reported as such."""
    assert refused({"MIDFILL_API_KEY": name}) == (
        "No API key: MIDFILL_API_KEY gives the name of a variable; it must give the key itself."
    )


@pytest.mark.parametrize(
    "text", ["sk-…" + TAIL, SECRET + " " + TAIL, SECRET + "\n" + TAIL, "clé" + TAIL, SECRET + "\0"]
)
def test_invalid_key_is_reported(text: str) -> None:
    """A masked key, two keys, or control characters would only break the request's header."""
    assert "copy the key again" in refused({"DEEPSEEK_API_KEY": text})


@POSIX
def test_command_prints_the_key() -> None:
    """A command's output without empty lines is the key; the command has priority over the file."""
    found = find({}, api_key_command=printing(f"\n{SECRET}\n\n"), api_key_file="/nowhere")
    assert found == Key(SECRET, "api_key_command")


@POSIX
def test_command_gets_the_environment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs without a shell, but with `~` expanded; it cannot read the server's standard input."""
    monkeypatch.setenv("HOME", "/home/ann")
    code = "import os, sys; print(os.environ['MINE'], len(sys.stdin.read()), *sys.argv[1:], sep='|')"
    found = find({"MINE": SECRET}, api_key_command=running(code) + " '$HOME;x' ~/y")
    assert found == Key(SECRET + "|0|$HOME;x|/home/ann/y", "api_key_command")


@POSIX
@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            f"/nowhere/{TAIL}",
            "api_key_command cannot be run (No such file or directory); try it in a terminal.",
        ),
        (f"echo '{TAIL}", "api_key_command cannot be run (it is not well-formed);"),
        (f"echo \0{TAIL}", "api_key_command cannot be run (it is not well-formed);"),
        ("''", "api_key_command cannot be run ("),
        (running(f"import sys; print('{SECRET}'); sys.exit(3)"), "api_key_command failed with status 3;"),
        (running(f"import sys; print('{SECRET}', file=sys.stderr)"), "api_key_command gave nothing:"),
        (
            printing(f"{SECRET}\nuser: ann\nurl: {TAIL}"),
            "api_key_command printed 3 lines; it must print the key alone; for the first line of an entry: "
            "sh -c 'pass show deepseek | head -n 1'.",
        ),
        (running("print('DEEPSEEK_API_KEY')"), "api_key_command gives the name of a variable;"),
        (
            running(f"print('not found: {TAIL}')"),
            "api_key_command contains characters that a key cannot contain",
        ),
    ],
)
def test_failed_command_is_reported_without_its_output(command: str, message: str) -> None:
    """The message names the failure, without the command and its output."""
    assert message in refused({}, api_key_command=command)


@POSIX
def test_hanging_command_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that waits for a passphrase is ended, and the message says to try it in a terminal."""
    monkeypatch.setattr("midfill.keys.command.TIMEOUT_S", 0.2)
    message = refused(
        {}, api_key_command=running(f"import time; print('{SECRET}', flush=True); time.sleep(60)")
    )
    assert "gave no key within 0.2 seconds" in message
    assert "passphrase" in message


@pytest.mark.parametrize(
    "content",
    [
        SECRET,
        f"\n  {SECRET}\nmore\n",
        f"DEEPSEEK_API_KEY={SECRET}\r\n",
        b"\xef\xbb\xbf" + SECRET.encode(),
        SECRET.encode("utf-16"),
    ],
)
def test_file_has_the_key(tmp_path: Path, content: str | bytes) -> None:
    """The first line of a file is the key, in any encoding that editors and shells write."""
    path = private(tmp_path / "key", content)
    assert find({}, api_key_file=str(path)) == Key(SECRET, f"api_key_file {path}")


@POSIX
def test_home_folder_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~/` in `api_key_file` is the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    private(tmp_path / "key", SECRET)
    assert find({}, api_key_file="~/key") == Key(SECRET, f"api_key_file {tmp_path}/key")


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o777])
def test_file_readable_by_others_is_refused(tmp_path: Path, mode: int) -> None:
    """Only the owner may have access; the message has the quoted command that fixes it."""
    path = private(tmp_path / "my key", SECRET)
    path.chmod(mode)
    message = refused({}, api_key_file=str(path))
    assert message.endswith(f"can be read by others than you, and is not used; run: chmod 600 '{path}'.")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (TAIL * 4, "api_key_file must be a whole path, or begin with ~/"),
        (f"keys/{TAIL}", "api_key_file must be a whole path, or begin with ~/"),
        ("{tmp}/nothing", "nothing cannot be read (No such file or directory)"),
        ("{tmp}", "cannot be read (Is a directory)"),
        ("{tmp}/a\0b", "cannot be read (it is not well-formed)"),
        ("{tmp}/empty", "empty gave nothing: its first line must be the key"),
    ],
)
@POSIX
def test_file_without_a_key_is_reported(tmp_path: Path, setting: str, message: str) -> None:
    """The message names the file's fault; a key instead of the path is not repeated."""
    tmp_path.chmod(0o700)
    private(tmp_path / "empty", "\n \n")
    assert message in refused({}, api_key_file=setting.format(tmp=tmp_path))


class NoKeyringError(Exception):
    """A stand-in for the error of the `keyring` package."""


def use_keyring(monkeypatch: pytest.MonkeyPatch, stored: Mapping[tuple[str, str], str] | Exception) -> None:
    """Install a module with the two used names of the `keyring` package."""

    def get_password(service: str, user: str) -> str | None:
        if isinstance(stored, Exception):
            raise stored
        return stored.get((service, user))

    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    module.get_password = get_password  # type: ignore[attr-defined]
    errors.KeyringError, errors.NoKeyringError = OSError, NoKeyringError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_keyring_is_the_last_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system keyring is read for `midfill` and the backend's name if no other source has a key."""
    use_keyring(monkeypatch, {("midfill", "deepseek"): SECRET})
    assert find({}) == Key(SECRET, "the system keyring (midfill, deepseek)")
    assert find({"DEEPSEEK_API_KEY": OTHER}) == Key(OTHER, "DEEPSEEK_API_KEY")
    assert find_key("mistral", Settings(), {}) is None


def test_missing_keyring_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package without a keyring behind it, as on a server, has no key."""
    use_keyring(monkeypatch, NoKeyringError())
    assert find({}) is None


def test_locked_keyring_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreadable keyring is reported by the type of its error only."""
    use_keyring(monkeypatch, PermissionError(SECRET))
    message = refused({})
    assert message.startswith(
        "No API key: the system keyring cannot be read (PermissionError); unlock it, or set MIDFILL"
    )
