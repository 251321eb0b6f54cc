"""The parts of the next edit: the change of a hunk, what two changes have in common, and where a rule fits."""

from dataclasses import replace

import pytest

from midfill.core.edits import Hunk, Page, Proposal, proposals
from midfill.core.edits.holes import ANY
from midfill.core.edits.learn import rules
from midfill.core.edits.places import made, offset, on_page, passed, zone_at, zone_of
from midfill.core.edits.rule import LONGEST_LINE, MOST_PLACES, Place, Rule
from midfill.core.edits.spot import Spot, indent_at, spot
from midfill.core.edits.sure import ELSEWHERE, NEAR, is_sure, is_sure_elsewhere, names, reach
from midfill.core.edits.tokens import Change, changes, common_head, is_word, tokens
from midfill.core.edits.unify import unified

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


def spot_of(before: str, after: str, above: str = "", below: str = "") -> Spot:
    found = spot(hunk(before, after, 0, above, below))
    assert found is not None
    return found


def rule(gone: str = "", come: str = "", left: str = "", right: str = "", **facts: object) -> Rule:
    """Return a rule whose tokens are separated by blanks; a digit is a hole, `*` any tokens, `¶` a line end."""

    def parts(text: str) -> tuple[str | int, ...]:
        known: dict[str, str | int] = {"*": ANY, "¶": "\n", **{str(number): number for number in range(5)}}
        return tuple(known.get(part, part) for part in text.split())

    wanted = Rule(left=parts(left), gone=parts(gone), right=parts(right), come=(come,) if come else ())
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
        ("a", "b\nc", "a", "b\nc"),
    ],
)
def test_what_a_hunk_changes(before: str, after: str, removed: str, inserted: str) -> None:
    """From its first changed token to the last; equal changes of one line are one."""
    found = spot_of(before, after)
    assert (found.removed, found.inserted) == (removed, inserted)
    assert found.gone == tuple(token.text for token in tokens(removed))
    assert found.come == tuple(token.text for token in tokens(inserted))


@pytest.mark.parametrize(("before", "after"), [("a = 1", "a=1"), ("  a", "a"), ("a", "a"), ("", "")])
def test_blanks_alone_are_no_change(before: str, after: str) -> None:
    assert spot(hunk(before, after)) is None


def test_what_stands_around_a_change() -> None:
    """Tokens of the line, of the one above and of the one below, with their line ends; few of them."""
    found = spot_of("  f(a, b)", "  f(c, b)", "above", "below")
    assert (found.left, found.right) == (
        ("\n", "above", "\n", "f", "("),
        (",", "b", ")", "\n", "below", "\n"),
    )
    assert (found.indent, found.deeper, found.blanks, found.lines) == ("  ", "", (False, False), "")
    long = spot_of("x " * 30 + "a" + " y" * 30, "x " * 30 + "b" + " y" * 30)
    assert (len(long.left), len(long.right)) == (24, 24)
    assert spot_of("x a", "x b c").blanks == (True, False)
    assert spot_of("x a y", "x b y").blanks == (True, True)


def test_lines_that_are_added() -> None:
    """With their line ends, indented like the line above or the line below."""
    above = spot_of("", "    new()", "    one()", "two()")
    assert (above.inserted, above.lines, above.indent, above.gone) == ("    new()\n", "above", "    ", ())
    below = spot_of("", "new()", "    one()", "two()")
    assert (below.inserted, below.lines, below.indent) == ("new()\n", "below", "")


def test_a_line_that_is_indented_deeper() -> None:
    """The blanks that it gains are a part of the change."""
    found = spot_of("f()", "    await f()")
    assert (found.inserted.strip(), found.deeper) == ("await", "    ")
    assert spot_of("    f()", "await f()").deeper == ""
    assert spot_of("  f()", "    await f()").deeper == "  "


