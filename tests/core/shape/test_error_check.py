"""The guard: a completion may not leave more errors in the file."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from midfill.core.completion import Completion
from midfill.core.model import AnswerLimits
from midfill.core.shape import reduces_errors, shape, trim
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.error_check import (
    adds_no_errors,
    lacks_block,
    longest_part_without_errors,
    whole_if_fewer_errors,
)
from tests.core.shape.places import cursor
from tests.core.shape.test_properties import LANGUAGES, texts


@pytest.mark.parametrize(
    ("language", "marked", "text", "sound"),
    [
        ("python", "x = ▮\n", "f(1)", True),
        ("python", "▮\n", "f(", False),
        ("python", "▮\n", "x = 1)", False),
        ("python", "▮\n", "x = 'one", False),
        ("python", "x = ▮\n", "f(", True),
        ("python", "x = f(▮\n", "1)", True),
        ("python", "x = ▮2)\n", "(", True),
        ("javascript", "▮\n", "if (a) {", False),
        ("javascript", "▮\n}\n", "if (a) {", True),
        ("markdown", "▮\n", "as said:", True),
        ("python", "x = ▮\n", "", True),
        pytest.param("python", "▮\n", "x = = 1", True, id="not parsed"),
        ("python", "▮\nx = 1\n", "if a:", False),
        ("ruby", "▮\n", "x = 1\nif a", False),
    ],
)
def test_completion_with_more_errors_is_not_sound(language: str, marked: str, text: str, sound: bool) -> None:
    """Brackets, strings and blocks are counted in the file, not in the answer alone."""
    assert adds_no_errors(Completion(text), syntax_at(cursor(marked, language))) is sound


@pytest.mark.parametrize(
    ("marked", "shown", "whole", "kept"),
    [
        ("x = ▮\n", "f(", "f(\n    1,\n)", "f(\n    1,\n)"),
        ("x = ▮\n", "f(", " f(\n    1,\n)\n", " f(\n    1,\n)"),
        ("x = ▮\n", "f(", "f(\n    1,\n", "f("),
        ("x = ▮\n", "f(1)", "f(1)\ny = 2", "f(1)"),
        ("x = ▮\n", "f(", "f([(", "f("),
        ("x = f(▮\n", "a)", "a)\ny = (1)", "a)"),
        ("x = f(▮\n", "(a", "(a))", "(a))"),
        ("x = ▮\n", "f(", " \n", "f("),
        ("x = ▮\n", "", "f(1)", ""),
        ("x = ▮ + 1\n", "f(", "f(\n    1,\n)", "f("),
    ],
)
def test_complete_answer_is_used_if_its_part_is_not_sound(
    marked: str, shown: str, whole: str, kept: str
) -> None:
    """An equally sound part stays, and so does one before other text on the line."""
    assert whole_if_fewer_errors(Completion(shown), whole, syntax_at(cursor(marked))) == Completion(kept)


TORN = st.lists(
    st.sampled_from(
        ["f(", "x = [1", "g(2)", "a]", ")", "{", "}", "if a:", "y = 'b", "\n", "\n    ", "z = 1"]
    ),
    min_size=3,
).map("".join)
"""Lines that open and close something, or do not."""


@settings(max_examples=300)
@given(TORN | texts, texts, st.sampled_from(["", "\n", "\nx = 1\n"]) | texts, st.sampled_from(LANGUAGES))
@example("f(\n[(", "x = ", "\n", "python")
@example("f(\n1)", "x = ", "\n", "python")
def test_guard_never_leaves_more_errors(text: str, before: str, after: str, language: str) -> None:
    """This holds for any text, any first part of it, and any text around the cursor."""
    here = syntax_at(cursor(f"{before}▮{after}", language))
    for shown in (Completion(text.partition("\n")[0]), Completion(text)):
        assert here.error_count(whole_if_fewer_errors(shown, text, here)) <= here.error_count(shown)


@settings(max_examples=150)
@given(texts, texts, texts, st.sampled_from(LANGUAGES))
@example("```py\n ```py\n```py\n```py\n", "```py\n", "", "python")
def test_manual_answer_leaves_no_more_errors(raw: str, before: str, after: str, language: str) -> None:
    """This applies to several lines, and to text within a line."""
    place = cursor(f"{before}▮{after}", language)
    here, shown = syntax_at(place), shape(raw, place, AnswerLimits(manual=True))
    if "\n" in shown.text or here.text_follows:
        assert here.error_count(shown) <= here.error_count(Completion())


@pytest.mark.parametrize(
    ("marked", "text", "mends"),
    [("f(1▮\n", ")", True), ("f(1)▮\n", ")", False), ("f(1)▮\n", "  # one", False)],
)
def test_repair_leaves_fewer_errors(marked: str, text: str, mends: bool) -> None:
    """Only fewer errors than before are a repair."""
    assert reduces_errors(Completion(text), cursor(marked)) is mends


@pytest.mark.parametrize("uncut", ["", "\n"])
def test_part_stays_where_there_is_no_complete_answer(uncut: str) -> None:
    """An answer of too many lines has none; nothing at all would have fewer errors, and reading would go on."""
    part = Completion("f(x) {\nyes = [no(\n")
    assert whole_if_fewer_errors(part, uncut, syntax_at(cursor("y = ▮\n"))) == part


def test_too_long_answer_does_not_replace_its_part() -> None:
    """The requested number of lines is the maximum."""
    here = cursor("▮\n", "shellscript")
    assert (
        trim("if ok; then\nrun\nfi", here, AnswerLimits(scope="block", max_lines=2)).text
        != "if ok; then\nrun\nfi"
    )


@pytest.mark.parametrize(
    ("language", "marked", "text", "lacks"),
    [
        ("python", "▮\nx = 1\n", "if a:", True),
        ("python", "▮\nx = 1\n", "x = 1\nif a:", True),
        ("python", "▮\n", "if a:\n    b()", False),
        ("python", "▮\n    b()\n", "if a:", False),
        ("javascript", "▮\n", "if (a) {", False),
    ],
)
def test_header_without_a_block(language: str, marked: str, text: str, lacks: bool) -> None:
    """It is an error only where indentation ends blocks, and unless the block is below."""
    assert lacks_block(Completion(text), syntax_at(cursor(marked, language))) is lacks


def test_complete_answer_replaces_a_part_that_breaks_the_file() -> None:
    """Cut at its first line, a shell's `if` would stay open."""
    here = cursor("▮\n", "shellscript")
    assert trim("if ok; then\nrun\nfi", here, AnswerLimits(scope="block")).text == "if ok; then\nrun\nfi"


@pytest.mark.parametrize(
    ("marked", "text", "kept"),
    [
        ("▮\n", "x = 1\ny = 2", "x = 1\ny = 2"),
        ("▮\n", "x = 1\ny = f(", "x = 1"),
        ("▮\n", "x = 1\ny = 2\nz = [", "x = 1\ny = 2"),
        ("▮\n", "x = f(\n    1,\n)\ny = (\n", "x = f(\n    1,\n)"),
        ("▮\n", "f(", ""),
        ("x = ▮\n", "", ""),
        ("x = (▮\n", "1\ny = 2", "1\ny = 2"),
    ],
)
def test_answer_that_was_cut_off_ends_with_its_last_sound_line(marked: str, text: str, kept: str) -> None:
    """If no line of it is sound, nothing is shown; errors that the file has already do not count."""
    assert longest_part_without_errors(Completion(text), syntax_at(cursor(marked))) == Completion(kept)
