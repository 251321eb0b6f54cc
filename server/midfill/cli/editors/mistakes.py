"""What `midfill doctor` says of the editors: which are here, which are set up, and what people get wrong.

Configurations are read, never run.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from midfill.cli.editors.block import RefusalError
from midfill.cli.editors.editor import EDITORS, Found, find_all
from midfill.cli.editors.helix import SERVERS, listed, parse, servers_defined
from midfill.cli.editors.places import Places, read
from midfill.cli.editors.recipe import on_path, server_command

_LOOKED_AT = ("neovim", "vim", "emacs", "helix", "vscode")

_KEY = re.compile(r"\bsk-(?=[\w-]*\d)[\w-]{16,}")
_DOUBLE = re.compile(r'"(?P<double>(?:\\.|[^"\\])*)"')
_QUOTED = re.compile(_DOUBLE.pattern + r"|'(?P<single>(?:''|[^'])*)'")
"""In Lisp a single quote is no quotation mark."""
_DELAY = re.compile(r"lsp-inline-completion-idle-delay\s+([\d.]+)")
_SLOW_S = 0.5
"""A delay of lsp-mode from here on is felt before anything is asked; its own default is 2 s."""


class Remark(NamedTuple):
    """One thing that was looked at; with a fix it is a mistake, or something left to do."""

    text: str
    fix: str = ""


def remarks(environ: Mapping[str, str]) -> list[Remark]:
    """Return what there is to say of the editors on this machine; waits for their versions."""
    places = Places(environ)
    found = [one for one in find_all(environ) if one.editor.name in _LOOKED_AT]
    said = [remark for one in found for remark in _about(one, places)]
    keys = [remark for name in EDITORS for remark in _keys(name, places)]
    if not found:
        return [Remark("editors: none of Neovim, Vim, Emacs, Helix and VS Code is on the PATH"), *keys]
    return [*said, *keys, *_about_path(environ)]


def _about(found: Found, places: Places) -> Iterator[Remark]:
    name = found.editor.name
    where = places.set_up(name)
    yield _state(found, where)
    if found.complaint:
        yield Remark(f"editor: {found.complaint}", found.editor.newer)
    if where is not None:
        yield from _gone(name, places)
        if name in _MORE:
            yield from _MORE[name](places)


def _state(found: Found, where: Path | None) -> Remark:
    if where is not None:
        return Remark(f"editor: {found}, set up in {where}")
    write = " --write" if found.editor.name != "vscode" else ""
    return Remark(f"editor: {found}, not set up", f"if you use it: midfill setup {found.editor.name}{write}")


def _keys(name: str, places: Places) -> Iterator[Remark]:
    """Yield where a key stands in an editor's configuration: such files are shared and copied, comments with them."""
    for path in places.files(name):
        for number, line in enumerate(read(path).splitlines(), start=1):
            if _KEY.search(line):
                yield Remark(
                    f"editor: there seems to be an API key in line {number} of {path}",
                    "take it out and make a new one (DeepSeek: platform.deepseek.com/api_keys); keep that in"
                    " DEEPSEEK_API_KEY, or where api_key_command finds it",
                )


def _gone(name: str, places: Places) -> Iterator[Remark]:
    """Yield the paths in lines about midfill that lead nowhere, as when a virtual environment has been moved."""
    for line in places.lines(name):
        for path in _paths(name, line.text, places.home):
            if not path.exists():
                yield Remark(
                    f"editor: line {line.number} of {line.path} names {path}, which is gone",
                    f"mend the line, or put the block in anew: midfill setup {name} --write",
                )


def _paths(name: str, line: str, home: Path) -> Iterator[Path]:
    """Yield the whole paths that stand in a line between quotes, as the editor's language has them."""
    for match in (_DOUBLE if name == "emacs" else _QUOTED).finditer(line):
        double, single = match["double"], match.groupdict().get("single") or ""
        text = re.sub(r"\\(.)", r"\1", double) if double is not None else single.replace("''", "'")
        path = home / text[2:] if text.startswith("~/") else Path(_plain(text))
        if path.is_absolute():
            yield path


def _plain(text: str) -> str:
    """Return a folder as it is called, without what 'runtimepath' has it escaped with."""
    return re.sub(r"\\([,'$\[{*?\\])", r"\1", text) if os.sep == "/" else text.replace("\\,", ",")


def _about_path(environ: Mapping[str, str]) -> Iterator[Remark]:
    if not on_path(environ):
        program = server_command(environ)[0]
        yield Remark(
            "editors: `midfill` is not on the PATH that they are started with",
            f"uv tool install midfill, or give the whole path in the editor's settings: {program}",
        )


def _helix(places: Places) -> Iterator[Remark]:
    path = places.target("helix")
    if path is None or not path.exists():
        return
    try:
        tree = parse(read(path))
    except RefusalError as error:
        yield Remark(f"editor: {path}: {error}", "hx --health says more")
        return
    using = {name: servers for name, servers in listed(tree).items() if "midfill" in (servers or [])}
    if "midfill" not in servers_defined(tree):
        if using:
            yield Remark(
                f"editor: {path} lists midfill and does not say what it is", "add [language-server.midfill]"
            )
    elif not using:
        yield Remark(
            f"editor: {path} names the server midfill and lists it for no language",
            'add "midfill" to the language-servers of each [[language]], as midfill setup helix shows',
        )
    alone = [name for name, servers in using.items() if servers == ["midfill"]]
    if alone := [name for name in alone if SERVERS.get(name)]:
        yield Remark(
            f"editor: {path} lists midfill alone for {', '.join(alone)}, in place of Helix's own servers",
            "list those as well, as midfill setup helix shows",
        )


def _emacs(places: Places) -> Iterator[Remark]:
    lines = places.lines("emacs")
    of_lsp_mode = any("midfill-lsp-mode" in line.text for line in lines)
    by_hand = any("lsp-register-client" in line.text for line in places.lines("emacs", "lsp-register-client"))
    if of_lsp_mode and any("global-midfill-mode" in line.text for line in lines):
        yield Remark(
            "editor: Emacs loads midfill and midfill-lsp-mode, and shows each suggestion twice",
            "keep one of the two",
        )
    if of_lsp_mode or by_hand:
        yield from _delay(places, of_lsp_mode)


def _delay(places: Places, set_by_package: bool) -> Iterator[Remark]:
    """Yield what there is to say of lsp-mode's delay: midfill-lsp-mode shortens it, unless it is set again."""
    lines = places.lines("emacs", "lsp-inline-completion-idle-delay")
    slow = [line for line in lines if (match := _DELAY.search(line.text)) and _seconds(match[1]) >= _SLOW_S]
    fix = "set midfill-lsp-idle-delay (0.1 by itself) instead"
    for line in slow:
        yield Remark(f"editor: line {line.number} of {line.path} makes lsp-mode wait before it asks", fix)
    if not lines and not set_by_package:
        yield Remark(
            "editor: lsp-mode waits 2 s before it asks", "(setq lsp-inline-completion-idle-delay 0.1)"
        )


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


def _neovim(places: Places) -> Iterator[Remark]:
    path = places.target("neovim")
    other = path.with_name("init.vim") if path else None
    if path and path.suffix == ".lua" and path.exists() and other and other.exists():
        yield Remark(f"editor: Neovim reads {path.name}, not {other.name} beside it", "keep one of the two")


_MORE: dict[str, Callable[[Places], Iterator[Remark]]] = {"helix": _helix, "emacs": _emacs, "neovim": _neovim}
