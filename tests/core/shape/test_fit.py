"""The answer and the rest of the cursor's line and the lines below it."""

import pytest

from midfill.core.completion import Completion
from midfill.core.model import AnswerLimits
from midfill.core.shape import is_final
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.fit import fitted_to_line, starts_mid_line, untrimmed, with_fewest_errors
from midfill.core.shape.rest_overlap import repeats_text_after
from tests.core.shape.places import cursor


@pytest.mark.parametrize(
    ("language", "marked", "text", "into"),
    [
        ("python", "x = ▮ + 1", "a", True),
        ("python", "x = ▮", "a", False),
        ("python", "f(▮)", "a", False),
        ("python", "f(▮);", "a", False),
        ("python", "    ▮x", "a", True),
        ("python", "pri▮", "nt", True),
        ("python", "x = pri▮", "nt", True),
        ("python", "pri▮", "(", False),
        ("python", "f(▮", "nt", False),
        ("python", "_▮", "a", True),
        ("python", "a▮", "_b", True),
        ("python", "a.▮", "b", False),
        ("python", "if a:\n    ▮", "b()", False),
        ("python", "if a:\n  b()\n ▮", "c()", True),
        ("javascript", "if (a) {\n  b()\n ▮", "c()", False),
    ],
)
def test_insertion_into_a_line(language: str, marked: str, text: str, into: bool) -> None:
    """A line, a word, an indentation; the editor may have inserted the closers."""
    assert starts_mid_line(text, syntax_at(cursor(marked, language))) is into


@pytest.mark.parametrize(
    ("marked", "text", "again"),
    [
        pytest.param("f(▮, last)", "first, last)", True, id="the rest of the line"),
        pytest.param("f(▮, last)", "first", False, id="only what is missing"),
        pytest.param("f(▮, last)\nnext()", "first, last)\nnext()", True, id="the rest and the line below"),
        pytest.param("f(▮, last)\nnext()", "first, last)\nother()", False, id="the rest and another line"),
        pytest.param("x = ▮\nnext()", "1\nnext()", True, id="the next line"),
        pytest.param("x = ▮\na()\nnext()", "1\nnext()", True, id="the one after it"),
        pytest.param("x = ▮\na()\nb()\nnext()", "1\nnext()", False, id="one further down"),
        pytest.param("x = ▮\nnext()", "1\nnext()\n2\n3", False, id="the next line, far from the end"),
        pytest.param("x = ▮\nnext()\nlast(1)", "1\nnext()\nlast(", True, id="half a line, over two lines"),
        pytest.param("x = ▮\nnext()\nlast(1)", "1\nnext(", False, id="half a line may go on otherwise"),
        pytest.param("x = ▮\nnext()", "1\nnew()", False, id="a new line"),
        pytest.param("x = ▮\nnext()", "next()", False, id="its first line is none of them"),
        pytest.param("x = ▮\n\nnext()", "1\n\n", False, id="blank lines"),
    ],
)
def test_repetition_of_the_following_text(marked: str, text: str, again: bool) -> None:
    """It repeats the rest of the line, or one of its last two lines repeats one of the next two."""
    assert repeats_text_after(text, syntax_at(cursor(marked))) is again


@pytest.mark.parametrize(
    ("marked", "text", "shown"),
    [
        pytest.param("x = ▮", "1 \n", Completion("1"), id="blanks at the end"),
        pytest.param("x = ▮", " \n", Completion(), id="nothing but blanks"),
        pytest.param("x = ▮ + 1", "a", Completion("a"), id="before the rest"),
        pytest.param("x = ▮ + 1", "a ", Completion("a"), id="the rest has its blank"),
        pytest.param("x = ▮b", "a ", Completion("a "), id="the rest has no blank"),
        pytest.param("x = ▮b", "a  ", Completion("a"), id="two blanks are none"),
        pytest.param(
            "if a:\n    ▮b()", "c()\n    ", Completion("c()\n    b()", 3), id="the line break is the rest's"
        ),
        pytest.param("if a:\n    ▮b()", "c()\n\t", Completion("c()\n    b()", 3), id="not by tabs"),
        pytest.param("f(▮)", "a\n", Completion("a"), id="no line break before a bracket"),
        pytest.param("x = ▮ + 1", "a +\n  b", Completion("a +\n  b + 1", 4), id="lines bring the rest along"),
        pytest.param("f(▮" + "x" * 2_000, "a", Completion(), id="not before a rest that is too long"),
    ],
)
def test_complete_answer(marked: str, text: str, shown: Completion) -> None:
    """The answer ended by itself."""
    assert untrimmed(text, syntax_at(cursor(marked))) == shown


