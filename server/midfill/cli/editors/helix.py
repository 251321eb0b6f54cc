"""Helix's languages.toml: midfill in addition to Helix's default servers for each language."""

import json
import tomllib
from typing import Any

from midfill.cli.editors.config_block import UneditableFileError

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
"""The languages that midfill knows, with the default servers of Helix 25.07 from `hx --health LANGUAGE`.

A user's `[[language]]` replaces the default list, so the block repeats it. Helix only logs servers that are not
installed or unknown to an older version (seen on 25.07).
"""


def languages_toml(before: str, command: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines to add after `before`, and the notes on manual steps.

    A language with an entry in `before` gets no second entry, which would override its servers. Raises
    `UneditableFileError` if `before` is invalid TOML or defines a server named midfill.
    """
    tree = parse(before)
    if "midfill" in servers_defined(tree):
        raise UneditableFileError(
            'it already has a [language-server.midfill]; keep it, and list "midfill" in the language-servers'
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
    return lines, [_POPUP_DELAY_NOTE, *notes]


_POPUP_DELAY_NOTE = (
    "in config.toml, below [editor]: completion-timeout = 50 and idle-timeout = 100 open the popup sooner"
)


def _check_addable(before: str, lines: list[str]) -> None:
    try:
        tomllib.loads("\n".join([before, *lines]))
    except tomllib.TOMLDecodeError:
        reason = "`language` or `language-server` is one inline value, which cannot be extended"
        raise UneditableFileError(f"{reason}; add the lines manually") from None


def _by_hand(name: str, servers: list[str] | None) -> str:
    todo = 'add "midfill" to its language-servers'
    if servers is None:
        todo = f"add to it: {_list_of_servers(SERVERS[name])}"
    return f"{name} already has a [[language]] entry, which is not changed; {todo}"


def _list_of_servers(servers: list[str]) -> str:
    return f"language-servers = {_quoted([*servers, 'midfill'])}"


def _quoted(value: str | list[str]) -> str:
    """Return a string or a list of strings as TOML; JSON's syntax for both is also valid TOML."""
    return json.dumps(value, ensure_ascii=False)


def parse(text: str) -> dict[str, Any]:
    """Return the tree of a TOML file; raises `UneditableFileError` with the position if it is invalid."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UneditableFileError(
            f"it is invalid TOML, and Helix does not read it: {error}; fix that first"
        ) from None


def servers_defined(tree: dict[str, Any]) -> set[str]:
    """Return the names of the servers that a file defines."""
    table = tree.get("language-server")
    return set(table) if isinstance(table, dict) else set()


def listed(tree: dict[str, Any]) -> dict[str, list[str] | None]:
    """Return the servers of each `[[language]]` by language; None where the entry lists none."""
    found: dict[str, list[str] | None] = {}
    entries = tree.get("language")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(name := entry.get("name"), str):
            servers = entry.get("language-servers")
            found[name] = [_name(server) for server in servers] if isinstance(servers, list) else None
    return found


def _name(server: object) -> str:
    """Return a server's name from a string or from a table with its features."""
    return str(server.get("name")) if isinstance(server, dict) else str(server)
