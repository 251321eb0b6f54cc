"""The parts of the next edit: the change of a hunk, what two changes have in common, and where a rule fits."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.edit_rules import DocumentSnapshot, Hunk, SuggestedEdit, rule_derivation, suggested_edits
from midfill.core.edit_rules.edit_tokens import TokenChange, changes, common_prefix_length, is_word, tokens
from midfill.core.edit_rules.generalize import common_edit
from midfill.core.edit_rules.holes import UNNUMBERED, WordHole, derivation
from midfill.core.edit_rules.hunk_change import HunkChange, change_of
from midfill.core.edit_rules.places import (
    edits_by_rule,
    offset,
    produces,
    text_kind_at,
    text_kind_of,
    was_skipped,
)
from midfill.core.edit_rules.rule import MAX_LINE_LENGTH, MAX_PLACES, Place, Rule
from midfill.core.edit_rules.specificity import (
    MAX_DISTANCE_ROWS,
    is_specific,
    is_specific_elsewhere,
    max_distance,
    removed_names,
)

HERE = "file:///w/here"


def hunk(before: str, after: str, row: int = 0, above: str = "", below: str = "", uri: str = HERE) -> Hunk:
    """Return an edit; an empty text means no line."""
    return Hunk(
        uri,
        row,
        tuple(before.split("\n")) if before else (),
        tuple(after.split("\n")) if after else (),
        above,
        below,
    )


def change_in(before: str, after: str, above: str = "", below: str = "") -> HunkChange:
    found = change_of(hunk(before, after, 0, above, below), "python")
    assert found is not None
    return found


def rules_for(hunks: Sequence[Hunk], language: str = "plaintext") -> list[list[Rule]]:
    return rule_derivation.rules_for(hunks, language)


def rule(removed: str = "", inserted: str = "", left: str = "", right: str = "", **facts: object) -> Rule:
    """Return a rule whose tokens are separated by blanks; a digit is a hole, `*` any tokens, `¶` a line end."""

    def parts(text: str) -> tuple[str | int, ...]:
        known: dict[str, str | int] = {
            "*": UNNUMBERED,
            "¶": "\n",
            **{str(number): number for number in range(5)},
        }
        return tuple(known.get(part, part) for part in text.split())

    wanted = Rule(
        left=parts(left),
        removed=parts(removed),
        right=parts(right),
        inserted=(inserted,) if inserted else (),
        indent="",
        removes_whitespace_before=False,
        removes_whitespace_after=False,
        added_indent="",
        whitespace_around=(True, True),
        indent_like="",
        repeats_on_line=False,
        support=1,
        files=1,
        declared=frozenset(),
    )
    return replace(wanted, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "removed", "inserted"),
    [
        ("f(a)", "f(b)", "a", "b"),
        ("f(a, b)", "f(a)", ", b", ""),
        ("f(a)", "f(a, b)", "", ", b"),
        ("x = a", "x = a + a", "", " + a"),
        ("a b a", "c b c", "a", "c"),
        ("a b d", "c b e", "a b d", "c b e"),
        ("x  =  1", "x  =  2", "1", "2"),
        ("a  b", "a  c", "b", "c"),
        ("x  a  y", "x  b  y", "a", "b"),
        ("a", "b\nc", "a", "b\nc"),
        ("a b", "a\n    b", " ", "\n    "),
        ("XMLFile()", "XSLTFile()", "XMLFile", "XSLTFile"),
    ],
)
def test_change_of_a_hunk(before: str, after: str, removed: str, inserted: str) -> None:
    """It extends from the first changed token to the last; equal changes count as one."""
    found = change_in(before, after)
    assert (found.removed, found.inserted) == (removed, inserted)
    assert found.removed_tokens == tuple(token.text for token in tokens(removed))
    assert found.inserted_tokens == tuple(token.text for token in tokens(inserted))


@pytest.mark.parametrize(("before", "after"), [("a = 1", "a=1"), ("  a", "a"), ("a", "a"), ("", "")])
def test_changed_blanks_are_no_change(before: str, after: str) -> None:
    assert change_of(hunk(before, after), "python") is None


def test_tokens_around_a_change() -> None:
    """They are the 24 nearest tokens on either side, including line ends and the lines above and below."""
    found = change_in("  f(a, b)", "  f(c, b)", "above", "below")
    assert (found.left, found.right) == (
        ("\n", "above", "\n", "f", "("),
        (",", "b", ")", "\n", "below", "\n"),
    )
    assert (found.indent, found.added_indent, found.whitespace_around, found.indent_like) == (
        "  ",
        "",
        (False, False),
        "",
    )
    long = change_in("x " * 30 + "a" + " y" * 30, "x " * 30 + "b" + " y" * 30)
    assert (len(long.left), len(long.right)) == (24, 24)
    assert change_in("x a", "x b c").whitespace_around == (True, False)
    assert change_in("x a y", "x b y").whitespace_around == (True, True)


def test_added_lines() -> None:
    """They have their line ends, and the indentation of the line above or below."""
    above = change_in("", "    new()", "    one()", "two()")
    assert (above.removed, above.inserted, above.indent_like, above.indent, above.removed_tokens) == (
        "",
        "    new()\n",
        "above",
        "    ",
        (),
    )
    below = change_in("", "new()", "    one()", "two()")
    assert (below.inserted, below.indent_like, below.indent) == ("new()\n", "below", "")


def test_added_lines_end_with_their_line_end() -> None:
    """The blanks of the line below are not a part of them."""
    found = change_in("", "    new()\n    more()", "    one()", "    two()")
    assert found.inserted == "    new()\n    more()\n"


def test_deeper_indented_line() -> None:
    """The additional blanks are a part of the change."""
    found = change_in("f()", "    await f()")
    assert (found.inserted, found.added_indent) == ("await ", "    ")
    assert change_in("    f()", "await f()").added_indent == ""
    assert change_in("  f()", "    await f()").added_indent == "  "
    assert change_in("\t f()", " g()").added_indent == "", "other blanks are no deeper ones"
    assert change_in(" \tf()", "\tg()").added_indent == "", "a blank is removed"
    assert change_in("f()", "XML.f()").added_indent == "", "a name is no blank"
    assert change_in("    a.f()", "b.f()").removed == "a"
    assert change_in("b.f()", "    a.f()").inserted == "a"
    assert change_in("x f()", "  f()").added_indent == "", "nothing is added behind them"
    assert change_in("    f()", "    g()", "above").indent == "    "


@pytest.mark.parametrize(
    ("one", "other", "removed", "inserted"),
    [
        (("f(a)", "g(a)"), ("f(b)", "g(b)"), ("f",), ("g",)),
        (("f(a)", "f(a, 1)"), ("h(b)", "h(b, 1)"), (), (", 1",)),
        (("read(a)", "check(read(a))"), ("read(b)", "check(read(b))"), None, None),
        (("(a, x)", "(x, a)"), ("(b, y)", "(y, b)"), (0, ",", 1), (1, ", ", 0)),
        (
            ("(d time.Size)", "<time.Size> = d"),
            ("(is []int)", "<[]int> = is"),
            ("(", 0, 1, ")"),
            ("<", 1, "> = ", 0),
        ),
        (("(a)", "(1)"), ("(b)", "(2)"), None, None),
        (("(a)", "(aa)"), ("(b)", "(bb)"), None, None),
    ],
)
def test_common_edit_of_two_changes(
    one: tuple[str, str],
    other: tuple[str, str],
    removed: tuple[object, ...] | None,
    inserted: tuple[object, ...] | None,
) -> None:
    """Equal tokens stay, different ones become holes. An inserted word must have a removed one as its source."""
    found = common_edit(change_in(*one), change_in(*other))
    if removed is None:
        assert found is None or found[1] != inserted
    else:
        assert found == (removed, inserted)


def test_maximum_number_of_holes() -> None:
    three = common_edit(change_in("(a, b, c)", "(c, b, a, 1)"), change_in("(d, e, f)", "(f, e, d, 1)"))
    assert three is not None
    four = common_edit(change_in("(a, b, c, x)", "(x, c, b, a)"), change_in("(d, e, f, y)", "(y, f, e, d)"))
    assert four is None


@pytest.mark.parametrize(
    ("of", "text", "found"),
    [
        (
            rule("total", "sum"),
            "total = subtotal + total",
            ["|sum| = subtotal + total", "total = subtotal + |sum|"],
        ),
        (rule("", ", x", "a", ")"), "f(a) g(a )", ["f(a|, x|) g(a )", "f(a) g(a |, x|)"]),
        (rule("a", "b", "( ", ")"), "(a) ( a ) [a]", ["(|b|) ( a ) [a]", "(a) ( |b| ) [a]"]),
        (rule("a . b", "c"), "a.b a . b a..b", ["|c| a . b a..b", "a.b |c| a..b"]),
        (rule("a", "b", "", "+"), "a + 1", ["|b| + 1"]),
        (rule("", "x", "f ( *", ")"), "f(a, (b)) g(a)", ["f(a, (b)|x|) g(a)"]),
        (rule("a", "a"), "a", []),
        (rule("", "x", "a"), "ax a x", []),
        (rule("", "x", "a", whitespace_around=(False, True)), "a  x", []),
        (rule("", "x", "", "a"), "x  a xa", []),
        (rule("", "x", "", "b b"), "b b", ["|x|b b"]),
        (rule("", "x", "", "b b ¶ d"), "b b\nd", ["|x|b b\nd"]),
    ],
)
def test_places_of_a_rule(of: Rule, text: str, found: list[str]) -> None:
    """It fits whole tokens with any blanks between them, but not where its text is already."""
    snapshot = f"\n{text}\n"
    marked = [
        f"{snapshot[1 : place.start]}|{place.text}|{snapshot[place.end : -1]}"
        for place in of.places(snapshot)
    ]
    assert marked == found


def test_text_of_holes() -> None:
    """A hole is a name or a balanced expression; the same hole has the same text."""
    swap = replace(rule("( 0 , 1 )"), inserted=("(", 1, ", ", 0, ")"))
    text = "\nf(a, b)\ng(x(1), [y])\nh(a, b\n"
    assert [place.text for place in replace(swap, left=("f",)).places(text)] == ["(b, a)"]
    assert [place.text for place in replace(swap, left=("g",)).places(text)] == ["([y], x(1))"]
    twice = replace(rule("eq ( 0 , 0 )"), inserted=("same(", 0, ")"))
    assert [place.text for place in twice.places("\neq(a, a) eq(a, b)\n")] == ["same(a)"]


def test_limits_of_a_search() -> None:
    """The search is limited to two offsets, to a number of places, and to lines that are not too long."""
    of, line = rule("total", "sum"), "\ntotal\n"
    assert list(of.places(line * 3, 7, 14)) == [Place(8, 13, "sum")]
    assert len(list(of.places(line * (MAX_PLACES + 5)))) == MAX_PLACES
    assert list(of.places("\n" + "x " * MAX_LINE_LENGTH + "total\n")) == []
    assert len(list(of.places("\n" + "x " * 200 + "total\n"))) == 1
    assert len(list(of.places("\n" + "x " * MAX_LINE_LENGTH + "\ntotal\n" + "x " * MAX_LINE_LENGTH))) == 1


def test_blanks_of_a_change() -> None:
    """Blanks that were removed are removed again, and no blank is allowed where there was none."""
    assert [
        place[:2] for place in rule("a", "", "x", removes_whitespace_before=True).places("\nx a\nxa\n")
    ] == [(2, 4)]
    assert [
        place[:2] for place in rule("a", "", "", "x", removes_whitespace_after=True).places("\na x\nax\n")
    ] == [(1, 3)]
    tight = rule("", "!", "a", "b", whitespace_around=(False, True))
    assert [place.start for place in tight.places("\na b\na  b\n")] == [2, 6]
    loose = rule("", "!", "a", "b", whitespace_around=(True, False))
    assert [place.start for place in loose.places("\na b\n")] == [3]


def test_new_lines_are_indented_like_adjacent_ones() -> None:
    """Whole lines are indented like the line above or below, and later lines of a text like its first."""
    lines = rule("", "  b\n  c\n", "a ( ) ¶", "", indent="  ", indent_like="above")
    assert [place.text for place in lines.places("\n      a()\n  x\n")] == ["      b\n      c\n"]
    below = rule("", "b\n", "¶", "x", indent_like="below")
    assert [place.text for place in below.places("\na()\n   x\n")] == ["   b\n"]
    inner = rule("a", "f(\n  b,\n)", indent="")
    assert [place.text for place in inner.places("\n    a\n")] == ["f(\n      b,\n    )"]
    outer = rule("a", "f(\n  b\n)", indent="    ")
    assert [place.text for place in outer.places("\n  a\n")] == ["f(\n  b\n)"]
    deeper = rule("", "await ", "¶", "f", added_indent="  ")
    assert [place[:] for place in deeper.places("\n  f\n")] == [(1, 3, "    await ")]


@pytest.mark.parametrize(
    ("of", "facts"),
    [
        (
            rule("ab cde f", "x", "long_word"),
            {"search_token": "cde", "is_rename": False, "only_removes": False},
        ),
        (rule("( )", "x", "ab cde"), {"search_token": "cde", "ends_with_tokens": True}),
        (rule("0", "x", "( ["), {"search_token": "(", "ends_with_tokens": False}),
        (rule("0", "x", "(", ")"), {"ends_with_tokens": True, "in_call": False}),
        (rule("0 a", "x", "", ")"), {"ends_with_tokens": False}),
        (rule("a 0", "x", "(", ""), {"ends_with_tokens": False}),
        (rule("a 0 b", "x"), {"ends_with_tokens": True}),
        (rule("a 0", "x", "", ")"), {"ends_with_tokens": True}),
        (rule("0 a", "x", "(", ""), {"ends_with_tokens": True}),
        (rule("a", "b"), {"is_rename": True, "only_removes": False, "spans_lines": False}),
        (rule("a", "1b"), {"is_rename": False}),
        (rule("a", " "), {"only_removes": True}),
        (rule("a", ""), {"only_removes": True, "is_rename": False}),
        (rule("", "x", "f ( *"), {"in_call": True, "only_removes": False}),
        (rule("a ¶ b", "c"), {"spans_lines": True, "fixed_tokens": ["a", "b"]}),
        (rule("a", "c\nd"), {"spans_lines": True}),
    ],
)
def test_properties_of_a_rule(of: Rule, facts: dict[str, object]) -> None:
    assert {name: getattr(of, name) for name in facts} == facts


@pytest.mark.parametrize(
    ("of", "sure"),
    [
        (rule("letters", "x"), True),
        (rule("letter", "x"), False),
        (rule("abc", "x", support=2), True),
        (rule("ab", "x", support=3), False),
        (rule("ab", "x", support=4), True),
        (rule("abc def", "x"), False),
        (rule("abc def", "x", support=2), True),
        (rule("abc (", "x", "a b", support=2), False),
        (rule("abc (", "x", "a b", "c", support=2), True),
        (rule("abc (", "x", support=3), True),
        (rule("( )", "x", "a b c", support=2), False),
        (rule("( )", "x", "a b c d", support=2), True),
        (rule("", "x", "f ( *", ")", support=3), False),
        (rule("", "x", "f ( *", ") ; g", support=3), True),
        (rule("", "x", "f ( *", ")", support=4), True),
        (rule("", "x", "f *", ")", support=3), False),
        (rule("", "x", "a b c", "d e", support=3), False),
        (rule("", "x", "a b c", "d e f", support=3), True),
        (rule("", "x", "a", "b", support=4), False),
        (rule("", "x", "a b", "c d", support=4), True),
        (rule("", "x", "a b", "c", support=4), False),
        (rule("", "x", "a b", "c", support=5), True),
        (rule("", "x\n", "a", "b", support=4, indent_like="above"), False),
        (rule("", "x\n", "a b c d", "e f g", support=9, indent_like="above"), False),
        (rule("", "x\n", "a b c d", "e f g h", support=2, indent_like="above"), True),
        (rule("", "x", "abcde", support=2), True),
        (rule("", "x", "abcd", support=3), False),
        (rule("", "x", "abc", support=4), True),
        (rule("", "x", "ab", support=4), False),
        (rule("", "x", "(", "abcde", support=2), True),
        (rule("", "x", "(", ") abcde", support=2), False),
        (rule("", "x", "abcde (", ")", support=2), False),
        (rule("", ", x", "name ( *", ")", support=2), True),
        (rule("", ", x", "fit ( *", ")", support=3), False),
        (rule("", " x", "name ( *", ")", support=3), False),
        (rule("abc d e f", "", "a b c", support=3), False),
        (rule("abc d e f", "", "a b c d", support=3), True),
        (rule("abc d e", "", "a", support=4), True),
        (rule("abc d", "", "a", support=4), False),
    ],
)
def test_conditions_for_a_sure_rule(of: Rule, sure: bool) -> None:
    """The more hunks support a rule, the less context it requires; only to add or to remove requires more."""
    assert is_specific(of) is sure


def test_range_of_a_rule() -> None:
    """One hunk supports places nearby. In other files a rule needs several hunks and a removed name."""
    assert (max_distance(rule("letters", "x")), max_distance(rule("letters", "x", support=2))) == (
        MAX_DISTANCE_ROWS,
        None,
    )
    snapshot = DocumentSnapshot(HERE, "python", "x\n")
    assert is_specific_elsewhere(rule("abc", "x", files=2), snapshot)
    assert not is_specific_elsewhere(rule("abc", "x"), snapshot)
    assert not is_specific_elsewhere(rule("( )", "x", files=2), snapshot)
    assert [is_specific_elsewhere(rule("abc", files=files), snapshot) for files in (2, 3)] == [False, True]
    renamed = rule("letters", "signs", support=5)
    assert is_specific_elsewhere(renamed, snapshot)
    assert not is_specific_elsewhere(replace(renamed, support=4), snapshot)
    assert not is_specific_elsewhere(renamed, snapshot._replace(text="letters"))
    assert removed_names(rule("abc de ( 0 fgh")) == ["abc", "fgh"]


@pytest.mark.parametrize(
    ("language", "text", "at", "text_kind"),
    [
        ("python", 'a = "b c" # d', 0, "code"), ("python", 'a = "b c" # d', 6, "string"),
        ("python", 'a = "b c" # d', 4, "code"), ("python", 'a = "b c" # d', 9, "code"),
        ("python", 'a = "b c" # d', 12, "comment"),
        ("python", 'a = """b\nc\nd"""', 9, "string"), ("python", 'a = """b"""\nc', 12, "code"),
        ("c", "/* a\nb */ c", 6, "comment"), ("c", "/* a */\nb", 8, "code"), ("go", "a := `b\nc`", 8, "string"),
        ("plaintext", "it's a \"b\"", 5, "code"),
    ],
)  # fmt: skip
def test_kind_of_text_at_a_place(language: str, text: str, at: int, text_kind: str) -> None:
    """It is judged by the line, and by the delimiters above it."""
    assert text_kind_at(f"\n{text}\n", at + 1, language) == text_kind


def test_suggested_edit_has_whole_lines() -> None:
    """Suggested edits start below the last hunk, contain only changed lines, and skip lines that the user edited."""
    last = hunk("use(total)", "use(sum)", 2)
    snapshot = DocumentSnapshot(HERE, "python", "total\nx\nuse(sum)\ny(total, total)\nz(total)")
    of = rule("total", "sum", support=2)
    assert list(edits_by_rule(of, snapshot, [hunk("", "z(total)", 4), last], "code")) == [
        SuggestedEdit(HERE, 3, ("y(total, total)",), ("y(sum, sum)",), 2, ("use(sum)", "z(total)"))
    ]
    other = snapshot._replace(uri="file:///w/other")
    assert [found.row for found in edits_by_rule(of, other, [last], "code")] == [0, 3, 4]
    ends = [found.around for found in edits_by_rule(of, other, [last], "code")][::2]
    assert ends == [("", "x"), ("y(total, total)", "")]
    assert offset("\na\nb\nc", 0) == 0
    assert offset("\na\nb\nc", 2) == 4
    assert offset("\n\n\nc", 2) == 2


@pytest.mark.parametrize(
    ("removed", "inserted", "found"),
    [
        ("one ¶ two", "one\nthree", (2, ("two",), ("three",))),
        ("one ¶ two", "three\ntwo", (1, ("one",), ("three",))),
        ("x ¶ one ¶ two", "x\none\nthree", (2, ("two",), ("three",))),
        ("x ¶ one ¶ two", "three\none\ntwo", (0, ("x",), ("three",))),
        ("one ¶ two", "three", (1, ("one", "two"), ("three",))),
    ],
)
def test_only_the_lines_that_change_are_suggested(
    removed: str, inserted: str, found: tuple[int, tuple[str, ...], tuple[str, ...]]
) -> None:
    """Lines of a rule that stay as they are do not belong to the suggested edit."""
    snapshot = DocumentSnapshot(HERE, "python", "x\none\ntwo\ny")
    (one,) = edits_by_rule(rule(removed, inserted), snapshot, [hunk("a", "b", uri="file:///w/other")], "code")
    assert one[1:4] == found


def test_suggested_edit_opens_only_brackets_of_the_users_edit() -> None:
    """A bracket that the user's own edit opened may be opened again."""
    snapshot = DocumentSnapshot(HERE, "python", "x\nf(abc)\ng(abc)")
    opening = rule("abc", "(abc", support=2)
    assert list(edits_by_rule(opening, snapshot, [hunk("f(abc)", "f(abd)", 0)], "code")) == []
    assert len(list(edits_by_rule(opening, snapshot, [hunk("abc", "(abc", 0)], "code"))) == 2
    assert len(list(edits_by_rule(opening, snapshot, [hunk("f(x", "f((x", 0)], "code"))) == 2
    opened = snapshot._replace(text="x\nf((abc)\ng([abc)")
    assert len(list(edits_by_rule(opening, opened, [hunk("abc", "(abc", 0)], "code"))) == 2
    quoting = rule("abc", "'abc", support=2)
    assert list(edits_by_rule(quoting, snapshot, [hunk("f(abc)", "f(abd)", 0)], "code")) == []
    assert len(list(edits_by_rule(quoting, snapshot, [hunk("abc", "'abc", 0)], "code"))) == 2


