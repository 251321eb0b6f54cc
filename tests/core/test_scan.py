"""The ends of comments and strings in each language, and the language of an editor's name."""

import pytest

from midfill.core.syntax import language
from midfill.core.syntax.language import pattern
from midfill.core.syntax.scan import lexemes, open_lexeme

SLASHES = """javascript typescript typescriptreact java c cpp csharp go rust swift kotlin scala php scss dart groovy
    protobuf"""
HASHES = """python ruby perl r powershell nix tcl awk hash bash elixir fish cmake make gdscript nim coffeescript toml
    graphql"""

COMMENTS = [
    (SLASHES, ["// a", "x // a", "/* a", "x /* a\nb"], ["/* a */", "// a\n", "/ a", "/* a\n*/ x"]),
    ("brace terraform fsharp verilog sass zig", ["// a", "x // a"], ["// a\n", "/ a"]),
    ("brace sass verilog css sql terraform", ["/* a", "x /* a\nb"], ["/* a */", "/* a\n*/ x"]),
    ("zig python lua", [], ["/* a"]),
    ("css json", [], ["// a", "# a"]),
    (HASHES, ["# a", "x # a"], ["x", "# a\n"]),
    ("terraform php", ["# a"], ["x"]),
    ("php", ["#a"], ["#[a"]),
    ("perl r powershell nix tcl awk bash fish yaml graphql", ["x # a"], ["x#a", "$#"]),
    ("python ruby elixir hash", ["x#a"], ["x"]),
    ("dockerfile", ["# a", "  # a"], ["x # a"]),
    ("julia", ["# a", "#= a", "#= a\nb"], ["#= a =#", "#= a\n=#"]),
    ("lua haskell sql", ["-- a", "x -- a"], ["- a", "-- a\n"]),
    ("lua", ["--[[ a", "--[[ a\nb", "--a"], ["--[[ a ]]", "--[[ a\n]]"]),
    ("haskell", ["{- a", "{- a\nb", "--- a", "--a"], ["{- a -}", "-->", "--|", "<--!"]),
    ("fsharp ocaml", ["(* a", "(* a\nb"], ["(* a *)", "(* a\n*) x"]),
    ("fsharp", [], ["(*)"]),
    ("erlang", ["% a", "x % a"], ["# a"]),
    ("vim", ['" a', '  " a'], ['x = "a"']),
    ("lisp clojure", ["; a", "(x) ; a"], ["x", "# a"]),
    ("html xml", ["<!-- a", "<!-- a\nb"], ["<!-- a -->", "<p>", "// a", "# a"]),
    ("coffeescript", ["### a", "### a\nb"], ["### a ###"]),
    ("powershell", ["<# a", "<# a\nb"], ["<# a #>"]),
    ("nix", ["/* a"], ["/* a */"]),
    ("pug", ["// a"], ["x"]),
    ("elixir sql erlang", [], ["// a"]),
    ("markdown plaintext", [], ["# a", "// a", "/* a", "<!-- a"]),
]  # fmt: skip
"""Languages, texts that end in a comment, and texts that do not."""

