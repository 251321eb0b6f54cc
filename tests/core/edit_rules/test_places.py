"""The places of a rule at the ends of a document, on a line with several of them, and beside the user's own edits."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from midfill.core.edit_rules import DocumentSnapshot, Hunk, SuggestedEdit, suggested_edits
from midfill.core.edit_rules.places import contradicts, edits_by_rule, produces, text_kind_at, was_skipped
from midfill.core.edit_rules.rule import Rule
from tests.core.edit_rules.test_rules import HERE, hunk, rule, rules_for

THERE = "file:///w/there"


def edits(of: Rule, text: str, *hunks: Hunk, uri: str = HERE, kind: str = "code") -> list[tuple[int, str]]:
    """Return the rows and the new lines of a rule's edits in a document."""
    found = edits_by_rule(of, DocumentSnapshot(uri, "python", text), hunks, kind)
    return [(edit.row, "\n".join(edit.after)) for edit in found]


def test_first_and_last_line_of_another_document_are_searched() -> None:
    """A context that begins or ends with a line end fits there, too."""
    last = hunk("total = 1", "sum = 1", 5)
    whole_line = rule("total", "sum", "¶", "¶")
    assert edits(whole_line, "total\nx\ntotal", last, uri=THERE) == [(0, "sum"), (2, "sum")]
    assert edits(whole_line, "total", last, uri=THERE) == [(0, "sum")]
    assert edits(whole_line, "total\ntotal\nx", last, uri=THERE) == [(0, "sum"), (1, "sum")]


def test_rule_at_a_line_start_makes_the_edit_from_which_it_comes() -> None:
    of = rule("total", "sum", "¶", "¶")
    assert produces(of, SuggestedEdit(HERE, 0, ("total",), ("sum",)))
    assert not contradicts(of, hunk("total", "sum"))
    assert contradicts(of, hunk("total", "amount"))
    assert not contradicts(of, hunk("f(total)", "f(amount)"))
    assert produces(rule("one ¶ two", "three"), SuggestedEdit(HERE, 0, ("one", "two"), ("three",)))
    assert contradicts(of, hunk("a\ntotal\nb", "a\namount\nb"))


@pytest.mark.parametrize(("row", "rows"), [(0, [0, 1, 2]), (1, [1, 2]), (2, [2])])
def test_search_goes_down_from_the_last_edit(row: int, rows: list[int]) -> None:
    """Places above it come at another time: when the user edits there."""
    last = hunk("x", "y", row + 9)._replace(row=row, after=())
    text = "f(total)\ng(total)\nh(total)"
    found = edits(rule("total", "sum"), text, last._replace(uri=HERE))
    assert [one for one, _ in found] == [one for one in rows if one != row]


@pytest.mark.parametrize(
    ("row", "after", "free"),
    [
        (1, "a", [2, 3]),
        (1, "a\nb", [3]),
        (1, "", [2, 3]),
        (2, "a", [1, 3]),
        (3, "a", [1, 2]),
        (1, "a\nb\nc", []),
    ],
)
def test_lines_that_the_user_has_edited_are_left(row: int, after: str, free: list[int]) -> None:
    """The place of a removed line is the line that is now there."""
    mine = hunk("was", after, row)
    last = hunk("x", "y", 0)
    text = "y\nf(total)\ng(total)\nh(total)"
    assert [one for one, _ in edits(rule("total", "sum"), text, mine, last)] == free


@pytest.mark.parametrize(
    ("first", "last", "covered"),
    [(2, 3, False), (2, 4, True), (3, 4, True), (4, 5, True), (5, 6, False), (0, 9, True)],
)
def test_rows_that_an_edit_covers(first: int, last: int, covered: bool) -> None:
    """It is in rows 3 and 4."""
    assert hunk("x", "a\nb", 3).covers(first, last) is covered


@pytest.mark.parametrize(("first", "last", "covered"), [(2, 3, False), (3, 4, True), (4, 5, False)])
def test_removed_lines_cover_the_row_after_them(first: int, last: int, covered: bool) -> None:
    assert hunk("x", "", 3).covers(first, last) is covered


def test_inserted_lines_are_not_suggested_where_the_user_is() -> None:
    """An edit without old lines has the row of the line below it."""
    of = rule("", "new()\n", "a ( ) ¶", indent_like="above")
    text = "b()\na()\nc()\na()\nd()"
    assert edits(of, text, hunk("x", "c()", 2), hunk("x", "b()", 0)) == [(4, "new()")]


