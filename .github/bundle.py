"""Builds the self-contained server: one folder with a Python of its own, an archive of it, and one for the .vsix.

usage: .github/bundle.sh FOLDER PLATFORM

PLATFORM is a target of VS Code's extensions, such as linux-x64: that of the machine this runs on. PyInstaller cannot
build for another one. It needs a Python with a shared library. The folder for the .vsix is clients/vscode/server.
"""

import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import PyInstaller.__main__

SOURCE = Path(__file__).parents[1]
BUILD_TOOLS = {"altgraph", "macholib", "packaging", "pefile", "pyinstaller-hooks-contrib", "setuptools"}
"""What only PyInstaller needs. Its own loader goes into the folder, and so does its licence."""
EXTENSION = SOURCE / "clients" / "vscode" / "server"
ONLY_IN_ARCHIVE = shutil.ignore_patterns("cryptography", "_cffi_backend*")
"""What the system keyring of Linux needs, 5 MB packed: in VS Code the editor itself keeps the key."""
EXAMPLE, ANSWER = "server/midfill/workspace/ignores.py:65:19", " as error"
"""The README's first command and its answer."""
UNUSED = ("_distutils_hack", "curses", "pip", "pkg_resources", "readline", "setuptools", "tkinter")
"""Modules that something imports where they are installed; the start-up hook of setuptools takes 0.15 s."""


def main() -> None:
    """Build for the platform that the command line names."""
    folder, platform = Path(sys.argv[1]).resolve(), sys.argv[2]
    program = folder / f"midfill-{platform}"
    build(program)
    (program / "licences.txt").write_text("".join(licences()), "utf-8")
    shutil.rmtree(EXTENSION, ignore_errors=True)
    shutil.copytree(program, EXTENSION, ignore=ONLY_IN_ARCHIVE)
    for folder in (program, EXTENSION):
        prove(folder / "midfill")
    archive(program)


def build(program: Path) -> None:
    """Have PyInstaller write the folder of the program."""
    scratch = program.parent / "build"
    hidden = [
        name for name in importlib.metadata.requires("midfill") or [] if name.startswith("tree-sitter-")
    ]
    grammars = [name.partition(">")[0].replace("-", "_") for name in hidden]
    PyInstaller.__main__.run(
        [
            str(SOURCE / "server" / "midfill" / "__main__.py"),
            "--name=midfill",
            "--noconfirm",
            "--log-level=WARN",
            "--collect-submodules=midfill",
            "--collect-data=midfill",
            *(f"--hidden-import={module}" for module in [*grammars, "keyring", "keyring.errors"]),
            *(f"--exclude-module={module}" for module in UNUSED),
            *(["--strip"] if sys.platform == "linux" else []),
            f"--distpath={scratch}",
            f"--workpath={scratch / 'work'}",
            f"--specpath={scratch}",
        ]
    )
    shutil.rmtree(program, ignore_errors=True)
    # Without links: neither a .vsix nor a .zip holds them.
    shutil.copytree(scratch / "midfill", program)
    shutil.rmtree(scratch)


def prove(program: Path) -> None:
    """Complete a line without any other program. Raises an error where that is not what it has to be."""
    bare = {
        name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "HOME", "USERPROFILE") if name in os.environ
    }
    command = [str(program), "complete", EXAMPLE]
    done = subprocess.run(  # noqa: S603 (the program that was just built)
        command, cwd=SOURCE, env={**bare, "PATH": ""}, stdout=subprocess.PIPE, text=True, check=True
    )
    if done.stdout.rstrip("\r\n") != ANSWER:
        raise ValueError(f"{command} says {done.stdout!r}")


def licences() -> Iterator[str]:
    """Yield the licences of all that is inside. Raises LookupError where one is not known."""
    python = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
    if python.is_file():
        yield _entry(f"Python {sys.version.split()[0]}", "PSF-2.0", [python.read_text("utf-8")])
    for package in sorted(importlib.metadata.distributions(), key=lambda found: found.name.lower()):
        if package.name in BUILD_TOOLS:
            continue
        texts = [
            file.read_text("utf-8")
            for file in package.files or []
            if ".dist-info" in file.parts[0] and file.name.upper().startswith(("LICEN", "COPYING", "NOTICE"))
        ]
        named = package.metadata.get("License-Expression") or package.metadata.get("License", "")
        if not texts and not named:
            raise LookupError(f"{package.name} has no licence")
        yield _entry(f"{package.name} {package.version}", named, texts)


def _entry(name: str, licence: str, texts: list[str]) -> str:
    known = f" ({licence})" if licence and "\n" not in licence else ""
    return "\n\n".join([name + known, *(text.strip() for text in texts), "-" * 80]) + "\n\n"


def archive(program: Path) -> None:
    """Write the archive of the folder: .zip for Windows, whose own tools may not read .tar.xz."""
    kind = "zip" if sys.platform == "win32" else "xztar"
    shutil.make_archive(str(program), kind, program.parent, program.name)


if __name__ == "__main__":
    main()
