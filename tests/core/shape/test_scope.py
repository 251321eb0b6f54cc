"""The end of the piece that an answer starts."""

import pytest

from midfill.core.model import AnswerLimits, Scope
from midfill.core.shape import fills_block, first_piece, is_bare_header, trim
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.cut import Cut
from midfill.core.shape.scope import determines_scope, first_line_end, is_block_body, scope_cut
from tests.core.shape.places import cursor

SHELL = "shellscript"


@pytest.mark.parametrize(
    ("language", "marked", "wanted", "text", "cut"),
    [
        pytest.param("python", "▮\n", "line", "\n\nx = (\ny", Cut(3, 3), id="the first line with text"),
        pytest.param("python", "▮\n", "line", "\n\n", None, id="no text"),
        pytest.param("markdown", "▮\n", "block", "So.\nIt is.", Cut(1, 1), id="a line of prose"),
        pytest.param("python", "▮\n", "statement", "if a:\n    b()", Cut(1, 2), id="a header alone"),
        pytest.param(
            "python", "▮\n", "statement", "if f(\n    a):\n    b()", Cut(2, 3), id="a header over lines"
        ),
        pytest.param("python", "▮\n", "statement", "x = f(\n  1,\n)\ny", Cut(3, 4), id="a call over lines"),
        pytest.param(
            "python", "▮\n", "block", "x = f(\n  1,\n)\n\ny", Cut(3, 5), id="without the blank line"
        ),
        pytest.param("python", "f(▮\n)\n", "block", "\n  a,\nb", Cut(2, 3), id="whose bracket is below"),
        pytest.param(
            "python", "f(▮\n)\n", "block", "\n  g(\n  a\n  )\n)", Cut(4, 5), id="and its own bracket"
        ),
        pytest.param("python", "▮\n", "block", "if a:\n  b()\nelse:\n  c()\nd", Cut(4, 5), id="all arms"),
        pytest.param(
            "python", "▮\n", "block", "# a\n# b\nc()\nd()", Cut(3, 4), id="comments and their statement"
        ),
        pytest.param("python", "▮\n", "block", "# a\n\nc()\nd()", Cut(1, 3), id="a comment by itself"),
        pytest.param("python", "▮\n", "block", "# a\n  # b\nc()", Cut(2, 3), id="deeper comments"),
        pytest.param("python", "x = 1▮\n", "block", "  # a\nb()\nc()", Cut(1, 2), id="a comment behind code"),
        pytest.param(
            "python", "x = 1▮\n", "block", "\n# a\nb()\nc()", Cut(3, 4), id="a comment on the next line"
        ),
        pytest.param("python", "def f():▮\n", "block", "\n  a()\n  b()\nc()", Cut(3, 4), id="a body"),
        pytest.param(
            "python", "def f():▮\n", "block", "\n  a()\n\n\nc()", Cut(2, 5), id="a body, blank lines"
        ),
        pytest.param(
            "python", "if a:\n    ▮\n", "block", "b()\n    c()\nd()", Cut(2, 3), id="from its first line"
        ),
        pytest.param(
            "python", "if a:\n    ▮\n    z()\n", "block", "b()\n    c()", Cut(1, 2), id="not if it has one"
        ),
        pytest.param("python", "if a:\n    ▮x", "block", "b()\n    c()", Cut(1, 2), id="nor within a line"),
        pytest.param(
            "python", "@a▮\n", "block", "\ndef f():\n    b()\nc", Cut(3, 4), id="behind a decorator"
        ),
        pytest.param("python", "▮\n", "block", "x = '''\na\n'''\nb", Cut(3, 4), id="a string over lines"),
        pytest.param("python", "def f():▮\n", "block", "\n  x = '''\na\n'''\nb", Cut(4, 5), id="in a body"),
        pytest.param("go", "if a {▮\n}\n", "block", "\n\tb()\n}", Cut(2, 3), id="its bracket is below"),
        pytest.param("go", "if a {▮\n", "block", "\n\tb()\n}\nc()", Cut(3, 4), id="its bracket is not below"),
        pytest.param(
            "go", "if a {▮\n", "block", "\n\tb()\n} else {\n\tc()\n}\nd", Cut(5, 6), id="all its arms"
        ),
        pytest.param(
            "go", "▮\n", "block", "switch a {\ncase 1:\n\tb()\n}\nc()", Cut(4, 5), id="labels in a block"
        ),
        pytest.param(
            "go", "switch a {▮\n", "block", "\ncase 1:\n\tb()\n}\ncase 2:", Cut(4, 5), id="none behind it"
        ),
        pytest.param(
            "go", "switch a {\n▮\n}\n", "block", "case 1:\n\tb()\n}", Cut(2, 3), id="labels from the first"
        ),
        pytest.param(
            SHELL, "▮\n", "block", "if a; then\n  b\nfi\nc", Cut(3, 4), id="a block that a word ends"
        ),
        pytest.param(
            SHELL, "▮\n", "block", "if a; then\n  b\nelse\n  c\nfi\nd", Cut(5, 6), id="with two arms"
        ),
        pytest.param(
            SHELL, "▮\n", "block", "if a; then\n  if b; then\n  fi\nfi\nc", Cut(4, 5), id="one in the other"
        ),
        pytest.param(
            SHELL, "if a; then▮\nelse\n  c\nfi\n", "block", "\n  b\nfi", Cut(2, 3), id="its arm is below"
        ),
        pytest.param(
            "lua", "▮\n", "block", "if a then\n  b()\nend\nend", Cut(3, 4), id="one word ends one block"
        ),
        pytest.param("cpp", "namespace a {▮\n", "block", "\nint b;\nint c;\n}", Cut(3, 4), id="a flat block"),
        pytest.param(
            "cpp", "namespace a {▮\n", "block", "\nint f() {\n}\n\n}", Cut(3, 5), id="its own bracket"
        ),
        pytest.param(
            "sql", "▮\n", "block", "SELECT a\nFROM b\nWHERE c;\nSELECT", Cut(3, 4), id="up to a semicolon"
        ),
        pytest.param("toml", "▮\n", "block", "[a]\nb = 1\nc = 2\n\n[d]", Cut(3, 5), id="a table"),
    ],
)
def test_end_of_a_piece(language: str, marked: str, wanted: Scope, text: str, cut: Cut | None) -> None:
    """It ends as soon as a line shows the end."""
    assert scope_cut(text.split("\n"), syntax_at(cursor(marked, language)), AnswerLimits(scope=wanted)) == cut


@pytest.mark.parametrize(
    ("marked", "text", "lines"),
    [
        ("▮\n", "x = 1\ny = (\n", 1),
        ("▮\n", "", 0),
        ("▮\n", "\n", 0),
        ("▮\n", "x = 1\n", 1),
        ("▮\n", "\nx = 1\ny = 2\n", 2),
        ("▮\n", "x = (\n", 0),
        ("▮\n", "if a:\n", 0),
        ("if ▮\n", "a:\n", 0),
        ("▮\n", "@once\n", 0),
        ("▮\n", "# so\n", 0),
        ("▮\n", "x = '''\n", 0),
        ("▮\n", "x = 1 + \\\n", 0),
        ("x = '''▮\n", "a\n", 1),
    ],
)
def test_first_line_shown_alone(marked: str, text: str, lines: int) -> None:
    """The line must not start a longer piece."""
    assert first_line_end(text.split("\n")[:-1], syntax_at(cursor(marked))) == lines


@pytest.mark.parametrize(
    ("language", "marked", "last", "before", "sure"),
    [
        ("python", "▮\n", "run()", ["x = 1"], True),
        ("python", "▮\n", "run()", [""], False),
        ("python", "▮\n", "ru", ["x = 1"], False),
        ("python", "▮\n", "else:", ["x = 1"], False),
        ("python", "▮\n", "run (", ["x = 1"], True),
        ("python", "▮\nrun(1)\n", "run(", ["x = 1"], False),
        ("python", "▮\n", "run(", ["run(1)"], False),
        ("python", "run(▮\n", "run(", ["x = 1"], False),
        ("python", "▮ + 1\n", "run()", ["x = 1"], False),
        ("python", "# ▮\n", "run()", ["x = 1"], False),
        ("sql", "▮\n", "run()", ["x = 1"], False),
        ("go", "▮\n", "default()", ["x = 1"], False),
    ],
)
def test_incomplete_line_shows_the_end(
    language: str, marked: str, last: str, before: list[str], sure: bool
) -> None:
    """Its first word is complete, it is no label, and it does not start to repeat a line."""
    assert determines_scope(last, before, syntax_at(cursor(marked, language))) is sure


@pytest.mark.parametrize(
    ("marked", "text", "fills"),
    [
        ("def f():▮\n", "\n    a()", True),
        ("def f():▮\n", "", False),
        ("def f():▮\n", " a()", False),
        ("def f():\n    ▮\n", "a()", True),
        ("def f():\n    ▮\n    z()\n", "a()", False),
        ("x = 1▮\n", "\n    a()", False),
        ("def f():\n    ▮\n", "\n", False),
    ],
)
def test_answer_is_the_body_of_a_block(marked: str, text: str, fills: bool) -> None:
    """The body of a block that starts right before the cursor, if blocks are requested."""
    assert fills_block(text, cursor(marked), AnswerLimits(scope="block")) is fills
    assert not fills_block(text, cursor(marked), AnswerLimits(scope="line"))


@pytest.mark.parametrize(
    ("language", "line", "heads"),
    [("csharp", "void F()", True), ("csharp", "F();", False), ("python", "if a:", False)],
)
def test_header_with_its_brace_on_the_next_line(language: str, line: str, heads: bool) -> None:
    """Some languages allow a brace on its own line."""
    assert is_bare_header(line, cursor("▮", language)) is heads


@pytest.mark.parametrize(
    ("marked", "text", "piece"),
    [
        ("def f():▮\n", "\n    a()\n    b()\n", None),
        ("def f():▮\n", "\n    a()\n    b()\nc()\n", "\n    a()\n    b()"),
        ("def f():▮\n", "\n\n", None),
        ("x = ▮\n", "f(\n  1\n)\ny\n", "f(\n  1\n)"),
    ],
)
def test_block_is_shown_whole(marked: str, text: str, piece: str | None) -> None:
    """While its body streams, no part of it is shown."""
    length = first_piece(text, cursor(marked), AnswerLimits(scope="block"))
    assert (text[:length] if length is not None else None) == piece


def test_line_is_shown_alone_with_the_scope_line() -> None:
    """It may start a block."""
    here = cursor("▮\n")
    assert first_piece("if a:\n", here, AnswerLimits(scope="line")) == 5
    assert trim("if a:\n    b()\n", here, AnswerLimits(scope="line")).text == "if a:"


@pytest.mark.parametrize(
    ("language", "marked", "text", "cut"),
    [
        pytest.param("cpp", "namespace a {▮", "\nint b;\n}\nint c;", Cut(2, 3), id="a namespace's bracket"),
        pytest.param("cpp", "namespace a {▮", " int b; }\nint c;", Cut(1, 2), id="a namespace on one line"),
        pytest.param(
            "cpp", "namespace a {\n▮", "{\n}\n}\n", Cut(2, 3), id="not the bracket of its own block"
        ),
        pytest.param(
            "cpp", "switch (a) {\n▮\n", "case 1:\n  b();\ncase 2:\n  c();\n}\nd();", Cut(5, 6), id="labels"
        ),
        pytest.param(
            "cpp",
            "switch (a) {\n▮\n}\n",
            "case 1:\n  b();\ncase 2:\n  c();\n}",
            Cut(4, 5),
            id="labels in brackets",
        ),
        pytest.param("python", "if a:\n    ▮\n", "b()\nc()\nd()", Cut(1, 2), id="a body of one line"),
        pytest.param("python", "f(\n▮\n", "a\n)\nb", Cut(1, 2), id="not the bracket of another statement"),
        pytest.param("go", "▮", "b()\ncase 1:\nc()", Cut(1, 2), id="not the next label"),
        pytest.param("go", "if a {▮\n", "\n\tb()\n}\n}\n", Cut(3, 4), id="only its own bracket"),
        pytest.param(
            "go", "if a {▮\n", "\n\tb()\n}\nelse {\n\tc()\n}\nd()", Cut(5, 6), id="a branch below the bracket"
        ),
        pytest.param("go", "if a {▮\n", "\n\tb()\ncase 2:\n}\ncase 3:\n", Cut(4, 5), id="no label behind it"),
        pytest.param("ruby", "if a▮\nelse\n", "\n  b\nelse\n  c\nend", Cut(2, 3), id="whose branch is below"),
        pytest.param("ruby", "if a▮\nend\n", "\n  b\nend\nd", Cut(2, 3), id="whose end is below"),
        pytest.param("ruby", "if a▮\n  z\n", "\n  b\nend\nd", Cut(2, 3), id="whose body goes on below"),
        pytest.param("ruby", "if a▮\nz\n", "\n  b\nend\nd", Cut(3, 4), id="whose end is not below"),
        pytest.param("go", "if a {▮\nelse {\n", "\n\tb()\n}\nelse {", None, id="a branch needs its bracket"),
        pytest.param("python", "f(a,\n  ▮\n", "b)\nc()", Cut(1, 2), id="the rest of a statement"),
        pytest.param("python", "f(a,\n  ▮\n", "b)\n  c()", None, id="deeper than its start"),
        pytest.param("python", "x = f(▮)\n", "\n  a,\n)\nb", Cut(3, 4), id="a bracket before the rest"),
        pytest.param(
            "c",
            "▮",
            "#if A\nb();\n#if C\nd();\n#endif\ne();\n#endif\nf();",
            Cut(7, 8),
            id="nested conditions",
        ),
        pytest.param("c", "▮", "  #if A\n  b();\n  #endif\nf();", Cut(3, 4), id="an indented condition"),
        pytest.param(
            "c", "▮", "int\nf(void)\n{\n  a();\n}\nint g;", Cut(5, 6), id="a function with its type above it"
        ),
        pytest.param("sql", "▮", "select a\n\nfrom b -- ;\n;\nselect", Cut(4, 5), id="a statement of SQL"),
        pytest.param("toml", "▮", "[a]\nb = 1\nc = 2\n\nd = 3", Cut(3, 5), id="a table of TOML"),
        pytest.param("toml", "▮", "b = 1\nc = 2", Cut(1, 2), id="a line of TOML"),
        pytest.param("lua", "▮", "if a then\n  b()\nend\nc()", Cut(3, 4), id="a block with its word"),
        pytest.param(
            "lua", "▮", "for a do\n  if b then\n  end\nend\nc()", Cut(4, 5), id="the word of the outer block"
        ),
        pytest.param("java", "▮", "foo(a,\nb);\nbar();", Cut(2, 3), id="brackets without indentation"),
        pytest.param("java", "▮", "@A\nvoid f() {\n}\nint b;", Cut(3, 4), id="an annotation"),
        pytest.param("python", "▮", "@a\n@b\ndef f():\n    c()\nd()", Cut(4, 5), id="two decorators"),
        pytest.param("python", "▮", "x = 1\n\n\n  y\nz", Cut(4, 5), id="deeper lines behind blank ones"),
    ],
)
def test_end_of_a_statement_or_block(language: str, marked: str, text: str, cut: Cut | None) -> None:
    """A label, a branch or the end of a block belongs to it unless the lines below have one."""
    limits = AnswerLimits(scope="block", max_lines=30)
    assert scope_cut(text.split("\n"), syntax_at(cursor(marked, language)), limits) == cut


@pytest.mark.parametrize(
    ("language", "marked", "text", "fills"),
    [
        ("go", "switch a {\n▮\n}\n", "case 1:", True),
        ("go", "switch a {\n▮\n", "case 1:", True),
        ("go", "switch a {\n▮\nb()\n", "case 1:", False),
        ("go", "switch a {\n▮\n}\n", "b()", False),
        ("python", "if a:\n    @b▮\n", "\n    c", True),
        ("python", "if a:\n    b()▮\n", "\n    c", False),
        ("python", "if a:\n    ▮ x\n", "b", False),
        ("python", "if a:▮", " b", False),
        ("python", "if a:▮", "\n", False),
        ("markdown", "a:▮", "\n  b", False),
    ],
)
def test_first_line_of_a_body(language: str, marked: str, text: str, fills: bool) -> None:
    """It is deeper than the header, or a label level with it; a decorator may be above it."""
    assert is_block_body(text.split("\n"), syntax_at(cursor(marked, language))) is fills
