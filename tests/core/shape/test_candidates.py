"""The moves of an answer's lines that are tried where they are at illegal levels."""

import pytest

from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.reindent import indentation_candidates
from tests.core.shape.places import cursor

IN_BLOCK = "if a:\n    b()\n    ▮\n"
DEEPER = "if a:\n    if b:\n        c()\n        ▮\n"
IN_BRACES = "if (a) {\n  b();\n  ▮\n}\n"


@pytest.mark.parametrize(
    ("language", "marked", "written", "candidates"),
    [
        pytest.param("python", IN_BLOCK, "c()", ["c()"], id="a line at the cursor"),
        pytest.param("python", IN_BLOCK, "  c()", ["  c()", "c()"], id="the first line to a level"),
        pytest.param(
            "python",
            IN_BLOCK,
            "c()\nd()",
            ["c()\nd()", "c()\n    d()", "c()\n        d()"],
            id="the second line to each level and into a block",
        ),
        pytest.param(
            "python",
            IN_BLOCK,
            "c()\n\n  d()",
            ["c()\n\n  d()", "c()\n\n      d()", "c()\n\n    d()", "c()\n\n        d()", "c()\n\nd()"],
            id="behind a blank line, at first as far as the first line",
        ),
        pytest.param(
            "python", "if a:\n    b()\n  ▮\n", "    d()", ["  d()", "    d()", "d()"], id="as the cursor"
        ),
        pytest.param(
            "python",
            "if a:\n    x = ▮\n",
            "1 \n y = 2",
            ["1 \n y = 2", "1 \n     y = 2", "1 \n    y = 2", "1 \n        y = 2", "1 \ny = 2"],
            id="within a line not the first line",
        ),
        pytest.param(
            "python",
            "if a:\n  b()\n▮\n",
            "c()\n  d()",
            ["c()\n  d()", "c()\nd()", "  c()\n  d()", "  c()\n    d()", "  c()\nd()"],
            id="both lines at the margin",
        ),
        pytest.param(
            "python",
            "if a:▮\n",
            "\nb()\n    c()",
            ["\nb()\n    c()", "\n    b()\n        c()"],
            id="below a header",
        ),
        pytest.param(
            "python",
            IN_BLOCK,
            "c = '''\nx\n'''\n d()",
            [
                "c = '''\nx\n'''\n d()",
                "c = '''\nx\n'''\n     d()",
                "c = '''\nx\n'''\n    d()",
                "c = '''\nx\n'''\n        d()",
                "c = '''\nx\n'''\nd()",
            ],
            id="not the lines of a string",
        ),
        pytest.param(
            "javascript",
            IN_BRACES,
            "if (c) {\n      d();\n   }",
            [
                "if (c) {\n      d();\n   }",
                "if (c) {\n        d();\n        }",
                "if (c) {\n    d();\n}",
                "if (c) {\n     d();\n  }",
                "if (c) {\n       d();\n  }",
                "if (c) {\n   d();\n}",
            ],
            id="a bracket to the nearest level",
        ),
        pytest.param(
            "go",
            "if a {\n\tb()\n\t▮\n}\n",
            "if c {\n  d()\n}",
            ["if c {\n\td()\n}", "if c {\n\t\td()\n\t}", "if c {\n\t\t\td()\n\t}"],
            id="by tabs",
        ),
        pytest.param(
            "go",
            "if a {\n\tb()\n▮",
            "  if c {\n    d()\n  }",
            [
                "\tif c {\n\t\td()\n\t}",
                "\tif c {\n\td()\n}",
                "\tif c {\n\t\t\td()\n\t}",
                "if c {\n\t\td()\n\t}",
                "if c {\n\td()\n}",
            ],
            id="the first line by tabs, too",
        ),
    ],
)
def test_moves_of_the_lines(language: str, marked: str, written: str, candidates: list[str]) -> None:
    """The answer as written comes first; the lines after the first keep their distances."""
    here = syntax_at(cursor(marked, language))
    assert [candidate for candidate, _ in indentation_candidates(written, here)] == candidates


@pytest.mark.parametrize(
    ("written", "leaving"),
    [
        ("d()\n        e()", ["d()\ne()", "d()\n    e()"]),
        ("d()\n    f()\n        e()", ["d()\nf()\n    e()"]),
        ("d()\nelse:\n        e()", []),
        ("d()\n)\n        e()", []),
        ("d()\ne()", ["d()\n    e()"]),
        ("d()\n   e()", []),
    ],
)
def test_moves_that_leave_the_block(written: str, leaving: list[str]) -> None:
    """A branch or an end does not leave it, nor does a line as written or one moved by up to three columns."""
    found = indentation_candidates(written, syntax_at(cursor(DEEPER)))
    assert [candidate for candidate, leaves in found if leaves] == leaving
