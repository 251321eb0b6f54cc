"""The end of an answer."""

import pytest

from midfill.core.completion import Completion
from midfill.core.model import AnswerLimits, Scope
from midfill.core.shape import first_piece, is_final, trim
from tests.core.shape.places import cursor

BODY = "\n    a = 1\n    b = 2\nrest()\n"


@pytest.mark.parametrize(
    ("scope", "text", "shown"),
    [
        ("line", "f(\n    1,\n)\n", "f("),
        ("statement", "f(\n    1,\n)\ng()\n", "f(\n    1,\n)"),
        ("statement", "if x:\n    y()\nz()\n", "if x:"),
        ("block", "if x:\n    y()\nelse:\n    w()\nz()\n", "if x:\n    y()\nelse:\n    w()"),
        ("block", "x = '''\nfree\ntext\n'''\ny = 1\n", "x = '''\nfree\ntext\n'''"),
        ("block", "# why\nx = 1\ny = 2\n", "# why\nx = 1"),
        ("block", "@once\ndef f():\n    g()\n\nx = 1\n", "@once\ndef f():\n    g()"),
    ],
)
def test_answer_ends_at_its_scope(scope: Scope, text: str, shown: str) -> None:
    """The line; the statement with its brackets; the block that it starts, with all its branches."""
    assert trim(text, cursor("▮\n"), AnswerLimits(scope=scope)) == Completion(shown)


@pytest.mark.parametrize(
    ("language", "marked", "text", "shown"),
    [
        ("go", "if ok {▮\n}\n", "\n\tx++\n}\ny()\n", "\n\tx++"),
        ("go", "if ok {▮\n", "\n\tx++\n}\ny()\n", "\n\tx++\n}"),
        ("go", "▮\n", "switch x {\ncase 1:\n\ty()\n}\nz()\n", "switch x {\ncase 1:\n\ty()\n}"),
        ("lua", "if ok then▮\nend\n", "\n  x()\nend\ny()\n", "\n  x()"),
        ("lua", "if ok then▮\n", "\n  x()\nend\ny()\n", "\n  x()\nend"),
        ("csharp", "▮\n", "if (x)\n{\n    y();\n}\nz();\n", "if (x)\n{\n    y();\n}"),
        ("shellscript", "▮\n", "if x; then\n  y\nfi\nz\n", "if x; then\n  y\nfi"),
        ("c", "▮\n", "#ifdef A\nint a;\n#endif\nint b;\n", "#ifdef A\nint a;\n#endif"),
        (
            "c",
            "▮\n",
            "#ifdef A\n  #ifdef B\nint a;\n  #endif\nint b;\n#endif\nint c;\n",
            "#ifdef A\n  #ifdef B\nint a;\n  #endif\nint b;\n#endif",
        ),
        ("sql", "▮\n", "SELECT a\nFROM b;\nSELECT c;\n", "SELECT a\nFROM b;"),
        ("markdown", "We ▮\n", "mend.\nYou come.\n", "mend."),
        (
            "typescript",
            "▮\n",
            "const a = list\n  .map(f)\n  .join();\nb();\n",
            "const a = list\n  .map(f)\n  .join();",
        ),
    ],
)
def test_block_ends_by_the_rules_of_its_language(language: str, marked: str, text: str, shown: str) -> None:
    """The end is indentation, a bracket or a word; an existing end below is not repeated, a missing one is written."""
    assert trim(text, cursor(marked, language), AnswerLimits()) == Completion(shown)


def test_max_lines_is_a_hard_limit() -> None:
    """No scope exceeds it."""
    assert trim(BODY, cursor("def f():▮\n"), AnswerLimits(max_lines=2)) == Completion("\n    a = 1")


def test_rest_of_an_answer_is_shown_next() -> None:
    """After the first statement was typed or accepted, the next one of the same answer is shown."""
    here = cursor("def f():\n    a = 1▮\n")
    assert trim("\n    b = 2\nrest()\n", here, AnswerLimits()) == Completion("\n    b = 2")


@pytest.mark.parametrize(
    ("marked", "text", "shown"),
    [
        ("f(▮)", "a, b)", Completion("a, b")),
        ("f(▮)", "a) + g(b)", Completion("a) + g(b)", 1)),
        ("f(▮)", "a)]", Completion("a")),
        ("f(▮", "a)", Completion("a)")),
        ("f(▮)", "\n    a,\n    b,\n", Completion("\n    a,\n    b,\n)", 1)),
        ("x = '▮'", "a'", Completion("a")),
        ("f(▮, c)", "a, b, c)\nnext()", Completion("a, b")),
        ("    ▮return x", "x = 1\n    ", Completion("x = 1\n    return x", 8)),
        ("x = ▮", "f(a))", Completion("f(a)")),
    ],
)
def test_answer_fits_the_text_after_the_cursor(marked: str, text: str, shown: Completion) -> None:
    """Closers are neither doubled nor lost; text of several lines repeats the rest of the line."""
    assert trim(text, cursor(marked), AnswerLimits()) == shown