def test_change_is_made_at_each_place_of_a_line() -> None:
    """If the user has made it twice on a line, less context is required for the second one."""
    of = rule("total", "sum", "f (", ", 1")
    text, last = "x\nf(total, 1) + g(total, 2)\nf(total, 1)", hunk("x", "x", 0)
    assert edits(of, text, last) == [(1, "f(sum, 1) + g(total, 2)"), (2, "f(sum, 1)")]
    repeated = replace(of, repeats_on_line=True)
    assert edits(repeated, text, last) == [(1, "f(sum, 1) + g(sum, 2)"), (2, "f(sum, 1)")]
    to_the_end = rule("total", "sum", "x =", repeats_on_line=True)
    assert edits(to_the_end, "x\nx = total; y = total\ny = total", last) == [(1, "x = sum; y = sum")]
    at_the_start = rule("total", "sum", repeats_on_line=True)
    assert edits(at_the_start, "x\ntotal = 1\ntotal = total", last) == [(1, "sum = 1"), (2, "sum = sum")]
    behind = rule("a", "b", "let x =", repeats_on_line=True)
    assert edits(behind, "x\ny = a; let x = a", last) == [(1, "y = b; let x = b")]
    bracket = rule("a", "b", "x (", repeats_on_line=True)
    assert edits(bracket, "x\n(a) x (a)", last) == [(1, "(b) x (b)")]
    call = rule("", ", x", "f ( *", "¶", repeats_on_line=True)
    assert edits(call, "x\nf(a", hunk("f(b", "f(b, x", 0)) == [(1, "f(a, x")]


def test_several_places_of_a_line_are_one_edit() -> None:
    last = hunk("x", "y", 0)
    assert edits(rule("a", "b"), "y\na a\na\n\na = a", last) == [(1, "b b"), (2, "b"), (4, "b = b")]


@pytest.mark.parametrize(
    ("text", "is_skipped"),
    [
        ("sum\ntotal\nsum", True),
        ("sum\nx\nsum", False),
        ("total\nsum\nsum", False),
        ("sum\nsum\ntotal", False),
        ("sum\nx(total)\nsum", True),
    ],
)
def test_place_between_two_edits_was_left_by_the_user(text: str, is_skipped: bool) -> None:
    rows = [row for row, line in enumerate(text.split("\n")) if line == "sum"]
    hunks = [hunk("total", "sum", row) for row in rows]
    snapshot = DocumentSnapshot(HERE, "python", text)
    assert was_skipped(rule("total", "sum", support=2), hunks, snapshot) is is_skipped
    backwards = hunks[::-1]
    assert was_skipped(rule("total", "sum", support=2), backwards, snapshot) is is_skipped


def test_only_the_supporting_edits_of_this_document_count_as_its_ends() -> None:
    """Edits of other documents and older ones say nothing about the places between."""
    snapshot = DocumentSnapshot(HERE, "python", "sum\ntotal\nsum\ntotal\nsum")
    of = rule("total", "sum", support=2)
    edited = [hunk("total", "sum", row) for row in (0, 2, 4)]
    assert was_skipped(of, edited, snapshot)
    assert not was_skipped(of, [edited[0], edited[2]._replace(uri=THERE)], snapshot)
    text = snapshot._replace(text="sum\ntotal\nsum\nx\nsum")
    assert not was_skipped(of, edited, text)
    assert was_skipped(replace(of, support=3), edited, text)


@pytest.mark.parametrize(
    ("line", "at", "kind"),
    [
        ('f("ab")', 2, "code"), ('f("ab")', 3, "string"), ('f("ab")', 5, "string"), ('f("ab")', 6, "code"),
        ("x  # ab", 3, "code"), ("x  # ab", 4, "comment"), ("x  # ab", 7, "comment"),
        ("x", 1, "code"),
    ],
)  # fmt: skip
def test_kind_of_text_at_the_ends_of_a_string(line: str, at: int, kind: str) -> None:
    """The quotes do not belong to it; the end of a line comment does."""
    for text in (f"\n{line}\n", f"\nfirst\n{line}\nlast\n"):
        start = text.index(line)
        assert text_kind_at(text, start + at, "python") == kind