@pytest.mark.parametrize(
    ("one", "other", "gone", "come"),
    [
        (("f(a)", "g(a)"), ("f(b)", "g(b)"), ("f",), ("g",)),
        (("f(a)", "f(a, 1)"), ("h(b)", "h(b, 1)"), (), (", 1",)),
        (("read(a)", "check(read(a))"), ("read(b)", "check(read(b))"), None, None),
        (("(a, x)", "(x, a)"), ("(b, y)", "(y, b)"), (0, ",", 1), (1, ", ", 0)),
        (("(a)", "(1)"), ("(b)", "(2)"), None, None),
        (("(a)", "(aa)"), ("(b)", "(bb)"), None, None),
    ],
)
def test_what_two_changes_have_in_common(
    one: tuple[str, str],
    other: tuple[str, str],
    gone: tuple[object, ...] | None,
    come: tuple[object, ...] | None,
) -> None:
    """The same tokens, and holes where those of the lines differ; what comes has nothing that did not go."""
    found = unified(spot_of(*one), spot_of(*other))
    if gone is None:
        assert found is None or found[1] != come
    else:
        assert found == (gone, come)


def test_more_holes_than_can_be_told_apart() -> None:
    """Three are the most."""
    three = unified(spot_of("(a, b, c)", "(c, b, a, 1)"), spot_of("(d, e, f)", "(f, e, d, 1)"))
    assert three is not None
    four = unified(spot_of("(a, b, c, x)", "(x, c, b, a)"), spot_of("(d, e, f, y)", "(y, f, e, d)"))
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
        (rule("", "x", "f ( *", ")"), "f(a, (b)) g(a)", ["f(a, (b)|x|) g(a)"]),
        (rule("a", "a"), "a", []),
        (rule("", "x", "a"), "ax a x", []),
    ],
)
def test_where_a_rule_fits(of: Rule, text: str, found: list[str]) -> None:
    """Whole tokens, whatever the blanks between them; not where its text stands already."""
    page = f"\n{text}\n"
    marked = [f"{page[1 : place.start]}|{place.text}|{page[place.end : -1]}" for place in of.places(page)]
    assert marked == found


def test_holes_take_what_stands_there() -> None:
    """A name or a balanced expression, the same one at each place of it."""
    swap = replace(rule("( 0 , 1 )"), come=("(", 1, ", ", 0, ")"))
    text = "\nf(a, b)\ng(x(1), [y])\nh(a, b\n"
    assert [place.text for place in replace(swap, left=("f",)).places(text)] == ["(b, a)"]
    assert [place.text for place in replace(swap, left=("g",)).places(text)] == ["([y], x(1))"]
    twice = replace(rule("eq ( 0 , 0 )"), come=("same(", 0, ")"))
    assert [place.text for place in twice.places("\neq(a, a) eq(a, b)\n")] == ["same(a)"]


def test_a_rule_is_looked_for_within_bounds() -> None:
    """Between two offsets, in so many places, and not in lines that are data."""
    of, line = rule("total", "sum"), "\ntotal\n"
    assert list(of.places(line * 3, 7, 14)) == [Place(8, 13, "sum")]
    assert len(list(of.places(line * (MOST_PLACES + 5)))) == MOST_PLACES
    assert list(of.places("\n" + "x " * LONGEST_LINE + "total\n")) == []
    assert len(list(of.places("\n" + "x " * 200 + "total\n"))) == 1


def test_blanks_go_and_come_with_a_change() -> None:
    """Those that were removed with it, and none where none may stand."""
    assert [place[:2] for place in rule("a", "", "x", lead=True).places("\nx a\nxa\n")] == [(2, 4)]
    assert [place[:2] for place in rule("a", "", "", "x", tail=True).places("\na x\nax\n")] == [(1, 3)]
    tight = rule("", "!", "a", "b", blanks=(False, True))
    assert [place.start for place in tight.places("\na b\na  b\n")] == [2, 6]
    loose = rule("", "!", "a", "b", blanks=(True, False))
    assert [place.start for place in loose.places("\na b\n")] == [3]


def test_new_lines_are_indented_like_those_around() -> None:
    """Whole lines as the line above or below, and the further lines of a text like its first."""
    lines = rule("", "  b\n  c\n", "a ( ) ¶", "", indent="  ", lines="above")
    assert [place.text for place in lines.places("\n      a()\n  x\n")] == ["      b\n      c\n"]
    below = rule("", "b\n", "¶", "x", lines="below")
    assert [place.text for place in below.places("\na()\n   x\n")] == ["   b\n"]
    inner = rule("a", "f(\n  b,\n)", indent="")
    assert [place.text for place in inner.places("\n    a\n")] == ["f(\n      b,\n    )"]
    deeper = rule("", "await ", "¶", "f", deeper="  ")
    assert [place[:] for place in deeper.places("\n  f\n")] == [(1, 3, "    await ")]


