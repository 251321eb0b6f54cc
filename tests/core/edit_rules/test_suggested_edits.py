"""The suggested edits: each case is a text with edits already made, and the line that changes next."""

from typing import NamedTuple

import pytest

from midfill.core.edit_rules import DocumentSnapshot, Hunk, SuggestedEdit, suggested_edits
from midfill.core.edit_rules.rule_derivation import rules_for
from midfill.core.edit_rules.specificity import MAX_DISTANCE_ROWS

HERE, THERE = "file:///w/here", "file:///w/there"


class Case(NamedTuple):
    """The original lines, the edited rows with their new text, and the next edit."""

    language: str
    before: str
    made: dict[int, str]
    row: int | None
    after: str = ""


CASES = {
    "a name is renamed": Case(
        "python",
        "total = 0\nfor row in rows:\n    total += row\nreturn total",
        {0: "amount = 0", 2: "    amount += row"},
        3,
        "return amount",
    ),
    "a long name after one place": Case(
        "python", "connection = open()\nuse(connection)", {0: "channel = open()"}, 1, "use(channel)"
    ),
    "a short name after one place": Case("python", "fd = open()\nuse(fd)", {0: "descriptor = open()"}, None),
    "not within a string": Case(
        "python",
        'total = 0\nprint(total)\nlog("total")\nsave(total)',
        {0: "amount = 0", 1: "print(amount)"},
        3,
        "save(amount)",
    ),
    "not within a comment": Case(
        "go", "total := 0\nuse(total)\n// total of all\nsave(total)", {0: "sum := 0", 1: "use(sum)"}, 3, "save(sum)"
    ),
    "not as a part of another name": Case(
        "python", "total = 0\nprint(total)\nsubtotal = 1", {0: "amount = 0", 1: "print(amount)"}, None
    ),
    "twice on a line": Case(
        "python",
        "total = 0\nprint(total)\nsave(total, total)",
        {0: "amount = 0", 1: "print(amount)"},
        2,
        "save(amount, amount)",
    ),
    "an argument is added": Case(
        "go",
        "load(path)\nx()\nload(other)\ny()\nload(third)",
        {0: "load(path, ctx)", 2: "load(other, ctx)"},
        4,
        "load(third, ctx)",
    ),
    "a call is wrapped": Case(
        "rust",
        "let a = read(x);\nlet b = read(y);\nlet c = read(z);",
        {0: "let a = check(read(x))?;", 1: "let b = check(read(y))?;"},
        2,
        "let c = check(read(z))?;",
    ),
    "a type is changed": Case(
        "typescript",
        "a: MouseEvent\nb: MouseEvent\nc: Touch\nd: MouseEvent",
        {0: "a: PointerEvent", 1: "b: PointerEvent"},
        3,
        "d: PointerEvent",
    ),
    "an import is renamed": Case(
        "go",
        'import "io/ioutil"\na := ioutil.ReadAll(x)\nb := ioutil.ReadAll(y)\nc := ioutil.ReadAll(z)',
        {1: "a := io.ReadAll(x)", 2: "b := io.ReadAll(y)"},
        3,
        "c := io.ReadAll(z)",
    ),
    "the same edit down a table": Case(
        "rust",
        '("ada", &["*.adb"]),\n("agda", &["*.agda"]),\n("aidl", &["*.aidl"]),',
        {0: '(&["ada"], &["*.adb"]),', 1: '(&["agda"], &["*.agda"]),'},
        2,
        '(&["aidl"], &["*.aidl"]),',
    ),
    "operands change places": Case(
        "python",
        "assert_equal(size(a), 1)\nassert_equal(size(b), 2)\nassert_equal(size(c), 3)",
        {0: "assert size(a) == 1", 1: "assert size(b) == 2"},
        2,
        "assert size(c) == 3",
    ),
    "a word in another case": Case(
        "go",
        'do("GET", a)\ndo("PUT", b)\ndo("POST", c)',
        {0: "do(http.MethodGet, a)", 1: "do(http.MethodPut, b)"},
        2,
        "do(http.MethodPost, c)",
    ),
    "a word near the place is repeated": Case(
        "python",
        "INT = IntParam(name, help)\nBOOL = BoolParam(name, help)\nUUID = UuidParam(name, help)",
        {0: "INT: Final[IntParam] = IntParam(name, help)", 1: "BOOL: Final[BoolParam] = BoolParam(name, help)"},
        2,
        "UUID: Final[UuidParam] = UuidParam(name, help)",
    ),
    "a word before the place is repeated": Case(
        "python",
        "width: Decimal\nheight: Decimal\ndepth: Decimal",
        {0: 'width: Decimal = arg("width")', 1: 'height: Decimal = arg("height")'},
        2,
        'depth: Decimal = arg("depth")',
    ),
    "a name is dropped, its type stays": Case(
        "go",
        "func A(key any) (d time.Duration) {\nfunc B(key any) (is []int) {\nfunc C(key any) (b []byte) {",
        {0: "func A(key any) time.Duration {", 1: "func B(key any) []int {"},
        2,
        "func C(key any) []byte {",
    ),
    "a module before a name": Case(
        "rust",
        "impl FromStr for A {\nimpl FromStr for B {\nimpl FromStr for C {",
        {0: "impl std::str::FromStr for A {", 1: "impl std::str::FromStr for B {"},
        2,
        "impl std::str::FromStr for C {",
    ),
    "words that differ are no obstacle": Case(
        "typescript",
        "ics: 'text/calendar',\njpg: 'image/jpeg',\njs: 'text/javascript',\ncss: 'text/css',",
        {0: "ics: 'text/calendar; charset=utf-8',", 2: "js: 'text/javascript; charset=utf-8',"},
        3,
        "css: 'text/css; charset=utf-8',",
    ),
    "the same text becomes another one elsewhere": Case(
        "typescript",
        "M1 extends H<E2, any> = H<E2, any>\nM2 extends H<E3, any> = H<E3, any>\n"
        "M1 extends H<E2, any> = H<E2, any>\nM2 extends H<E3, any> = H<E3, any>\n"
        "M1 extends H<E2, any> = H<E2, any>\nM1 extends H<E2, any> = H<E2, any>",
        {
            0: "M1 extends H<E2, I> = H<E2, I>",
            1: "M2 extends H<E3, I2> = H<E3, I2>",
            2: "M1 extends H<E2, I> = H<E2, I>",
            3: "M2 extends H<E3, I2> = H<E3, I2>",
            4: "M1 extends H<E2, I> = H<E2, I>",
        },
        5,
        "M1 extends H<E2, I> = H<E2, I>",
    ),
    "the end of a comment is in the comment": Case(
        "rust",
        "//! `a` | the [`A`](crate::a) body | No\n//! `b` | the [`B`](crate::b) body | No\n"
        "//! `c` | the [`C`](crate::c) body | No\n//! `d` | the [`D`](crate::d) body | No\n"
        "//! `e` | the [`E`](crate::e) body | No",
        {
            0: "//! `a` | the [`A`](crate::a) body |",
            1: "//! `b` | the [`B`](crate::b) body |",
            2: "//! `c` | the [`C`](crate::c) body |",
            3: "//! `d` | the [`D`](crate::d) body |",
        },
        4,
        "//! `e` | the [`E`](crate::e) body |",
    ),
    "the newest places have more in common": Case(
        "go",
        "use(c.Name())\nlog(c.Name())\na = make(c.Name(), flag)\nb = make(c.Name(), flag)\n"
        "save(c.Name())\nd = make(c.Name(), flag)\ne = make(c.Name(), flag)",
        {
            0: "use(c.displayName())",
            2: "a = make(c.displayName(), flag)",
            3: "b = make(c.displayName(), flag)",
            5: "d = make(c.displayName(), flag)",
        },
        6,
        "e = make(c.displayName(), flag)",
    ),
    "what was left between two places is left": Case(
        "go", "f(alpha)\nf(alpha)\nf(alpha)\nf(alpha)", {0: "f(beta)", 2: "f(beta)"}, None
    ),
    "what was just typed is left": Case(
        "python", "alphabet = 1\nuse(alphabet)", {0: "letters = 1", 1: "use(letters)"}, None
    ),
    "blanks are no edit": Case("python", "a=1\nb=2\nc=3", {0: "a = 1", 1: "b = 2"}, None),
    "another thing each time is no rule": Case(
        "python", "f(any, 1)\nf(any, 2)\nf(any, 3)", {0: "f(one, 1)", 1: "f(two, 2)"}, None
    ),
}  # fmt: skip


