"""The editor checks of `midfill doctor`: the installed editors, their setup, and common errors in it.

The checks read configuration files and never run them.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from midfill.cli.editors.config_block import UneditableFileError
from midfill.cli.editors.config_files import ConfigFiles, read
from midfill.cli.editors.editor import EDITORS, InstalledEditor, find_all
from midfill.cli.editors.helix import SERVERS, listed, parse, servers_defined
from midfill.cli.editors.recipe import on_path, server_command

_CHECKED_EDITORS = ("neovim", "vim", "emacs", "helix", "vscode")

_KEY = re.compile(r"\bsk-(?=[\w-]*\d)[\w-]{16,}")
_DOUBLE = re.compile(r'"(?P<double>(?:\\.|[^"\\])*)"')
_QUOTED = re.compile(_DOUBLE.pattern + r"|'(?P<single>(?:''|[^'])*)'")
"""Not used for Lisp, in which a single quote does not delimit a string."""
_DELAY = re.compile(r"lsp-inline-completion-idle-delay\s+([\d.]+)")
_SLOW_S = 0.5
"""Delay of lsp-mode in seconds from which users notice it; the default of lsp-mode is 2 s."""


class ConfigFinding(NamedTuple):
    """The result of one check; one with a fix is an error or an open step."""

    text: str
    fix: str = ""


def config_findings(environ: Mapping[str, str]) -> list[ConfigFinding]:
    """Return the results for the editors on this machine; waits for their versions."""
    config_files = ConfigFiles(environ)
    found = [one for one in find_all(environ) if one.editor.name in _CHECKED_EDITORS]
    findings = [finding for one in found for finding in _about(one, config_files)]
    keys = [finding for name in EDITORS for finding in _keys(name, config_files)]
    if not found:
        return [ConfigFinding("editors: none of Neovim, Vim, Emacs, Helix and VS Code is on the PATH"), *keys]
    return [*findings, *keys, *_about_path(environ)]


def _about(found: InstalledEditor, config_files: ConfigFiles) -> Iterator[ConfigFinding]:
    name = found.editor.name
    where = config_files.setup_path(name)
    yield _state(found, where)
    if found.unsupported_reason:
        yield ConfigFinding(f"editor: {found.unsupported_reason}", found.editor.update_hint)
    if where is not None:
        yield from _missing_paths(name, config_files)
        if name in _MORE:
            yield from _MORE[name](config_files)


def _state(found: InstalledEditor, where: Path | None) -> ConfigFinding:
    if where is not None:
        return ConfigFinding(f"editor: {found}, set up in {where}")
    write = " --write" if found.editor.name != "vscode" else ""
    return ConfigFinding(
        f"editor: {found}, not set up", f"if you use it: midfill setup {found.editor.name}{write}"
    )


def _keys(name: str, config_files: ConfigFiles) -> Iterator[ConfigFinding]:
    """Yield the API keys in an editor's configuration, even in comments: users share and copy such files."""
    for path in config_files.files(name):
        for number, line in enumerate(read(path).splitlines(), start=1):
            if _KEY.search(line):
                yield ConfigFinding(
                    f"editor: line {number} of {path} seems to contain an API key",
                    "remove it and create a new one (DeepSeek: platform.deepseek.com/api_keys); keep the new key in"
                    " DEEPSEEK_API_KEY, or where api_key_command finds it",
                )


def _missing_paths(name: str, config_files: ConfigFiles) -> Iterator[ConfigFinding]:
    """Yield the missing paths in lines about midfill, for example after a virtual environment was moved."""
    for line in config_files.lines(name):
        for path in _paths(name, line.text, config_files.home):
            if not path.exists():
                yield ConfigFinding(
                    f"editor: line {line.number} of {line.path} names {path}, which does not exist",
                    f"correct the line, or write the block again: midfill setup {name} --write",
                )


def _paths(name: str, line: str, home: Path) -> Iterator[Path]:
    """Yield the quoted absolute paths in a line, by the quoting rules of the editor's language."""
    for match in (_DOUBLE if name == "emacs" else _QUOTED).finditer(line):
        double, single = match["double"], match.groupdict().get("single") or ""
        text = re.sub(r"\\(.)", r"\1", double) if double is not None else single.replace("''", "'")
        path = home / text[2:] if text.startswith("~/") else Path(_plain(text))
        if path.is_absolute():
            yield path