@pytest.mark.parametrize(
    ("of", "facts"),
    [
        (rule("ab cde f", "x", "long_word"), {"anchor": "cde", "is_rename": False, "removes": False}),
        (rule("( )", "x", "ab cde"), {"anchor": "cde", "is_framed": True}),
        (rule("0", "x", "( ["), {"anchor": "(", "is_framed": False}),
        (rule("0", "x", "(", ")"), {"is_framed": True, "in_call": False}),
        (rule("a", "b"), {"is_rename": True, "removes": False, "spans_lines": False}),
        (rule("a", "1b"), {"is_rename": False}),
        (rule("a", " "), {"removes": True}),
        (rule("a", ""), {"removes": True, "is_rename": False}),
        (rule("", "x", "f ( *"), {"in_call": True, "removes": False}),
        (rule("a ¶ b", "c"), {"spans_lines": True, "fixed": ["a", "b"]}),
        (rule("a", "c\nd"), {"spans_lines": True}),
    ],
)
def test_what_a_rule_is(of: Rule, facts: dict[str, object]) -> None:
    """What it is searched by, and of which kind it is."""
    assert {name: getattr(of, name) for name in facts} == facts


@pytest.mark.parametrize(
    ("of", "sure"),
    [
        (rule("letters", "x"), True),
        (rule("letter", "x"), False),
        (rule("abc", "x", witnesses=2), True),
        (rule("ab", "x", witnesses=3), False),
        (rule("ab", "x", witnesses=4), True),
        (rule("abc def", "x"), False),
        (rule("abc def", "x", witnesses=2), True),
        (rule("abc (", "x", "a b", witnesses=2), False),
        (rule("abc (", "x", "a b", "c", witnesses=2), True),
        (rule("abc (", "x", witnesses=3), True),
        (rule("( )", "x", "a b c", witnesses=2), False),
        (rule("( )", "x", "a b c d", witnesses=2), True),
        (rule("", "x", "f ( *", ")", witnesses=3), False),
        (rule("", "x", "f ( *", ")", witnesses=4), True),
        (rule("", "x", "f *", ")", witnesses=3), False),
        (rule("", "x", "a b c", "d e", witnesses=3), False),
        (rule("", "x", "a b c", "d e f", witnesses=3), True),
        (rule("", "x", "a", "b", witnesses=4), False),
        (rule("", "x", "a b", "c d", witnesses=4), True),
        (rule("", "x\n", "a", "b", witnesses=4, lines="above"), False),
        (rule("abc d e f", "", "a b c", witnesses=3), False),
        (rule("abc d e f", "", "a b c d", witnesses=3), True),
        (rule("abc d e", "", "a", witnesses=4), True),
        (rule("abc d", "", "a", witnesses=4), False),
    ],
)
def test_when_a_rule_is_sure(of: Rule, sure: bool) -> None:
    """The more edits support it, the less it needs around it; what only adds or removes needs more."""
    assert is_sure(of) is sure


def test_how_far_a_rule_reaches() -> None:
    """One edit supports places nearby; in other files several do, of a name."""
    assert (reach(rule("letters", "x")), reach(rule("letters", "x", witnesses=2))) == (NEAR, None)
    page = Page(HERE, "python", "x\n")
    assert is_sure_elsewhere(rule("abc", "x", files=2), page)
    assert not is_sure_elsewhere(rule("abc", "x"), page)
    assert not is_sure_elsewhere(rule("( )", "x", files=2), page)
    assert [is_sure_elsewhere(rule("abc", files=files), page) for files in (2, 3)] == [False, True]
    renamed = rule("letters", "signs", witnesses=ELSEWHERE)
    assert is_sure_elsewhere(renamed, page)
    assert not is_sure_elsewhere(renamed, page._replace(text="letters"))
    assert names(rule("abc de ( 0 fgh")) == ["abc", "fgh"]


@pytest.mark.parametrize(
    ("language", "text", "at", "zone"),
    [
        ("python", 'a = "b c" # d', 0, "code"), ("python", 'a = "b c" # d', 6, "string"),
        ("python", 'a = "b c" # d', 4, "code"), ("python", 'a = "b c" # d', 9, "code"),
        ("python", 'a = "b c" # d', 12, "comment"),
        ("python", 'a = """b\nc\nd"""', 9, "string"), ("python", 'a = """b"""\nc', 12, "code"),
        ("c", "/* a\nb */ c", 6, "comment"), ("c", "/* a */\nb", 8, "code"), ("go", "a := `b\nc`", 8, "string"),
        ("plaintext", "it's a \"b\"", 5, "code"),
    ],
)  # fmt: skip
def test_the_kind_of_text_around_a_place(language: str, text: str, at: int, zone: str) -> None:
    """By its line, and by what is open above it."""
    assert zone_at(f"\n{text}\n", at + 1, language) == zone


