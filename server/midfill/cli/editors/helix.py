"""Helix's languages.toml: midfill beside the servers that Helix has for a language by itself."""

import json
import tomllib
from typing import Any

from midfill.cli.editors.block import RefusalError

SERVERS = {
    "bash": ["bash-language-server"],
    "c": ["clangd"],
    "c-sharp": ["roslyn-language-server", "omnisharp", "csharp-ls"],
    "cpp": ["clangd"],
    "css": ["vscode-css-language-server"],
    "dockerfile": ["docker-langserver", "docker-language-server"],
    "elixir": ["elixir-ls", "expert"],
    "go": ["gopls", "golangci-lint-lsp"],
    "haskell": ["haskell-language-server"],
    "html": ["vscode-html-language-server", "superhtml"],
    "java": ["jdtls"],
    "javascript": ["typescript-language-server"],
    "json": ["vscode-json-language-server"],
    "jsx": ["typescript-language-server"],
    "kotlin": ["kotlin-language-server"],
    "lua": ["lua-language-server"],
    "make": [],
    "markdown": ["marksman", "markdown-oxide", "rumdl"],
    "perl": ["perlnavigator"],
    "php": ["intelephense"],
    "python": ["ty", "ruff", "jedi", "pylsp", "zuban"],
    "r": ["r"],
    "ruby": ["ruby-lsp", "solargraph"],
    "rust": ["rust-analyzer"],
    "scala": ["metals"],
    "scss": ["vscode-css-language-server"],
    "sql": [],
    "swift": ["sourcekit-lsp"],
    "toml": ["taplo", "tombi"],
    "tsx": ["typescript-language-server"],
    "typescript": ["typescript-language-server"],
    "yaml": ["yaml-language-server", "ansible-language-server"],
    "zig": ["zls"],
}
"""The languages that midfill knows, with the servers of Helix 25.07, as `hx --health LANGUAGE` tells them.

A `[[language]]` of the user's replaces the list, so that it has to be repeated. Those that are not installed,
or that an older Helix does not know, do no harm: it notes them in its log (seen on 25.07).
"""


def languages_toml(before: str, command: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines to put behind `before`, and what is left to do by hand.

    A language that has an entry there is left alone: a second one would override its servers. Raises
    `RefusalError` if `before` is broken or has a server called midfill.
    """
    tree = parse(before)
    if "midfill" in servers_defined(tree):
        raise RefusalError(
            'it has a [language-server.midfill] already; leave it so, and list "midfill" in the language-servers'
            " of each [[language]] that you want"
        )
    taken = {name: servers for name, servers in listed(tree).items() if name in SERVERS}
    lines = [
        "[language-server.midfill]",
        f"command = {_quoted(command[0])}",
        f"args = {_quoted(command[1:])}",
    ]
    for name, servers in SERVERS.items():
        if name not in taken:
            lines += ["", "[[language]]", f"name = {_quoted(name)}", _list_of_servers(servers)]
    _check_addable(before, lines)
    notes = [_by_hand(name, servers) for name, servers in taken.items() if "midfill" not in (servers or ())]
    return lines, [_SOONER, *notes]


_SOONER = (
    "in config.toml, below [editor]: completion-timeout = 50 and idle-timeout = 100 open the popup sooner"
)


def _check_addable(before: str, lines: list[str]) -> None:
    try:
        tomllib.loads("\n".join([before, *lines]))
    except tomllib.TOMLDecodeError:
        reason = (
            "`language` or `language-server` is written as one inline value, which nothing can be added to"
        )
        raise RefusalError(f"{reason}; put the lines in by hand") from None


def _by_hand(name: str, servers: list[str] | None) -> str:
    todo = 'add "midfill" to its language-servers'
    if servers is None:
        todo = f"add to it: {_list_of_servers(SERVERS[name])}"
    return f"{name} has a [[language]] of its own, which is left alone; {todo}"


def _list_of_servers(servers: list[str]) -> str:
    return f"language-servers = {_quoted([*servers, 'midfill'])}"


def _quoted(value: str | list[str]) -> str:
    """JSON's texts and lists of texts are TOML's as well."""
    return json.dumps(value, ensure_ascii=False)


def parse(text: str) -> dict[str, Any]:
    """Return the tree of a TOML file; raises `RefusalError` with the place if it is broken."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RefusalError(
            f"it is broken TOML, and Helix does not read it: {error}; mend that first"
        ) from None


def servers_defined(tree: dict[str, Any]) -> set[str]:
    """Return the names of the servers that a file describes."""
    table = tree.get("language-server")
    return set(table) if isinstance(table, dict) else set()


def listed(tree: dict[str, Any]) -> dict[str, list[str] | None]:
    """Return the servers that each `[[language]]` lists; None where it leaves them to Helix."""
    found: dict[str, list[str] | None] = {}
    entries = tree.get("language")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(name := entry.get("name"), str):
            servers = entry.get("language-servers")
            found[name] = [_name(server) for server in servers] if isinstance(servers, list) else None
    return found


def _name(server: object) -> str:
    """Return a server's name; it may stand in a table, with the features that are wanted of it."""
    return str(server.get("name")) if isinstance(server, dict) else str(server)
