"""A home of its own for each test, with the editors in it that the test wants."""

from dataclasses import dataclass
from pathlib import Path

VERSIONS = {
    "nvim": "NVIM v0.12.4\nBuild type: Release",
    "vim": "VIM - Vi IMproved 9.1 (2024 Jan 02, compiled)\nIncluded patches: 1-1378, 1400\n+job +textprop",
    "emacs": "GNU Emacs 30.2\nCopyright",
    "hx": "helix 25.07.1 (a05c151b)",
    "code": "1.139.1\n0123abcd\nx64",
}
"""What the editors print when they are asked."""


@dataclass(frozen=True)
class Machine:
    """A home, and a folder of programs that is the whole PATH."""

    home: Path
    bin: Path

    @property
    def environ(self) -> dict[str, str]:
        """What says where everything is."""
        return {"HOME": str(self.home), "PATH": str(self.bin)}

    def program(self, name: str, text: str = "") -> Path:
        """Put a program there that prints the text, whatever it is asked."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n/bin/cat <<'EOF'\n{text}\nEOF\n")
        path.chmod(0o755)
        return path

    def editor(self, command: str) -> None:
        """Put an editor there that works with midfill."""
        self.program(command, VERSIONS[command])

    def file(self, name: str, content: str | bytes = "") -> Path:
        """Write a file below the home, as it is."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


def machine(folder: Path) -> Machine:
    """Make a machine in a folder; the server is on its PATH."""
    made = Machine(folder / "home", folder / "bin")
    made.home.mkdir()
    made.bin.mkdir()
    made.program("midfill")
    return made


def listing(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder with what is in them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
