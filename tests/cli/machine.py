"""A separate home for each test, with the editors that the test installs."""

from dataclasses import dataclass
from pathlib import Path

VERSIONS = {
    "nvim": "NVIM v0.12.4\nBuild type: Release",
    "vim": "VIM - Vi IMproved 9.1 (2024 Jan 02, compiled)\nIncluded patches: 1-1378, 1400\n+job +textprop",
    "emacs": "GNU Emacs 30.2\nCopyright",
    "hx": "helix 25.07.1 (a05c151b)",
    "code": "1.139.1\n0123abcd\nx64",
}
"""The editors' output of their versions."""


@dataclass(frozen=True)
class Machine:
    """A home, and a folder of programs as the only entry of PATH."""

    home: Path
    bin: Path

    @property
    def environ(self) -> dict[str, str]:
        """The environment with all paths."""
        return {"HOME": str(self.home), "PATH": str(self.bin)}

    def program(self, name: str, text: str = "") -> Path:
        """Install a program that prints the text for any arguments."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n/bin/cat <<'EOF'\n{text}\nEOF\n")
        path.chmod(0o755)
        return path

    def editor(self, command: str) -> None:
        """Install an editor that works with midfill."""
        self.program(command, VERSIONS[command])

    def file(self, name: str, content: str | bytes = "") -> Path:
        """Write a file below the home, unchanged."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


def machine(folder: Path) -> Machine:
    """Create a machine in a folder; the server is on its PATH."""
    made = Machine(folder / "home", folder / "bin")
    made.home.mkdir()
    made.bin.mkdir()
    made.program("midfill")
    return made


def listing(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder with their contents."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
