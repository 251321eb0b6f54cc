"""Lines that no human writes cost nothing: they are not looked at."""

import pytest

from midfill.core.cursor import LONGEST_LINE
from midfill.core.document import Document, Position
from midfill.core.policy import Rules, why_not

LONG = "(" * (LONGEST_LINE + 1)


@pytest.mark.parametrize("manual", [False, True])
def test_nothing_is_asked_in_a_long_line(manual: bool) -> None:
    """Nobody is asked in a line that is too long, by hand neither; in one that is as long as a line may be, one is."""
    document = Document("file:///a.py", "python", f"a\n{LONG}\n{'x' * LONGEST_LINE}\n")
    assert "longer than" in why_not(document.cursor(Position(1, len(LONG))), None, Rules(), manual=manual)
    assert not why_not(document.cursor(Position(2, LONGEST_LINE)), None, Rules(), manual=manual)


def test_a_long_line_ends_what_is_seen() -> None:
    """A snapshot reaches as far as the next long line on both sides."""
    lines = ["a", LONG, "b", "c", "d", LONG, "e", ""]
    cursor = Document("file:///a.py", "python", "\n".join(lines)).cursor(Position(3, 1))
    assert cursor.above == ("b\n",)
    assert cursor.below == ("d\n",)
    assert cursor.row == 3
