"""Answers that repeat themselves."""

import pytest

from midfill.core.model import AnswerLimits
from midfill.core.shape import shape
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.cut import Cut
from midfill.core.shape.repetition import loop_cut, without_pattern
from tests.core.shape.places import cursor

HERE = syntax_at(cursor("▮\n"))


@pytest.mark.parametrize(
    ("text", "keep", "seen"),
    [
        ("aaa\n" * 4, 1, 4),
        ("aaa\n" * 9, 1, 4),
        ("first\n" + "aaa\n" * 4, 2, 5),
        ("\naaa\n\naaa\n\naaa\n\naaa\n", 2, 8),
        ("aaa\nbbb\n" * 3, 2, 6),
        ("aaa\nbbb\nccc\n" * 2 + "aaa\nbbb\n", 3, 8),
        ("zero\n" + "aaa\nbbb\n" * 3, 3, 7),
        ("}\naaa\n" * 3, 2, 6),
        ("  aaa\naaa\n aaa\naaa \n", 1, 4),
    ],
)
def test_repeated_lines_end_after_the_first_round(text: str, keep: int, seen: int) -> None:
    """Four equal lines, or a group that occurs twice and starts again, are a loop; blank lines are not."""
    assert loop_cut(text.split("\n")[:-1], HERE) == Cut(keep, seen)


@pytest.mark.parametrize(
    "text",
    [
        "aaa\n" * 3,
        "aaa\nbbb\n" * 2 + "aaa\n",
        "aaa\nbbb\nccc\n" * 2 + "aaa\n",
        "aaa\naaa\nbbb\naaa\naaa\n",
        "}\n" * 6,
        "\n" * 9,
        "".join(f"line {number}\n" for number in range(40)) + "aaa\n" * 5,
    ],
)
def test_similar_lines_are_no_loop(text: str) -> None:
    """Three similar calls, a table of two rows, closing brackets and distant lines are no loop."""
    assert loop_cut(text.split("\n")[:-1], HERE) is None


def test_text_before_the_cursor_belongs_to_the_first_line() -> None:
    """So a line that the user started counts as one of the repetitions."""
    here = syntax_at(cursor("x = ne▮\n"))
    assert loop_cut(["xt(a)", "x = next(a)", "x = next(a)", "x = next(a)"], here) == Cut(1, 4)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("x = '" + "abc-" * 20, "x = 'abc-"),
        ("x = " + "(a + b) * " * 9, "x = (a + b) * "),
        ("x = " + "ab, " * 30, "x = ab, "),
        ("x = '" + "abc-" * 4 + "'", "x = '" + "abc-" * 4 + "'"),
        ("x = " + "ab, " * 9, "x = " + "ab, " * 9),
        ("x = 1" + " " * 90, "x = 1" + " " * 90),
        (
            "".join(f"word{number} " for number in range(20)),
            "".join(f"word{number} " for number in range(20)),
        ),
    ],
)
def test_repetition_within_a_line_is_cut(line: str, kept: str) -> None:
    """The line must be long, and have letters or digits."""
    assert without_pattern(line, HERE) == kept


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("abcd" * 15, "abcd"),
        ("abcd" * 14 + "abc", "abcd" * 14 + "abc"),
        ("x = " + "abcd" * 15, "x = abcd"),
        ("x = " + "abcd" * 14 + "ab", "x = " + "abcd" * 14 + "ab"),
        ("ab" * 30, "ab"),
        ("ab " * 20, "ab "),
        ("x = " + "'ab', " * 12, "x = 'ab', "),
        ("x = " + "f('a') + " * 8, "x = f('a') + "),
        ("0123456789" * 4 + "ab" * 10, "0123456789" * 4 + "ab" * 10),
    ],
)
def test_repetition_within_a_line_has_sixty_characters(line: str, kept: str) -> None:
    """Shorter ones are rulers or rows of a table; the text before it does not count."""
    assert without_pattern(line, HERE) == kept


def test_manual_loop_ends_after_the_first_round() -> None:
    """It ends there even if all of it is sound, and if the model ended it itself."""
    here = cursor("▮\n")
    assert shape("a = next(b)\n" * 5, here, AnswerLimits(manual=True, max_lines=9)).text == "a = next(b)"
    line = "x = " + "(a + b) * " * 9 + "1"
    assert shape(line, here, AnswerLimits(manual=True, max_lines=9)).text == "x = (a + b) *"
    assert (
        shape("a = next(b)\n" * 3, here, AnswerLimits(manual=True, max_lines=9)).text
        == "a = next(b)\n" * 2 + "a = next(b)"
    )
