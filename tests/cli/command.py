"""The command `midfill` in its own folder and environment."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

from midfill.cli import main

TIMEOUT_S = 180
"""Maximum seconds of a command that ends by itself: `doctor` loads and runs a model."""
KNOWN = "def area(width, height):\n    return width * height\n\n\ndef area(width, height):\n    return wid\n"
"""A file in which the embedded engine can complete line 6, column 15."""
KNOWN_PLACE, KNOWN_TEXT = "known.py:6:15", "th * height"


@dataclass(frozen=True)
class Done:
    """The result of a run: the exit code and the output."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """The standard output."""
        return self.raw.decode()


@dataclass(frozen=True)
class Command:
    """The command with its folder, its settings file and its environment (an empty value removes a variable)."""

    folder: Path
    config: Path
    env: Mapping[str, str]

    def having(self, **env: str) -> "Command":
        """Return the same command with more in its environment."""
        return replace(self, env={**self.env, **env})

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file into the folder, unchanged."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def known(self) -> str:
        """Write a file that the embedded engine can complete; return the place."""
        self.file("known.py", KNOWN)
        return KNOWN_PLACE

    def start(self, *arguments: str, stdout: int = subprocess.PIPE) -> "subprocess.Popen[bytes]":
        """Start the command; its standard input must be written or closed."""
        return subprocess.Popen(
            [sys.executable, "-m", "midfill", *arguments],
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, stdin: bytes = b"") -> Done:
        """Run the command to its end in a process; fails if it prints a traceback."""
        with self.start(*arguments) as process:
            try:
                out, err = process.communicate(stdin, timeout=TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        done = Done(process.returncode, out, err.decode())
        assert "Traceback" not in done.err, done.err
        return done

    def call(self, *arguments: str, stdin: bytes = b"") -> Done:
        """Run the command to its end in this process: for long tables, at a tenth of the time of `run`."""
        out, err = _Stream(), _Stream()
        with (
            patch.dict(os.environ, self._environ, clear=True),
            patch.object(sys, "stdin", _Stream(stdin)),
            chdir(self.folder),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                code = main(arguments)
            except SystemExit as end:  # argparse raises this; the interpreter returns its exit code.
                code = int(end.code or 0)
        return Done(code, out.written, err.written.decode())

    @property
    def _environ(self) -> dict[str, str]:
        return {name: value for name, value in {**os.environ, **self.env}.items() if value}


class _Stream(io.TextIOWrapper):
    """A standard stream that is no terminal."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", write_through=True)

    @property
    def written(self) -> bytes:
        """The written text."""
        self.seek(0)
        return bytes(self.buffer.read())
