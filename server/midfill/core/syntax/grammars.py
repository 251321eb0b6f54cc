"""The grammars of tree-sitter, each loaded at the first use of its language.

Every grammar is a separate wheel with the parser inside: nothing is downloaded at run time. A parse holds the
interpreter lock (measured: 1 ms for 300 lines of Python, 100 ms for 10,000 of TypeScript), so only the lines around a
cursor are parsed.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

_MODULES = {
    "bash": "tree_sitter_bash",
    "c": "tree_sitter_c",
    "cpp": "tree_sitter_cpp",
    "csharp": "tree_sitter_c_sharp",
    "css": "tree_sitter_css",
    "go": "tree_sitter_go",
    "html": "tree_sitter_html",
    "java": "tree_sitter_java",
    "javascript": "tree_sitter_javascript",
    "json": "tree_sitter_json",
    "kotlin": "tree_sitter_kotlin",
    "lua": "tree_sitter_lua",
    "php": "tree_sitter_php",
    "python": "tree_sitter_python",
    "ruby": "tree_sitter_ruby",
    "rust": "tree_sitter_rust",
    "scala": "tree_sitter_scala",
    "swift": "tree_sitter_swift",
    "toml": "tree_sitter_toml",
    "tsx": "tree_sitter_typescript",
    "typescript": "tree_sitter_typescript",
    "yaml": "tree_sitter_yaml",
}
_FUNCTIONS = {"php": "language_php", "tsx": "language_tsx", "typescript": "language_typescript"}

_UNSAFE = {"bash": re.compile(r"[^\x00-\xff]")}
"""Characters with which a grammar may crash the process; a letter replaces them.

For these, the scanner of tree-sitter-bash 0.25.1 reads outside of a table of the C library (its issue 337).
"""


class Node(Protocol):
    """The used part of a syntax tree's node."""

    @property
    def is_error(self) -> bool:
        """Whether the text here violates the grammar."""
        ...

    @property
    def is_missing(self) -> bool:
        """Whether the parser inserted it because the text lacks it."""
        ...

    @property
    def has_error(self) -> bool:
        """Whether it contains an error."""
        ...

    @property
    def children(self) -> "Sequence[Node]":
        """Its child nodes."""
        ...


@cache
def parser(grammar: str) -> Callable[[str], Node] | None:
    """Return a function from a text to the root of its tree; None if the grammar is unknown or not installed."""
    if grammar not in _MODULES:
        return None
    try:
        from tree_sitter import (
            Language,
            Parser,
        )  # The import takes 11 to 24 ms, which would delay the server's start.

        module = import_module(_MODULES[grammar])
    except ImportError:
        return None
    language = Language(getattr(module, _FUNCTIONS.get(grammar, "language"))())
    unsafe = _UNSAFE.get(grammar)

    def parse(text: str) -> Node:
        safe = text if unsafe is None else unsafe.sub("é", text)
        # One parser for each call, made in a microsecond: threads must not share a parser of tree-sitter.
        return Parser(language).parse(safe.encode("utf-8", "replace")).root_node

    return parse
