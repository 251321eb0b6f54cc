"""The configuration lines for midfill, in each editor's language."""

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from midfill.cli.editors.config_block import UneditableFileError, marked, outside
from midfill.cli.editors.helix import languages_toml

_UVX_ENVIRONMENTS = "archive-v0"
"""The folder of uv's cache in which `uvx` creates its environments."""

_FINAL_COMMANDS = {".lua": r"return\b", ".vim": r"finish\b", "vimrc": r"finish\b"}
"""Final commands after which a file is not run further, by file extension or name."""


@dataclass(frozen=True)
class Recipe:
    """A block and its notes for the user."""

    block: str
    notes: list[str] = field(default_factory=list)


def clients_folder() -> Path:
    """Return the folder of the clients in the installed package or in the source tree."""
    package = Path(__file__).parents[2]
    installed = package / "clients"
    return installed if installed.is_dir() else package.parents[1] / "clients"


def server_command(environ: Mapping[str, str]) -> list[str]:
    """Return the command line of the server: by name if it is on the PATH, else by full path."""
    if on_path(environ):
        return ["midfill", "serve"]
    beside = shutil.which("midfill", path=str(Path(sys.executable).parent))
    return [beside, "serve"] if beside else [sys.executable, "-m", "midfill", "serve"]


def on_path(environ: Mapping[str, str]) -> bool:
    """Whether programs outside the active virtual environment find `midfill` on the PATH."""
    folders = (folder for folder in environ.get("PATH", "").split(os.pathsep) if folder)
    lasting = [folder for folder in folders if not _is_temporary(Path(folder), environ)]
    return shutil.which("midfill", path=os.pathsep.join(lasting)) is not None


def _is_temporary(folder: Path, environ: Mapping[str, str]) -> bool:
    """Whether a folder is on the PATH only in this session."""
    active = environ.get("VIRTUAL_ENV")
    return _UVX_ENVIRONMENTS in folder.parts or bool(active and folder.is_relative_to(active))


def recipe(editor: str, path: Path, content: bytes, environ: Mapping[str, str]) -> Recipe:
    """Return the recipe for the file at `path` with this content.

    Raises `UneditableFileError` if the file cannot take the block.
    """
    before, command = outside(content), server_command(environ)
    if editor == "helix":
        lines, notes = languages_toml(before.decode("utf-8", "replace"), command)
        return Recipe(marked("#", lines), notes)
    _check_end(path, before)
    folder = str(clients_folder() / editor)
    named = command if command != ["midfill", "serve"] else []
    notes = _advice(folder)
    if editor == "emacs":
        return Recipe(marked(";;", _emacs(folder, named)), notes)
    if editor == "vim":
        vim9 = re.match(rb"\s*vim9script\b", before) is not None
        return Recipe(marked("#" if vim9 else '"', _vim(folder, named, vim9, not before.strip())), notes)
    if path.suffix == ".vim":
        return Recipe(marked('"', ["lua << EOF", *_neovim(folder, named), "EOF"]), notes)
    return Recipe(marked("--", _neovim(folder, named)), notes)


def _check_end(path: Path, content: bytes) -> None:
    text = content.decode("utf-8", "replace").rstrip()
    words = _FINAL_COMMANDS.get(path.suffix) or _FINAL_COMMANDS.get(path.name.lstrip("._"), "(?!)")
    if match := re.match(words, text.rpartition("\n")[2]):
        raise UneditableFileError(
            f"it ends with `{match[0]}`, and nothing after that is read; put the lines before it"
        )


def _advice(folder: str) -> list[str]:
    if _UVX_ENVIRONMENTS in Path(folder).parts:
        return ["this is a temporary installation of uvx; install it first: uv tool install midfill"]
    return []


def _neovim(folder: str, command: list[str]) -> list[str]:
    """Return Neovim's lines; `runtime` is for lazy.nvim, which loads plugin files before the lines after it run."""
    options = f"{{ cmd = {{ {', '.join(map(_lua, command))} }} }}" if command else ""
    return [
        f"vim.opt.rtp:prepend({_lua(_list_item(folder))})",
        'vim.cmd.runtime("plugin/midfill.lua")',
        f'require("midfill").setup({options})',
    ]


def _vim(folder: str, command: list[str], vim9: bool, alone: bool) -> list[str]:
    """Return Vim's lines; they load Vim's defaults in a new vimrc, which disables them (`:help defaults.vim`)."""
    let = "" if vim9 else "let "
    lines = ["unlet! skip_defaults_vim", "source $VIMRUNTIME/defaults.vim"] if alone and not vim9 else []
    lines.append(f"{let}&runtimepath = {_vim_string(_list_item(folder))} .. ',' .. &runtimepath")
    if command:
        lines.append(f"{let}g:midfill_cmd = [{', '.join(map(_vim_string, command))}]")
    return lines


def _emacs(folder: str, command: list[str]) -> list[str]:
    lines = [f"(add-to-list 'load-path {_lisp(folder)})", "(require 'midfill)"]
    if command:
        lines.append(f"(setq midfill-command '({' '.join(map(_lisp, command))}))")
    return [*lines, "(global-midfill-mode)"]


def _list_item(folder: str) -> str:
    r"""Return a folder as an item of 'runtimepath', a comma-separated list of patterns (tried on Vim 9.2, Neovim 0.12).

    On Windows a backslash separates folders, and escapes only a comma.
    """
    special = r"[,'$\[{*?\\]" if os.sep == "/" else ","
    return re.sub(special, lambda match: "\\" + match[0], folder)


def _lua(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _vim_string(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _lisp(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
