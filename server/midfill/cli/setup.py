"""`midfill setup EDITOR`: prints or writes an editor's configuration for midfill."""

import re
from collections.abc import Mapping
from pathlib import Path

from midfill.cli.editors.config_block import UneditableFileError, outside, replace, splice
from midfill.cli.editors.config_files import ConfigFiles
from midfill.cli.editors.editor import EDITORS, InstalledEditor, find, find_all
from midfill.cli.editors.plugins import plugin_lines
from midfill.cli.editors.recipe import Recipe, clients_folder, recipe
from midfill.cli.terminal import say, show, write_exactly

OK, REFUSED = 0, 2
"""Exit codes: success; nothing was written."""


def run(editor: str | None, write: bool, environ: Mapping[str, str]) -> int:
    """List the editors, or print or write the configuration of one; return the exit code: 2 if refused."""
    if editor is None:
        _list(environ)
        return OK
    path = ConfigFiles(environ).target(editor)
    if path is None:
        return _page(editor, write)
    found = find(EDITORS[editor], environ)
    if found is not None and found.unsupported_reason:
        say(f"{found.unsupported_reason}; {found.editor.update_hint}")
    try:
        return _write(editor, path, environ) if write else _print(editor, path, environ)
    except UneditableFileError as error:
        say(f"{path}: {error}")
        say(f"for details see {clients_folder() / editor / 'README.md'}")
        return REFUSED


def _list(environ: Mapping[str, str]) -> None:
    config_files, found = ConfigFiles(environ), {one.editor.name: one for one in find_all(environ)}
    rows = [(name, _version(found.get(name)), _state(name, config_files, name in found)) for name in EDITORS]
    width = max(len(version) for _, version, _ in rows)
    for name, version, state in rows:
        show(f"{name:10} {version:{width}}  {state}".rstrip())


def _version(found: InstalledEditor | None) -> str:
    if found is None:
        return "not found"
    return f"{found.numbers or 'found'}{' (too old)' if found.too_old else ''}"


def _state(name: str, config_files: ConfigFiles, found: bool) -> str:
    if where := config_files.setup_path(name):
        return f"set up in {where}"
    return f"not set up: midfill setup {name}" if found else ""


def _page(editor: str, write: bool) -> int:
    """Print the installation steps of an editor without a configuration file to write."""
    folder = clients_folder() / editor
    write_exactly(_steps((folder / "README.md").read_text("utf-8")))
    say(f"the folder clients/{editor} is {folder}")
    if write:
        say(f"{EDITORS[editor].title} has no file that midfill can write safely; follow the steps above")
    return REFUSED if write else OK


def _steps(page: str) -> str:
    """Return the Install section of a page; the whole page if it has none."""
    part = re.search(r"^## Install\n+(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    return part[1].rstrip() + "\n" if part else page


def _print(editor: str, path: Path, environ: Mapping[str, str]) -> int:
    wanted = recipe(editor, path, _content(path), environ)
    say(f"put this into {path}, or run: midfill setup {editor} --write")
    write_exactly(wanted.block + "\n")
    _show_notes(wanted)
    for line in plugin_lines(editor):
        say(line)
    return OK


def _write(editor: str, path: Path, environ: Mapping[str, str]) -> int:
    before = _content(path)
    _check_not_configured(editor, before, path, environ)
    wanted = recipe(editor, path, before, environ)
    after = splice(before, wanted.block)
    if after == before:
        say(f"{path} is up to date")
    else:
        backup = replace(path, after)
        say(f"{path} is written" + (f"; backup: {backup}" if backup else ""))
    _show_notes(wanted)
    say(f"restart {EDITORS[editor].title}; midfill doctor checks the key and the network")
    return OK


def _show_notes(wanted: Recipe) -> None:
    for note in wanted.notes:
        say(note)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UneditableFileError(f"it cannot be read ({error.strerror}); add the lines manually") from None


def _check_not_configured(editor: str, content: bytes, path: Path, environ: Mapping[str, str]) -> None:
    """Raise `UneditableFileError` if the configuration names midfill outside the block.

    The editor would start it twice.
    """
    if editor == "helix":  # Its recipe has a more exact check.
        return
    rest = outside(content).decode("utf-8", "replace").splitlines()
    for line in ConfigFiles(environ).lines(editor):
        if line.path != path or line.text in rest:
            place = f"line {line.number} of {line.path}"
            raise UneditableFileError(
                f"nothing is written, because {place} already names midfill; remove that line, or keep it as it is"
            )
