"""`midfill setup EDITOR`: what to put where so that an editor has midfill, printed or written."""

import re
from collections.abc import Mapping
from pathlib import Path

from midfill.cli.editors.block import RefusalError, outside, replace, splice
from midfill.cli.editors.editor import EDITORS, Found, find, find_all
from midfill.cli.editors.places import Places
from midfill.cli.editors.recipe import Recipe, clients_folder, recipe
from midfill.cli.terminal import say, write_exactly

OK, REFUSED = 0, 2


def run(editor: str | None, write: bool, environ: Mapping[str, str]) -> int:
    """List the editors, or print what one of them needs, or write it; return the exit code: 2 if it is refused."""
    if editor is None:
        _list(environ)
        return OK
    path = Places(environ).target(editor)
    if path is None:
        return _page(editor, write)
    found = find(EDITORS[editor], environ)
    if found is not None and found.complaint:
        say(f"{found.complaint}; {found.editor.newer}")
    try:
        return _write(editor, path, environ) if write else _print(editor, path, environ)
    except RefusalError as error:
        say(f"{path}: {error}")
        say(f"what this is about: {clients_folder() / editor / 'README.md'}")
        return REFUSED


def _list(environ: Mapping[str, str]) -> None:
    places, found = Places(environ), {one.editor.name: one for one in find_all(environ)}
    rows = [(name, _version(found.get(name)), _state(name, places, name in found)) for name in EDITORS]
    width = max(len(version) for _, version, _ in rows)
    for name, version, state in rows:
        print(f"{name:10} {version:{width}}  {state}".rstrip())


def _version(found: Found | None) -> str:
    if found is None:
        return "not found"
    return f"{found.numbers or 'found'}{' (too old)' if found.too_old else ''}"


def _state(name: str, places: Places, found: bool) -> str:
    if where := places.set_up(name):
        return f"set up in {where}"
    return f"not set up: midfill setup {name}" if found else ""


def _page(editor: str, write: bool) -> int:
    """Print the steps of an editor that has no file to write."""
    folder = clients_folder() / editor
    write_exactly(_steps((folder / "README.md").read_text("utf-8")))
    say(f"the folder clients/{editor} is {folder}")
    if write:
        say(f"{EDITORS[editor].title} has no file that could be written safely; the steps above are yours")
    return REFUSED if write else OK


def _steps(page: str) -> str:
    """Return the part of a page that says how to install; all of it where it has no such part."""
    part = re.search(r"^## Install\n+(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    return part[1].rstrip() + "\n" if part else page


def _print(editor: str, path: Path, environ: Mapping[str, str]) -> int:
    wanted = recipe(editor, path, _content(path), environ)
    say(f"put this into {path}, or let it be done: midfill setup {editor} --write")
    write_exactly(wanted.block + "\n")
    _tell(wanted)
    return OK


def _write(editor: str, path: Path, environ: Mapping[str, str]) -> int:
    before = _content(path)
    _check_alone(editor, before, path, environ)
    wanted = recipe(editor, path, before, environ)
    after = splice(before, wanted.block)
    if after == before:
        say(f"{path} has it already")
    else:
        backup = replace(path, after)
        say(f"{path} is written" + (f"; as it was before: {backup}" if backup else ""))
    _tell(wanted)
    say(f"start {EDITORS[editor].title} anew; midfill doctor checks the key and the network")
    return OK


def _tell(wanted: Recipe) -> None:
    for note in wanted.notes:
        say(note)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise RefusalError(f"it cannot be read ({error.strerror}); put the lines in by hand") from None


def _check_alone(editor: str, content: bytes, path: Path, environ: Mapping[str, str]) -> None:
    """Raise if the configuration names midfill without our block: a second time would start it twice."""
    if editor == "helix":  # Its recipe looks closer.
        return
    rest = outside(content).decode("utf-8", "replace").splitlines()
    for line in Places(environ).lines(editor):
        if line.path != path or line.text in rest:
            place = f"line {line.number} of {line.path}"
            raise RefusalError(
                f"nothing is written, since {place} names midfill already; remove that, or leave it so"
            )