def _plain(text: str) -> str:
    """Return a folder name without the escapes of 'runtimepath'."""
    return re.sub(r"\\([,'$\[{*?\\])", r"\1", text) if os.sep == "/" else text.replace("\\,", ",")


def _about_path(environ: Mapping[str, str]) -> Iterator[ConfigFinding]:
    if not on_path(environ):
        program = server_command(environ)[0]
        yield ConfigFinding(
            "editors: `midfill` is not on the PATH of the editors",
            f"uv tool install midfill, or set the full path in the editor's settings: {program}",
        )


def _helix(config_files: ConfigFiles) -> Iterator[ConfigFinding]:
    path = config_files.target("helix")
    if path is None or not path.exists():
        return
    try:
        tree = parse(read(path))
    except UneditableFileError as error:
        yield ConfigFinding(f"editor: {path}: {error}", "for details run hx --health")
        return
    yield from _helix_servers(path, tree)


def _helix_servers(path: Path, tree: dict[str, Any]) -> Iterator[ConfigFinding]:
    using = {name: servers for name, servers in listed(tree).items() if "midfill" in (servers or [])}
    if "midfill" not in servers_defined(tree):
        if using:
            yield ConfigFinding(
                f"editor: {path} lists midfill but does not define it", "add [language-server.midfill]"
            )
    elif not using:
        yield ConfigFinding(
            f"editor: {path} defines the server midfill but lists it for no language",
            'add "midfill" to the language-servers of each [[language]], as midfill setup helix shows',
        )
    alone = [name for name, servers in using.items() if servers == ["midfill"]]
    if alone := [name for name in alone if SERVERS.get(name)]:
        yield ConfigFinding(
            f"editor: {path} lists only midfill for {', '.join(alone)}, which disables Helix's default servers",
            "list those servers too, as midfill setup helix shows",
        )


def _emacs(config_files: ConfigFiles) -> Iterator[ConfigFinding]:
    lines = config_files.lines("emacs")
    of_lsp_mode = any("midfill-lsp-mode" in line.text for line in lines)
    by_hand = any(
        "lsp-register-client" in line.text for line in config_files.lines("emacs", "lsp-register-client")
    )
    if of_lsp_mode and any("global-midfill-mode" in line.text for line in lines):
        yield ConfigFinding(
            "editor: Emacs loads both midfill and midfill-lsp-mode, which shows each suggestion twice",
            "keep one of the two",
        )
    if of_lsp_mode or by_hand:
        yield from _delay(config_files, of_lsp_mode)


def _delay(config_files: ConfigFiles, set_by_package: bool) -> Iterator[ConfigFinding]:
    """Yield the findings on lsp-mode's delay, which midfill-lsp-mode shortens unless the user sets it."""
    lines = config_files.lines("emacs", "lsp-inline-completion-idle-delay")
    slow = [line for line in lines if (match := _DELAY.search(line.text)) and _seconds(match[1]) >= _SLOW_S]
    fix = "set midfill-lsp-idle-delay (default 0.1) instead"
    for line in slow:
        yield ConfigFinding(f"editor: line {line.number} of {line.path} delays the requests of lsp-mode", fix)
    if not lines and not set_by_package:
        yield ConfigFinding(
            "editor: lsp-mode waits 2 s before each request", "(setq lsp-inline-completion-idle-delay 0.1)"
        )


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


def _neovim(config_files: ConfigFiles) -> Iterator[ConfigFinding]:
    path = config_files.target("neovim")
    other = path.with_name("init.vim") if path else None
    if path and path.suffix == ".lua" and path.exists() and other and other.exists():
        yield ConfigFinding(
            f"editor: Neovim reads {path.name}, not {other.name} in the same folder", "keep one of the two"
        )


_MORE: dict[str, Callable[[ConfigFiles], Iterator[ConfigFinding]]] = {
    "helix": _helix,
    "emacs": _emacs,
    "neovim": _neovim,
}
