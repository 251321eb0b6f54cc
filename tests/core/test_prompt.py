"""The part of the document in the prompt, and the text typed between two prompts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.cursor import Cursor
from midfill.core.document import Document, Position
from midfill.core.model import Prompt
from midfill.core.prompt import Budget, prompt_at, remaining_text, typed_since
from midfill.core.tokens import estimate

CODE = "".join(f"    value_{row} = compute(first={row}, second={row * 7})\n" for row in range(4_000))
WIDE = Budget(prefix=100_000, suffix=100_000)


def at(text: str, row: int = 0, character: int = 0) -> Cursor:
    return Document("file:///a.py", "python", text).cursor(Position(row, character), "utf-32")


# The slice.

lines = st.lists(st.text(st.sampled_from("ab (é漢\t"), max_size=60), min_size=1, max_size=60)
budgets = st.builds(Budget, st.floats(16, 400), st.floats(0, 100))


@given(lines=lines, budget=budgets, eol=st.sampled_from(["\n", "\r\n", "\r"]), data=st.data())
def test_prompt_is_the_text_around_the_cursor(
    lines: list[str], budget: Budget, eol: str, data: st.DataObject
) -> None:
    """Prefix and suffix are unchanged parts of the text, and start and end at whole lines."""
    text = "\n".join(lines)
    row = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.integers(0, len(lines[row])))
    prompt = prompt_at(at(text.replace("\n", eol), row, column), budget)
    before = "\n".join([*lines[:row], lines[row][:column]])
    after = text[len(before) :]
    assert before.endswith(prompt.prefix)
    assert after.startswith(prompt.suffix)
    if len(prompt.prefix) >= column:
        assert before[: len(before) - len(prompt.prefix)][-1:] in {"", "\n"}
    if prompt.suffix != after and len(prompt.suffix) >= len(lines[row]) - column:
        assert prompt.suffix.endswith("\n") or after[len(prompt.suffix)] == "\n"


@given(lines=lines, budget=budgets, data=st.data())
def test_prompt_is_within_its_budget(lines: list[str], budget: Budget, data: st.DataObject) -> None:
    """Lines above and below are within the budget; only the cursor's own line may exceed it."""
    row = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.integers(0, len(lines[row])))
    prompt = prompt_at(at("\n".join(lines), row, column), budget)
    assert estimate(prompt.prefix) <= max(budget.prefix, estimate(lines[row][:column])) + 1
    assert estimate(prompt.suffix[len(lines[row]) - column :]) <= budget.suffix + 1


def test_small_document_is_sent_whole() -> None:
    """If everything fits, everything is sent."""
    assert prompt_at(at("a = 1\nb = 2\n\nc = 3", 1, 2), Budget()) == Prompt("a = 1\nb ", "= 2\n\nc = 3")


def test_budget_is_used() -> None:
    """A window that could be full lacks at most one step."""
    prompt = prompt_at(at(CODE, 2_000, 0), Budget(prefix=2_000, suffix=200))
    assert 0.75 * 2_000 <= estimate(prompt.prefix) <= 2_000
    assert 0.85 * 200 <= estimate(prompt.suffix.partition("\n")[2]) <= 200


def typed_prompts(row: int, typed: str, budget: Budget) -> tuple[list[Prompt], list[int]]:
    """Return the prompt at each key while `typed` is typed above `row` of `CODE`, and where each begins."""
    document = Document("file:///a.py", "python", CODE)
    place, prompts, starts = Position(row, 0), [], []
    document.edit(place, place, "\n")
    for char in typed:
        document.edit(place, place, char)
        place = Position(place.line + 1, 0) if char == "\n" else Position(place.line, place.character + 1)
        prompts.append(prompt_at(document.cursor(place), budget))
        starts.append(document.text.rindex(prompts[-1].prefix, 0, CODE.index(f"value_{row} ") + len(typed)))
    return prompts, starts


TYPED = "    def something(self, name: str) -> int:\n        return self.names.index(name) + 1\n\n    x = 1"


@pytest.mark.parametrize("row", [100, 131, 140, 217, 399])
@pytest.mark.parametrize("budget", [Budget(), Budget(600, 100), Budget(120, 0)], ids=str)
def test_start_of_the_prompt_stays_the_same_while_typing(row: int, budget: Budget) -> None:
    """Over a hundred keys with two Enters, the prompt grows only at its end, except for at most one step."""
    prompts, starts = typed_prompts(row, TYPED, budget)
    assert len(set(starts)) <= 2
    grown = [new.prefix.startswith(old.prefix) for old, new in pairwise(prompts)]
    assert grown.count(False) == len(set(starts)) - 1


def test_suffix_stays_the_same_while_typing() -> None:
    """Keys typed before the cursor do not change the suffix."""
    prompts, _ = typed_prompts(100, TYPED.replace("\n", " "), Budget())
    assert len({prompt.suffix for prompt in prompts}) == 1