@pytest.mark.parametrize(
    ("above", "kind"),
    [
        ("/* a", "comment"), ("/* a */", "code"), ("*/ /*", "comment"), ("/* /* */", "code"), ("`a", "string"),
        ("`a` `b`", "code"), ("`a` `b", "string"), ("", "code"),
        ("/* a */ /* b", "comment"), ("/* a */ b /* c */", "code"), ("// a ` b", "string"),
    ],
)  # fmt: skip
def test_kind_of_text_below_an_open_string(above: str, kind: str) -> None:
    """It is judged by the delimiters above the line, the last ones of a comment."""
    assert text_kind_at(f"\n{above}\nx = 1\n", len(above) + 3, "javascript") == kind


def around(count: int) -> list[Hunk]:
    """Return two equal edits with different lines, and so many equal tokens on either side."""
    words = " ".join(f"w{number}" for number in range(count))
    return [
        hunk(f"{first} ( {words} abc {words} ) {first}", f"{first} ( {words} xyz {words} ) {first}", row)
        for row, first in enumerate(["one", "two"])
    ]


def test_contexts_of_a_rule_grow_to_eight_tokens() -> None:
    """The least comes first; the user's refusals lead to the next one."""
    common, *_ = rules_for(around(9))
    sizes = [(len(of.left), len(of.right)) for of in common if not of.in_call]
    assert sizes[:6] == [(size, size) for size in (0, 1, 2, 3, 5, 8)]
    assert common[1].left == ("w8",)
    assert common[1].right == ("w0",)


@pytest.mark.parametrize(("count", "size"), [(9, 8), (4, 5), (2, 3), (0, 1)])
def test_context_ends_where_the_places_differ(count: int, size: int) -> None:
    """The bracket and the equal words around the place; then the words differ."""
    common, *_ = rules_for(around(count))
    plain = [of for of in common if not of.in_call and all(isinstance(part, str) for part in of.left)]
    assert max(len(of.left) for of in plain) == size


def test_edit_of_two_files_is_searched_in_each_snapshot_in_turn() -> None:
    """First below the last edit, then in the other files in their order."""
    hunks = [hunk("a = make(null)", "a = empty()", uri=THERE), hunk("b = make(null)", "b = empty()")]
    texts = {
        HERE: "b = empty()\nc = make(null)",
        THERE: "a = empty()\nd = make(null)",
        "file:///w/x": "e = make(null)",
    }
    snapshots = [DocumentSnapshot(uri, "python", text) for uri, text in texts.items()]
    found = [(edit.uri, edit.row) for edit in suggested_edits(hunks, snapshots)]
    assert list(dict.fromkeys(found)) == [(HERE, 1), (THERE, 1), ("file:///w/x", 0)]


@pytest.mark.parametrize(("length", "count"), [(497, 1), (498, 0)])
def test_long_line_is_not_searched(length: int, count: int) -> None:
    """It has 500 characters or more with its line ends; the lines beside the place do not count."""
    line = "x" * (length - 6) + " total"
    assert len(list(rule("total", "sum").places(f"\n{line}\n"))) == count
    short = f"\n{'x' * 600}\na\n{'x' * 600}\n"
    assert [place.text for place in rule("a", "b").places(short)] == ["b"]


@pytest.mark.parametrize(("length", "count"), [(990, 1), (991, 0)])
def test_lines_of_a_context_are_long_together(length: int, count: int) -> None:
    """Two lines have twice as many characters."""
    text = f"\n{'x' * (length - 6)} total\nnext()\n"
    assert len(list(rule("total", "sum", "", "¶ next").places(text))) == count


@pytest.mark.parametrize("row", [0, 100])
def test_distance_counts_from_the_edit(row: int) -> None:
    """After one edit, sixty rows below it are searched, wherever it is."""
    above = ["x"] * row
    for distance, rows in ((60, [row + 60]), (61, [])):
        text = [*above, "channel = 0", *["x"] * (distance - 1), "use(connection)"]
        made = hunk("connection = 0", "channel = 0", row, "x" if row else "", "x")
        snapshot = DocumentSnapshot(HERE, "python", "\n".join(text))
        assert [edit.row for edit in suggested_edits([made], [snapshot])] == rows


def test_refused_edit_leads_to_a_rule_with_more_context() -> None:
    """The user wants the change in calls of `f`, and not in those of `g`."""
    hunks = [hunk("f(abc)", "f(xyz)", 0), hunk("f(abc)", "f(xyz)", 1)]
    snapshot = DocumentSnapshot(HERE, "python", "f(xyz)\nf(xyz)\ng(abc)\nf(abc)")
    assert [edit.row for edit in suggested_edits(hunks, [snapshot])][:2] == [2, 3]
    refused = next(suggested_edits(hunks, [snapshot]))
    assert [edit.row for edit in suggested_edits(hunks, [snapshot], [refused])] == [3]


