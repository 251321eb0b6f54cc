"""Language identifiers by file names."""

import pytest

from midfill.core.language_ids import IDS_BY_EXTENSION, language_id

NAMES = [
    ("main.py", "python"),
    ("/work/src/Main.PY", "python"),
    ("a.tsx", "typescriptreact"),
    ("lib.d.ts", "typescript"),
    ("Makefile", "makefile"),
    ("docker/Dockerfile", "dockerfile"),
    ("run.sh", "shellscript"),
    ("README", "plaintext"),
    ("", "plaintext"),
    ("archive.tar.xyz", "plaintext"),
    (".gitignore", "plaintext"),
    ("py", "plaintext"),
    ("src/go", "plaintext"),
    ("dir.py/file", "plaintext"),
    ("trailing.", "plaintext"),
]


@pytest.mark.parametrize(("name", "language"), NAMES)
def test_file_name_determines_the_language(name: str, language: str) -> None:
    """The extension or the whole name determines the language; otherwise it is plain text."""
    assert language_id(name) == language


def test_every_extension_is_found() -> None:
    """Every extension of the table can be found."""
    assert all(ending == ending.lower() and "." not in ending for ending in IDS_BY_EXTENSION)


LANGUAGES = """
astro: astro
c: c h
clojure: clj cljs
cmake: cmake
coffeescript: coffee
cpp: cc cpp cxx hpp
csharp: cs
css: css
dart: dart
elixir: ex exs
emacs-lisp: el
erlang: erl hrl
fish: fish
fsharp: fs fsi fsx
gdscript: gd
go: go
graphql: gql graphql
groovy: gradle groovy
haskell: hs
html: htm html
jade: pug
java: java
javascript: cjs js mjs
javascriptreact: jsx
json: json
julia: jl
kotlin: kt kts
less: less
lua: lua
makefile: mk
markdown: md
nim: nim
nix: nix
ocaml: ml mli
perl: pl pm
php: php
plaintext: txt
powershell: ps1 psm1
proto: proto
python: py pyi
r: r
racket: rkt
ruby: rb
rust: rs
sass: sass
scala: scala
scheme: scm
scss: scss
shellscript: bash sh zsh
sql: sql
svelte: svelte
swift: swift
systemverilog: sv
terraform: hcl tf tfvars
toml: toml
typescript: cts mts ts
typescriptreact: tsx
verilog: v
vim: vim
vue: vue
xml: xml
yaml: yaml yml
zig: zig
"""


@pytest.mark.parametrize("row", LANGUAGES.split("\n")[1:-1])
def test_extensions_of_each_language(row: str) -> None:
    """The name is that of the clients: another name would have no rules."""
    language, _, endings = row.partition(": ")
    assert [language_id(f"a.{ending}") for ending in endings.split()] == [language] * len(endings.split())


@pytest.mark.parametrize(
    ("name", "language"),
    [("GNUmakefile", "makefile"), ("CMakeLists.txt", "cmake"), ("dockerfile", "dockerfile")],
)
def test_whole_names_of_files(name: str, language: str) -> None:
    """They may be in any case and in any folder, and take precedence over the extension."""
    assert language_id(f"/home/me/{name}") == language
