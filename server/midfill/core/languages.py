"""LSP language identifiers by file extension."""

from pathlib import PurePath

BY_ENDING = {
    "bash": "shellscript",
    "c": "c",
    "cc": "cpp",
    "cjs": "javascript",
    "cpp": "cpp",
    "cs": "csharp",
    "css": "css",
    "cts": "typescript",
    "cxx": "cpp",
    "ex": "elixir",
    "exs": "elixir",
    "go": "go",
    "h": "c",
    "hpp": "cpp",
    "hs": "haskell",
    "htm": "html",
    "html": "html",
    "java": "java",
    "js": "javascript",
    "json": "json",
    "jsx": "javascriptreact",
    "kt": "kotlin",
    "kts": "kotlin",
    "lua": "lua",
    "md": "markdown",
    "mjs": "javascript",
    "mts": "typescript",
    "php": "php",
    "pl": "perl",
    "py": "python",
    "pyi": "python",
    "r": "r",
    "rb": "ruby",
    "rs": "rust",
    "scala": "scala",
    "scss": "scss",
    "sh": "shellscript",
    "sql": "sql",
    "swift": "swift",
    "toml": "toml",
    "ts": "typescript",
    "tsx": "typescriptreact",
    "txt": "plaintext",
    "vim": "vim",
    "xml": "xml",
    "yaml": "yaml",
    "yml": "yaml",
    "zig": "zig",
    "zsh": "shellscript",
}
"""The identifiers of LSP 3.18, "TextDocumentItem"."""

BY_NAME = {"dockerfile": "dockerfile", "makefile": "makefile", "gnumakefile": "makefile"}


def language_of(path: str) -> str:
    """Return the language identifier of a file; `plaintext` if its name is unknown."""
    name = PurePath(path.lower())
    return BY_NAME.get(name.name) or BY_ENDING.get(name.suffix[1:], "plaintext")