@pytest.mark.parametrize(
    ("marked", "text", "shown"),
    [
        pytest.param("f(▮)", "a", Completion("a"), id="within brackets"),
        pytest.param("f(▮)", "a)", Completion("a"), id="its bracket is there"),
        pytest.param("f(▮)", "a) + g(b)", Completion("a) + g(b)", 1), id="text behind the bracket"),
        pytest.param("f(▮)", "g(a)", Completion("g(a)"), id="brackets of its own"),
        pytest.param("f(▮)", "g(a))", Completion("g(a)"), id="its own and one more"),
        pytest.param("f(g(▮))", "a))", Completion("a"), id="both brackets"),
        pytest.param("f(g(▮))", "a) + b", Completion("a"), id="nothing between the two"),
        pytest.param("{▮}", " a ", Completion(" a "), id="blanks inside of braces"),
        pytest.param("{ ▮}", "a ", Completion("a "), id="a blank as behind the opening brace"),
        pytest.param("{▮}", "a ", Completion("a"), id="none as there is none"),
        pytest.param("x = ▮;", "a ", Completion("a"), id="no blank before a semicolon"),
        pytest.param("x = ▮b", "a ", Completion("a "), id="one before a word"),
        pytest.param("x = ▮ b", "a ", Completion("a"), id="none before a blank"),
        pytest.param("x = ▮b", "a  ", Completion("a"), id="two are none"),
        pytest.param("# So. ▮It is.", "Or so.  ", Completion("Or so.  "), id="two behind a sentence"),
        pytest.param(
            "if a:\n    ▮b()", "c()\n    ", Completion("c()\n    b()", 3), id="a line above another"
        ),
        pytest.param("if a:\n    ▮b()", "c()", Completion("c()\n    b()", 3), id="without the line break"),
        pytest.param("    ▮return x", "ret", Completion(), id="the beginning of the rest"),
        pytest.param("x = ▮ if a else b", "c if a else b", Completion("c"), id="the rest, repeated"),
        pytest.param(
            "x = ▮ if a else b", "c if a el", Completion("c"), id="the beginning of the rest, repeated"
        ),
        pytest.param("x = [▮, 1]", "0, 1", Completion("0, 1"), id="too little to be the rest"),
        pytest.param("f(▮ )", "\n  a,\n  b", Completion("\n  a,\n  b)", 2), id="no blank before a bracket"),
        pytest.param("x = {▮}", "\n  a,\n", Completion("\n  a,\n}", 1), id="a brace on its own line"),
        pytest.param(
            "  f(▮)", "\n    a,\n  ", Completion("\n    a,\n  )", 1), id="a bracket as it was written"
        ),
        pytest.param("x = '▮'", "a'", Completion("a"), id="the quote is there"),
        pytest.param("x = '▮'", "a' + 'b'", Completion("a' + 'b"), id="text behind the quote"),
    ],
)
def test_answer_before_the_rest_of_the_line(marked: str, text: str, shown: Completion) -> None:
    """No text is doubled or lost."""
    assert fitted_to_line(text, syntax_at(cursor(marked))) == shown


