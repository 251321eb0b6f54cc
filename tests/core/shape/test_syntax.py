"""Languages, brackets without a grammar, and the errors of a text."""

import pytest

from midfill.core.syntax.errors import error_count
from midfill.core.syntax.grammars import parser
from midfill.core.syntax.languages import language
from midfill.core.syntax.scan import lexemes
from midfill.core.syntax.window import MAX_WHOLE_ABOVE, MAX_WHOLE_BELOW, lines_above, lines_below

SOUND = {
    "bash": "if x; then\n  y\nfi\n",
    "c": "int f(void) { return 1; }\n",
    "cpp": "template <typename T> T f(T t) { return t; }\n",
    "csharp": "class A { int F() { return 1; } }\n",
    "css": "a { color: red; }\n",
    "go": "package a\n\nfunc f() int { return 1 }\n",
    "html": "<p>text</p>\n",
    "java": "class A { int f() { return 1; } }\n",
    "javascript": "const f = () => 1;\n",
    "json": '{"a": [1]}\n',
    "kotlin": "fun f(): Int { return 1 }\n",
    "lua": "local function f() return 1 end\n",
    "php": "<?php function f() { return 1; }\n",
    "python": "def f():\n    return 1\n",
    "ruby": "def f\n  1\nend\n",
    "rust": "fn f() -> i32 { 1 }\n",
    "scala": "object A { def f = 1 }\n",
    "swift": "func f() -> Int { return 1 }\n",
    "toml": "a = 1\n",
    "typescript": "const f = (a: number): number => a;\n",
    "typescriptreact": "const f = () => <p>text</p>;\n",
    "yaml": "a:\n  - 1\n",
}


@pytest.mark.parametrize("name", SOUND)
def test_every_grammar_parses_its_language(name: str) -> None:
    """Valid text has no errors; an unmatched bracket is one."""
    known = language(name)
    assert parser(known.grammar) is not None
    assert error_count(SOUND[name], known) == 0
    assert name in {"html", "css", "bash", "ruby", "scala"} or error_count(SOUND[name] + ")]}{", known) > 0


def test_brackets_are_counted_without_a_grammar() -> None:
    """Brackets without a partner and strings without an end are errors."""
    plain = language("unheard-of")
    assert error_count("f(a[1]) {}", plain) == 0
    assert error_count("f(a[1)] {", plain) > 0
    assert error_count('"open', plain) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("{[()]}", 0),
        ("a)", 1),
        ("(()", 1),
        ("(]", 2),
        ("([)]", 2),
        ('"a', 1),
        ('"a" ("b', 2),
    ],
)
def test_number_of_unmatched_brackets_and_strings(text: str, count: int) -> None:
    """Each bracket and each string counts by itself."""
    assert error_count(text, language("plain")) == count


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("python", "f(1", 1),
        ("python", "f(1\ng(2\n", 2),
        ("python", "return []x = 1", 1),
        ("python", "x = = 1", 1),
        ("javascript", "if (a { b }", 1),
        ("javascript", "let x = ;\nlet y = ;", 2),
        ("json", '{"a" 1}', 1),
        ("gdscript", "func f():\n\tpass\n\t\tpass\n", 1),
        ("gdscript", "func f():\n\tpass\n\t\tpass)\n", 2),
    ],
)
def test_number_of_errors(name: str, text: str, count: int) -> None:
    """A missing token is one error; a line at a forbidden column is another."""
    assert error_count(text, language(name)) == count


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("bash", "shellscript"),
        ("bash", "SH"),
        ("tsx", "typescriptreact"),
        ("csharp", "cs"),
        ("json", "jsonc"),
    ],
)
def test_language_identifiers_of_editors(name: str, alias: str) -> None:
    """LSP's language identifiers and Neovim's file types are equivalent."""
    assert language(alias).grammar == name


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("python", "f('(', # )\n[", ["(", "["]),
        ("python", '"""(\n""" {', ["{"]),
        ("rust", "fn f<'a>(x: &'a str) {", ["(", ")", "{"]),
        ("rust", "'(' '\\'' {", ["{"]),
        ("c", "/* ( */ f(a) // )", ["(", ")"]),
        ("typescript", "`(${a})` [", ["["]),
        ("shellscript", '"$(a "(b")" (', ["("]),
        ("shellscript", "cat <<END\n(\nEND\n[", ["["]),
        ("lua", "-- (\n--[[ ( ]] {", ["{"]),
        ("markdown", "It's (here", ["("]),
    ],
)
def test_brackets_in_strings_and_comments_do_not_count(name: str, text: str, found: list[str]) -> None:
    """The scanner finds the brackets of the code."""
    marks = [lexeme for lexeme in lexemes(text, language(name)) if lexeme.kind in {"open", "close"}]
    assert [text[mark.start] for mark in marks] == found


def test_distant_lines_are_an_outline() -> None:
    """The headers and ends of the blocks around the cursor are kept."""
    java = language("java")
    filler = ["        x();\n"] * 500
    above = ["class A {\n", "    void f() {\n", *filler]
    below = [*filler, "    }\n", "}\n"]
    assert lines_above(above, java)[:2] == ["class A {", "    void f() {"]
    assert lines_below(below, java)[-2:] == ["    }", "}"]
    assert len(lines_above(above, java)) == MAX_WHOLE_ABOVE + 2
    assert len(lines_below(below, java)) == MAX_WHOLE_BELOW + 2


def test_window_starts_after_a_string() -> None:
    """The end of a long docstring is not taken for the start of a string."""
    above = ['"""Long.\n', *["text (\n"] * 200, '"""\n', "x = 1\n"]
    assert lines_above(above, language("python"))[-1:] == ["x = 1"]
    assert '"""' not in lines_above(above, language("python"))


@pytest.mark.parametrize(
    "far", ["const text = `\n{x\n`.trim()\n", "/*\nclass A {\n*/\n"], ids=["string", "comment"]
)
def test_line_of_a_string_or_comment_is_no_header(far: str) -> None:
    above = [*f"test(() => {{\n{far}".splitlines(keepends=True), *["    call();\n"] * 200]
    assert lines_above(above, language("typescript"))[0] == "test(() => {"


def test_window_is_limited_in_characters() -> None:
    """The window is bounded in characters, not only in lines."""
    assert sum(map(len, lines_above(["x" * 900 + "\n"] * 500, language("javascript")))) < 15_000
