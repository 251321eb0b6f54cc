"""The lines around a cursor: those far away are an outline."""

import pytest

from midfill.core.syntax.languages import language
from midfill.core.syntax.window import MAX_WHOLE_ABOVE, MAX_WHOLE_BELOW, lines_above, lines_below


def lined(rows: list[str]) -> list[str]:
    """Return lines with their line ends."""
    return [f"{row}\n" for row in rows]


@pytest.mark.parametrize(
    ("name", "far", "nearest", "headers"),
    [
        pytest.param(
            "java", ["class A {", "  void f() {"], "    x();", ["class A {", "  void f() {"], id="two"
        ),
        pytest.param(
            "java", ["class A {", "", "  a();", ""], "  x();", ["class A {"], id="not a line level with it"
        ),
        pytest.param(
            "java",
            ["class A {", "  void g() {", "    y();", "  }", "  void f() {"],
            "    x();",
            ["class A {", "  void f() {"],
            id="not that of a block that has ended",
        ),
        pytest.param(
            "java",
            ["class A {", "  if (a) {", "  } else {"],
            "    x();",
            ["class A {", "  {"],
            id="another branch",
        ),
        pytest.param(
            "java", ["class A {", "  f() {"], "  }", ["class A {", "  f() {"], id="that of a bracket"
        ),
        pytest.param(
            "java", ["class A {", "  g() {"], "  case 1:", ["class A {", "  g() {"], id="that of a label"
        ),
        pytest.param(
            "java", ["class A {", "\tvoid f() {"], "\t\tx();", ["class A {", "\tvoid f() {"], id="tabs"
        ),
        pytest.param("java", ["top() {"], "", ["top() {"], id="behind a blank line"),
        pytest.param("java", ["top() {"], "x();", [], id="none at the margin"),
        pytest.param(
            "java", ["a {", "  " + "b" * 996], "    x();", ["a {", "  " + "b" * 996], id="999 characters"
        ),
        pytest.param(
            "java", ["a {", "  " + "b" * 997], "    x();", ["a {"], id="not one of 1,000 characters"
        ),
        pytest.param("java", ["a {", "  /*", " b {", "  */"], "    x();", ["a {"], id="not one in a comment"),
        pytest.param(
            "python",
            ["class A:", "    x = '''", "  b:", "    '''"],
            "        c()",
            ["class A:"],
            id="nor in a string",
        ),
    ],
)
def test_headers_of_far_lines(name: str, far: list[str], nearest: str, headers: list[str]) -> None:
    """They are those of the blocks that contain the first near line with text."""
    body = "    x();" if nearest == "" else nearest
    near = [nearest, *[body] * (MAX_WHOLE_ABOVE - 1)]
    assert lines_above(lined([*far, *near]), language(name)) == [*headers, *near]


@pytest.mark.parametrize(
    ("far", "nearest", "ends"),
    [
        pytest.param(["    y();", "  }", "}"], "    x();", ["  }", "}"], id="two"),
        pytest.param(
            ["  } else {", "    y();", "  }", "}"], "    x();", ["  }", "}"], id="not another branch"
        ),
        pytest.param(["  y();", "}"], "    x();", ["}"], id="not another line"),
        pytest.param(["  }", "  }", "}"], "    x();", ["  }", "}"], id="one of each block"),
        pytest.param(["  }", "}"], "  void f() {", ["  }", "}"], id="that of a header"),
        pytest.param(["  }", "}"], "  case 1:", ["  }", "}"], id="that of a label"),
        pytest.param(["  }", "}"], "  x();", ["}"], id="not one level with it"),
        pytest.param(["\t}", "}"], "\t\tx();", [" }", "}"], id="tabs"),
        pytest.param(["}"], "x();", [], id="none at the margin"),
        pytest.param(["  }" + " " * 995, "}"], "    x();", ["  }", "}"], id="999 characters"),
        pytest.param(["  }" + " " * 996, "}"], "    x();", ["}"], id="not one of 1,000 characters"),
    ],
)
def test_ends_of_far_lines(far: list[str], nearest: str, ends: list[str]) -> None:
    """They are those of the blocks that contain the last near line with text."""
    near = [*[nearest] * (MAX_WHOLE_BELOW - 1), nearest]
    assert lines_below(lined([*near, *far]), language("java")) == [*near, *ends]
    blank = [*near[:-1], ""]
    assert lines_below(lined([*blank, *far]), language("java")) == [*blank, *ends]


@pytest.mark.parametrize(("size", "kept"), [(5_000, 2), (5_001, 1), (10_000, 1), (10_001, 0)])
def test_near_lines_have_a_maximum_of_characters(size: int, kept: int) -> None:
    """All characters count, also those of the line ends."""
    lines = ["x" * (size - 1) + "\n"] * 3
    assert len(lines_below(lines, language("java"))) == kept
    assert len(lines_above(lines, language("java"))) == kept


def test_end_of_a_string_that_starts_in_far_lines_is_left_out() -> None:
    """Without its end in near lines, its start is kept instead."""
    far = lined(["x = '''", "a"])
    near = lined(["b"] * (MAX_WHOLE_ABOVE - 2) + ["'''", "c()"])
    assert lines_above([*far, *near], language("python")) == ["c()"]
    near = lined(["b"] * MAX_WHOLE_ABOVE)
    assert lines_above([*far, *near], language("python")) == ["'''", *["b"] * MAX_WHOLE_ABOVE]


def test_comment_after_a_closed_one_is_open() -> None:
    """The last delimiter decides, not the first."""
    far = lined(["/* a */", "x;", "/* b", "c"])
    near = lined(["d"] * (MAX_WHOLE_ABOVE - 2) + ["*/", "f();"])
    assert lines_above([*far, *near], language("java")) == ["f();"]
