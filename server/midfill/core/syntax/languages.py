"""Languages by editors' names."""

from midfill.core.syntax.bracketed import BRACKETED
from midfill.core.syntax.indented import INDENTED
from midfill.core.syntax.language import Language
from midfill.core.syntax.worded import WORDED

_PROSE = Language(quotes="", opener=r"(?!)", closer=r"(?!)", goes_on=r"(?!)", prose=True)
_LANGUAGES = {
    **BRACKETED,
    **WORDED,
    **INDENTED,
    "toml": Language(
        grammar="toml", line_comment="#", group=r"\[", long_quotes=(('"""', '"""'), ("'''", "'''"))
    ),
    "prose": _PROSE,
    "plain": Language(quotes='"'),
}

_NAMES = {
    "tsx": "typescriptreact",
    "javascript": "javascriptreact js jsx",
    "typescript": "ts",
    "cpp": "c++ cuda cuda-cpp arduino",
    "c": "objective-c objc",
    "python": "py python3",
    "rust": "rs",
    "go": "golang",
    "ruby": "rb",
    "kotlin": "kt kts",
    "csharp": "cs c#",
    "bash": "shellscript sh zsh shell ksh",
    "php": "blade",
    "html": "vue svelte astro handlebars heex eruby htmldjango",
    "json": "jsonc json5 jsonl",
    "yaml": "yml docker-compose yaml.docker-compose",
    "scss": "less",
    "brace": "d glsl hlsl wgsl thrift solidity v odin",
    "groovy": "gradle jenkinsfile",
    "protobuf": "proto proto3",
    "terraform": "hcl tf terraform-vars opentofu",
    "perl": "raku perl6",
    "r": "rmd",
    "powershell": "ps1",
    "elixir": "iex",
    "ocaml": "ocaml.interface reason",
    "vim": "viml",
    "verilog": "systemverilog",
    "nim": "nimble",
    "fsharp": "f# fs",
    "haskell": "hs lhaskell purescript elm",
    "coffeescript": "coffee",
    "pug": "jade haml slim",
    "sass": "stylus",
    "make": "makefile",
    "lisp": "scheme racket emacs-lisp elisp common-lisp fennel janet",
    "clojure": "clojurescript edn",
    "graphql": "gql",
    "hash": "ini properties conf",
    "xml": "xsl svg xhtml",
    "prose": "markdown plaintext text mdx restructuredtext rst latex tex org asciidoc gitcommit git-commit"
    " mail quarto typst txt",
}
_ALIASES = {name: key for key, names in _NAMES.items() for name in names.split()}


def language(name: str) -> Language:
    """Return the language that an editor calls `name`; for an unknown name, a harmless default."""
    name = name.lower()
    return _LANGUAGES.get(_ALIASES.get(name, name), _LANGUAGES["plain"])