def test_rule_that_the_user_ignored_is_dropped() -> None:
    """The user left a place unchanged between two edits, so the rule is not wanted there."""
    of = rule("total", "sum", support=2)
    hunks = [hunk("total", "sum", 0), hunk("total", "sum", 3)]
    assert was_skipped(of, hunks, DocumentSnapshot(HERE, "python", "sum\ntotal\nx\nsum"))
    assert not was_skipped(of, hunks, DocumentSnapshot(HERE, "python", "sum\nx\nx\nsum\ntotal"))
    assert not was_skipped(
        replace(of, support=1), hunks, DocumentSnapshot(HERE, "python", "sum\ntotal\nx\nsum")
    )
    assert not was_skipped(of, hunks[:1], DocumentSnapshot(HERE, "python", "sum\ntotal\nx\nsum"))
    edited = [hunk("x", "total", 1), *hunks]
    assert not was_skipped(of, edited, DocumentSnapshot(HERE, "python", "sum\ntotal\nx\nsum"))


def test_suggested_edit_is_compared_by_whole_lines() -> None:
    """The comparison uses the whole lines before and after."""
    of = rule("total", "sum")
    assert produces(of, SuggestedEdit(HERE, 7, ("a", "total"), ("a", "sum"))) is False
    assert produces(of, SuggestedEdit(HERE, 7, ("total",), ("sum",)))
    assert not produces(of, SuggestedEdit(HERE, 7, ("total",), ("amount",)))