def hunks_of(lines: list[str], made: dict[int, str], uri: str = HERE) -> list[Hunk]:
    """Make the edits in place, and return them."""
    was = list(lines)
    for row, line in made.items():
        lines[row] = line
    around = ["", *lines, ""]
    return [Hunk(uri, row, (was[row],), (made[row],), around[row], around[row + 2]) for row in made]


@pytest.mark.parametrize("name", CASES)
def test_next_edit_of_each_case(name: str) -> None:
    case = CASES[name]
    lines = case.before.split("\n")
    hunks = hunks_of(lines, case.made)
    found = next(suggested_edits(hunks, [DocumentSnapshot(HERE, case.language, "\n".join(lines))]), None)
    if case.row is None:
        assert found is None
    else:
        assert found is not None
        assert found[:4] == (HERE, case.row, (lines[case.row],), (case.after,))


def test_added_lines_are_suggested() -> None:
    lines = [
        "if a:",
        "    server.start(port)",
        "    server.wait()",
        "if b:",
        "    server.start(port)",
        "    server.wait()",
    ]
    hunks = [Hunk(HERE, row, (), ("    server.wait()",), "    server.start(port)", "if b:") for row in (2, 5)]
    snapshot = DocumentSnapshot(
        HERE, "python", "\n".join([*lines, "if b:", "        server.start(port)", "if b:"])
    )
    assert [found[1:4] for found in suggested_edits(hunks, [snapshot])] == [
        (8, (), ("        server.wait()",))
    ]