STRINGS = [
    (f"python {SLASHES} ruby elixir lua perl r", ['x = "a', 'x = "a\\"'], ['x = "a"', 'x = "a\n', '"\\\\"']),
    ("python javascript ruby lua perl r dart groovy php", ["x = 'a", "x = 'a\\'"], ["x = 'a'", "x = 'a\n"]),
    ("java c cpp csharp go rust swift kotlin scala julia ocaml haskell fsharp", [],
     ["x = 'a'", "x = 'a", "'\\n'", "<'a>"]),
    ("python dart groovy elixir nim coffeescript toml",
     ['"""a', '"""a\nb', "'''a", "'''a\nb"], ['"""a\n"""', "'''a'''"]),
    ("fsharp julia graphql", ['"""a', '"""a\nb'], ['"""a\n"""']),
    ("javascript typescript go", ["`a", "`a\nb"], ["`a\nb`", "`a`"]),
    ("lua", ["[[a", "[[a\nb"], ["[[a]]", "[[a\n]]"]),
    ("bash", ["'a", "'a\nb", '"a', '"a\nb'], ["'a\n'", '"a\n"', '"$(f "x")"', "'\"'"]),
    ("nix", ["''a", "''a\nb"], ["''a\n''"]),
    ("powershell", ['@"\na', "@'\na", '"a'], ['@"\na\n"@', "@'\na\n'@", '"a`""']),
    ("bash ruby perl terraform", ["<<EOF\na", "<<-EOF\na", "<<~EOF\na", "<<'EOF'\na"], ["<<EOF\na\nEOF", "1 << 2\n"]),
    ("python go", [], ["<<EOF\na"]),
    ("html xml", ['a="b'], ["it's", 'a="b"']),
    ("verilog cmake json lisp plain", ['"a'], ["it's", '"a"']),
    ("make pug markdown plaintext", [], ['"a', "'a", "`a"]),
    ("sql", ["'a", '"a'], ["'a'", "'a\\'"]),
]  # fmt: skip
"""The same for strings."""


@pytest.mark.parametrize("kind", ["comment", "string"])
def test_end_of_a_text_in_a_comment_or_string(kind: str) -> None:
    """The text ends in a comment or in an unterminated string."""
    wrong = []
    for names, inside, outside in COMMENTS if kind == "comment" else STRINGS:
        for name in names.split():
            for text in (*inside, *outside):
                found = open_lexeme(text, language(name))
                if (found is not None and found.kind == kind) is not (text in inside):
                    wrong.append((name, text, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "text", "kinds"),
    [
        ("python", "f(a[1])", "open open close close"),
        ("python", "# (\nf(')', x)", "comment open string close"),
        ("c", "'(' + '\\'' + '\"' (", "open"),
        ("rust", "fn f<'a>(x: &'a str) {", "open close open"),
        ("javascript", "/* { */ `}` {", "comment string open"),
        ("html", "<a href='x'>{", "open"),
        ("markdown", "(it's)", "open close"),
        ("bash", 'x="$(f "(")"', "string"),
        ("bash", 'x="$(f (a))" (', "string open"),
        ("ruby", "x = <<A\n(\nA\n)", "string close"),
        ("make", "$(a)", "open close"),
        ("css", "a { /* } */ }", "open comment close"),
    ],
)
def test_brackets_outside_of_strings(name: str, text: str, kinds: str) -> None:
    """Brackets in strings, comments and character literals are not found."""
    assert [found.kind for found in lexemes(text, language(name))] == kinds.split()


NAMES = """
tsx: typescriptreact
javascript: javascriptreact js jsx JavaScript
typescript: ts
cpp: c++ cuda cuda-cpp arduino
c: objective-c objc
python: py python3 Python
rust: rs
go: golang
ruby: rb
kotlin: kt kts
csharp: cs c#
bash: shellscript sh zsh shell ksh
php: blade
html: vue svelte astro handlebars heex eruby htmldjango
json: jsonc json5 jsonl
yaml: yml docker-compose yaml.docker-compose
scss: less
brace: d glsl hlsl wgsl thrift solidity v odin
groovy: gradle jenkinsfile
protobuf: proto proto3
terraform: hcl tf terraform-vars opentofu
perl: raku perl6
r: rmd
powershell: ps1
elixir: iex
ocaml: ocaml.interface reason
vim: viml
verilog: systemverilog
nim: nimble
fsharp: f# fs
haskell: hs lhaskell purescript elm
coffeescript: coffee
pug: jade haml slim
sass: stylus
make: makefile
lisp: scheme racket emacs-lisp elisp common-lisp fennel janet
clojure: clojurescript edn
graphql: gql
hash: ini properties conf
xml: xsl svg xhtml
prose: markdown plaintext text mdx restructuredtext rst latex tex org asciidoc gitcommit git-commit mail quarto typst
 txt
plain: unheard-of
"""