def test_order_of_the_rules() -> None:
    """The common edit of two hunks is first, the least context first; then the edit of the last hunk alone."""
    hunks = [hunk("f(abc, 1)", "f(xyz, 1)"), hunk("g(abc, 2)", "g(xyz, 2)")]
    common, alone = rules_for(hunks)
    assert {of.support for of in common} == {2}
    assert {of.support for of in alone} == {1}
    assert [(of.left, of.right) for of in common][:2] == [((), ()), (("(",), (",",))]
    assert common[0].removed == ("abc",)
    assert common[0].inserted == ("xyz",)
    assert len(rules_for([hunks[0], hunk("other", "thing")])) == 1
    assert rules_for([hunk("a = 1", "a=1")]) == rules_for([]) == []
    assert rules_for([hunk("x " * 61, "y " * 61)]) == []
    assert rules_for([hunk("x " * 60, "y")]) != []


def test_tokens_and_their_changes() -> None:
    """Tokens are words, punctuation marks and line ends, with their offsets."""
    assert [tuple(token) for token in tokens("a_1 +\n b")] == [
        ("a_1", 0, 3),
        ("+", 4, 5),
        ("\n", 5, 6),
        ("b", 7, 8),
    ]
    assert [is_word(text) for text in ("a", "a_", "_a", "1", "é", "(", "", "-a")] == [
        True,
        True,
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert changes("abcd", "abxd") == [TokenChange(2, 3, 2, 3)]
    assert changes("abc", "abc") == []
    assert changes("abcde", "xbcdy") == [TokenChange(0, 1, 0, 1), TokenChange(4, 5, 4, 5)]
    assert changes("aa", "aaa") == [TokenChange(2, 2, 2, 3)]
    assert changes("aaa", "aa") == [TokenChange(2, 3, 2, 2)]
    long = "a," * 150
    assert changes(f"b{long}c", f"d{long}e") == [TokenChange(0, 1, 0, 1), TokenChange(301, 302, 301, 302)]
    assert (
        common_prefix_length("abc", "abd"),
        common_prefix_length("abc", "ab"),
        common_prefix_length("", "x"),
    ) == (2, 2, 0)


@pytest.mark.parametrize(
    ("made", "rows"),
    [
        (("f(total)", "f(sum)"), [2]),
        (('log("total")', 'log("sum")'), [1]),
        (("x()  # total", "x()  # sum"), [3]),
    ],
)
def test_edit_in_a_string_is_suggested_in_strings(made: tuple[str, str], rows: list[int]) -> None:
    """An edit in a string, a comment or code is suggested in the same kind of text."""
    snapshot = DocumentSnapshot(HERE, "python", f'{made[1]}\ny("total")\nz(total)\na()  # total')
    of, last = rule("total", "sum", support=2), hunk(*made)
    assert [found.row for found in edits_by_rule(of, snapshot, [last], text_kind_of(last, snapshot))] == rows
    other = snapshot._replace(uri="file:///w/other")
    assert [found.row for found in edits_by_rule(of, other, [last], "code")] == [2]


def test_no_additional_blank_is_allowed() -> None:
    bare = rule("", "!", "(", "b", whitespace_around=(False, False))
    assert [place.start for place in bare.places("\nf(b) f( b)\n")] == [3]
    assert [
        place.start for place in replace(bare, whitespace_around=(False, True)).places("\nf(b) f( b)\n")
    ] == [
        3,
        8,
    ]


@pytest.mark.parametrize(
    ("before", "after", "callee"),
    [
        ("f(a)", "f(a, b)", ("f", "(", UNNUMBERED)),
        ("f(g(x), a)", "f(g(x), a, b)", ("f", "(", UNNUMBERED)),
        ("f([x], {y})", "f([x], {y}, b)", ("f", "(", UNNUMBERED, "}")),
        ("f(a, c)", "f(a, b, c)", ("f", "(", UNNUMBERED, ",")),
        ("f(g(h(x)), a)", "f(g(h(x)), a, b)", ("f", "(", UNNUMBERED)),
        ("f(X, c)", "f(X, b, c)", ("f", "(", UNNUMBERED, ",")),
        (f"f({'a, ' * 11})", f"f({'a, ' * 11}b)", ("f", "(", UNNUMBERED, ",")),
        (f"f({'a, ' * 12})", f"f({'a, ' * 12}b)", None),
        ("(a)", "(a, b)", None),
        ("a", "a, b", None),
        ("f(\na)", "f(\na, b)", None),
    ],
)
def test_argument_is_added_anywhere_in_a_call(
    before: str, after: str, callee: tuple[object, ...] | None
) -> None:
    """The call must have the same name, within 24 tokens. Brackets that are closed before the place are skipped.

    Only the next token is required.
    """
    (alone,) = rules_for([hunk(before, after)])
    assert all(len(of.right) == 1 for of in alone if of.in_call)
    found = [of.left for of in alone if of.in_call]
    assert found == ([] if callee is None else [callee])


def test_refused_edit_ends_a_rule_without_another_context() -> None:
    """Nothing is suggested if the rule makes the refused edit with each of its contexts."""
    hunks = [hunk("total = 0", "amount = 0", 0), hunk("print(total)", "print(amount)", 1)]
    snapshot = DocumentSnapshot(HERE, "python", "amount = 0\nprint(amount)\ntotal")
    assert [found.row for found in suggested_edits(hunks, [snapshot])] == [2]
    refused = [SuggestedEdit(HERE, 9, ("total",), ("amount",))]
    assert list(suggested_edits(hunks, [snapshot], refused)) == []


def test_changes_without_a_common_edit() -> None:
    """Each different inserted word needs a source in the removed words."""
    assert common_edit(change_in("(a, b)", "(a, 1)"), change_in("(c, d)", "(c, 2)")) is None
    assert common_edit(change_in("f(a b)", "g"), change_in("f(a)", "g")) is None
    assert common_edit(change_in("f(a)", "g"), change_in("f(a b)", "g")) is None
    assert common_edit(change_in("f()", "f(a, b)"), change_in("f()", "f(c)")) is None
    assert common_edit(change_in("a\nb", "c"), change_in("a", "c")) is None
    assert common_edit(change_in("a\nb", "c"), change_in("x b", "c")) is None
    assert common_edit(change_in("x b", "c"), change_in("a\nb", "c")) is None


def test_rule_can_span_lines() -> None:
    """The lines above and below the anchor count where the context has line ends."""
    assert [place.start for place in rule("abc", "x", "d ¶").places("\nd\nabc\n\nabc\n")] == [3]
    assert [place.start for place in rule("abc", "x", "", "¶ d").places("\nabc\nd\nabc\n")] == [1]


def test_suggested_edit_with_one_supporting_hunk() -> None:
    """Without other edits of its kind, one edit supports it, and its surroundings are unknown."""
    assert SuggestedEdit(HERE, 0, ("a",), ("b",))[4:] == (1, ("", ""))


def test_how_many_hunks_support_a_rule() -> None:
    """The last nine at most; with more than three, the last three are tried by themselves, too."""
    hunks = [hunk(f"f{row}(abc)", f"f{row}(xyz)", uri=f"file:///w/{row % 4}") for row in range(12)]
    for count, supports, files in (
        (12, [9, 3, 1], [4, 3, 1]),
        (4, [4, 3, 1], [4, 3, 1]),
        (3, [3, 1], [3, 1]),
    ):
        found = rules_for(hunks[:count])
        assert [rules_by_context[0].support for rules_by_context in found] == supports
        assert [rules_by_context[0].files for rules_by_context in found] == files


@pytest.mark.parametrize(
    ("before", "after", "count", "least_first"),
    [
        ("f(abc)", "f(xyz)", 1, True),
        ("f(abc)", "f()", 1, False),
        ("f(abc, dab, e, f, g)", "f(abc)", 1, True),
        ("f(abc, dab, e, f)", "f(abc)", 1, False),
        ("f(a + b)", "f(a - b)", 3, False),
        ("f(a + b)", "f(a - b)", 4, True),
    ],
)
def test_which_context_is_tried_first(before: str, after: str, count: int, least_first: bool) -> None:
    """The least, where a name or several lines are changed; the most for a short removal, or where no name says it."""
    (rules_by_context, *_) = rules_for([hunk(before, after, row) for row in range(count)])
    sizes = [len(of.left) + len(of.right) for of in rules_by_context if not of.in_call]
    assert len(sizes) > 2
    assert sizes == sorted(sizes, reverse=not least_first)


@pytest.mark.parametrize(
    ("before", "after"), [("f(a)", "f(a, b)"), ("(a, x)", "(x, a)"), ("f(g(a))", "f(h(a))"), ("a", "a\nb")]
)
def test_each_rule_can_be_found(before: str, after: str) -> None:
    """It has a token to search for, and begins and ends with a token, not with a hole."""
    other = before.replace("a", "c").replace("x", "d"), after.replace("a", "c").replace("x", "d")
    found = [
        of
        for rules_by_context in rules_for([hunk(*other), hunk(before, after, 1)])
        for of in rules_by_context
    ]
    assert found
    assert all(of.search_token and of.ends_with_tokens for of in found)


def test_a_line_with_the_same_change_twice() -> None:
    """A rule remembers it of any of its hunks."""
    once, twice = hunk("f(abc)", "f(xyz)"), hunk("f(abc, abc)", "f(xyz, xyz)", 1)
    for hunks, repeats in (([once, twice], True), ([twice, once], True), ([once, once], False)):
        assert rules_for(hunks)[0][0].repeats_on_line is repeats


@pytest.mark.parametrize(
    ("one", "other", "head"),
    [
        ("get_one", "get_two", "get_"),
        ("get_all_one", "get_two", "get_"),
        ("get_all_one", "get_all_two", "get_all_"),
        ("get_one", "set_one", ""),
        ("set_one", "get_all", ""),
        ("text", "test", ""),
    ],
)
def test_words_around_a_place_that_differ(one: str, other: str, head: str) -> None:
    """Where they begin with the same part of a name, a third place must begin with it, too."""
    common, _ = rules_for([hunk(f"{one}(x)", f"{one}(y)"), hunk(f"{other}(x)", f"{other}(y)", 1)])
    assert {part.head for of in common for part in of.left if isinstance(part, WordHole)} == {head}


@pytest.mark.parametrize(
    ("before", "after", "text_kind"),
    [
        ('a "b c"', 'd "b e"', "code"),
        ('a "b c"', 'a "b e"', "string"),
        ("a # b", "a # c", "comment"),
        ("", 'x = "a"', "code"),
        ('x = "a"', "", "code"),
        ('"a"', '"a" + b', "code"),
    ],
)
def test_the_kind_of_text_that_a_hunk_changes(before: str, after: str, text_kind: str) -> None:
    """It is that at the first changed character."""
    snapshot = DocumentSnapshot(HERE, "python", f"first = 1\n{after}\nlast = 2".replace("\n\n", "\n"))
    assert text_kind_of(hunk(before, after, 1), snapshot) == text_kind


def test_an_argument_of_different_calls_is_added_in_none() -> None:
    """Where the user's calls have different names, a place needs the text around it."""
    common, _ = rules_for([hunk("f(a)", "f(a, b)"), hunk("g(c)", "g(c, b)", 1)])
    assert not any(of.in_call for of in common)


@pytest.mark.parametrize("blank", [" ", "\t"])
def test_blanks_that_are_removed_belong_to_the_rule(blank: str) -> None:
    (before,) = rules_for([hunk(f"f(x{blank}abc)", "f(x)")])
    assert {(of.removes_whitespace_before, of.removes_whitespace_after) for of in before} == {(True, False)}
    (behind,) = rules_for([hunk(f"f(abc{blank}x)", "f(x)")])
    assert {(of.removes_whitespace_before, of.removes_whitespace_after) for of in behind} == {(False, True)}


def test_the_names_that_the_lines_declared() -> None:
    """Those before the change, of each of its lines."""
    found = change_of(hunk("def one():\ndef two():", "def three():\ndef two(x):"), "python")
    assert found is not None
    assert found.declared == {"one", "two"}
    lines = [hunk("def old():", "def new():"), hunk("old()", "new()", 1)]
    assert rules_for(lines, "python")[0][0].declared == {"old"}


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        (("f(a, c)", "f(a, b, c)"), ("f(d, e)", "f(d, b, e)"), ("f", "(", UNNUMBERED, ",")),
        (("f(c)", "f(b, c)"), ("f(d, e)", "f(d, b, e)"), ("f", "(", UNNUMBERED)),
    ],
)
def test_position_of_an_added_argument(
    first: tuple[str, str], second: tuple[str, str], left: tuple[object, ...]
) -> None:
    """Behind a comma, if each of the user's own is behind one."""
    common, *_ = rules_for([hunk(*first), hunk(*second, 1)])
    assert [of.left for of in common if of.in_call] == [left]


