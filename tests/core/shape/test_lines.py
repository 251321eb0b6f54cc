"""The role of a line in its block, in each language: start, end, branch and continuation."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.syntax.bracket_languages import BRACKET_LANGUAGES
from midfill.core.syntax.indentation_languages import INDENTATION_LANGUAGES
from midfill.core.syntax.keyword_languages import KEYWORD_LANGUAGES
from midfill.core.syntax.languages import language
from tests.core.shape.places import cursor

C = "java c cpp csharp go swift php brace protobuf zig dart"
SCRIPT = "javascript typescript typescriptreact"

OPENS = [
    (f"{C} {SCRIPT} kotlin scala rust groovy perl r powershell tcl awk", ["f() {", "f(", "x = [",
        "if (a) {"], ["f()", "}"]),
    ("java c cpp csharp go swift php brace dart", ["case 1:", "default:", "case A :"], ["f(): x", "a ? b : c"]),
    (SCRIPT, ["x =>", "case 1:", "default:", "f((a) =>"], ["x => y", "label:", "a ? b :"]),
    ("rust zig", ["x =>", "match a {"], ["case 1:"]),
    ("kotlin groovy", ["{ a ->", "when (x) {"], ["case 1:", "x =>"]),
    ("scala", ["def f =", "case A =>", "f {"], ["x = 1", "case A => 1"]),
    ("terraform", ["a {", "x = ["], ["x = 1"]),
    ("json css scss graphql", ["{", "a: {", "b: ["], ["a: 1"]),
    ("html xml", ["<p>", "<div class='a'>", "<colgroup>", "<Card>", "<a href='x'>", "x = {"], [
        "<br>", "<meta x>", "<link x>", "<hr>", "<img src='a'>", "<input>", "<source>", "<col>", "<base>",
        "<!DOCTYPE html>",
        "<p/>", "</p>", "<p>a", "a > b",
    ]),
    ("nix", ["{", "let", "(", "["], ["in", "outlet", "x;"]),
    ("lisp clojure dockerfile hash plaintext-like", ["(", "["], ["(a)"]),
    ("python gdscript", ["if a:", "x = {", "f(", "def f():"], ["x = 1", "a: int"]),
    ("yaml", ["a:", "- b: |", "c: >-", "d: |-", "e: >", "f: [", "g: {"], ["a: 1", "- b"]),
    ("nim", ["x =", "if a:", "type A = object", "A = enum", "f("], ["x", "objects"]),
    ("fsharp", ["let f x =", "fun x ->", "if a then", "else", "do", "match a with", "try", "finally", "function",
        "begin",
                "{", "["], ["x", "a = b", "outdo"]),
    ("haskell", ["f x =", "case a of", "x ->", "where", "main = do", "let", "if a then", "else", "("], ["x", "undo"]),
    ("coffeescript", ["f = ->", "f = =>", "a =", "b:", "if a", "unless a", "for a in b", "while a", "until a",
        "switch a",
                      "when a", "try", "class A", "else", "x ["], ["if a then b", "f a", "iffy"]),
    ("pug", ["ul", "li.a", "#b", ".c", "+m", "p text."], ["| text", "Text"]),
    ("sass", [".a", "a b", "@mixin x", "@media y", "@if z", "@else", "@for a", "@each b", "@while c", "@function d",
              "&:hover", "a:"], ["color: red", "$x: 1", "@include a"]),
    ("make", ["all:", "a b: c", "a::", "ifdef X", "ifeq (a,b)", "define X"], [
        "a = b", "a := b", "endef", "x", "\ta:", "# a:", "a: b = c",
    ]),
    ("lua", ["if a then", "for a do", "else", "repeat", "function f(a)", "x = function()", "x = {", "f("], [
        "if a then b end", "end", "f()", "outdo",
    ]),
    ("ruby crystal", ["def f", "class A", "module B", "if a", "unless a", "while a", "until a", "case a",
        "for a in b",
                      "begin", "a.each do", "a.each do |b|", "if a then", "else", "x = {", "f("], [
        "def f; end", "f", "x if a", "ends", "if a; b end",
    ]),
    ("bash", ["if a; then", "for a; do", "else", "case a in", "f() {", "("], ["fi", "outdo", "x"]),
    ("elixir", ["def f do", "else", "after", "rescue", "catch", "fn", "{", "f(", "["], ["end", "do: x", "redo"]),
    ("erlang", ["case A of", "begin", "receive", "after", "catch", "try", "f("], ["end", "A", "endof"]),
    ("julia", ["function f(x)", "macro m", "if a", "for a in b", "while a", "struct A", "mutable struct B",
        "module M",
               "begin", "let x", "try", "quote", "@inline function f()", "map(x) do y", "x = begin", "f(x) do",
        "["], [
        "if a; b end", "f(x)", "end", "iffy",
    ]),
    ("ocaml", ["for a do", "begin", "module M = struct", "sig", "object", "(", "["], ["done", "let x", "redo"]),
    ("vim", ["if a", "for a in b", "while a", "function F()", "def F()", "try", "augroup x", "["], [
        "augroup END", "endif", "let a = 1", "iffy",
    ]),
    ("cmake", ["if(a)", "foreach (a)", "while(a)", "function(f)", "macro(m)", "block()"], ["set(a b)", "set(a",
        "endif()"]),
    ("fish", ["if a", "for a in b", "while a", "function f", "switch a", "begin", "case a", "else",
        "f ("], ["end", "iffy"]),
    ("verilog", ["always begin", "begin : a", "module m", "function f", "task t", "case (a)", "generate",
        "interface i",
                 "class c", "f("], ["end", "beginning", "x = 1"]),
    ("sql", ["create table a ("], ["select 1", "[", "{"]),
    ("markdown plaintext", [], ["a:", "(", "{", "["]),
    ("toml", ["a = ["], ["a = 1", "[a]"]),
]  # fmt: skip
"""Languages, lines after which a block starts, and lines after which none does."""

CLOSES = [
    (f"{C} {SCRIPT} kotlin python css json", ["}", ")", "]", "  });"], ["end", "x }", "fi"]),
    ("html xml", ["</p>", "  </div>", "}", ")", "]"], ["<p>", "x </p>"]),
    ("nix", ["}", "]", ")", "in x", "in"], ["inside"]),
    ("lua", ["end", "until a", "}", ")", "]", "end)"], ["ended", "untilde", "x end"]),
    ("ruby crystal elixir erlang julia", ["end", "}", "]", ")", "end.x"], ["ending", "fi"]),
    ("bash", ["fi", "done", "esac", ";;", ")", "}"], ["fix", "doner", "]", "end"]),
    ("ocaml", ["end", "done", "}", "]", ")"], ["ending", "doner"]),
    ("vim", ["end", "endif", "endfunction", "augroup END", "]"], ["augroup x", "x"]),
    ("cmake", ["endif()", "endforeach (a)", ")"], ["end", "endif"]),
    ("fish", ["end", ")", "}"], ["ending", "]"]),
    ("verilog", ["end", "endmodule", "endcase", ")"], ["x"]),
    ("make", ["endif", "endef"], ["endless", "}", "x"]),
    ("markdown plaintext", [], ["}", ")", "]"]),
    ("""rust scala scss groovy terraform graphql perl r powershell tcl awk hash dockerfile lisp clojure sql yaml nim
        gdscript fsharp haskell coffeescript pug sass toml plain""", ["}", ")", "]"], ["x }", "end"]),
]  # fmt: skip

BRANCHES = [
    (f"{C} {SCRIPT} kotlin swift scala rust groovy", ["else {", "} else {", "catch (e) {", "} finally {",
        "} while (a)",
                                                        "{", "}else"], ["elsewhere", "while (a)", "x", "}"]),
    ("perl", ["else {", "elsif (a) {", "} elsif", "} else", "{"], ["catch", "elsewhere"]),
    ("r", ["else", "} else {", "{"], ["catch", "elsewhere"]),
    ("powershell", ["else {", "elseif (a) {", "} catch {", "finally {", "{"], ["elsewhere", "elsif"]),
    ("tcl", ["} else {", "} elseif a {"], ["else", "{", "} elsewhere"]),
    ("nix", ["else x"], ["elsewhere", "in"]),
    ("python gdscript", ["else:", "elif a:", "except E:", "finally:"], ["elsewhere", "of", "catch"]),
    ("nim", ["else:", "elif a:", "of b:", "except:", "finally:"], ["offset", "catch"]),
    ("fsharp", ["else", "elif a", "with e", "finally", "and x", "| A ->"], ["|> f", "within", "android"]),
    ("haskell", ["else x", "then x", "in x", "where"], ["inside", "thence"]),
    ("coffeescript", ["else", "when a", "catch e", "finally"], ["whence"]),
    ("make", ["else", "else ifdef X"], ["elsewhere"]),
    ("lua", ["else", "elseif a then"], ["elsewhere", "elsif"]),
    ("ruby crystal", ["else", "elsif a", "when b", "rescue E", "ensure"], ["elsewhere", "elif", "whenever"]),
    ("bash", ["else", "elif a"], ["elsewhere", "elsif"]),
    ("elixir", ["else", "rescue", "catch", "after"], ["afterwards", "elsif"]),
    ("erlang", ["of", "after 1", "catch"], ["often", "else"]),
    ("julia", ["else", "elseif a", "catch e", "finally"], ["elsewhere"]),
    ("ocaml", ["else", "with", "and f", "| A"], ["within", "android"]),
    ("vim", ["else", "elseif a", "catch", "finally"], ["elsewhere"]),
    ("cmake", ["else()", "elseif (a)"], ["else", "elsewhere()"]),
    ("fish", ["else", "case a"], ["elsewhere", "cases"]),
    ("verilog", ["else", "end else"], ["elsewhere", "end"]),
    ("css scss terraform graphql awk", ["else {", "} else {"], ["elsewhere", "}"]),
]  # fmt: skip

LABELS = [
    (f"{C} {SCRIPT} kotlin rust", ["case 1:", "default:", "public:", "private:", "protected :", "#if A", "# ifdef B",
                                   "#ifndef C", "#else", "#elif D", "#endif"], ["case 1", "x:", "#include",
        "#iffy", "publicly:"]),
    ("python lua json", [], ["case 1:", "default:", "#if"]),
    ("scala css scss groovy terraform graphql perl r powershell nix tcl awk", ["case 1:", "default:"], ["case 1", "x"]),
]  # fmt: skip

CONTINUATIONS = [
    (f"{C} {SCRIPT} kotlin rust", ["? a", "= b", ", c", "> d", ": e", ".f", "-> g", "&& h", "|| i"], ["?> x",
        ":: y", ". z", "- a", "|"]),
    ("html xml", ["/>", ">"], ["<p>", "a"]),
    ("css scss nix tcl", [], [".a", "> b", ": c", ", d", "= e"]),
    ("graphql", ["| A", "= B", "& C"], [": x", ".x"]),
    ("fsharp", ["|> f", ">> g", ":: x", "@ y"], ["x", "| A"]),
    ("haskell", ["| a", "= b", ", c", "< d", "> e", "$ f", ". g", "& h", "* i", "+ j", "-> k", "<- l",
        "deriving Eq"], ["x", "derivingX", "-- x"]),
    ("coffeescript", [".then"], [". x", "x"]),
    ("elixir", ["|> f", "<> x", "|| y", "&& z", "and a", "or b"], ["order", "android", "| x"]),
    ("ocaml", ["|> f", "@@ g", ">>= h", ":: x"], ["| A", "x"]),
    ("vim", ["\\ x"], ["x"]),
    ("python lua ruby", [], [".x", "&& y", "| z"]),
    ("scala groovy terraform perl r powershell awk", ["&& a", ".f", "= b", ", c"], ["a", "- b"]),
]  # fmt: skip

PRECEDING = [
    ("java c cpp csharp go kotlin rust", ["@Override", "@A(b)", "#[derive(A)]", "// why", "/* a */"], ["@A b",
        "x", "", "@A(b) c"]),
    (SCRIPT, ["@Input()", "@A", "// why"], ["#[a]", "@A b", "x"]),
    ("python gdscript nim", ["@cached", "@a.b(c)", "# why"], ["@ x", "x", "a @ b"]),
    ("fsharp", ["[<Literal>]", "// why", "(* a *)"], ["[1]", "x"]),
    ("elixir", ["@doc \"a\"", "@spec f", "@impl true", "@moduledoc false", "@tag :x", "# why"], ["@other x",
        "@documented"]),
    ("erlang", ["-spec f() -> a.", "-doc \"a\".", "% why"], ["-module(a).", "-specs"]),
    ("lua haskell sql", ["-- why"], ["x", "@a"]),
    ("bash ruby make", ["# why"], ["x", "@a"]),
    ("r perl", ["# why", "@a"], ["x"]),
    ("swift scala php css scss brace dart groovy zig protobuf terraform graphql powershell nix tcl awk",
        ["@A", "@A(b)"], ["@A b", "x"]),
]  # fmt: skip

INCOMPLETE = [
    (f"{C} {SCRIPT} python lua", ["a,", "a =", "a +", "a -", "a *", "a /", "a %", "a &", "a |", "a ^", "a.",
        "f(", "[", "{",
                                   "a \\", "a &&", "a ||"], ["a", "a)", "a;", "}"]),
    ("java javascript", ["a ?", "a <"], ["a >"]),
    ("python gdscript nim", ["x = 1 +"], ["a <", "a ?", "a:"]),
    ("bash fish", ["a |", "a \\", "a &&", "a ||"], ["a,", "a =", "f(", "a +"]),
    ("r", ["x |>", "a ~", "a,"], ["a ?", "a."]),
    ("powershell", ["a |", "a `", "a,"], ["a \\", "a."]),
    ("nix", ["a =", "a:", "x ?", "in", "then", "else", "with"], ["begin", "a;"]),
    ("elixir", ["x ->", "a,", "a <"], ["a ?", "do"]),
    ("erlang", ["x ->", "a,", "a =", "a |"], ["a +", "a."]),
    ("ocaml", ["x ->", "then", "else", "of", "with", "function", "try", "in", "a ^"], ["begin", "a <", "offset"]),
    ("make dockerfile", ["a \\"], ["a,", "a =", "a"]),
    ("markdown plaintext", [], ["a,", "a =", "f("]),
    ("""rust kotlin scala html css json scss groovy terraform graphql perl tcl awk hash lisp clojure xml ruby crystal
        julia vim cmake verilog sql yaml fsharp haskell coffeescript pug sass toml plain""", ["a,", "a +", "f("],
        ["a", "a)"]),
]  # fmt: skip

BARE_HEADERS = [
    ("java c cpp csharp php", [
        "if (a)", "else if (a)", "} else if (a)", "for (a)", "foreach (a)", "while (a)", "switch (a)", "using (a)",
        "lock (a)", "fixed (a)", "catch (a)", "synchronized (a)", "else", "} else", "try", "finally", "do", "unsafe",
        "checked", "get", "set", "init", "class A", "public class A : B", "struct A", "interface A", "enum A",
        "record A",
        "namespace A", "union A", "trait A", "int main(void)", "void A::f(int x)", "static int f(x) const",
        "void f() noexcept", "int f(x) override", "void f() final", "int f(): int", "void f() where T : U",
        "void f() throws E",
    ], [
        "return f(a)", "throw f(a)", "new A(b)", "await f(a)", "yield f(a)", "f(a);", "int f(x) {", "class A;",
        "f(a)", "iffy",
        "#define f(a)", "else x(a)",
    ]),
    (f"{SCRIPT} go rust kotlin python", [], ["if (a)", "else", "int main(void)"]),
]  # fmt: skip

UNINDENTED = [
    ("c cpp", ["namespace a {", "inline namespace b {", 'extern "C" {'], ["namespaces", "extern int a"]),
    ("java go", [], ["namespace a {", 'extern "C"']),
]  # fmt: skip

BLOCK_ONLY = [
    ("python gdscript nim", ["return x", "yield", "break", "continue", "nonlocal a"], ["returned", "pass", "x"]),
    ("java lua", [], ["return x", "break"]),
]  # fmt: skip


class Row(NamedTuple):
    """A question about a line in a language, and the expected answer."""

    question: str
    name: str
    line: str
    answer: bool


def rows() -> Iterator[Row]:
    """Yield each row of the tables by itself."""
    tables = {
        "opens_block": OPENS,
        "closes_block": CLOSES,
        "is_branch": BRANCHES,
        "is_label": LABELS,
        "is_continuation": CONTINUATIONS,
        "precedes_statement": PRECEDING,
        "is_incomplete": INCOMPLETE,
        "is_bare_header": BARE_HEADERS,
        "opens_unindented_block": UNINDENTED,
        "is_block_only": BLOCK_ONLY,
    }
    for question, table in tables.items():
        for names, yes, no in table:
            for name in names.split():
                yield from (Row(question, name, line, True) for line in yes)
                yield from (Row(question, name, line, False) for line in no)


@pytest.mark.parametrize("question", sorted({row.question for row in rows()}))
def test_role_of_a_line(question: str) -> None:
    """Each language has lines with the role and lines without it."""
    wrong = []
    for row in rows():
        if row.question == question:
            here = syntax_at(cursor("▮\n", row.name))
            if getattr(here, question)(row.line) is not row.answer:
                wrong.append(row)
    assert wrong == []


RULES = {
    "opener": "opens_block",
    "closer": "closes_block",
    "branch": "is_branch",
    "label": "is_label",
    "continuation": "is_continuation",
    "decorator": "precedes_statement",
    "incomplete": "is_incomplete",
    "bare_header": "is_bare_header",
    "unindented_opener": "opens_unindented_block",
    "block_only": "is_block_only",
}
"""The question that each rule of a language answers."""

NEVER = r"(?!)"


@pytest.mark.parametrize(
    "name", [*BRACKET_LANGUAGES, *KEYWORD_LANGUAGES, *INDENTATION_LANGUAGES, "toml", "plain"]
)
def test_each_rule_of_a_language_has_an_example(name: str) -> None:
    """So a new language, or a new rule of one, is not without."""
    shown = {row.question for row in rows() if row.answer and language(row.name) is language(name)}
    assert {question for rule, question in RULES.items() if getattr(language(name), rule) != NEVER} <= shown
