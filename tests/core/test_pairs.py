"""The closers that editors insert after the cursor."""

import pytest

from midfill.core.pairs import MAX_CLOSERS, closers_of, differs_by_pairs, repeated_closers, unmatched_closers

REST = "\nand much more text that follows below the line of the cursor\n"


@pytest.mark.parametrize(("opener", "closer"), ["()", "[]", "{}", '""', "''", "``"])
def test_each_pair_is_detected(opener: str, closer: str) -> None:
    """The closer of a typed opener is no change by the user; neither is typing over it."""
    assert closers_of(opener) == closer
    assert differs_by_pairs(REST, closer + REST, opener)
    assert differs_by_pairs(closer + REST, REST, f"x{closer}")
    assert not differs_by_pairs(REST, closer + REST, "x")
    assert not differs_by_pairs(closer + REST, REST, "x")


@pytest.mark.parametrize(
    ("typed", "closers"),
    [
        ("f(", ")"),
        ("f([", "])"),
        ("f([]", ")"),
        ("f()", ""),
        ("'a", "'"),
        ("'a'", ""),
        ("f(]", ")"),
        ("a)", ""),
    ],
)
def test_closers_come_innermost_first(typed: str, closers: str) -> None:
    """A closer that was typed, too, is not inserted again."""
    assert closers_of(typed) == closers


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a)", ")"),
        ("(a)", ""),
        ("((a))", ""),
        ("(a))", ")"),
        ("[)]", ")"),
        ("a'b", "'"),
        ("])}", "])}"),
        ("(])", "]"),
    ],
)
def test_closers_without_an_opener(text: str, left: str) -> None:
    """Quotes are always included, because opening and closing ones are equal."""
    assert unmatched_closers(text) == left


@pytest.mark.parametrize(
    ("text", "behind", "count"),
    [("a)", ")", 1), ("a", ")", 0), ("f(a)", ")", 0), ("a])", "])", 2), ("a)", "])", 0), ("a])", ")]", 1)],
)
def test_closers_that_a_text_contains(text: str, behind: str, count: int) -> None:
    """They must be in order; closers of brackets that the text opens do not count."""
    assert repeated_closers(text, behind) == count


@pytest.mark.parametrize(
    ("old", "new", "typed", "same"),
    [
        (")" + REST, "\n)" + REST, "\n    ", True),
        (")" + REST, "\n    )" + REST, "\n        a", True),
        (")" + REST, "\nother()" + REST, "\n", False),
        ("rest" + REST, "\nrest" + REST, "\n", False),
        (")" + REST, "\n)" + REST, "a", False),
        (")", "\n]", "\n", False),
        (REST, "\n}" + REST, "{\n", True),
        (REST, "\n    )\n}" + REST, "{(\n", True),
        (REST, "\n    }\n)" + REST, "{(\n", False),
    ],
)
def test_enter_moves_only_a_closer(old: str, new: str, typed: str, same: bool) -> None:
    """Enter moves a closing bracket to its own line; any other text after the cursor was edited."""
    assert differs_by_pairs(old, new, typed) is same


def test_closers_are_typed_over_in_order() -> None:
    """Their number is limited, as in editors."""
    assert differs_by_pairs("])" + REST, REST, "a])")
    assert not differs_by_pairs("])" + REST, REST, "a)]")
    assert differs_by_pairs(")" * MAX_CLOSERS + REST, REST, ")" * MAX_CLOSERS)
    assert not differs_by_pairs(")" * (MAX_CLOSERS + 1) + REST, REST, ")" * (MAX_CLOSERS + 1))


@pytest.mark.parametrize(("common", "same"), [("x" * 40, True), ("x" * 39, False), ("x" * 400, True)])
def test_cut_suffix_is_recognized(common: str, same: bool) -> None:
    """The budget bounds the suffix; a short suffix matches any other."""
    assert differs_by_pairs(common, common + "more", "") is same
    assert differs_by_pairs(common + "more", common, "") is same
    assert not differs_by_pairs(common + "one", common + "two", "")