def test_start_of_the_prompt_depends_on_the_cursor_only() -> None:
    """The same place gives the same prompt on any path, so a cached prompt survives a restart."""
    document = Document("file:///a.py", "python", CODE)
    for row in (0, 3_000, 1_234):
        prompt_at(document.cursor(Position(row, 0)), Budget())
    assert prompt_at(document.cursor(Position(2_000, 4)), Budget()) == prompt_at(at(CODE, 2_000, 4), Budget())


def test_line_longer_than_the_budget_is_cut() -> None:
    """For a line of 5 MB, the window around the cursor is sent; its start moves in steps."""
    line = "0123456789" * 500_000
    prompts = [prompt_at(at(line, 0, 2_500_000 + key), Budget()) for key in range(50)]
    assert all(6_000 <= len(prompt.prefix) <= 8_000 for prompt in prompts)
    assert all(len(prompt.suffix) == 800 for prompt in prompts)
    assert len({prompt.prefix[:100] for prompt in prompts}) <= 2
    assert line[2_500_000 - 5_000 : 2_500_000] in prompts[0].prefix


def test_long_lines_are_sliced_on_a_finer_grid() -> None:
    """If 32 lines exceed the budget, the window has as many lines as fit."""
    text = ("x" * 399 + "\n") * 100
    prompt = prompt_at(at(text, 50, 0), Budget(prefix=1_000))
    assert 6 <= prompt.prefix.count("\n") <= 10


def test_blanks_at_the_cursor_are_unchanged() -> None:
    """White space before and after the cursor is unchanged."""
    assert prompt_at(at("if x:\n  \t \n\n  y\n", 1, 4), Budget()) == Prompt("if x:\n  \t ", "\n\n  y\n")


def test_no_suffix_without_a_budget_for_it() -> None:
    """With a suffix budget of 0 nothing after the cursor is sent."""
    assert prompt_at(at("ab\ncd", 0, 1), Budget(suffix=0)).suffix == ""


def test_line_below_that_exceeds_the_budget_is_left_out() -> None:
    """Neither a part of it nor the line break before it is sent."""
    assert prompt_at(at("ab\n" + "c" * 400, 0, 1), Budget(suffix=20)).suffix == "b"


# Text typed between two slices.

LONG = "".join(f"line_{row} = {row}\n" for row in range(40))
"""Enough text to identify a window."""

TYPED_SINCE = [
    ("nothing", ("ab", "x"), ("ab", "x"), ""),
    ("a letter", ("ab", "x"), ("abc", "x"), "c"),
    ("Enter with indentation", ("if x:", "\ny"), ("if x:\n    ", "\ny"), "\n    "),
    ("an auto-closed bracket", ("foo", "\n"), ("foo(", ")\n"), "("),
    ("two auto-closed brackets", ("foo", "\n"), ("foo([", "])\n"), "(["),
    ("an auto-closed quote", ("x = ", ""), ('x = "', '"'), '"'),
    ("text in the auto-closed bracket", ("foo", "\n"), ("foo(a", ")\n"), "(a"),
    ("the bracket typed over", ("foo(a", ")\n"), ("foo(a)", "\n"), ")"),
    ("two of them typed over", ("foo([a", "])\n"), ("foo([a])", "\n"), "])"),
    ("opened and typed over", ("foo", "\n"), ("foo()", "\n"), "()"),
    ("Enter between braces", ("f() {", "}\n"), ("f() {\n    ", "\n}\n"), "\n    "),
    ("Enter between indented braces", ("  f() {", "}\n"), ("  f() {\n    ", "\n  }\n"), "\n    "),
    ("a brace and Enter at once", ("f() ", "\nz"), ("f() {\n    ", "\n}\nz"), "{\n    "),
    ("the window's start moved down", (LONG + "x = ", ""), (LONG[200:] + "x = 1", ""), "1"),
    ("the window's start moved up", (LONG[200:] + "x = ", ""), (LONG + "x = 1", ""), "1"),
    (
        "much is typed while the start moves",
        (LONG + "x = ", ""),
        (LONG[200:] + "x = " + "1" * 2_000, ""),
        "1" * 2_000,
    ),
    ("too much for typed text", (LONG + "x = ", ""), (LONG[200:] + "x = " + "1" * 2_001, ""), None),
    ("the suffix reaches farther", ("a", LONG[:100]), ("ab", LONG[:300]), "b"),
    ("the suffix reaches less far", ("a", LONG[:300]), ("ab", LONG[:100]), "b"),
    ("typed over, and opened again", ("f(a", ")\n"), ("f(a) + [b", "]\n"), ") + [b"),
    ("a string ended, a bracket opened", ('f("a', '")\n'), ('f("a", [b', "])\n"), '", [b'),
    ("typed over, and two opened", ("f(g(a", "))\n"), ("f(g(a)(h((b", "))))\n"), ")(h((b"),
    ("typed over, and a block begun", ("f(a", ")\nz"), ("f(a) {\n    g(b", ")\n}\nz"), ") {\n    g(b"),
    ("a block begun that nothing closed", ("f()", "\nz"), ("f() {\n    g[b", "]\nz"), " {\n    g[b"),
    ("another closer there than was opened", ("f(a", ")\n"), ("f(a) + [b", "}\n"), None),
    ("typed over in another order", ("f([a", "])\n"), ("f([a)]", "\n"), None),
    ("closers gone behind balanced ones", ("g(f(", "))\n"), ("g(f((a)(b)", "\n"), None),
    ("a deletion", ("abc", "x"), ("ab", "x"), None),
    ("another letter instead", ("abc", "x"), ("abd", "x"), None),
    ("another place", (LONG + "ab", ""), (LONG, "ab"), None),
    ("an edit below", ("a", "\nfoo(x)\n"), ("ab", "\nfoo(y)\n"), None),
    ("an edit above", ("import a\n" + LONG, ""), ("import b\n" + LONG + "x", ""), None),
    ("the suffix is gone", ("a", "bc"), ("ab", ""), None),
    ("a closer without an opener was added", ("a", "\n"), ("ab", ")\n"), None),
    ("a closer was removed without a key", ("a", ")\n"), ("ab", "\n"), None),
    ("too short to be known again", ("def ", ""), ("import os\n\ndef ", ""), None),
    ("the end of another, longer document", ("import os\n\ndef ", ""), ("def ", ""), None),
    ("a suffix too short to be known again", ("a", "\n}"), ("ab", "\n}\n"), None),
]


