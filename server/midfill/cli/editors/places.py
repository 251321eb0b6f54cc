"""Where editors keep their configuration, as the environment says, and what stands there of midfill."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from os.path import expanduser
from pathlib import Path
from typing import NamedTuple

_MOST_FILES = 300
_MOST_BYTES = 1_000_000
"""What is read of an editor's configuration: more than any person writes by hand."""

_COMMENTS = {"neovim": ("--", '"'), "vim": ('"', "#"), "emacs": (";",), "vscode": ("//",), "zed": ("//",)}
"""What a line of comment begins with; `#` where nothing else is said."""

_PRODUCTS = ("Code", "Code - OSS", "Code - Insiders", "VSCodium", "Cursor")
"""VS Code and what is built on it, as their folders are called."""
_EXTENSIONS = (".vscode", ".vscode-oss", ".vscode-insiders", ".cursor", ".vscode-server")


class Line(NamedTuple):
    """A line of a configuration file that is no comment, counted from 1."""

    path: Path
    number: int
    text: str


@dataclass(frozen=True)
class Places:
    """The folders of one user; nothing but `environ` says where they are."""

    environ: Mapping[str, str]
    platform: str = sys.platform

    def target(self, editor: str) -> Path | None:
        """Return the file that configures an editor: where none exists, the one to make; None if there is no such."""
        candidates = self._candidates(editor)
        return next((path for path in candidates if path.exists()), candidates[-1] if candidates else None)

    def files(self, editor: str) -> list[Path]:
        """Return all files of an editor's configuration that exist and are worth reading."""
        found = (path for path in self._readable(editor) if path.is_file())
        return list(dict.fromkeys(islice(found, _MOST_FILES)))

    def lines(self, editor: str, word: str = "midfill") -> list[Line]:
        """Return the lines of an editor's configuration that have `word` in them, or stand in our block.

        Comments are left out.
        """
        comments = _COMMENTS.get(editor, ("#",))
        return [
            Line(path, number, line)
            for path in self.files(editor)
            for number, line, ours in _numbered(read(path))
            if (ours or word in line) and not line.lstrip().startswith(comments)
        ]

    def set_up(self, editor: str) -> Path | None:
        """Return where an editor is told of midfill; None if nowhere."""
        if lines := self.lines(editor):
            return lines[0].path
        return next(self._installed(editor), None)

    @property
    def home(self) -> Path:
        """The user's folder."""
        name = "USERPROFILE" if self._windows else "HOME"
        return Path(self.environ.get(name) or expanduser("~"))

    @property
    def config(self) -> Path:
        """The folder of the XDG base directory specification."""
        return Path(self.environ.get("XDG_CONFIG_HOME") or self.home / ".config")

    @property
    def _windows(self) -> bool:
        return self.platform == "win32"

    @property
    def _application_data(self) -> Path:
        """Where programs with windows keep their settings."""
        if self._windows:
            return Path(self.environ.get("APPDATA") or self.home / "AppData" / "Roaming")
        return self.home / "Library" / "Application Support" if self.platform == "darwin" else self.config

    @property
    def _neovim(self) -> Path:
        """`stdpath('config')`, as `:help base-directories` has it."""
        local = self.environ.get("LOCALAPPDATA") or self.home / "AppData" / "Local"
        base = Path(local) if self._windows and not self.environ.get("XDG_CONFIG_HOME") else self.config
        return base / (self.environ.get("NVIM_APPNAME") or "nvim")

    def _candidates(self, editor: str) -> list[Path]:
        """Return the files in the order in which the editor looks for them; the last is the one to make."""
        match editor:
            case "neovim":
                return [self._neovim / name for name in ("init.lua", "init.vim", "init.lua")]
            case "vim":
                return self._vim()
            case "emacs":
                return self._emacs()
            case "helix":
                base = self._application_data if self._windows else self.config
                return [base / "helix" / "languages.toml"]
        return []

    def _vim(self) -> list[Path]:
        """See `:help vimrc`."""
        if self._windows:
            return [self.home / name for name in ("_vimrc", ".vimrc", "vimfiles/vimrc", "_vimrc")]
        return [
            self.home / ".vimrc",
            self.home / ".vim" / "vimrc",
            self.config / "vim" / "vimrc",
            self.home / ".vimrc",
        ]

    def _emacs(self) -> list[Path]:
        """See "Find Init" in Emacs's manual; Doom keeps the user's own lines in a folder beside."""
        home = Path(self.environ.get("HOME") or self._application_data) if self._windows else self.home
        old, new = home / ".emacs.d", self.config / "emacs"
        doom: list[Path] = []
        if any((folder / "bin" / "doom").exists() for folder in (old, new)):
            doom = [Path(self.environ.get("DOOMDIR") or self.config / "doom"), home / ".doom.d"]
        made = new if new.is_dir() and not old.is_dir() else old
        names = [home / ".emacs.el", home / ".emacs", old / "init.el", new / "init.el", made / "init.el"]
        return [*(folder / "config.el" for folder in doom), *names]

    def _readable(self, editor: str) -> Iterator[Path]:
        yield from self._candidates(editor)
        match editor:
            case "neovim":
                for name in ("lua", "plugin", "after", "lsp"):
                    found = (self._neovim / name).rglob("*.*")
                    yield from sorted(path for path in found if path.suffix in {".lua", ".vim"})
            case "emacs":
                for folder in dict.fromkeys(
                    path.parent for path in self._candidates(editor) if path.name[0] != "."
                ):
                    yield from sorted(folder.glob("*.el"))
            case "helix":
                yield self._candidates(editor)[0].with_name("config.toml")
            case "vscode":
                yield from (self._application_data / name / "User" / "settings.json" for name in _PRODUCTS)
            case "zed":
                yield self.config / "zed" / "settings.json"
            case "sublime":
                for name in ("sublime-text", "Sublime Text"):
                    yield self._application_data / name / "Packages" / "User" / "LSP.sublime-settings"
            case "kate":
                yield self.config / "kate" / "lspclient" / "settings.json"
            case "kakoune":
                yield self.config / "kak" / "kakrc"

    def _installed(self, editor: str) -> Iterator[Path]:
        """Yield the folders of clients that are loaded without a word in a configuration file."""
        if editor == "vim":
            yield from self.home.glob(".vim/pack/*/start/midfill")
        if editor == "vscode":
            for name in _EXTENSIONS:
                yield from (self.home / name / "extensions").glob("midfill.midfill-*")


def _numbered(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield each line with its number and whether it stands in our block."""
    ours = False
    for number, line in enumerate(text.splitlines(), start=1):
        ours = (ours or line.rstrip().endswith("midfill begin")) and not line.rstrip().endswith("midfill end")
        yield number, line, ours


def read(path: Path) -> str:
    """Return the beginning of a file, whatever its bytes are; nothing if it cannot be read."""
    try:
        with path.open("rb") as file:
            return re.sub("^\ufeff", "", file.read(_MOST_BYTES).decode("utf-8", "replace"))
    except OSError:
        return ""