def test_a_place_is_proposed_as_whole_lines() -> None:
    """Only the lines that change, downwards from the last edit; none that the user has edited."""
    last = hunk("use(total)", "use(sum)", 2)
    page = Page(HERE, "python", "total\nx\nuse(sum)\ny(total, total)\nz(total)")
    of = rule("total", "sum", witnesses=2)
    assert list(on_page(of, page, [hunk("", "z(total)", 4), last], "code")) == [
        Proposal(HERE, 3, ("y(total, total)",), ("y(sum, sum)",), 2, ("use(sum)", "z(total)"))
    ]
    other = page._replace(uri="file:///w/other")
    assert [found.row for found in on_page(of, other, [last], "code")] == [0, 3, 4]
    assert offset("\na\nb\nc", 0) == 0
    assert offset("\na\nb\nc", 2) == 4


def test_other_rules_change_the_same_line() -> None:
    """Those that two edits support; a rule of more lines does not."""
    last, page = hunk("a1", "b1", 0), Page(HERE, "python", "b1\nf(abc, def)")
    of, more = rule("abc", "xyz", witnesses=2), rule("def", "uvw", witnesses=2)
    (found,) = on_page(of, page, [last], "code", [more])
    assert found.after == ("f(xyz, uvw)",)
    for other in (replace(more, witnesses=1), rule("def ¶", "uvw", witnesses=2), replace(more, gone=of.gone)):
        (found,) = on_page(of, page, [last], "code", [other])
        assert found.after == ("f(xyz, def)",)


def test_a_proposal_opens_no_more_than_the_users_edit() -> None:
    """A bracket that the user's own edit opened may be opened again."""
    page = Page(HERE, "python", "x\nf(abc)\ng(abc)")
    opening = rule("abc", "(abc", witnesses=2)
    assert list(on_page(opening, page, [hunk("f(abc)", "f(abd)", 0)], "code")) == []
    assert len(list(on_page(opening, page, [hunk("abc", "(abc", 0)], "code"))) == 2
    quoting = rule("abc", "'abc", witnesses=2)
    assert list(on_page(quoting, page, [hunk("f(abc)", "f(abd)", 0)], "code")) == []
    assert len(list(on_page(quoting, page, [hunk("abc", "'abc", 0)], "code"))) == 2


def test_a_rule_that_was_passed_over() -> None:
    """Between the user's edits a place is left that it fits: he does not want it there."""
    of = rule("total", "sum", witnesses=2)
    hunks = [hunk("total", "sum", 0), hunk("total", "sum", 3)]
    assert passed(of, hunks, Page(HERE, "python", "sum\ntotal\nx\nsum"))
    assert not passed(of, hunks, Page(HERE, "python", "sum\nx\nx\nsum\ntotal"))
    assert not passed(replace(of, witnesses=1), hunks, Page(HERE, "python", "sum\ntotal\nx\nsum"))
    assert not passed(of, hunks[:1], Page(HERE, "python", "sum\ntotal\nx\nsum"))
    edited = [hunk("x", "total", 1), *hunks]
    assert not passed(of, edited, Page(HERE, "python", "sum\ntotal\nx\nsum"))


def test_what_a_rule_makes_of_a_refused_place() -> None:
    """It is known again by the lines before and after."""
    of = rule("total", "sum")
    assert made(of, Proposal(HERE, 7, ("a", "total"), ("a", "sum"))) is False
    assert made(of, Proposal(HERE, 7, ("total",), ("sum",)))
    assert not made(of, Proposal(HERE, 7, ("total",), ("amount",)))