@pytest.mark.parametrize(
    ("old", "new", "typed"), [row[1:] for row in TYPED_SINCE], ids=[row[0] for row in TYPED_SINCE]
)
def test_text_typed_between_two_prompts(
    old: tuple[str, str], new: tuple[str, str], typed: str | None
) -> None:
    """Typing and the editor's automatic changes are distinguished from other changes."""
    assert typed_since(Prompt(*old), Prompt(*new)) == typed


@given(typed=st.text(st.sampled_from("ab (\n\té"), max_size=30), row=st.integers(0, 60), budget=budgets)
def test_typed_text_is_found_for_any_window(typed: str, row: int, budget: Budget) -> None:
    """The result is the typed text or None, never another text."""
    text = "".join(f"line_{row} = compute({row * 37 % 101})\n" for row in range(60))
    document = Document("file:///a.py", "python", text)
    start = Position(row, 0)
    before = document.cursor(start)
    document.edit(start, start, typed)
    after = before.advanced(typed)
    moved = Budget(budget.prefix * 0.8, budget.suffix)
    old, new = prompt_at(before, budget), prompt_at(after, moved)
    assert typed_since(old, new) in {typed, None}
    if len(old.prefix) > 120 + len(text) // 60 and len(new.prefix) > 120 + len(typed) + len(text) // 60:
        assert typed_since(old, new) == typed


def test_changed_budget_keeps_earlier_answers() -> None:
    """If the budget changes between two keys, the answer to the first is still found at the second."""
    document = Document("file:///a.py", "python", CODE)
    old = prompt_at(document.cursor(Position(2_000, 0)), Budget(2_000, 200))
    document.edit(Position(2_000, 0), Position(2_000, 0), "x")
    for factor in (0.5, 0.875, 1.125, 2.0):
        new = prompt_at(document.cursor(Position(2_000, 1)), Budget(2_000 / factor, 200 / factor))
        assert typed_since(old, new) == "x"


BEYOND = [
    ("foo(bar)", "", "foo(bar)"),
    ("foo(bar)", "foo", "(bar)"),
    ("foo(bar)", "foo(bar)", ""),
    ("foo", "fox", None),
    ("foo", "food", None),
    ("x\n    y", "x\n", "    y"),
    ("x\n    y", "x\n    ", "y"),
    ("x\n    y", "x\n  ", "  y"),
    ("x\n    y", "x\n\t", "y"),
    ("x\n    y", "x\n        ", "y"),
    ("x\n\n    y", "x\n    ", None),
    ("x\n    y", "x\n    z", None),
    ("x", "x\n    ", None),
    ("    y", "  ", "  y"),
    ("    y", "\t", None),
]


@pytest.mark.parametrize(("text", "typed", "left"), BEYOND)
def test_rest_of_a_typed_text(text: str, typed: str, left: str | None) -> None:
    """Typed text is removed; automatic indentation agrees with any other."""
    assert remaining_text(text, typed) == left


@given(text=st.text(st.sampled_from("ab \n\t"), max_size=20), data=st.data())
def test_text_agrees_with_each_start(text: str, data: st.DataObject) -> None:
    """Typing the start of a text leaves exactly its rest."""
    count = data.draw(st.integers(0, len(text)))
    assert remaining_text(text, text[:count]) == text[count:]