def test_refused_edit_is_not_suggested() -> None:
    lines = ["total = 0", "print(total)", "save(total)", "load(total)"]
    hunks = hunks_of(lines, {0: "amount = 0", 1: "print(amount)"})
    snapshots = [DocumentSnapshot(HERE, "python", "\n".join(lines))]
    first = next(suggested_edits(hunks, snapshots))
    assert first.row == 2
    assert [found.row for found in suggested_edits(hunks, snapshots, [first])] == []


def test_four_hunks_outweigh_a_refusal() -> None:
    """The edit is then suggested elsewhere again, but never at the same place."""
    lines = [f"use{row}(total)" for row in range(9)]
    snapshots = [DocumentSnapshot(HERE, "python", "\n".join(lines))]
    first = next(suggested_edits(hunks_of(lines, {0: "use0(sum)", 1: "use1(sum)"}), snapshots))
    assert first.row == 2
    hunks = hunks_of(lines, {row: f"use{row}(sum)" for row in (0, 1, 3)})
    snapshots = [DocumentSnapshot(HERE, "python", "\n".join(lines))]
    assert [found.row for found in suggested_edits(hunks, snapshots, [first])] == []
    hunks = hunks_of(lines, {row: f"use{row}(sum)" for row in (4, 5, 6, 7)})
    snapshots = [DocumentSnapshot(HERE, "python", "\n".join(lines))]
    assert [found.row for found in suggested_edits(hunks, snapshots, [first])] == [8]
    second = first._replace(row=3, before=("use3(total)",), after=("use3(sum)",))
    assert [found.row for found in suggested_edits(hunks, snapshots, [first, second])] == []


def test_other_files_follow_a_declared_name() -> None:
    """The user's own file must not contain the old name; a refusal in another file ends the suggested edits there."""
    lines = ["connection = 0", "print(connection)", "save(connection)"]
    there = DocumentSnapshot(THERE, "python", "load(connection)\nsave(connection)")
    hunks = hunks_of(lines, {0: "channel = 0", 1: "print(channel)"})
    snapshots = [DocumentSnapshot(HERE, "python", "\n".join(lines)), there]
    assert {found.uri for found in suggested_edits(hunks, snapshots)} == {HERE}
    hunks += hunks_of(lines, {2: "save(channel)"})
    snapshots = [DocumentSnapshot(HERE, "python", "\n".join(lines)), there]
    found = next(suggested_edits(hunks, snapshots))
    assert (found.uri, found.row) == (THERE, 0)
    assert list(suggested_edits(hunks, snapshots, [found])) == []


def test_comments_of_other_files_follow_comments() -> None:
    lines, other = ["# Copyright 2013-2022 by us"], ["# Copyright 2013-2022 by us"]
    hunks = [
        *hunks_of(lines, {0: "# Copyright 2013-2023 by us"}),
        *hunks_of(other, {0: "# Copyright 2013-2023 by us"}, uri=THERE),
    ]
    third = "x = 2013 - 2022\n# Copyright 2013-2022 by us\n"
    snapshots = [
        DocumentSnapshot(THERE, "python", other[0]),
        DocumentSnapshot("file:///w/third", "python", third),
    ]
    assert [found.row for found in suggested_edits(hunks, snapshots)] == [1]


def test_other_files_follow_an_edit_of_two_files() -> None:
    lines, other = ["a = make(null)", "b = 1"], ["c = make(null)"]
    hunks = [*hunks_of(lines, {0: "a = empty()"}), *hunks_of(other, {0: "c = empty()"}, uri=THERE)]
    snapshots = [
        DocumentSnapshot(THERE, "python", other[0]),
        DocumentSnapshot("file:///w/third", "python", "d = make(null)\n"),
    ]
    assert [found.after for found in suggested_edits(hunks, snapshots)] == [("d = empty()",)]
    assert list(suggested_edits(hunks[1:], snapshots)) == []


