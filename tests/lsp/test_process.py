"""Whether a process is running, as the server asks for its client."""

import os
import subprocess
import sys

import pytest

from midfill.lsp.process import exists


def test_process_exists_until_it_has_ended() -> None:
    """An ended process has no number any more."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert exists(os.getpid())
    assert exists(child.pid)
    child.communicate(b"")
    assert not exists(child.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="psutil asks Windows")
def test_process_of_another_user_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system refuses the signal, which shows that there is a process."""

    def kill(process: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    assert exists(1)
