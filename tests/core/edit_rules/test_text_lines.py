"""The lines of a text."""

import pytest

from midfill.core.edit_rules.text_lines import indent_at, line_end, line_start

TEXT = "a\n\t b\n\n  X Y\n"


@pytest.mark.parametrize(
    ("at", "start", "end"),
    [(0, 0, 1), (1, 0, 1), (2, 2, 5), (5, 2, 5), (6, 6, 6), (7, 7, 12), (12, 7, 12), (13, 13, 12)],
)
def test_line_of_an_offset(at: int, start: int, end: int) -> None:
    """A line end belongs to the line before it. After the last one there is none."""
    assert (line_start(TEXT, at), line_end(TEXT, at)) == (start, end)


def test_line_end_at_the_start_of_a_text() -> None:
    assert line_end("\na\n", 0) == 0


@pytest.mark.parametrize(
    ("text", "at", "indent"),
    [(TEXT, 0, ""), (TEXT, 2, "\t "), (TEXT, 5, "\t "), (TEXT, 6, ""), (TEXT, 8, "  "), ("a\n  ", 3, "  ")],
)
def test_leading_blanks_of_a_line(text: str, at: int, indent: str) -> None:
    """They are blanks and tabs, in a line without text, too."""
    assert indent_at(text, at) == indent