def test_long_rest_of_a_line_is_not_repeated() -> None:
    """In a minified file, a text of several lines, or one that takes over closers, is not shown."""
    here = cursor("f(▮" + "x" * 2_000)
    assert trim("\n  a,\n  b,\n", here, AnswerLimits()).replace == 0


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t\n  \n"])
def test_blank_text_is_not_shown(text: str) -> None:
    """Nothing but blanks gives an empty completion."""
    assert not trim(text, cursor("x = ▮"), AnswerLimits())


@pytest.mark.parametrize(
    ("raw", "stops"),
    [
        ("\n    a = 1\n", False),
        ("\n    a = 1\n    b = 2\nre", False),
        ("\n    a = 1\n    b = 2\nrest()\n", True),
    ],
)
def test_stream_is_read_to_the_end_of_the_block(raw: str, stops: bool) -> None:
    """A complete line outside the block shows its end."""
    assert is_final(raw, cursor("def f():▮\n\n\nmain()\n"), AnswerLimits()) is stops


@pytest.mark.parametrize(
    ("raw", "stops"),
    [("x = 1", False), ("x = 1\n", False), ("x = 1\ny", False), ("x = 1\nyes(", True), ("x = 1\ny\n", True)],
)
def test_stream_is_read_to_the_start_of_the_next_statement(raw: str, stops: bool) -> None:
    """A complete word is needed, because another arm could follow."""
    assert is_final(raw, cursor("▮\n"), AnswerLimits()) is stops


@pytest.mark.parametrize(
    ("raw", "final"),
    [
        ("d()\n    e()\n    f()\n", True),
        ("d()\n  e()\nf()\n", False),
        ("d()\ne()\nf()\n", False),
        ("if d:\n        e()\n    f()\n", True),
        ("if d:\n    e()\nf()\n", False),
        ("d()\n", False),
    ],
)
def test_stream_before_other_text_is_read_while_its_lines_may_move(raw: str, final: bool) -> None:
    """The lines below the first one are compared with the rest of the cursor's line only at the end."""
    assert is_final(raw, cursor("if a:\n    b()\n    ▮c()\n"), AnswerLimits()) is final


@pytest.mark.parametrize(
    ("text", "ended", "shown"),
    [
        ("if a:", True, ""),
        ("if a:", False, "if a:"),
        ("if a:\nb()", False, ""),
        ("y = 2\nif a:", False, "y = 2"),
    ],
)
def test_header_without_its_body_is_shown_only_while_the_body_may_follow(
    text: str, ended: bool, shown: str
) -> None:
    """An answer that ended, or whose next line is no body, has none."""
    here = cursor("▮\nx = 1\n")
    assert trim(text, here, AnswerLimits(scope="block"), ended_by_model=ended).text == shown


@pytest.mark.parametrize(
    ("marked", "text", "ended", "shown"),
    [
        ("▮\n", "a = 1\nb = 2", True, "a = 1\nb = 2"),
        ("▮\n", "a = 1\nb = 2", False, "a = 1"),
        ("▮\n", "a = 1\nb = (", True, "a = 1"),
        ("pri▮\n", "nt(a)\nprint(b)", True, "nt(a)\nprint(b)"),
        ("pri▮\n", "nt(a)\nprint(b)", False, "nt(a)"),
        ("x = ▮\nnext()\n", "1\nnext()", True, "1"),
        ("x = ▮\nnext()\n", "1\ny = 2\nnext()", True, "1"),
        ("x = f(▮)\n", "a, b)\ny = g()", True, "a, b"),
        ("x = ▮ + 1\n", "a\nb", True, "a\nb + 1"),
        ("x = ▮ + 1\n", "(a\nb)", True, ""),
        ("f(▮\n", "(((", True, "((("),
        ("f(▮ x)\n", "(((", True, ""),
    ],
)
def test_manual_answer_that_ended_is_shown_whole(marked: str, text: str, ended: bool, shown: str) -> None:
    """Its first piece is shown if all of it has more errors, repeats the text after the cursor, or was cut off."""
    limits = AnswerLimits(manual=True)
    assert trim(text, cursor(marked), limits, ended_by_model=ended).text == shown


def test_stream_is_read_while_it_may_be_an_echo() -> None:
    """While an answer only repeats the text before the cursor, its end is unknown."""
    here = cursor("first = load()\nsecond = load()\n▮\n")
    assert not is_final("first = load()\n", here, AnswerLimits())
    assert is_final("first = load()\nsecond = load()\nthird = 3\nfourth = 4\n", here, AnswerLimits())


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("x = 1", None),
        ("x = 1\n", "x = 1"),
        ("x = f(\n", None),
        ("x = f(\n    1,\n)\ny", None),
        ("if x:\n    y()\n", None),
        ("if x:\n    y()\nz()\n", "if x:\n    y()"),
        ("# why\n", None),
        ("x = '''\n", None),
    ],
)
def test_first_piece_is_shown_early(text: str, piece: str | None) -> None:
    """A first line is enough unless it starts a block or statement; then that must be complete."""
    length = first_piece(text, cursor("▮\n"), AnswerLimits())
    assert (text[:length] if length is not None else None) == piece
