"""The supported editors, and their versions on this machine."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

TIMEOUT_S = 3
"""Seconds to wait for an editor's version."""

_NUMBERS = r"(\d+)\.(\d+)(?:\.(\d+))?"
_VIM = r"IMproved (\d+)\.(\d+)(?:.*?patches: (?:\d+-)?(\d+))?"
"""Vim lists its patches as `1-1378, 1400`; the third number is the last one of the first range."""


@dataclass(frozen=True)
class Editor:
    """A supported editor, and the requirements of its client."""

    name: str
    """The name in `midfill setup NAME`, and of the client's folder."""
    title: str
    commands: tuple[str, ...]
    """Its possible program names on the PATH."""
    numbers: str = ""
    """A pattern for the version numbers in the output of `--version`; empty if the version is not checked."""
    minimum_version: tuple[int, ...] = ()
    """The oldest version that the client supports."""
    missing_feature_pattern: str = ""
    """A pattern in the output of `--version` for a build without a required feature."""
    update_hint: str = ""
    """How to get a newer or more complete version."""


EDITORS = {
    editor.name: editor
    for editor in (
        Editor(
            "neovim",
            "Neovim",
            ("nvim",),
            _NUMBERS,
            (0, 10),
            update_hint="install Neovim 0.10 or later: github.com/neovim/neovim/releases",
        ),
        Editor(
            "vim",
            "Vim",
            ("vim",),
            _VIM,
            (9, 0, 185),
            missing_feature_pattern=r"(?<=\s)-(?:job|textprop)\b",
            update_hint="install a full Vim of 9.0.185 or later (Debian: vim-nox, Homebrew: vim), or use Neovim",
        ),
        Editor(
            "emacs",
            "Emacs",
            ("emacs",),
            _NUMBERS,
            (29, 1),
            update_hint="install Emacs 29.1 or later: gnu.org/s/emacs",
        ),
        Editor("helix", "Helix", ("hx", "helix"), _NUMBERS),
        Editor(
            "vscode",
            "VS Code",
            ("code", "codium", "code-insiders", "cursor"),
            r"^(\d+)\.(\d+)\.(\d+)",
            (1, 91),
            update_hint="update VS Code to 1.91 or later",
        ),
        Editor("zed", "Zed", ("zed", "zeditor")),
        Editor(
            "jetbrains", "JetBrains", ("idea", "pycharm", "goland", "clion", "webstorm", "rustrover", "rider")
        ),
        Editor("sublime", "Sublime Text", ("subl",)),
        Editor("kate", "Kate", ("kate",)),
        Editor("kakoune", "Kakoune", ("kak",), _NUMBERS),
    )
}


@dataclass(frozen=True)
class InstalledEditor:
    """An editor on this machine."""

    editor: Editor
    numbers: str = ""
    """Its version; empty if unknown."""
    lacks_feature: bool = False
    """Whether the build lacks a feature that the client requires."""

    def __str__(self) -> str:
        return " ".join(filter(None, [self.editor.title, self.numbers]))

    @property
    def unsupported_reason(self) -> str:
        """The reason why the client does not support it; empty if it does."""
        if self.too_old:
            return f"{self} is too old for midfill"
        return f"{self} is built without features that midfill needs" if self.lacks_feature else ""

    @property
    def too_old(self) -> bool:
        """Whether its version is older than the client supports."""
        version = tuple(int(number) for number in self.numbers.split(".") if number)
        return bool(version) and version < self.editor.minimum_version


def find_all(environ: Mapping[str, str]) -> list[InstalledEditor]:
    """Return the editors on the PATH, in the order of `EDITORS`; the version checks run in parallel."""
    with ThreadPoolExecutor(len(EDITORS)) as pool:
        found = pool.map(lambda editor: find(editor, environ), EDITORS.values())
        return [one for one in found if one is not None]


def find(editor: Editor, environ: Mapping[str, str]) -> InstalledEditor | None:
    """Return the editor with its version; None if it is not on the PATH."""
    path = environ.get("PATH", "")
    command = next(filter(None, (shutil.which(name, path=path) for name in editor.commands)), None)
    if command is None:
        return None
    text = _version_output(command, environ) if editor.numbers else ""
    match = re.search(editor.numbers, text, re.DOTALL | re.MULTILINE) if text else None
    numbers = ".".join(filter(None, match.groups())) if match else ""
    return InstalledEditor(
        editor,
        numbers,
        bool(editor.missing_feature_pattern and re.search(editor.missing_feature_pattern, text)),
    )


def _version_output(command: str, environ: Mapping[str, str]) -> str:
    """Return the output of `--version`; empty if the program fails or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603 (the user's editor of this name)
            [command, "--version"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
