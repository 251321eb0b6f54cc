"""The configuration files of the editors, and their lines about midfill."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from os.path import expanduser
from pathlib import Path
from typing import NamedTuple

_MAX_FILES = 300
"""Maximum files that are read of an editor's configuration."""
_MAX_BYTES = 1_000_000
"""Maximum bytes that are read of each file."""

_COMMENTS = {"neovim": ("--", '"'), "vim": ('"', "#"), "emacs": (";",), "vscode": ("//",), "zed": ("//",)}
"""Comment markers by editor; `#` for all other editors."""

_PRODUCTS = ("Code", "Code - OSS", "Code - Insiders", "VSCodium", "Cursor")
"""Folder names of VS Code and editors based on it."""
_EXTENSIONS = (".vscode", ".vscode-oss", ".vscode-insiders", ".cursor", ".vscode-server")


class ConfigLine(NamedTuple):
    """A line of a configuration file with its number, counted from 1."""

    path: Path
    number: int
    text: str


@dataclass(frozen=True)
class ConfigFiles:
    """The configuration folders of one user, derived from `environ` and `platform`."""

    environ: Mapping[str, str]
    platform: str = sys.platform

    def target(self, editor: str) -> Path | None:
        """Return an editor's configuration file, or the file to create; None if the editor has none."""
        candidates = self._candidates(editor)
        return next((path for path in candidates if path.exists()), candidates[-1] if candidates else None)

    def files(self, editor: str) -> list[Path]:
        """Return the existing files of an editor's configuration, at most `_MAX_FILES`."""
        found = (path for path in self._readable(editor) if path.is_file())
        return list(dict.fromkeys(islice(found, _MAX_FILES)))

    def lines(self, editor: str, word: str = "midfill") -> list[ConfigLine]:
        """Return the lines of an editor's configuration with `word` or in the midfill block, except comments."""
        comments = _COMMENTS.get(editor, ("#",))
        return [
            ConfigLine(path, number, line)
            for path in self.files(editor)
            for number, line, ours in _numbered(read(path))
            if (ours or word in line) and not line.lstrip().startswith(comments)
        ]

    def setup_path(self, editor: str) -> Path | None:
        """Return the file or folder that sets up midfill for an editor; None if there is none."""
        if lines := self.lines(editor):
            return lines[0].path
        return next(self._installed(editor), None)

    @property
    def home(self) -> Path:
        """The user's home folder."""
        name = "USERPROFILE" if self._windows else "HOME"
        return Path(self.environ.get(name) or expanduser("~"))

    @property
    def config(self) -> Path:
        """The configuration folder of the XDG base directory specification."""
        return Path(self.environ.get("XDG_CONFIG_HOME") or self.home / ".config")

    @property
    def _windows(self) -> bool:
        return self.platform == "win32"

    @property
    def _application_data(self) -> Path:
        """The settings folder of graphical programs."""
        if self._windows:
            return Path(self.environ.get("APPDATA") or self.home / "AppData" / "Roaming")
        return self.home / "Library" / "Application Support" if self.platform == "darwin" else self.config

    @property
    def _neovim(self) -> Path:
        """Neovim's `stdpath('config')` (`:help base-directories`)."""
        local = self.environ.get("LOCALAPPDATA") or self.home / "AppData" / "Local"
        base = Path(local) if self._windows and not self.environ.get("XDG_CONFIG_HOME") else self.config
        return base / (self.environ.get("NVIM_APPNAME") or "nvim")

    def _candidates(self, editor: str) -> list[Path]:
        """Return the files in the editor's search order; the last is the file to create."""
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
        """Return Vim's files (`:help vimrc`)."""
        if self._windows:
            return [self.home / name for name in ("_vimrc", ".vimrc", "vimfiles/vimrc", "_vimrc")]
        return [
            self.home / ".vimrc",
            self.home / ".vim" / "vimrc",
            self.config / "vim" / "vimrc",
            self.home / ".vimrc",
        ]

    def _emacs(self) -> list[Path]:
        """Return Emacs's files ("Find Init" in its manual); Doom keeps the user's lines in a separate folder."""
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
        """Yield the folders of clients that load without a line in a configuration file."""
        if editor == "vim":
            yield from self.home.glob(".vim/pack/*/start/midfill")
        if editor == "vscode":
            for name in _EXTENSIONS:
                yield from (self.home / name / "extensions").glob("midfill.midfill-*")


def _numbered(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield each line with its number and whether it is in the midfill block."""
    ours = False
    for number, line in enumerate(text.splitlines(), start=1):
        ours = (ours or line.rstrip().endswith("midfill begin")) and not line.rstrip().endswith("midfill end")
        yield number, line, ours


def read(path: Path) -> str:
    """Return the first `_MAX_BYTES` bytes of a file as text; empty if it is unreadable."""
    try:
        with path.open("rb") as file:
            return re.sub("^\ufeff", "", file.read(_MAX_BYTES).decode("utf-8", "replace"))
    except OSError:
        return ""
