"""The server under test as an editor starts it, with its own folder, home and model."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.bench.process import PATIENT
from tests.loopback.client import Loopback

REPOSITORY = Path(__file__).parents[2]
CLIENTS = REPOSITORY / "clients"

_T = TypeVar("_T")


class Bench:
    """A workspace, and the environment in which an editor finds the server and the server finds the model."""

    def __init__(self, folder: Path, upstream: Loopback) -> None:
        self.home = folder / "home"
        self.workspace = folder / "workspace"
        self.upstream = upstream
        for made in (self.home, self.workspace):
            made.mkdir()
        self.configure()
        (self.workspace / ".midfill.toml").touch()

    def configure(self, settings: str = "") -> None:
        """Write the user's settings file, with deadlines for a loaded machine."""
        (self.home / "config.toml").write_text(PATIENT + settings)

    @property
    def program(self) -> str:
        """The `midfill` under test: `$MIDFILL_TEST_PROGRAM`, otherwise the one beside this Python."""
        return os.environ.get("MIDFILL_TEST_PROGRAM") or _installed()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of an editor, without the user's own settings, keys and state."""
        inherited = {
            name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "MIDFILL_LOG") if name in os.environ
        }
        return {
            "LANG": "C.UTF-8",
            **inherited,
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home),
            "MIDFILL_CONFIG": str(self.home / "config.toml"),
            "MIDFILL_BASE_URL": self.upstream.url,
            "DEEPSEEK_API_KEY": "sk-" + "x" * 8,
        }

    def unpack(self) -> None:
        """Put the program under test where a release's archive is unpacked."""
        place = self.home / ".local/share/midfill/server/midfill"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f'#!/bin/sh\nexec {self.program} "$@"\n')
        place.chmod(0o755)

    def calls(self) -> list[dict[str, Any]]:
        """Return the request bodies since the model's last reset, once no call is in progress."""
        calls = self.upstream.log(idle=True)
        return [call["body"] for call in calls if call["path"].endswith("/completions")]

    def called_after(self, text: str) -> bool:
        """Whether the model was called at a place after `text` in its line.

        The text above may be of another test's file, as context.
        """
        return any(text in call["prompt"].rpartition("\n")[2] for call in self.calls())

    def sent(self, text: str) -> bool:
        """Whether a prompt contained `text`."""
        return any(text in call["prompt"] for call in self.calls())

    def file(self, name: str, text: str) -> Path:
        """Write a file of the workspace with unchanged line ends."""
        path = self.workspace / name
        path.write_text(text, newline="")
        return path


def until(check: Callable[[], _T], what: str, now: Callable[[], object] = str, seconds: float = 60) -> _T:
    """Return the first true value of `check`; otherwise fail with the expectation and the value of `now`."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, f"waited {seconds} s for {what}; there is {now()}"
        time.sleep(0.01)
    return found


def _installed() -> str:
    beside = Path(sys.executable).with_name("midfill")
    found = str(beside) if beside.exists() else shutil.which("midfill")
    assert found, "there is no midfill to test: install the project (uv sync)"
    return found
