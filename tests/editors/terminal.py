"""A terminal with a program in it, driven and read through tmux."""

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.editors.bench import until


class Terminal:
    """A program in a window of 80 columns and 24 lines, on a separate tmux server in `folder`."""

    def __init__(self, tmux: Path, folder: Path, command: list[str], environment: Mapping[str, str]) -> None:
        self._tmux = [str(tmux), "-S", str(folder / "tmux"), "-f", "/dev/null"]
        self._environment = {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._run("new-session", "-d", "-x", "80", "-y", "24", "-c", str(folder), shlex.join(command))
        # Escape is a key by itself, not the beginning of another one.
        self._run("set-option", "-s", "escape-time", "0")
        self._run("set-option", "-s", "terminal-features", "*:RGB")

    def type(self, text: str) -> None:
        """Type text, character by character."""
        self._run("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names (Tab, Escape, C-x)."""
        self._run("send-keys", *keys)

    @property
    def screen(self) -> str:
        """The lines on the screen, without trailing blanks."""
        return self._run("capture-pane", "-p")

    @property
    def colored(self) -> str:
        """The same with its colours, as escape sequences."""
        return self._run("capture-pane", "-p", "-e")

    def shows(self, *texts: str) -> None:
        """Wait until all of these are on the screen."""
        until(lambda: all(text in self.screen for text in texts), str(texts), lambda: self.screen)

    def hides(self, text: str) -> None:
        """Wait until this is not on the screen."""
        until(lambda: text not in self.screen, f"{text} to go", lambda: self.screen)

    def close(self) -> None:
        """End the program and the terminal."""
        self._run("kill-server")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout
