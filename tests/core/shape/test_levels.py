"""Lines of an answer at a level that is not open, and how their blanks are moved."""

import pytest

from midfill.core.shape import mend
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.levels import illegal_line_cost, indentation_to_column, step_width
from midfill.core.shape.reindent import move_is_final, reindented
from tests.core.shape.places import cursor

IN_BLOCK = "if a:\n    b()\n    ▮\n"
IN_FUNCTION = "def f():\n    a()\n    ▮\n"
IN_BRACES = "function f() {\n  z();\n  ▮\n}\n"
IN_CALL = "f(() => {\n  a();\n  ▮\n});\n"
AT_MARGIN = "function f() {\n  if (z) {\n▮\n  }\n}\n"
IN_HEADER = "class A {\n  void f()\n      ▮\n}\n"
IN_METHOD = "def f\n  a\n  ▮\nend\n"
IN_ARGUMENTS = "if (a) {\n  f(b,\n    ▮\n"
IN_CLASS = "class A {\n  int z;\npublic:▮\n};\n"


@pytest.mark.parametrize(
    ("language", "marked", "text", "cost"),
    [
        pytest.param("python", "if a:\n    ▮\n", "b()", 0, id="the cursor's own level"),
        pytest.param("python", IN_BLOCK, "c()\n    d()", 0, id="the same level"),
        pytest.param("python", IN_BLOCK, "c()\nd()", 0, id="an outer level"),
        pytest.param("python", IN_BLOCK, "c()\n  d()", 1, id="between two levels"),
        pytest.param("python", IN_BLOCK, "c()\n      d()", 1, id="deeper without a header"),
        pytest.param("python", IN_BLOCK, "c()\n  d()\n  e()", 2, id="each line counts"),
        pytest.param("python", IN_BLOCK, "if c:\n        d()", 0, id="deeper behind a header"),
        pytest.param("python", IN_BLOCK, "if c:\n      d()", 0, id="by a usual step"),
        pytest.param("python", IN_BLOCK, "if c:\n       d()", 0.3, id="by an odd step"),
        pytest.param("python", IN_BLOCK, "if c:\n            d()", 0.3, id="by twice the step"),
        pytest.param("python", IN_BLOCK, "if c:\n    d()", 1, id="level with its header"),
        pytest.param("python", IN_BLOCK, "if c:\n        d()\n    else:\n        e()", 0, id="another arm"),
        pytest.param(
            "python", IN_BLOCK, "if c:\n        d()\n      else:\n        e()", 1, id="a crooked arm"
        ),
        pytest.param("python", IN_BLOCK, "c(\n  d,\n)", 0, id="in brackets any column is free"),
        pytest.param("python", IN_BLOCK, "c = '''\n  d\n'''", 0, id="in a string, too"),
        pytest.param("python", IN_BLOCK, "c = d + \\\n  e", 0, id="and after a line that continues"),
        pytest.param("python", IN_BLOCK, "c()\n  # d", 0, id="and for a comment"),
        pytest.param("python", IN_FUNCTION, "b()\nreturn c", 1, id="at the margin nothing returns"),
        pytest.param("python", "▮\n", "if a:\n   b()", 0, id="where nothing shows the step"),
        pytest.param("javascript", IN_BRACES, "a();\n  b();", 0, id="the same level in brackets"),
        pytest.param("javascript", IN_BRACES, "a();\n    b();", 1, id="deeper behind a finished statement"),
        pytest.param("javascript", IN_BRACES, "a()\n    b()", 0, id="deeper in an unfinished one"),
        pytest.param("javascript", IN_BRACES, "a()\n   b()", 1, id="but not by an odd step"),
        pytest.param("javascript", IN_BRACES, "a\n      .b();", 0, id="a line that continues the one above"),
        pytest.param("javascript", IN_BRACES, "if (a) {\n    b();\n  }", 0, id="a block"),
        pytest.param("javascript", IN_BRACES, "if (a) {\n    b();\n}", 1, id="its end at the margin"),
        pytest.param(
            "javascript", IN_BRACES, "if (a) {\n    b();\n    }", 1, id="its end at its body's level"
        ),
        pytest.param("javascript", IN_BRACES, "if (a) {\n  b();\n  }", 1, id="its body level with it"),
        pytest.param("javascript", "▮\n", "a()\n  b()", 1, id="deeper, where nothing shows the step"),
        pytest.param("csharp", "void F()\n▮\n", "{\n    a();\n}", 0, id="a brace of its own line"),
        pytest.param("haskell", "main = do\n  ▮\n", "a\n    b", 0, id="deeper by offside rules"),
        pytest.param(
            "python", "if a:\n    if b:\n        c()\n    ▮\n", "d()\n        e()", 1, id="a level left"
        ),
        pytest.param("yaml", "a:\n  ▮\n", "b: 1\n  c: 2", 0, id="keys"),
        pytest.param("yaml", "a:\n  ▮\n", "b:\n  c: 2", 0.2, id="a key whose value is null"),
        pytest.param("yaml", "a:\n  ▮\n", "- b: 1\n    c: 2", 0, id="a second key behind a dash"),
        pytest.param("yaml", "a:\n  ▮\n", "- b: 1\n   c: 2", 1, id="a crooked key behind a dash"),
        pytest.param("yaml", "a:\n  b:▮\n", "\nc: 1", 0.2, id="a null value, further out"),
        pytest.param("yaml", "a:\n  b:▮\n", "\n c: 1", 1.2, id="a null value and a crooked key"),
        pytest.param("yaml", "a:\n  - b: 1\n    ▮\n", "c: 2\n  - d: 3", 0, id="another dash"),
        pytest.param("yaml", "a:\n  - b: 1\n    ▮\n", "c: 2\n   - d: 3", 1, id="another crooked dash"),
        pytest.param("java", "class A\n    ▮\n", "extends B {\n  int x;\n}", 0, id="a header over two lines"),
        pytest.param(
            "java",
            "class A\n    ▮\n",
            "extends B {\nint x;\n}",
            1,
            id="the body of a header over two lines, level with it",
        ),
        pytest.param("java", "class A\n    ▮\n", "extends B {\n  int x;\n  }", 1, id="its crooked end"),
        pytest.param("java", "class A\n    ▮\n", "extends B\n{\n  int x;\n}", 0, id="its brace below it"),
        pytest.param("javascript", IN_ARGUMENTS, "c);\n  d();", 0, id="level with the call that it ends"),
        pytest.param("javascript", IN_ARGUMENTS, "c);\n    d();", 1, id="level with that call's arguments"),
        pytest.param("cpp", IN_CLASS, "\n  int b;", 0, id="behind a label of a class"),
        pytest.param(
            "cpp", "class A {\n  int z;\npublic:\n▮\n};\n", "    int b;", 0, id="two steps behind it"
        ),
        pytest.param("cpp", "class A {\n  int z;\n▮\n};\n", "    int b;", 1, id="two steps behind a field"),
        pytest.param("python", "    a()\n    ▮\n", "b()\nc()", 1, id="left of all lines around"),
        pytest.param("python", "    a()\n    ▮\n", "b()\n    c()", 0, id="level with them"),
        pytest.param("python", IN_BLOCK, "if c:\n     d()", 0.3, id="by a step of one column"),
        pytest.param("javascript", IN_BRACES, "b();\n{\n  c();\n}", 1, id="a bare block further out"),
        pytest.param("javascript", IN_BRACES, "b();\n  {\n    c();\n  }", 0, id="a bare block"),
        pytest.param("javascript", IN_BRACES, "b();\n }", 1, id="a crooked end of the cursor's block"),
        pytest.param("javascript", IN_BRACES, "b();\n}\nc();", 0, id="behind the cursor's block"),
        pytest.param("javascript", IN_CALL, "b();\n  c();\n    d();\n  e();", 1, id="one line too deep"),
        pytest.param(
            "javascript", IN_CALL, "if (b) {\n    c();\n  }\n});\ne();", 0, id="behind the cursor's call"
        ),
        pytest.param(
            "java", IN_HEADER, "throws E {\n        g();", 0, id="a body deeper than all of its header"
        ),
        pytest.param(
            "javascript", AT_MARGIN.replace("\n▮", "\n    ▮"), "b();\n}", 0, id="the end of the outer block"
        ),
        pytest.param(
            "javascript", "if (a) {\n  if (b) {▮\n", "\n    c();\n}", 0, id="its end without its own"
        ),
        pytest.param("javascript", AT_MARGIN, "b();", 1, id="a body left of its header"),
        pytest.param("javascript", AT_MARGIN, "  b();", 1, id="a body level with its inner header"),
        pytest.param("javascript", AT_MARGIN, "    b();", 0, id="a body as deep as needed"),
        pytest.param(
            "javascript", "a = b\n  .c(▮\n", "() => {\n    d();\n  });", 0, id="from the continued line"
        ),
        pytest.param(
            "javascript", "a = b\n  .c(▮\n", "() => {\n      d();\n    });", 0, id="from its bracket"
        ),
        pytest.param("cpp", "class A {\n  int z;▮\n};\n", "\n    int b;", 1, id="deeper than a field"),
        pytest.param("java", "class A {\n  void f()▮\n}\n", "\n  {\n    g();\n  }", 0, id="a brace below it"),
        pytest.param(
            "java", "class A {\n  void f()▮\n}\n", "\n{\n  g();\n}", 0, id="a brace at an outer level"
        ),
        pytest.param("cpp", "switch (a) {\n  case 1:▮\n}\n", "\n  b();", 1, id="level with its label"),
        pytest.param(
            "cpp", "switch (a) {\n  case 1:▮\n}\n", "\n      b();", 0.3, id="two steps behind a label"
        ),
        pytest.param("javascript", IN_CALL, "b();\n});", 0, id="the end of its own block"),
        pytest.param("javascript", IN_CALL, "if (b) {\n    c();\n  }\n  d();", 0, id="behind a block"),
        pytest.param(
            "javascript", IN_CALL, "if (b) {\n    c();\n    }\n  d();", 1, id="behind a crooked end"
        ),
        pytest.param(
            "javascript", IN_CALL, "if (b) {\n    c();\n  } else {\n    d();\n  }", 0, id="an arm in brackets"
        ),
        pytest.param(
            "javascript",
            IN_CALL,
            "if (b) {\n    c();\n    } else {\n    d();\n  }",
            1,
            id="a crooked arm in brackets",
        ),
        pytest.param("javascript", IN_CALL, "b(\n    c,\n    d,\n  );", 0, id="arguments"),
        pytest.param("javascript", IN_CALL, "b(\n  c,\n  );", 1, id="arguments level with their call"),
        pytest.param("javascript", IN_CALL, "b()\n      .c()\n      .d();\n  e();", 0, id="a chain of calls"),
        pytest.param("javascript", IN_CALL, "b();\n\n   c();", 1, id="deeper behind a blank line"),
        pytest.param("python", IN_FUNCTION, "return 1\nreturn 2", 1, id="nor a second time"),
        pytest.param("python", IN_FUNCTION, "break", 0, id="in a block it may"),
        pytest.param("python", "def f():\n▮\n", "return 1", 2, id="a body at the margin"),
        pytest.param("python", "if a:\n  ▮\n", "b()\n  c()", 0, id="by the cursor's own step"),
        pytest.param("python", "if a:\n    b()\n      ▮\n", "c()", 1, id="the cursor between two levels"),
        pytest.param(
            "python", "if a:\n    f(b,\n      ▮\n", "c)\n    d()", 0, id="behind a call, at its level"
        ),
        pytest.param("python", "if a:\n    f(b,\n      ▮\n", "c)\n      d()", 1, id="behind a call, deeper"),
        pytest.param(
            "python", "if a:\n    if b:\n        ▮\n", "c()\n    d()\n        e()", 1, id="back again"
        ),
        pytest.param(
            "python", "if a:\n    if b:\n        ▮\n", "c()\n    else:\n        d()", 0, id="an arm"
        ),
        pytest.param("ruby", IN_METHOD, "if b\n    c\n  end\n  d", 0, id="a block with a word at its end"),
        pytest.param("ruby", IN_METHOD, "if b\n    c\n    end", 1, id="a crooked word"),
        pytest.param("haskell", "f x =\n  ▮\n", "a\n b", 1, id="between two levels by offside rules"),
        pytest.param("go", "func f() {\n\t▮\n}\n", "switch a {\n\tcase 1:\n\t\tb()\n\t}", 0, id="a label"),
    ],
)
def test_lines_at_closed_levels(language: str, marked: str, text: str, cost: float) -> None:
    """One for each line; fewer for a block whose step differs from the document's."""
    assert illegal_line_cost(text, syntax_at(cursor(marked, language))) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("language", "marked", "text", "cost"),
    [
        ("python", "if a:\n    ▮\n    z()\n", "b()", 0),
        ("python", "if a:\n    ▮\n    z()\n", "b()\nc()", 1),
        ("python", "if a:\n    y()\n    ▮\n\n    z()\n", "b()\nif c:", 1),
        ("python", "if a:\n    ▮\n    z()\n", "if c:", 0),
        ("python", "if a:\n    b()\n    ▮\n        z()\n", "if c:", 0),
        ("python", "if a:\n    ▮\n    # z\n", "b()\nc()", 0),
        ("python", "if a:\n    ▮\nz()\n", "b()\nc()", 0),
        ("python", "if a:\n    ▮\n", "b()\nc()", 0),
    ],
)
def test_next_line_stays_in_its_block(language: str, marked: str, text: str, cost: float) -> None:
    """The answer does not leave its block, nor start one that contains it."""
    here = syntax_at(cursor(marked, language))
    assert illegal_line_cost(text, here, below=True) == pytest.approx(cost)
    assert illegal_line_cost(text, here) == 0


@pytest.mark.parametrize(
    ("marked", "columns", "whitespace"),
    [
        ("if a {\n\tb()\n▮", 16, "\t\t"),
        ("if a {\n\tb()\n▮", 18, "\t\t  "),
        ("if a {\n\tb()\n▮", 0, ""),
        ("if a {\n    b()\n▮", 8, "        "),
    ],
)
def test_blanks_up_to_a_column(marked: str, columns: int, whitespace: str) -> None:
    """The blanks are tabs if the document has them."""
    assert indentation_to_column(columns, syntax_at(cursor(marked, "go"))) == whitespace


@pytest.mark.parametrize(
    ("marked", "columns"),
    [
        ("if a:\n   b()\nif c:\n   d()\nif e:\n  f()\n▮", 3),
        ("if a:\n            b()\n▮", 4),
        ("if a:\n b()\n▮", 4),
        ("if a:\n  # b\n   c()\n▮", 3),
        ("if a:\n        b()\n▮", 8),
        ("if a:\n         b()\n▮", 2),
        ("if a:\n  b()\n▮", 2),
        ("if a:\n    b()\n    c()\n    d()\n▮", 4),
        ("if a:\n    b()\nc()\n▮", 4),
        ("▮\nif a:\n   b()", 3),
        ("if a:\n        b()\n    c()\n▮", 8),
    ],
)
def test_most_frequent_step(marked: str, columns: int) -> None:
    """It has two to eight columns; comments do not count."""
    assert step_width(syntax_at(cursor(marked))) == columns


@pytest.mark.parametrize(
    ("language", "marked", "written", "text"),
    [
        pytest.param("python", IN_BLOCK, "c()\n     d()", "c()\n    d()", id="one blank too many"),
        pytest.param("python", IN_BLOCK, "c()\n   d()", "c()\n    d()", id="one too few"),
        pytest.param("python", IN_BLOCK, "if c:\n    d()", "if c:\n        d()", id="from the cursor on"),
        pytest.param("python", IN_BLOCK, "c()\nd()", "c()\nd()", id="legal as it is"),
        pytest.param(
            "python", IN_BLOCK, "if c:\n    d()\nelse:\n    e()",
            "if c:\n        d()\n    else:\n        e()", id="all lines together",
        ),
        pytest.param(
            "python", IN_BLOCK, "if c:\n    d = '''\n e\n'''",
            "if c:\n        d = '''\n e\n'''", id="but not those of a string"
        ),
        pytest.param("python", "if a:▮\n", "\n  b()\n  c()", "\n  b()\n  c()", id="a step of its own"),
        pytest.param("python", "x = 1▮\n", "\n    y = 2", "\ny = 2", id="deeper without a header"),
        pytest.param("python", "if a:\n    x = 1▮\n", "\n     y = 2", "\n    y = 2", id="behind a line"),
        pytest.param("python", "if a:\n    x = ▮\n", "1\n y = 2", "1\ny = 2", id="nearer to the margin"),
        pytest.param("python", "if a:\n    x = ▮\n", "1\n   y = 2", "1\n    y = 2", id="nearer to the block"),
        pytest.param("go", "func f() {\n\ta()\n\t▮\n}\n", "if b {\n  c()\n}", "if b {\n\t\tc()\n\t}", id="by tabs"),
        pytest.param("python", "# if a:▮\n", "\n     y = 2", "\n     y = 2", id="in a comment anything stays"),
        pytest.param("javascript", IN_BRACES, "if (a) {\n  b();\n}", "if (a) {\n    b();\n  }", id="in brackets"),
        pytest.param("markdown", "- a\n▮", "  b\n c", "  b\n c", id="prose stays"),
    ],
)  # fmt: skip
def test_lines_move_to_the_nearest_level(language: str, marked: str, written: str, text: str) -> None:
    """Valid text is unchanged."""
    assert reindented(written, written, syntax_at(cursor(marked, language))) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        pytest.param("    c()\n    d()", "c()\n    d()", id="the column of the cursor"),
        pytest.param("        c()\n        d()", "c()\n    d()", id="further right"),
        pytest.param("        c()\n\n        d()", "c()\n\n    d()", id="with a blank line"),
        pytest.param("        c()\n    d()", "c()\n    d()", id="only the first line further right"),
        pytest.param("  c()\n  d()", "c()\n    d()", id="further left"),
        pytest.param("  c()\n    d()", "c()\n    d()", id="only the first line further left"),
        pytest.param("  c()\n  if d:\n      e()", "c()\n    if d:\n        e()", id="a block further left"),
        pytest.param(
            "  if c:\n      d()\n  e()", "if c:\n        d()\n    e()", id="a block first, and further left"
        ),
        pytest.param("c()\n  X = 1", "c()\n    X = 1", id="whatever it starts with"),
        pytest.param(
            "        if c:\n            d()\n        e()",
            "if c:\n        d()\n    e()",
            id="a block further right",
        ),
        pytest.param(
            "        c = '''\nx\n'''\n        d()", "c = '''\nx\n'''\n    d()", id="not the lines of a string"
        ),
        pytest.param("c()\n            d()", "c()\n    d()", id="a second line further right"),
        pytest.param("c()\n   d()\n   e()", "c()\n    d()\n    e()", id="one blank too few"),
        pytest.param("c()\n return 1", "c()\n    return 1", id="nearly at the margin"),
        pytest.param("c()\n\n\ndef g():\n    pass", "c()\n\n\ndef g():\n    pass", id="a new function"),
        pytest.param("if c:\nd()\ne()", "if c:\n        d()\n        e()", id="a body level with its header"),
        pytest.param(
            "if c:\n         d()\n     else:\n         e()",
            "if c:\n        d()\n    else:\n        e()",
            id="one blank too many in each line",
        ),
        pytest.param(
            "if c:\n      d()\n  e()", "if c:\n      d()\n  e()", id="three lines with no common move"
        ),
        pytest.param(
            "for c in d:\n    e()\n    f()\ng()",
            "for c in d:\n        e()\n        f()\n    g()",
            id="from the margin",
        ),
    ],
)
def test_lines_follow_the_first_one(written: str, text: str) -> None:
    """The cursor's indentation is that of the first line; the others keep their distance to it."""
    assert mend(written, cursor(IN_BLOCK)) == text


@pytest.mark.parametrize(
    ("language", "marked", "written", "text"),
    [
        ("python", "if a:\n▮\n", "b()\nc()", "    b()\nc()"),
        ("python", "if a:\n▮\n", "b()\n    c()", "    b()\n    c()"),
        ("python", "if a:\n▮\n", "  b()\n  c()", "  b()\n  c()"),
        ("python", "if a:\n    if b:\n        c()\n▮\n", "d()\ne()", "d()\ne()"),
        ("python", "if a:\n    if b:\n        c()\n▮\n", "    d()\n    e()", "    d()\n    e()"),
        ("python", "if a:\n    if b:\n        c()\n▮\n", "  d()\n  e()", "d()\ne()"),
        ("python", "if a:\n    if b:\n        c()\n▮\n", "      d()\n      e()", "        d()\n        e()"),
        ("python", "if a:\n  b()\n   ▮\n", "c()\n   d()", "c()\nd()"),
        ("python", "if a:\n    b()\n  ▮\n", "    d()\ne()", "  d()\ne()"),
        ("python", IN_BLOCK + "    z()\n", "c()\nd()", "c()\n    d()"),
        ("python", IN_BLOCK + "    z()\n", "c()\nif d:", "c()\n    if d:"),
        ("python", IN_BLOCK, "if c:\n            d()", "if c:\n        d()"),
        ("python", IN_BLOCK, "if c:\n      d()", "if c:\n      d()"),
        ("python", "if a▮\n    z()\n", ":\n  b()\n c()", ":\n  b()\n c()"),
        ("python", "def f():▮\n    z()\n", "\n  a()", "\n  a()"),
        ("python", "def f():\n    x = 1▮\n    z()\n", "\ny = 2\n", "\n    y = 2\n"),
        ("python", "def f():\n    x = 1▮\nz()\n", "\ny = 2\n", "\ny = 2\n"),
        ("python", "def f():\n    x = 1▮\nz()\n", "\n y = 2\n", "\ny = 2\n"),
        ("python", "def f():\n    x = 1▮\nz()\n", "\n  y = 2\n", "\n    y = 2\n"),
        ("python", "# x\n▮\n", "  b\n c", "  b\n c"),
        ("javascript", IN_CALL, "    b();\n  c();", "b();\n  c();"),
        ("javascript", IN_BRACES, "if (a) {\n      b();\n    }", "if (a) {\n    b();\n  }"),
        ("javascript", IN_BRACES, "    if (a) {\n      b();\n    }", "if (a) {\n    b();\n  }"),
        ("javascript", IN_BRACES, "a(\n  b,\n);", "a(\n    b,\n  );"),
        ("javascript", IN_BRACES, "if (a) {\n    b();\n}\nc();", "if (a) {\n    b();\n}\nc();"),
        ("go", "func f() {\n\ta()\n\t▮\n}\n", "if b {\n    c()\n}", "if b {\n\t\tc()\n\t}"),
        ("go", "func f() {\n\ta()\n\t▮\n}\n", "    if b {\n        c()\n    }", "if b {\n\t\tc()\n\t}"),
        ("go", "func f() {\n\ta()\n\t▮\n}\n", "  if b {\n    c()\n  }", "if b {\n\t\tc()\n\t}"),
        ("go", "func f() {\n\ta()\n\t▮\n}\n", "\t\tif b {\n\t\t\tc()\n\t\t}", "if b {\n\t\tc()\n\t}"),
        ("go", "func f() {\n\ta()\n\t▮\n}\n", "if b {\n\tc()\n}", "if b {\n\t\tc()\n\t}"),
        ("ruby", "def f\n  a\n  ▮\nend\n", "if b\n  c\nend", "if b\n    c\n  end"),
        ("ruby", "def f\n  a\n  ▮\nend\n", "  b\n  c", "b\n  c"),
        ("yaml", "a:\n  b: 1\n  ▮\n", "c: 1\n d: 2", "c: 1\n  d: 2"),
        ("yaml", "a:\n  b: 1\n  ▮\n", "c: 1\nd: 2", "c: 1\nd: 2"),
    ],
)
def test_answer_moves_to_the_levels_of_its_place(language: str, marked: str, written: str, text: str) -> None:
    """On an empty line its first line moves, too; a line that closes a block is at the level of a block."""
    assert mend(written, cursor(marked, language)) == text


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("c()\n", True),
        ("c()\n    d()\n", True),
        ("c()\nd()\n", True),
        ("c()\n  d()", False),
        ("c()\n  d()\n  e()\n  f()\n", False),
        ("c()\n  d()\n  e()\n  f()\n  g()", True),
    ],
)
def test_lines_that_determine_the_move(text: str, final: bool) -> None:
    """A second line at a legal level, or three lines and the start of another."""
    here = syntax_at(cursor(IN_BLOCK))
    assert move_is_final(text, reindented(text, text, here), here) is final


BRACES = "class Z {\n  z() {\n    if (z) {\n      z();\n    }\n  }\n}\n\n"
WORDS = "class Z\n  def z\n    if z\n      z\n    end\n  end\nend\n\n"


@pytest.mark.parametrize(
    ("language", "marked", "text"),
    [
        ("java", "class A\n    ▮", "extends B {\n  int x;\n}"),
        ("java", "class A\n    ext▮", "ends B {\n  int x;\n}"),
        ("java", "class A\n    extends B\n    ▮", "implements C {\n  int x;\n}"),
        ("java", "class A {\n  void f(int a)\n      ▮", "throws E {\n    g();\n  }"),
        ("kotlin", "class A(val x: Int) :\n    ▮", "B(x) {\n  val y = 1\n}"),
        ("cpp", "A::A(int b)\n    :▮", " b(b) {\n  g();\n}"),
        ("c", "int f(int a,\n      i▮", "nt b) {\n  return a;\n}"),
        ("javascript", "if (foo(a,\n       ▮", "b)) {\n  bar();\n}"),
        ("javascript", "const x = foo\n  ▮", ".map(a => {\n    return a\n  })"),
        ("javascript", "const x = a\n  ?▮", " new B(c, {\n      d() {\n        e()\n      },\n    })\n  : f"),
        ("ruby", "def f(a,\n      ▮", "b)\n  a + b\nend"),
        ("lua", "describe(function()\n  local a = 1\n  ▮", "b(function()\n    c()\n  end)"),
        ("python", "if (a and\n        b▮", "):\n    bar()"),
    ],
)
def test_a_block_starts_from_the_statement_that_the_line_continues(
    language: str, marked: str, text: str
) -> None:
    """A line right of its statement is no level; its block is at the statement's level or at its own."""
    before = {"ruby": WORDS, "lua": "", "python": "if z:\n    z()\n\n"}.get(language, BRACES)
    assert reindented(text, text, syntax_at(cursor(before + marked, language))) == text