@pytest.mark.parametrize(
    ("marked", "raw", "limits", "ends"),
    [
        ("x = ▮\n", "a\nb", AnswerLimits(scope="line"), True),
        ("x = ▮\n", "a", AnswerLimits(scope="line"), False),
        ("x = ▮\n", "\n", AnswerLimits(scope="line"), False),
        ("x = ▮\n", "a\n", AnswerLimits(scope="block", max_lines=1), True),
        ("x = ▮ + 1\n", "a\nb\n", AnswerLimits(scope="line"), True),
        ("x = ▮ + 1\n", "a\nb\n", AnswerLimits(scope="line", manual=True), False),
        ("x = ▮\n", "a\nb\n", AnswerLimits(scope="line", manual=True, max_lines=3), False),
        ("x = ▮\n", "a\nb\n", AnswerLimits(scope="line", manual=True, max_lines=2), True),
        ("x = ▮\n", "f(\nb\n", AnswerLimits(scope="line", manual=True, max_lines=2), False),
        ("if a:\n    b()\n    ▮\n", "if c:\n    d()\ne()\n", AnswerLimits(), False),
        ("if a:\n    b()\n    ▮\n", "if c:\n    d()\ne()\n", AnswerLimits(scope="line"), True),
        ("if a:\n    b()\n    ▮\n", "if c:\n        d()\n    e()\n", AnswerLimits(), True),
    ],
)
def test_end_of_reading_a_stream(marked: str, raw: str, limits: AnswerLimits, ends: bool) -> None:
    """After a manual request the whole answer counts within a line, and if a part of it breaks the file."""
    assert is_final(raw, cursor(marked), limits) is ends


@pytest.mark.parametrize(
    ("marked", "text", "shown"),
    [
        ("function f▮) {\n}", "(a) {", "(a"),
        ("function f▮) {\n}", "(a) {\n  b();\n}", "(a"),
        ("function f▮) {\n}", "(a", "(a"),
        ("function f(▮) {\n}", "a) {", "a"),
        ("function f(▮) {\n}", "g(a)", "g(a)"),
        ("if (f▮) {\n}", "(a)", "(a)"),
        ("const T: A▮> {", "<B> {", "<B"),
    ],
)
def test_closer_of_the_rest_belongs_to_the_answer(marked: str, text: str, shown: str) -> None:
    """If no bracket before the cursor is open, the closer after the cursor closes that of the answer."""
    assert fitted_to_line(text, syntax_at(cursor(marked, "typescript"))).text == shown


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        (["f(", "f(1)"], "f(1)"),
        (["f(1", "f(1)", "g(2)"], "f(1)"),
        (["f(", "g("], "f("),
        (["f("], "f("),
        ([" "], ""),
        ([" ", "f("], "f("),
        ([], ""),
    ],
)
def test_candidate_with_the_fewest_errors(texts: list[str], chosen: str) -> None:
    """Of several equal ones it is the first; blanks are none, and a single one needs no check."""
    candidates = [Completion(text) for text in texts]
    assert with_fewest_errors(candidates, syntax_at(cursor("x = ▮\n"))) == Completion(chosen)


def test_candidate_does_not_replace_a_long_rest() -> None:
    """In a minified file the rest of the line is not repeated."""
    here = syntax_at(cursor("f(▮" + ")" * 2_000))
    assert with_fewest_errors([Completion("a)", 1)], here) == Completion()
    assert with_fewest_errors([Completion("a)", 1), Completion("a")], here) == Completion("a")


@pytest.mark.parametrize(
    ("marked", "text", "shown"),
    [
        ("# so ▮it", "is it)", Completion("is it")),
        ("# so (▮it", "is it)", Completion("is it)")),
        ("# so ▮it", "(is it)", Completion("(is it)")),
        ("# so ▮)", "is)", Completion("is")),
        ("# so (▮)", "is) so", Completion("is) so", 1)),
    ],
)
def test_brackets_of_a_comment_before_the_rest(marked: str, text: str, shown: Completion) -> None:
    """An unmatched one at the end is left out, also if the rest of the line is no bracket."""
    assert fitted_to_line(text, syntax_at(cursor(marked))) == shown


def test_several_lines_before_a_line_are_lines_of_their_own() -> None:
    """Directly before it, the last one would be a part of that line."""
    here = syntax_at(cursor("if z:\n    ▮-b"))
    assert fitted_to_line("a()\n    c", here) == Completion("a()\n    c\n    -b", 2)


HANDLER = "  f(() => {▮});"