def test_rules_of_the_last_hunks() -> None:
    """What two edits have in common comes first, with more and more around it; then the last one alone."""
    hunks = [hunk("f(abc, 1)", "f(xyz, 1)"), hunk("g(abc, 2)", "g(xyz, 2)")]
    common, alone = rules(hunks)
    assert {of.witnesses for of in common} == {2}
    assert {of.witnesses for of in alone} == {1}
    assert [(of.left, of.right) for of in common][:2] == [((), ()), (("(",), (",",))]
    assert common[0].gone == ("abc",)
    assert common[0].come == ("xyz",)
    assert len(rules([hunks[0], hunk("other", "thing")])) == 1
    assert rules([hunk("a = 1", "a=1")]) == rules([]) == []
    assert rules([hunk("x " * 61, "y " * 61)]) == []
    assert rules([hunk("x " * 60, "y")]) != []


def test_tokens_and_their_changes() -> None:
    """Words, marks and line ends, with their places."""
    assert [tuple(token) for token in tokens("a_1 +\n b")] == [
        ("a_1", 0, 3),
        ("+", 4, 5),
        ("\n", 5, 6),
        ("b", 7, 8),
    ]
    assert [is_word(text) for text in ("a", "_a", "1", "é", "(", "", "-a")] == [
        True,
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert changes("abcd", "abxd") == [Change(2, 3, 2, 3)]
    assert changes("abc", "abc") == []
    assert changes("abcde", "xbcdy") == [Change(0, 1, 0, 1), Change(4, 5, 4, 5)]
    assert changes("aa", "aaa") == [Change(2, 2, 2, 3)]
    assert (common_head("abc", "abd"), common_head("abc", "ab"), common_head("", "x")) == (2, 2, 0)
    assert [indent_at("a\n\t b\nc", at) for at in (0, 2, 5, 6)] == ["", "\t ", "\t ", ""]


@pytest.mark.parametrize(
    ("made", "rows"),
    [
        (("f(total)", "f(sum)"), [2]),
        (('log("total")', 'log("sum")'), [1]),
        (("x()  # total", "x()  # sum"), [3]),
    ],
)
def test_an_edit_in_a_text_is_proposed_in_texts(made: tuple[str, str], rows: list[int]) -> None:
    """In a string in strings, in a comment in comments, in code in code; in another file in code."""
    page = Page(HERE, "python", f'{made[1]}\ny("total")\nz(total)\na()  # total')
    of, last = rule("total", "sum", witnesses=2), hunk(*made)
    assert [found.row for found in on_page(of, page, [last], zone_of(last, page))] == rows
    other = page._replace(uri="file:///w/other")
    assert [found.row for found in on_page(of, other, [last], "code")] == [2]


def test_no_blank_is_allowed_where_there_was_none() -> None:
    """On neither side of what is added."""
    bare = rule("", "!", "(", "b", blanks=(False, False))
    assert [place.start for place in bare.places("\nf(b) f( b)\n")] == [3]
    assert [place.start for place in replace(bare, blanks=(False, True)).places("\nf(b) f( b)\n")] == [3, 8]


@pytest.mark.parametrize(
    ("before", "after", "callee"),
    [
        ("f(a)", "f(a, b)", ("f", "(", ANY)),
        ("f(g(x), a)", "f(g(x), a, b)", ("f", "(", ANY)),
        ("f([x], {y})", "f([x], {y}, b)", ("f", "(", ANY)),
        ("(a)", "(a, b)", None),
        ("a", "a, b", None),
    ],
)
def test_an_argument_is_added_anywhere_in_a_call(
    before: str, after: str, callee: tuple[object, ...] | None
) -> None:
    """Of the same name; brackets that are closed before it are not the call."""
    (alone,) = rules([hunk(before, after)])
    found = [of.left[:3] for of in alone if of.in_call]
    assert found == ([] if callee is None else [callee])


def test_a_rule_that_no_level_fits_any_more_is_none() -> None:
    """Where each of its levels would make what was refused, nothing is proposed."""
    hunks = [hunk("total = 0", "amount = 0", 0), hunk("print(total)", "print(amount)", 1)]
    page = Page(HERE, "python", "amount = 0\nprint(amount)\ntotal")
    assert [found.row for found in proposals(hunks, [page])] == [2]
    refused = [Proposal(HERE, 9, ("total",), ("amount",))]
    assert list(proposals(hunks, [page], refused)) == []


def test_lines_with_another_number_of_holes_have_nothing_in_common() -> None:
    """What comes must be made of what went."""
    assert unified(spot_of("(a, b)", "(a, 1)"), spot_of("(c, d)", "(c, 2)")) is None
    assert unified(spot_of("a\nb", "c"), spot_of("a", "c")) is None