@pytest.mark.parametrize("row", NAMES.replace("\n ", " ").strip().split("\n"))
def test_editor_names_of_a_language(row: str) -> None:
    """Names may be in any case; an unknown name is plain text."""
    known, _, names = row.partition(": ")
    assert all(language(name) is language(known) for name in names.split())
    assert known == "plain" or language(known) is not language("plain")


GRAMMARS = """javascript typescript tsx go rust java c cpp csharp kotlin swift scala php html css json lua ruby bash
    python yaml toml"""


@pytest.mark.parametrize("name", GRAMMARS.split())
def test_languages_with_a_grammar(name: str) -> None:
    """Each has its own grammar; a similar language without one does not use it."""
    assert language(name).grammar == name
    none = "scss dart groovy zig protobuf terraform graphql crystal elixir nim gdscript fsharp haskell make prose plain"
    assert not any(language(other).grammar for other in none.split())


WITH = {
    "indented_blocks": "python yaml nim gdscript fsharp haskell coffeescript pug sass",
    "deeper_line_continues": "nim fsharp haskell coffeescript pug sass",
    "block_is_optional": "yaml",
    "recipes": "make",
    "prose": "prose",
    "heredocs": "ruby crystal bash terraform perl",
    "command_substitutions": "bash",
    "character_literals": "java c cpp csharp go rust swift kotlin scala brace zig julia ocaml fsharp haskell",
}  # fmt: skip
ALL = """javascript typescript tsx go rust java c cpp csharp kotlin swift scala php html css json scss brace dart groovy
    zig protobuf terraform graphql perl r powershell nix tcl awk hash dockerfile lisp clojure xml lua ruby crystal bash
    elixir erlang julia ocaml vim cmake fish verilog sql python yaml nim gdscript fsharp haskell coffeescript pug sass
    make toml prose plain"""


@pytest.mark.parametrize(("property_", "names"), WITH.items())
def test_features_of_some_languages(property_: str, names: str) -> None:
    """They are indentation that ends blocks, recipes, and here-documents; other languages lack them."""
    assert {name for name in ALL.split() if getattr(language(name), property_)} == set(names.split())


@pytest.mark.parametrize("name", ALL.split())
def test_words_are_neither_strings_nor_comments(name: str) -> None:
    """In no language a letter starts one."""
    assert lexemes("X = xX + b1_X\nXx", language(name)) == ()


@pytest.mark.parametrize(
    ("names", "property_", "yes", "no"),
    [
        ("c cpp", "incomplete_at_any_indentation", ["int", "static char *", "struct a"],
         ["else", "do", "public", "private", "#define A", "f()"]),
        ("css scss", "incomplete_at_any_indentation", ["a,"], ["a", "a;"]),
        ("dockerfile make", "incomplete_at_any_indentation", ["a \\"], ["a"]),
        ("sql", "terminator", ["select 1;"], ["select 1"]),
        ("toml", "group_header", ["[a]", "[[b]]"], ["a = 1"]),
    ],
)  # fmt: skip
def test_end_of_a_statement(names: str, property_: str, yes: list[str], no: list[str]) -> None:
    """This applies where indentation does not show it."""
    for name in names.split():
        rule = pattern(getattr(language(name), property_))
        assert [line for line in (*yes, *no) if rule.search(line)] == yes


def test_preprocessor_conditions_are_statements() -> None:
    """They reach from `#if` to `#endif`, at any indentation."""
    first, last = language("c").unindented_span
    lines = ["#if A", "# ifdef B", "#ifndef C", "#endif", "#  endif", "#else", "if"]
    assert [line for line in lines if pattern(first).match(line)] == lines[:3]
    assert [line for line in lines if pattern(last).match(line)] == lines[3:5]
