"""LSP's language identifiers by file extension."""

from pathlib import PurePath

IDS_BY_EXTENSION = {
    "astro": "astro",
    "bash": "shellscript",
    "c": "c",
    "cc": "cpp",
    "cjs": "javascript",
    "clj": "clojure",
    "cljs": "clojure",
    "cmake": "cmake",
    "coffee": "coffeescript",
    "cpp": "cpp",
    "cs": "csharp",
    "css": "css",
    "cts": "typescript",
    "cxx": "cpp",
    "dart": "dart",
    "el": "emacs-lisp",
    "erl": "erlang",
    "ex": "elixir",
    "exs": "elixir",
    "fish": "fish",
    "fs": "fsharp",
    "fsi": "fsharp",
    "fsx": "fsharp",
    "gd": "gdscript",
    "go": "go",
    "gql": "graphql",
    "gradle": "groovy",
    "graphql": "graphql",
    "groovy": "groovy",
    "h": "c",
    "hcl": "terraform",
    "hpp": "cpp",
    "hrl": "erlang",
    "hs": "haskell",
    "htm": "html",
    "html": "html",
    "java": "java",
    "jl": "julia",
    "js": "javascript",
    "json": "json",
    "jsx": "javascriptreact",
    "kt": "kotlin",
    "kts": "kotlin",
    "less": "less",
    "lua": "lua",
    "md": "markdown",
    "mjs": "javascript",
    "mk": "makefile",
    "ml": "ocaml",
    "mli": "ocaml",
    "mts": "typescript",
    "nim": "nim",
    "nix": "nix",
    "php": "php",
    "pl": "perl",
    "pm": "perl",
    "proto": "proto",
    "ps1": "powershell",
    "psm1": "powershell",
    "pug": "jade",
    "py": "python",
    "pyi": "python",
    "r": "r",
    "rb": "ruby",
    "rkt": "racket",
    "rs": "rust",
    "sass": "sass",
    "scala": "scala",
    "scm": "scheme",
    "scss": "scss",
    "sh": "shellscript",
    "sql": "sql",
    "sv": "systemverilog",
    "svelte": "svelte",
    "swift": "swift",
    "tf": "terraform",
    "tfvars": "terraform",
    "toml": "toml",
    "ts": "typescript",
    "tsx": "typescriptreact",
    "txt": "plaintext",
    "v": "verilog",
    "vim": "vim",
    "vue": "vue",
    "xml": "xml",
    "yaml": "yaml",
    "yml": "yaml",
    "zig": "zig",
    "zsh": "shellscript",
}
"""The identifiers of LSP 3.18, "TextDocumentItem"."""

IDS_BY_FILE_NAME = {
    "dockerfile": "dockerfile",
    "makefile": "makefile",
    "gnumakefile": "makefile",
    "cmakelists.txt": "cmake",
}


def language_id(path: str) -> str:
    """Return the language identifier of a file; `plaintext` if its name is unknown."""
    name = PurePath(path.lower())
    return IDS_BY_FILE_NAME.get(name.name) or IDS_BY_EXTENSION.get(name.suffix[1:], "plaintext")


def language_named(name: str) -> str:
    """Return the language identifier that a user's name means, in any case; the ending of its files names it, too.

    >>> language_named("Python"), language_named(".rs"), language_named("my-lang")
    ('python', 'rust', 'my-lang')
    """
    plain = name.strip().lower()
    return IDS_BY_EXTENSION.get(plain.removeprefix("."), plain)
