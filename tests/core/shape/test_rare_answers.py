"""Answers that few models write, and that shaping still has to place."""

import pytest

from midfill.core.lookup.analogy import Analogy
from midfill.core.model import AnswerLimits
from midfill.core.shape import shape
from midfill.core.shape.before_rest import joined_with_rest
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.cut import Cut
from midfill.core.shape.indent import indented
from midfill.core.shape.rest_overlap import repeats_text_after, rest_start
from midfill.core.shape.scope import scope_cut
from tests.core.shape.places import applied, cursor


@pytest.mark.parametrize(
    ("marked", "text", "repeats"),
    [
        ("x = ▮\nfoo(a, b)\n", "1\nfoo(a,\n    b)", True),
        ("x = ▮\nfoo(a, b)\n", "1\nfoo(a,\n    c)", False),
        ("x = ▮\nfoo(a, b)\n", "1\nfoo(", False),
        ("x = ▮\nfoo(a, b)\nbar()\n", "1\nfoo(a,\n    b)", True),
        ("x = ▮\nfoo(a, b)\n", "1\nx = 2\nfoo(a,\n    b)", True),
    ],
)
def test_lines_below_may_be_wrapped_otherwise(marked: str, text: str, repeats: bool) -> None:
    """The same code over several lines is a repetition, too, if it is at least a line."""
    assert repeats_text_after(text, syntax_at(cursor(marked))) is repeats


@pytest.mark.parametrize(
    ("text", "start"),
    [(" && f(b) {", None), (" && f(b)) {", 8), (" && (f(b)\n  ) {\n", None), (" && b) {\n  go()", 5)],
)
def test_short_rest_is_repeated_by_an_unmatched_bracket_only(text: str, start: int | None) -> None:
    """A bracket that the answer has opened itself is not the one after the cursor."""
    assert rest_start(text, syntax_at(cursor("if (a▮) {\n}\n", "javascript"))) == start


@pytest.mark.parametrize(
    ("language", "marked", "text", "result"),
    [
        ("python", "if a:▮\n", "\nb()", "\n    b()"),
        ("python", "if a:\n    if b:▮\n", "\n\tc()", "\n\tc()"),
        ("python", "if a:▮\n", "\nelse:\n    b()", "\nelse:\n    b()"),
        ("javascript", "if (a) {▮\n", "\n}", "\n}"),
        ("c", "switch (a) {▮\n", "\ncase 1:", "\ncase 1:"),
        ("c", "switch (a) {\n  case 1:▮\n", "\n  b();", "\n  b();"),
        ("cpp", "namespace a {▮\n", "\nint b;", "\nint b;"),
        ("python", "if a:▮\n", "\nb()\n\nc()", "\n    b()\n\n    c()"),
        ("python", "f(▮\n", "\na", "\na"),
        ("python", "if a:\n    if b:▮\n", "\n    c()", "\n        c()"),
        ("python", "if a:\n    if b:▮\n", "\n  c()", "\n        c()"),
        ("python", "if a:\n\tif b:▮\n", "\n    c()", "\n    c()"),
        ("yaml", "a:\n  b:▮\n", "\n  c: 1", "\n  c: 1"),
        ("yaml", "a:\n  b:▮\n", "\n  - c", "\n    - c"),
        ("makefile", "all:▮\n", "\n  a\n    b", "\n\ta\n\t\tb"),
    ],
)
def test_body_that_is_level_with_its_header_is_indented(
    language: str, marked: str, text: str, result: str
) -> None:
    """A branch, a label, a closer and other indentation characters stay where they are."""
    assert indented(text, syntax_at(cursor(marked, language))) == result


@pytest.mark.parametrize(
    ("marked", "text", "result"),
    [
        ("x = ▮b\n", "(a and \n", "(a and \nb"),
        ("x = ▮b\n", "a or", "a or"),
        ("    ▮b()\n", "a()\n", "a()\n    b()"),
        ("    x = ▮b\n", "(a and \n", "(a and "),
        ("    x = ▮+b\n", "(a \n", "(a"),
        ("    x = ▮b\n", "(a\n", "(a"),
        ("    ▮b()\n", "a()\n\n    ", "a()\n\n    b()"),
        ("    ▮b()\n", "a()\n\n", "a()\n    b()"),
        ("f(▮ )\n", "a\n", "a"),
        ("f(▮)\n", "\n  a,\n  b\n", "\n  a,\n  b\n)"),
        ("    f(▮)\n", "\n  a,\n  b\n", "\n  a,\n  b)"),
    ],
)
def test_rest_follows_an_answer_of_several_lines(marked: str, text: str, result: str) -> None:
    """An answer on one line needs no rest; a line break at its end counts if it is that of the rest."""
    assert joined_with_rest(text, syntax_at(cursor(marked))).text == result


@pytest.mark.parametrize(
    ("head", "line", "guess"),
    [
        ("swap(a, b, ", "swap(x, y, x)", "a)"),
        ("swap(a, b, ", "swap(x, x, x)", None),
        ("swap(a, b, ", "swap[x, y, x]", None),
    ],
)
def test_analogy_renames_a_word_one_way(head: str, line: str, guess: str | None) -> None:
    """A word of the other line that stands for two words is no pattern."""
    followed = Analogy(head).follow(line)
    assert (followed and followed.text) == guess


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("class A {\n  int b;\n};\n}\n\nint c;", Cut(3, 4)),
        ("class A {\n  int b;\n};\n\nclass B {", None),
        ("class A {", None),
    ],
)
def test_namespace_ends_with_its_bracket(text: str, cut: Cut | None) -> None:
    """Its block is not indented; before its bracket it has no end."""
    here = syntax_at(cursor("namespace a {\n▮", "cpp"))
    assert scope_cut(text.split("\n"), here, AnswerLimits(scope="block", max_lines=30)) == cut


def test_selectors_over_several_lines_are_one_statement() -> None:
    """A line that ends with a comma continues without an indentation."""
    lines = ["a,", "b {", "  color: red;", "}", "c {"]
    assert scope_cut(lines, syntax_at(cursor("▮", "css")), AnswerLimits(scope="block", max_lines=30)) == Cut(
        4, 5
    )


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (" run()", "if ok: run()"),
        ("  run()", "if ok:\n  run()"),
        ("    run()", "if ok:\n    run()"),
        ("  # why", "if ok:  # why"),
    ],
)
def test_body_without_its_line_break(text: str, result: str) -> None:
    """More than one space after a colon is the indentation of a block; one space is between words."""
    marked = "if ok:▮\n"
    assert applied(marked, shape(text, cursor(marked), AnswerLimits(manual=True))).rstrip("\n") == result