def test_other_files_follow_a_sure_edit() -> None:
    lines = ["use(connection)", *(f"f{row}(connection)" for row in range(5))]
    hunks = hunks_of(lines, {row: line.replace("connection", "channel") for row, line in enumerate(lines)})
    snapshots = [
        DocumentSnapshot(HERE, "python", "\n".join(lines)),
        DocumentSnapshot(THERE, "python", "import x\nx(connection)"),
    ]
    assert list(suggested_edits(hunks, snapshots)) == [
        SuggestedEdit(THERE, 1, ("x(connection)",), ("x(channel)",), 6, ("import x", ""))
    ]
    assert list(suggested_edits(hunks[:3], snapshots)) == []


def test_no_edit_yields_no_suggested_edit() -> None:
    assert list(suggested_edits([], [DocumentSnapshot(HERE, "python", "a = 1")])) == []


def test_a_refusal_in_another_file_does_not_count_nearby() -> None:
    """It ends the suggested edits in other files; those in the user's own files go on."""
    lines, other = ["a = make(null)", "b = 1"], ["c = make(null)", "e = make(null)"]
    hunks = [*hunks_of(lines, {0: "a = empty()"}), *hunks_of(other, {0: "c = empty()"}, uri=THERE)]
    third = DocumentSnapshot("file:///w/third", "python", "d = make(null)\n")
    snapshots = [DocumentSnapshot(THERE, "python", "\n".join(other)), third]
    assert [found.uri for found in suggested_edits(hunks, snapshots)] == [THERE, third.uri]
    refused = [SuggestedEdit(third.uri, 0, ("d = make(null)",), ("d = empty()",), 2, ("", ""))]
    assert [found.uri for found in suggested_edits(hunks, snapshots, refused)] == [THERE]


def test_contradicting_edit_makes_a_rule_require_context() -> None:
    """Three edits outweigh one that contradicts them only if no context tells them apart."""
    lines = ["f(abc)", "f(abc)", "g(abc)", "f(abc)", "f(abc)", "g(abc)"]
    hunks = hunks_of(lines, {0: "f(xyz)", 2: "g(uvw)", 1: "f(xyz)", 3: "f(xyz)"})
    found = list(suggested_edits(hunks, [DocumentSnapshot(HERE, "python", "\n".join(lines))]))
    assert [(one.row, one.after) for one in found if one.support == 3] == [(4, ("f(xyz)",))]


def test_three_edits_outweigh_one_that_contradicts_them() -> None:
    """If no context tells them apart, it takes two more than those that contradict."""
    lines = ["f(abc)"] * 6
    made = {0: "f(xyz)", 1: "f(uvw)", 2: "f(xyz)", 3: "f(xyz)"}
    for count, rows in ((4, [4, 5]), (3, [])):
        edited = list(lines)
        hunks = hunks_of(edited, dict(list(made.items())[:count]))
        found = list(suggested_edits(hunks, [DocumentSnapshot(HERE, "python", "\n".join(edited))]))
        assert [one.row for one in found] == rows, count


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].row is not None])
def test_a_rule_makes_the_edit_from_which_it_comes(name: str) -> None:
    """With any context that it requires, it turns the user's old lines into those that the user made of them."""
    case = CASES[name]
    hunks = hunks_of(case.before.split("\n"), case.made)
    found = [
        of
        for rules_by_context in rules_for(hunks, case.language)
        for of in rules_by_context
        if not of.repeats_on_line
    ]
    for of in found:
        for hunk in hunks if of.support == len(hunks) else hunks[-1:]:
            text = "\n".join(["", hunk.above, *hunk.before, hunk.below, ""])
            wanted = "\n".join(["", hunk.above, *hunk.after, hunk.below, ""])
            made = [text[: place.start] + place.text + text[place.end :] for place in of.places(text)]
            assert wanted in made, of


@pytest.mark.parametrize(
    ("lines", "rows"), [(MAX_DISTANCE_ROWS, [MAX_DISTANCE_ROWS]), (MAX_DISTANCE_ROWS + 1, [])]
)
def test_one_edit_is_suggested_nearby_alone(lines: int, rows: list[int]) -> None:
    """Far below it, and in other files, it takes a second one."""
    text = ["channel = 0", *["x"] * (lines - 1), "use(connection)"]
    hunks = [Hunk(HERE, 0, ("connection = 0",), ("channel = 0",), "", "x")]
    snapshots = [
        DocumentSnapshot(HERE, "python", "\n".join(text)),
        DocumentSnapshot(THERE, "python", "use(connection)"),
    ]
    assert [found.row for found in suggested_edits(hunks, snapshots) if found.uri == HERE] == rows
