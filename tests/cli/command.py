"""The command `midfill` in a folder and an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

KNOWN = "def area(width, height):\n    return width * height\n\n\ndef area(width, height):\n    return wid\n"
"""A file in which the embedded engine knows how line 6, column 15 goes on."""
KNOWN_PLACE, KNOWN_TEXT = "known.py:6:15", "th * height"


@dataclass(frozen=True)
class Done:
    """What a run of the command has left: its exit code, and what it wrote."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """What stands on standard output."""
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
        """Write a file into the folder, as it is."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def known(self) -> str:
        """Write the file that the embedded engine knows how to go on with; return the place."""
        self.file("known.py", KNOWN)
        return KNOWN_PLACE

    def start(self, *arguments: str, stdout: int = subprocess.PIPE) -> "subprocess.Popen[bytes]":
        """Start the command; whatever it waits for on standard input has to be closed or written."""
        merged = {**os.environ, **self.env}
        return subprocess.Popen(
            [sys.executable, "-m", "midfill", *arguments],
            cwd=self.folder,
            env={name: value for name, value in merged.items() if value},
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, stdin: bytes = b"") -> Done:
        """Run the command to its end; whatever happens, it never shows a traceback."""
        process = self.start(*arguments)
        out, err = process.communicate(stdin, timeout=60)
        done = Done(process.returncode, out, err.decode())
        assert "Traceback" not in done.err, done.err
        return done
