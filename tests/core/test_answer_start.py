"""The start of an answer: blanks that the prompt omits, and reasoning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.answer_start import (
    AnswerStart,
    continued_at_cursor,
    without_trailing_whitespace,
    without_word,
)
from midfill.core.model import Prompt

ENDS = [
    ("x = ", "x =", " "),
    ("x =", "x =", ""),
    ("MAX", "MAX", ""),
    ("x =\t", "x =", "\t"),
    ("if x:\n    ", "if x:", "\n    "),
    ("if x:\n\t", "if x:", "\n\t"),
    ("if x:\n", "if x:\n", ""),
    ("a\n\n    ", "a\n", "\n    "),
    ("    ", "    ", ""),
    ("", "", ""),
    ("x  \n  ", "x  ", "\n  "),
]
"""A prompt, its sent text, and its omitted text."""


@pytest.mark.parametrize(("prefix", "sent", "removed"), ENDS)
def test_blanks_at_the_end_of_the_prompt_are_omitted(prefix: str, sent: str, removed: str) -> None:
    """Blanks at the prompt's end, and after an indentation the line break, too."""
    assert without_trailing_whitespace(Prompt(prefix, "s")) == (Prompt(sent, "s"), removed)


WORDS = [
    ("x = ret", "x =", " ret"),
    ("if x:\n    ret", "if x:", "\n    ret"),
    ("x = ", "x =", " "),
    ("a.b", "a.", "b"),
    ("ret", "ret", ""),
    ("x = (", "x = (", ""),
]


@pytest.mark.parametrize(("prefix", "sent", "removed"), WORDS)
def test_word_at_the_cursor_is_omitted_for_constrained_models(prefix: str, sent: str, removed: str) -> None:
    """A model that can be constrained continues from the start of the word."""
    assert without_word(Prompt(prefix, "s")) == (Prompt(sent, "s"), removed)


@given(st.text("ab =\n\t", max_size=20))
def test_prompt_is_the_sent_and_the_omitted_text(prefix: str) -> None:
    """The sent text and the omitted text together are the prompt."""
    prompt, removed = without_trailing_whitespace(Prompt(prefix, ""))
    assert prompt.prefix + removed == prefix


ANSWERS = [
    (" ", "=", " 3", "3"),
    (" ", "=", "3", "3"),
    (" ", "=", "= 3", None),
    (" ", "n", "um", None),
    (" ", "n", " um", "um"),
    (" ", ",", "b)", "b)"),
    (" ", "=", "  3", " 3"),
    (" ", "=", "\n    3", "\n    3"),
    (" ", "=", "", ""),
    ("\t", ":", "\tx", "x"),
    ("\n    ", ":", "\n    return x", "return x"),
    ("\n    ", ":", "\n        return x", "    return x"),
    ("\n    ", ":", "\n\n    return x\n    y", "return x\n    y"),
    ("\n    ", ":", "\nreturn x", None),
    ("\n    ", ":", "  # why", None),
    ("\n\t", ":", "\n\treturn", "return"),
    ("", ":", "  x", "  x"),
    (" ret", "=", " return x", "urn x"),
    (" ret", "=", " raise", None),
    (" ret", "=", " re", None),
    ("\n    ret", ":", "\n    return x", "urn x"),
]
"""The omitted text, the last sent character, an answer, and its part that continues at the cursor."""


@pytest.mark.parametrize(("removed", "before", "answer", "shown"), ANSWERS)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_answer_continues_at_the_cursor(
    removed: str, before: str, answer: str, shown: str | None, size: int
) -> None:
    """In any chunks, the answer continues at the cursor or is discarded."""
    start = AnswerStart(removed, before)
    text = "".join(start.feed(answer[at : at + size]) for at in range(0, len(answer), size)) + start.end()
    assert (None if start.does_not_fit else text) == shown


THOUGHTS = [
    ("<think>why</think>x", "x", False),
    ("<think>why</think>x = '</think>'", "x = '</think>'", False),
    ("<think>\n\nwhy\n</think>\n\n  x", "  x", False),
    ("<think></think>x", "x", False),
    ("<think>" + "w" * 500 + "</think>x", "x", False),
    ("<think>why", "", True),
    ("<thinker>", "<thinker>", False),
    ("<th", "<th", False),
    ("x<think>y", "x<think>y", False),
    ("<think>why</think>", "", False),
]


@pytest.mark.parametrize(("answer", "shown", "thinks"), THOUGHTS)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_reasoning_is_removed(answer: str, shown: str, thinks: bool, size: int) -> None:
    """It is removed only at the start, in any chunks."""
    start = AnswerStart()
    text = "".join(start.feed(answer[at : at + size]) for at in range(0, len(answer), size)) + start.end()
    assert (text, start.is_reasoning) == (shown, thinks)


OPERATORS = "=<>!&|+-*/%^~:.?"


@pytest.mark.parametrize("left", OPERATORS)
def test_blank_between_operators_is_required(left: str) -> None:
    """If the space between them was omitted, the answer does not fit; a bracket or a name fits."""
    assert [right for right in OPERATORS if continued_at_cursor(right, " ", left) is not None] == []
    assert continued_at_cursor("(", " ", left) == "("
    assert continued_at_cursor("a", " ", left) == "a"
    assert continued_at_cursor("a", " ", "b") is continued_at_cursor("1", " ", "_") is None


def test_leading_blanks_are_limited() -> None:
    """An answer of blanks starts after 200 of them."""
    start = AnswerStart(" ", "=")
    assert start.feed(" " * 199) == ""
    assert start.feed(" ") == " " * 199
    assert AnswerStart().feed(" ") == " "
