"""The grammars of tree-sitter, each loaded when its language is first met.

Every grammar is a wheel of its own with the parser inside: nothing is fetched at run time.
"""

from functools import cache
from importlib import import_module

from tree_sitter import Language, Parser

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
    "sql": "tree_sitter_sql",
    "swift": "tree_sitter_swift",
    "toml": "tree_sitter_toml",
    "tsx": "tree_sitter_typescript",
    "typescript": "tree_sitter_typescript",
    "yaml": "tree_sitter_yaml",
}
_FUNCTIONS = {"php": "language_php", "tsx": "language_tsx", "typescript": "language_typescript"}


@cache
def parser(grammar: str) -> Parser | None:
    """Return the parser of a grammar; None if there is none, or if its wheel is not installed."""
    if grammar not in _MODULES:
        return None
    try:
        module = import_module(_MODULES[grammar])
    except ImportError:
        return None
    return Parser(Language(getattr(module, _FUNCTIONS.get(grammar, "language"))()))