@pytest.mark.parametrize(
    ("made", "source", "found"),
    [
        (("getName", "getSize"), ("name", "size"), ("get", "title", "")),
        (("getFullName", "getWholeSize"), ("fullName", "wholeSize"), ("get", "title", "")),
        (("MAX_NAME", "MAX_SIZE"), ("name", "size"), ("MAX_", "upper", "")),
        (("name_of", "size_of"), ("NAME", "SIZE"), ("", "lower", "_of")),
        (("nameOfAll", "sizeOfAll"), ("NameOf", "SizeOf"), ("", "untitle", "All")),
        (("MethodGet", "MethodPut"), ("GET", "PUT"), ("Method", "only title", "")),
        (("aname", "asize"), ("name", "size"), ("a", "", "")),
        (("aname", "bsize"), ("name", "size"), None),
        (("name1", "size2"), ("name", "size"), None),
    ],
)
def test_word_derived_from_another(
    made: tuple[str, str], source: tuple[str, str], found: tuple[str, str, str] | None
) -> None:
    """In any case, with the same text around it in both changes."""
    assert derivation(made, source) == found


@pytest.mark.parametrize(
    ("one", "other", "is_source"),
    [
        ("v + name", "v + size", True),
        ("v + name", "v - size", False),
        ("v k name", "v ( size", False),
        ("v ( name", "v k size", False),
        ("v\nname", "v\nsize", False),
    ],
)
def test_word_near_the_place_is_a_source(one: str, other: str, is_source: bool) -> None:
    """It is in the same line, and the marks between it and the place are the same."""
    changed = [text.replace("v", f"v.{text[-4:]}", 1) for text in (one, other)]
    assert (common_edit(change_in(one, changed[0]), change_in(other, changed[1])) is not None) is is_source