@pytest.mark.parametrize(
    ("language", "marked", "text", "shown"),
    [
        pytest.param(
            "python", "f(▮) \n", "a) + g(b)", Completion("a) + g(b)", 1), id="a blank behind the rest"
        ),
        pytest.param(
            "python", "x = [▮ ]\n", "a] + [b", Completion("a] + [b"), id="the last bracket is there"
        ),
        pytest.param("python", "f([▮])\n", "a]), g([b])", Completion("a]), g([b])", 2), id="both brackets"),
        pytest.param(
            "python", "f(▮) + (b)", "g(a)) + (c", Completion("g(a)) + (c"), id="other brackets follow"
        ),
        pytest.param("python", "f(▮);", "a); g(b)", Completion("a); g(b)", 2), id="a semicolon, too"),
        pytest.param("python", "f(▮, b)", "a]", Completion("a"), id="a bracket that nobody opened"),
        pytest.param("python", "f(▮)[0]", "a, b)", Completion("a, b"), id="the first of two brackets"),
        pytest.param("python", "f(▮)[0]", "a, (b)", Completion("a, (b)"), id="its own brackets"),
        pytest.param("python", "print(f'{▮}')", "a}", Completion("a"), id="in a string"),
        pytest.param("javascript", "f(▮);", "a).then(b);", Completion("a"), id="no part of the rest between"),
        pytest.param("javascript", "if (a) {▮}\n  b();\n", "}", Completion("}", 1), id="the same bracket"),
        pytest.param(
            "javascript", HANDLER, "\n    a();\n    ", Completion("\n    a();\n    });", 3), id="deeper"
        ),
        pytest.param(
            "javascript", HANDLER, "\n    a();\n  ", Completion("\n    a();\n  });", 3), id="as it was"
        ),
        pytest.param(
            "javascript", HANDLER, "\n    a();", Completion("\n    a();\n  });", 3), id="behind `;`"
        ),
        pytest.param("javascript", HANDLER, "\n    a()", Completion("\n    a()\n  });", 3), id="before `}`"),
        pytest.param("javascript", "f(▮)", "\n  a,\n  b", Completion("\n  a,\n  b)", 1), id="directly"),
        pytest.param("javascript", "f(▮)", "\n  a,\n  b,", Completion("\n  a,\n  b,\n)", 1), id="behind `,`"),
        pytest.param("javascript", "f(▮)", "\n  a,\n  b\n", Completion("\n  a,\n  b\n)", 1), id="as written"),
        pytest.param(
            "python", "x = (▮)", "a,\nb,\n", Completion("a,\nb,)", 1), id="from the cursor's line on"
        ),
        pytest.param("python", "x = (▮)", "a\n + b", Completion("a"), id="a complete first line"),
        pytest.param("python", "x = ▮ + 1", "a\nb", Completion("a"), id="no line between two operands"),
        pytest.param(
            "javascript", "f(▮ )", "\n  a,\n  b ", Completion("\n  a,\n  b)", 2), id="without the blank"
        ),
        pytest.param(
            "javascript", "f(▮  )", "\n  a,\n  b", Completion("\n  a,\n  b)", 3), id="and without two"
        ),
        pytest.param(
            "javascript", "f(▮)", "g(a)) + h(b)", Completion("g(a)) + h(b)", 1), id="behind its call"
        ),
        pytest.param("javascript", "f(▮)", "g(a)) + h(b))", Completion("g(a)) + h(b)", 1), id="one too many"),
        pytest.param(
            "javascript", "f([▮])", "a]) + b([c]) ", Completion("a]) + b([c])", 2), id="both, and on"
        ),
        pytest.param(
            "javascript", "f(▮)\n  b();\n})\n", "a, () => {", Completion("a, () => {", 1), id="closed below"
        ),
        pytest.param("python", "x = ▮;y", "1 ", Completion("1"), id="no blank before a semicolon"),
        pytest.param("python", "x = ▮,y", "1 ", Completion("1"), id="nor before a comma"),
        pytest.param("python", "# A. ▮B", "C  ", Completion("C"), id="one blank within a sentence"),
        pytest.param("python", "# A. ▮B", "C!  ", Completion("C!  "), id="two behind a sentence"),
        pytest.param("python", "# A. ▮B", "C?  ", Completion("C?  "), id="whatever ends it"),
        pytest.param("python", "x = {▮}", " 'a': 1 ", Completion(" 'a': 1 "), id="blanks of its own"),
    ],
)
def test_answer_meets_the_rest(language: str, marked: str, text: str, shown: Completion) -> None:
    """Its closers, blanks and line breaks are those that the rest needs."""
    assert fitted_to_line(text, syntax_at(cursor(marked, language))) == shown