@pytest.mark.parametrize(("newer", "rows"), [(8, []), (9, [10])])
def test_old_edit_contradicts_no_rule(newer: int, rows: list[int]) -> None:
    """The latest nine edits of the user say where a change is wanted; the oldest one here is another change."""
    hunks = [hunk("g(abc)", "g(uvw)", 11), *(hunk("f(abc)", "f(xyz)", row) for row in range(newer))]
    lines = ["f(xyz)"] * newer + ["x"] * (10 - newer) + ["h(abc)", "g(uvw)"]
    snapshot = DocumentSnapshot(HERE, "python", "\n".join(lines))
    assert sorted({edit.row for edit in suggested_edits(hunks, [snapshot])}) == rows


@pytest.mark.parametrize("case", [str, str.upper])
def test_word_beside_the_place_is_repeated(case: Callable[[str], str]) -> None:
    """Each context of the rule has it, because the inserted text needs it, in whatever case."""
    made = {name: f'let {name} = arg("{case(name)}");' for name in ("width", "height", "depth")}
    hunks = [hunk(f"let {name};", made[name], row) for row, name in enumerate(("width", "height"))]
    common, *_ = rules_for(hunks)
    assert common
    for of in common:
        text = "\nlet depth;\n"
        (place,) = of.places(text)
        assert text[: place.start] + place.text + text[place.end :] == f"\n{made['depth']}\n"


def test_kind_of_text_after_a_string_or_a_comment() -> None:
    """What follows on the line is code."""
    assert text_kind_at('\na = "b"\n', 8, "python") == "code"
    assert text_kind_at("\n/* a */ b\n", 8, "c") == "code"


def test_pairs_of_delimiters_are_inserted_whole() -> None:
    """An edit with both of them needs no example; one that opens more than the user's own is none."""
    snapshot, last = DocumentSnapshot(HERE, "python", "x\nf(abc)"), hunk("f(abc)", "f(abd)", 0)
    assert len(list(edits_by_rule(rule("abc", '"MAX"'), snapshot, [last], "code"))) == 1
    assert list(edits_by_rule(rule("abc", "((abc"), snapshot, [hunk("abc", "(abc)", 0)], "code")) == []
    assert list(edits_by_rule(rule("abc", "(abc"), snapshot, [hunk("f(abc)", "f(abc", 0)], "code")) != []
    assert list(edits_by_rule(rule("abc", "(abc"), snapshot, [hunk("f((abc", "f(abc", 0)], "code")) == []


def test_removed_last_line() -> None:
    """A rule that removes a line with its end fits at the end of a document."""
    found = edits_by_rule(
        rule("one ¶ two ¶", "three"), DocumentSnapshot(THERE, "python", "one\ntwo"), [hunk("x", "y")], "code"
    )
    assert [(edit.before, edit.after) for edit in found] == [(("one", "two"), ("three",))]


def test_occurrences_beside_each_other_are_all_searched() -> None:
    """Where a context spans lines, the next line may be a place, too."""
    assert [place.start for place in rule("abc", "x", "", "¶ d").places("\nabc\nabc\nd\n")] == [5]
    assert [place.start for place in rule("abc", "x", "¶", "¶ d").places("\nabc\nabc\nd\n")] == [5]


@pytest.mark.parametrize(("blanks", "count"), [(1, 0), (40, 0), (60, 1)])
def test_equal_text_far_away_is_not_the_inserted_one(blanks: int, count: int) -> None:
    """Up to forty blanks may be between them."""
    space = " " * blanks
    assert len(list(rule("", "new", "", "abc").places(f"\nnew{space}abc\n"))) == count
    assert (
        len(list(rule("", "new", "abc", whitespace_around=(False, True)).places(f"\nabc{space}new\n")))
        == count
    )


def test_quotes_that_stay_do_not_matter() -> None:
    """An apostrophe, and a pair of quotes, are on the line before the edit and after it."""
    snapshot = DocumentSnapshot(HERE, "plaintext", "x\nit's abc\n'a' abc")
    found = edits_by_rule(rule("abc", "abd"), snapshot, [hunk("f(abc)", "f(abd)", 0)], "code")
    assert [edit.after for edit in found] == [("it's abd",), ("'a' abd",)]