def test_long_inserted_texts_are_compared_word_by_word() -> None:
    """Words that occur often are compared, too."""
    often = "x, " * 110
    found = common_edit(
        change_in("(time.Size)", f"time.Size, {often}time.Size"), change_in("(int)", f"int, {often}int")
    )
    assert found == (("(", 0, ")"), (0, f", {often}", 0))


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_changes_turn_a_text_into_another(before: str, after: str) -> None:
    made = list(before)
    for change in reversed(changes(before, after)):
        made[change.old_start : change.old_end] = after[change.new_start : change.new_end]
    assert "".join(made) == after


def test_changed_start_of_a_line_fits_at_any_indentation() -> None:
    """Blanks before the place are no part of the edit."""
    common, *_ = rules_for([hunk("    f(x)", "    await f(x)"), hunk("    f(y)", "    await f(y)", 1)])
    for of in common:
        text = "\n        f(z)\n"
        assert [(place.start, place.text) for place in of.places(text)] in ([(9, "await ")], []), of
    assert any(list(of.places("\n        f(z)\n")) for of in common if "\n" in of.left)


def test_blank_line_may_be_added_at_the_end() -> None:
    """Nothing follows it, so that it has no text in common with another one."""
    last = Hunk(HERE, 1, (), ("",), "a", "")
    found = change_of(last, "python")
    assert found is not None
    assert (found.inserted, found.right) == ("\n", ())
    other = Hunk(HERE, 9, (), ("",), "a", "c")
    for hunks in ([last, other], [other, last]):
        assert rules_for(hunks)[0] == []


