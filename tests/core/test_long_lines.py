"""Very long lines: the work on them is bounded, and a cursor in one gets a suggestion."""

import pytest

from midfill.core.completion import Completion
from midfill.core.context.nearby_words import NamePosition, name_positions, words_near
from midfill.core.cursor import MAX_LINE_CHARACTERS, MAX_LINE_PART_CHARACTERS, NEAR_CHARACTERS
from midfill.core.document import Document, Position
from midfill.core.model import AnswerLimits
from midfill.core.policy import RequestPolicy, no_call_reason, read_enough
from midfill.core.prompt import Budget, prompt_at
from midfill.core.shape import shape
from midfill.core.syntax import scan
from midfill.core.text_kind import text_kind
from tests.cost import cost

LONG = "(" * (MAX_LINE_CHARACTERS + 1)
ANSWER = "foo(a, b)\n    if (b) {\n  x\n}\ny\n"
UNITS = ("(", "function a(b){return b.c('d',[1,2]);}", "'a'", '"', "\\")


def scanned(line: str, language: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many characters the scanner reads for an answer that streams in at the end of `line`."""
    read = 0
    lexer = scan._lexer

    class Counting:
        def __init__(self, language: object) -> None:
            self._lexer = lexer(language)

        def finditer(self, text: str) -> object:
            nonlocal read
            read += len(text)
            return self._lexer.finditer(text)

    monkeypatch.setattr(scan, "_lexer", Counting)
    scan._cached_lexemes.cache_clear()
    cursor = Document("file:///a", language, f"x = 1\n{line}\ny\n").cursor(Position(1, len(line)))
    no_call_reason(cursor, None, RequestPolicy(text_kinds_off=frozenset({"comment"})), manual=False)
    text_kind(cursor)
    for end in (5, 15, len(ANSWER)):
        read_enough(ANSWER[:end], cursor, AnswerLimits())
    shape(ANSWER, cursor, AnswerLimits(manual=True))
    monkeypatch.undo()
    return read


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("language", ["python", "cpp"])
def test_only_text_near_the_cursor_is_scanned(
    unit: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line has a megabyte."""
    short = scanned(unit * (2 * NEAR_CHARACTERS // len(unit)), language, monkeypatch)
    long = scanned(unit * (1_000_000 // len(unit)), language, monkeypatch)
    assert long <= 1.5 * short + 10 * NEAR_CHARACTERS


@pytest.mark.parametrize("length", [20_000, 1_000_000])
def test_long_line_gets_a_suggestion(length: int) -> None:
    """There is a call, the prompt has the line's end, and the answer is shaped."""
    line = "x = [" + "1, " * (length // 3)
    cursor = Document("file:///a.py", "python", f"a\n{line}\nb\n").cursor(Position(1, len(line)))
    assert not no_call_reason(cursor, None, RequestPolicy())
    assert line.endswith(prompt_at(cursor, Budget()).prefix)
    assert shape("f(2, 3)\n", cursor, AnswerLimits()) == Completion("f(2, 3)")


def test_blanks_after_the_cursor_are_read_once() -> None:
    """Whether text follows the cursor is found quickly, even after many blanks."""
    cursor = Document("file:///a.py", "python", "x" + " " * 200_000 + "y").cursor(Position(0, 1))
    assert no_call_reason(cursor, None, RequestPolicy()) == "there is text after the cursor"


def test_long_line_ends_the_snapshot() -> None:
    """A snapshot reaches as far as the next long line on both sides."""
    lines = ["a", LONG, "b", "c", "d", LONG, "e", ""]
    cursor = Document("file:///a.py", "python", "\n".join(lines)).cursor(Position(3, 1))
    assert cursor.above == ("b\n",)
    assert cursor.below == ("d\n",)
    assert cursor.row == 3


def test_names_near_the_cursor_of_a_long_line_are_found() -> None:
    """A name is found at its place in the whole line; other long lines are data."""
    line = "z" * 5_000 + " basket_total"
    text = "other_name " * 60 + "\n" + line
    cursor = Document("file:///a.py", "python", text).cursor(Position(1, len(line)))
    assert NamePosition("basket_total", 1, 5_001) in name_positions(cursor)
    assert "other_name" not in words_near(cursor)
    assert "basket_total" in words_near(cursor)


@pytest.mark.parametrize("unit", ["(", "a, "])
def test_keystroke_in_a_long_line_scans_nothing(unit: str) -> None:
    """A keystroke copies the line and does not scan it: a pass over all of it takes several times as long."""
    document = Document("file:///a.py", "python", f"x\n{unit * (10_000_000 // len(unit))}\ny\n")
    document.line(1)

    def type_keys() -> None:
        for column in range(5_000_000, 5_000_040):
            document.edit(Position(1, column), Position(1, column), "z")
            hash(document.cursor(Position(1, column + 1)))

    assert cost(type_keys) < 10


def test_snapshot_of_a_long_line_is_as_long_as_a_prompt() -> None:
    """It has the part of the line around the cursor; column and prompt are those of the whole line."""
    line = "".join(f"{number}, " for number in range(400_000))
    at, budget = 1_500_000, Budget(prefix=100_000)
    document = Document("file:///a.py", "python", f"a\n{line}\nb\n")
    cursor, later = document.cursor(Position(1, at)), document.cursor(Position(1, at + 9))
    assert (cursor.head, cursor.rest) == (
        line[at - MAX_LINE_PART_CHARACTERS : at],
        line[at : at + MAX_LINE_PART_CHARACTERS],
    )
    assert (cursor.column, cursor.characters_left) == (at, len(line) - at)
    start = line.rindex(prompt_at(cursor, budget).prefix, 0, at)
    assert start % 1_024 == 0
    assert 390_000 < at - start <= 400_000
    assert prompt_at(later, budget).prefix == line[start : at + 9]
    assert cursor.advanced("f()\n").column == 0


def test_recorded_change_of_a_long_line_is_limited() -> None:
    """A recorded line has at most `MAX_LINE` characters."""
    document = Document("file:///a.py", "python", "a\n" + "x" * 1_000_000)
    replaced = document.edit(Position(1, 500_000), Position(1, 500_001), "y")
    assert replaced.before == replaced.after == ("x" * MAX_LINE_CHARACTERS,)
