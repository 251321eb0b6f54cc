"""Languages by editors' names."""

from midfill.core.syntax.bracket_languages import BRACKET_LANGUAGES
from midfill.core.syntax.indentation_languages import INDENTATION_LANGUAGES
from midfill.core.syntax.keyword_languages import KEYWORD_LANGUAGES
from midfill.core.syntax.language import Language

_PROSE = Language(quotes="", opener=r"(?!)", closer=r"(?!)", incomplete=r"(?!)", prose=True)
_LANGUAGES = {
    **BRACKET_LANGUAGES,
    **KEYWORD_LANGUAGES,
    **INDENTATION_LANGUAGES,
    "toml": Language(
        grammar="toml",
        line_comment="#",
        group_header=r"\[",
        multiline_quotes=(('"""', '"""'), ("'''", "'''")),
    ),
    "prose": _PROSE,
    "plain": Language(quotes='"'),
}

_EDITOR_NAMES = {
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
_KEY_BY_NAME = {name: key for key, names in _EDITOR_NAMES.items() for name in names.split()}


def language(name: str) -> Language:
    """Return the language that an editor calls `name`; for an unknown name, a harmless default."""
    name = name.lower()
    return _LANGUAGES.get(_KEY_BY_NAME.get(name, name), _LANGUAGES["plain"])