def test_indentation_of_added_lines_is_that_of_the_first() -> None:
    """A blank line first has none; a line after a blank one has none, either."""
    blank = change_in("", "\n    new()", "    one()", "two()")
    assert (blank.indent_like, blank.indent) == ("below", "")
    after_blank = change_of(hunk("  a \n\nb", "  a\n\nnew\nb"), "python")
    assert after_blank is not None
    assert (after_blank.indent_like, after_blank.indent) == ("above", "")


@pytest.mark.parametrize(("one", "other"), [("a total", "( total"), ("( total", "a total")])
def test_word_and_mark_have_nothing_in_common(one: str, other: str) -> None:
    common, _ = rules_for(
        [hunk(text, text.replace("total", "sum"), row) for row, text in enumerate((one, other))]
    )
    assert {of.left for of in common} == {()}


@pytest.mark.parametrize(("removed", "inserted"), [("total", "sum"), ("total", ""), ("+", "-")])
def test_rule_without_common_text_around_has_one_context(removed: str, inserted: str) -> None:
    made = [
        hunk(f"{a} {removed} {b}", f"{a} {inserted} {b}", row)
        for row, (a, b) in enumerate((("(", ")"), ("[", "]")))
    ]
    common, _ = rules_for(made)
    assert [(of.left, of.removed, of.right) for of in common] == [((), (removed,), ())]
