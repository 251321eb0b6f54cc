"""A source of the key that hangs or writes endlessly causes one message and does not block the server."""

import os
import shlex
import stat
import sys
from pathlib import Path

import pytest

from midfill.core.model import BackendError
from midfill.keys import find_key
from midfill.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")

KEY = "sk-" + "4k" * 16
ENVIRON = {"PATH": os.environ["PATH"]}


def by_command(script: str) -> Settings:
    return Settings(backend="deepseek", api_key_command=f"sh -c {shlex.quote(script)}")


def test_child_may_keep_standard_output_open() -> None:
    """An agent that a command starts keeps its pipe open for a minute; the key is available at once."""
    found = find_key("deepseek", by_command(f"sleep 60 & echo {KEY}"), ENVIRON)
    assert found is not None
    assert found.secret == KEY


@pytest.mark.parametrize("script", ["yes", "cat /dev/zero", f"yes {KEY}"])
def test_command_with_endless_output_is_stopped(script: str) -> None:
    """A command with endless output is reported, and its output is discarded."""
    with pytest.raises(BackendError, match="more than a key") as caught:
        find_key("deepseek", by_command(script), ENVIRON)
    assert KEY not in str(caught.value)


def test_hanging_command_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A command is ended after its timeout."""
    monkeypatch.setattr("midfill.keys.command.TIMEOUT_S", 0.2)
    with pytest.raises(BackendError, match="gave no key within"):
        find_key("deepseek", by_command("exec sleep 60"), ENVIRON)


def test_pipe_is_no_key_file(tmp_path: Path) -> None:
    """Opening a pipe would block."""
    pipe = tmp_path / "key"
    os.mkfifo(pipe, stat.S_IRUSR | stat.S_IWUSR)
    with pytest.raises(BackendError, match="not a regular file"):
        find_key("deepseek", Settings(backend="deepseek", api_key_file=str(pipe)), ENVIRON)
