"""The parts of the embedded engine by themselves: what is compared, counted, copied, and how sure it is."""

import math
from dataclasses import replace

import pytest

from midfill.core.cursor import Cursor
from midfill.core.lookup import joined, remembered, sorted_starts
from midfill.core.lookup.block import begins_alike, following_lines
from midfill.core.lookup.confidence import confidence, features
from midfill.core.lookup.lookup import complete, started
from midfill.core.lookup.matches import ANCHOR_LIMIT, ANCHORS, REACH, LookupQuery, Match, matches
from midfill.core.lookup.memory import COMPARED, FORWARD, LINE_LIMIT, TABS, Memory
from midfill.core.lookup.source import NEAR, DocumentText
from midfill.core.lookup.votes import (
    FOREIGN,
    MAX_PIECES,
    UNKNOWN,
    Step,
    Vote,
    VoteCount,
    VoteGroup,
    ending,
    is_unanimous,
)
from midfill.core.model import Ask

STEP = Step("count", 2, VoteGroup(81, 5, 9, 2, 1), 119.0, 4, 3, True)


def test_what_a_piece_is_judged_by() -> None:
    """Its share of the votes, how long the places agree, what contradicts it, and what kind of piece it is."""
    found = features(STEP, 3, at_start=True)
    share = 81 / 123
    expected = {
        "constant": 1, "odds": math.log(82 / 39), "share": share, "share squared": share**2,
        "votes": math.log(6), "agreed": 9 / 8, "agreed by now": 11 / 8, "copied": 1, "unanimous": 0,
        "votes, unanimous": 0, "copied on": math.log(3), "against": 0.5, "choices": math.log(3),
        "in document": 1, "votes in document": math.log(3), "only by pattern": 0, "by pattern": 1, "first": 0,
        "number": math.log(3), "word begun": 0, "characters begun": 0, "name": 1, "characters of name": 5 / 8,
        "known name": 1, "line end": 0, "blank": 0, "line start": 1, "line start, first": 0,
    }  # fmt: skip
    assert found == pytest.approx(expected)
    first = features(replace(STEP, number=0, choices=1), 3, at_start=False)
    changed = {
        "agreed by now": 9 / 8, "unanimous": 1, "votes, unanimous": math.log(6), "copied on": 0, "choices": 0,
        "first": 1, "number": 0, "word begun": 1, "characters begun": 3 / 8, "line start": 0,
    }  # fmt: skip
    assert first == pytest.approx(expected | changed)


@pytest.mark.parametrize(
    ("differs", "feature", "value"),
    [
        ({"party": VoteGroup(81, 5, 40)}, "agreed", 2),
        ({"party": VoteGroup(81, 5, 40)}, "agreed by now", 4),
        ({"party": VoteGroup(81, 5, 7)}, "copied", 0),
        ({"party": VoteGroup(81, 5, 7)}, "copied on", 0),
        ({"party": VoteGroup(81, 5, 8)}, "copied", 1),
        ({"party": VoteGroup(81, 5, 9, 0, 5)}, "only by pattern", 1),
        ({"party": VoteGroup(81, 5, 9, 0, 0)}, "in document", 0),
        ({"party": VoteGroup(81, 5, 9, 0, 0)}, "by pattern", 0),
        ({"against": 90}, "against", 2),
        ({"piece": "a_long_name_indeed"}, "characters of name", 1.5),
        ({"piece": "", "is_known": True}, "line end", 1),
        ({"piece": "  "}, "blank", 1),
        ({"piece": "("}, "name", 0),
        ({"piece": "("}, "characters of name", 0),
        ({"piece": "("}, "known name", 0),
        ({"is_known": False}, "known name", 0),
        ({"number": 0}, "line start, first", 1),
        ({"number": 0}, "characters begun", 1),
    ],
)
def test_what_else_a_piece_is_judged_by(differs: dict[str, object], feature: str, value: float) -> None:
    """Each has a most; an ending, a blank and a bracket are no names."""
    assert features(replace(STEP, **differs), 30, at_start=True)[feature] == pytest.approx(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("differs", "begun", "at_start", "percent"),
    [
        ({}, 0, False, 77.31),
        ({}, 0, True, 72.62),
        ({"number": 0}, 3, False, 91.10),
        ({"number": 0}, 0, True, 64.20),
        ({"choices": 1, "against": 0, "total": 81.0}, 0, False, 96.54),
        ({"party": VoteGroup(12, 1, 3), "is_known": False}, 0, False, 7.66),
        ({"party": VoteGroup(12, 3, 4, 0, 3), "piece": ""}, 0, False, 35.48),
        ({"piece": " "}, 0, False, 88.99),
    ],
)
def test_how_sure_it_is(differs: dict[str, object], begun: int, at_start: bool, percent: float) -> None:
    """The numbers of the fit: another fit changes them, and nothing else does."""
    found = confidence(replace(STEP, **differs), begun, at_start=at_start)  # type: ignore[arg-type]
    assert 100 * found == pytest.approx(percent, abs=0.01)


LINES = ["def f():", "\t\treturn größe", "", "    x = 1 ", " " * 200 + "deep"]


def memory(*texts: str) -> Memory:
    """Return the memory of files `0`, `1` and so on."""
    return remembered([(str(number), text) for number, text in enumerate(texts)])


def test_a_memory_gives_back_its_lines() -> None:
    """With their indentation, which is cut at 127; without blanks at the end; rows and rests by a place in them."""
    made = memory("\n".join(LINES), "other")
    assert [made.line(row) for row in range(5)] == [
        "def f():", "\t\treturn größe", "", "    x = 1", " " * 127 + "deep",
    ]  # fmt: skip
    assert (made.line(-1), made.line(5), made.line(6)) == (None, "other", None)
    (place,) = made.ends(b"return", 9)
    assert (made.row(place), made.line_rest(place)) == (1, " größe")
    assert made.before(place, 8) == b":\nreturn"
    assert made.before(3, 10) == made.text.bytes[0:3]


def test_a_memory_finds_places_by_whole_tokens() -> None:
    """At most so many, spread over what may follow; none in a hidden file."""
    made = memory("call(a)\ncall(b)\nrecall(c)", "call(d)")
    rests = [made.line_rest(place) for place in made.ends(b"call", 9)]
    assert rests == ["(a)", "(b)", "(d)"]
    assert [made.line_rest(place) for place in made.ends(b"call", 2)] == ["(a)", "(d)"]
    assert [made.line_rest(place) for place in made.ends(b"call", 1)] == ["(a)"]
    assert list(made.ends(b"nothing", 9)) == []
    hidden = made.without("0")
    assert [hidden.line_rest(place) for place in hidden.ends(b"call", 9)] == ["(d)"]
    assert hidden.without("1").hidden == {0, 1}
    assert made.without("elsewhere").hidden == made.hidden == frozenset()


def test_what_a_memory_keeps_of_a_text() -> None:
    """Where each line and each file begins; a line that is too long is blank; its tokens are sorted."""
    text = joined(["a\n  b", "", "x" * LINE_LIMIT + "\n" + "y" * (LINE_LIMIT + 1) + "\n\tz"])
    content = bytes(text.bytes[:])
    assert content == b"\na\nb\n\n" + b"x" * LINE_LIMIT + b"\n\nz\n"
    assert [content[at : at + 1] for at in text.lines] == [b"a", b"b", b"\n", b"x", b"\n", b"z"]
    assert list(text.files) == [0, 4, 5]
    assert list(text.indents) == [0, 2, 0, 0, 0, 1 | TABS]
    starts = sorted_starts(b"b a_1 (b, a) \xc3\xa9")
    assert sorted(starts) == [0, 2, 6, 7, 8, 10, 11, 13]
    keys = [b"b a_1 (b, a) \xc3\xa9"[at : at + COMPARED] for at in starts]
    assert keys == sorted(keys)


def test_a_long_rest_is_cut() -> None:
    """Only so much of a line is read."""
    made = memory("call " + "x" * 400)
    (place,) = made.ends(b"call", 9)
    assert made.line_rest(place) == " " + "x" * (FORWARD - 1)


@pytest.mark.parametrize(("from_end", "most", "rests"), [
    (True, 9, ["(c)", "(b)", "(a)"]), (False, 9, ["(a)", "(b)", "(c)"]), (True, 1, ["(c)"]), (False, 2, ["(a)", "(b)"]),
])  # fmt: skip
def test_a_source_finds_places_from_either_end(from_end: bool, most: int, rests: list[str]) -> None:
    """The nearest to the cursor first; overlapping ones too."""
    source = DocumentText(["call(a)", "  call(b)", "call(c)"])
    places = list(source.ends("call", most, from_end=from_end))
    assert [source.line_rest(place) for place in places] == rests
    assert list(DocumentText(["aaa"]).ends("aa", 9, from_end=from_end)) == ([4, 3] if from_end else [3, 4])
    assert list(source.ends("none", 9, from_end=from_end)) == []


def test_the_lines_of_a_source() -> None:
    """With their indentation, and a few of either end without; a line that is too long is blank."""
    lines = [f" line{number}" for number in range(40)]
    source = DocumentText(lines)
    assert (source.line(0), source.line(39), source.line(40), source.line(-1)) == (
        " line0",
        " line39",
        None,
        None,
    )
    assert source.last_lines() == [line.strip() for line in lines[: -NEAR - 1 : -1]]
    assert source.first_lines() == [line.strip() for line in lines[: NEAR // 2]]
    assert source.before(3, 2) == source.text[1:3]
    assert source.before(3, 9) == source.text[:3]
    assert DocumentText(["x" * LINE_LIMIT, "y" * (LINE_LIMIT + 1)]).text == "\n" + "x" * LINE_LIMIT + "\n\n"
    assert (DocumentText().text, DocumentText().last_lines(), DocumentText(["a"]).last_lines()) == (
        "\n",
        [],
        ["a"],
    )


def test_the_anchors_of_a_query() -> None:
    """Eight tokens, four, three, two and one; a single one must be a name of two letters; each has an end."""
    assert list(LookupQuery("a b c d e f g h ij").anchors()) == [
        "b c d e f g h ij", "f g h ij", "g h ij", "h ij", "ij",
    ]  # fmt: skip
    assert [list(LookupQuery(text).anchors()) for text in ("i", "f(", "f(x", "")] == [
        [],
        ["f("],
        ["f(x", "(x"],
        [],
    ]
    assert max(map(len, LookupQuery("x" * 300 + " " + "y" * 300).anchors())) == ANCHOR_LIMIT
    assert ANCHORS[0] == 8


def test_a_query_agrees_in_any_script() -> None:
    """In the document and in a memory, whose text is bytes, by as many whole tokens."""
    query = LookupQuery("größe = maß(")
    for line, agreed in (
        ("größe = maß(x)", 4),
        ("x größe = maß(x)", 4),
        ("xgröße = maß(x)", 3),
        ("ß = maß(x)", 3),
    ):
        source = DocumentText([line])
        (place,) = source.ends("maß(", 1, from_end=True)
        assert query.agreed(source, place) == agreed
        made = memory(line)
        (place,) = made.ends("maß(".encode(), 1)
        assert query.agreed(made, place) == agreed


def test_enough_places_need_no_shorter_anchor() -> None:
    """The document is searched before memories; a long anchor is not looked for in those."""
    lines = [f"first second third({number})" for number in range(2 * REACH)] + ["other third(0)"]
    found = list(matches(LookupQuery("first second third("), DocumentText(lines), DocumentText(lines), ()))
    assert len(found) == 2 * REACH
    assert {match.agreed for match in found} == {4}
    made = memory("y" * 60 + " third(x)\nthird(z)")
    agreed = [
        match.agreed
        for match in matches(LookupQuery("y" * 60 + " third("), DocumentText(), DocumentText(), [made])
    ]
    assert sorted(agreed) == [2, 3]
    assert not any(
        match.in_document for match in matches(LookupQuery("third("), DocumentText(), DocumentText(), [made])
    )


def step(piece: str = "x", **facts: object) -> Step:
    return replace(STEP, **({"piece": piece, "choices": 1, "party": VoteGroup(9, 3, 8)} | facts))  # type: ignore[arg-type]


def test_when_places_are_unanimous() -> None:
    """Three of them, one of which agrees on eight tokens, and none against."""
    assert is_unanimous(step())
    assert not is_unanimous(step(choices=2))
    assert not is_unanimous(step(party=VoteGroup(9, 2, 8)))
    assert not is_unanimous(step(party=VoteGroup(9, 3, 7)))


def test_votes_are_weighed() -> None:
    """By the square of what agrees, less from another file; analogies count as their own."""
    here, there = Match(DocumentText(), 0, 3), Match(memory("x"), 0, 3)
    assert (Vote("x", 3, here).weight, Vote("x", 3).weight, Vote("x", 3, there).weight) == (9, 9, 9 * FOREIGN)
    count = VoteCount()
    for vote in (Vote("x", 3, here), Vote("x", 2, there), Vote("x", 4), Vote("yy", 1)):
        count.add(vote)
    party = count.parties["x"]
    assert (party.votes, party.agreed, party.in_document, party.by_pattern) == (3, 4, 1, 1)
    assert party.weight == pytest.approx(9 + 4 * FOREIGN + 16)
    first, _ = count.steps(lambda name: name == "begunyy", "begun")
    assert (first.piece, first.choices, first.against, first.is_known) == ("x", 2, 1, False)
    assert first.total == pytest.approx((25 + 4 * FOREIGN) * UNKNOWN + 1)
    assert ending([Vote("x", 1), Vote("xy", 2)], "xy") == [Vote("xy", 2)]


def test_a_text_has_so_many_pieces() -> None:
    """Beyond that it is not counted on."""
    count = VoteCount()
    count.add(Vote("a." * 50, 1))
    assert len(list(count.steps(lambda name: True, ""))) == MAX_PIECES
    short = VoteCount()
    short.add(Vote("a b", 1))
    assert [found.piece for found in short.steps(lambda name: True, "")] == ["a", " ", "b", ""]
    assert [found.number for found in short.steps(lambda name: True, "")] == [0, 1, 2, 3]


COPY = [
    "if a:",
    "    one()",
    "    two()",
    "",
    "if b:",
    "    one()",
    "    two()",
    "    three()",
    "if c:",
    "  one()",
]


def copies(rows: list[int], agreed: int = 8) -> list[Vote]:
    """Return votes of the ends of some lines of the text."""
    source = DocumentText(COPY)
    ends = [sum(len(line.strip()) + 1 for line in COPY[: row + 1]) for row in range(len(COPY))]
    return [Vote("", agreed, Match(source, ends[row], agreed)) for row in rows]


@pytest.mark.parametrize(
    ("rows", "agreed", "needed", "limit", "lines"),
    [
        ([0, 4], 8, 0.0, 9, "\n      one()\n      two()"),
        ([0, 4], 7, 0.0, 9, ""),
        ([0], 8, 0.0, 9, ""),
        ([0, 4], 8, 128.0, 9, "\n      one()\n      two()"),
        ([0, 4], 8, 129.0, 9, ""),
        ([0, 4], 8, 0.0, 1, "\n      one()"),
        ([0, 4], 8, 0.0, 0, ""),
        ([0, 4], 8, 0.0, -1, ""),
        ([0, 8], 8, 0.0, 9, ""),
        ([1, 5], 8, 0.0, 9, "\n  two()"),
    ],
)
def test_lines_that_follow_are_copied(
    rows: list[int], agreed: int, needed: float, limit: int, lines: str
) -> None:
    """Where two places agree on them and on their indentation, to a blank line or the end of the block."""
    cursor = Cursor(head="  if d:")
    assert following_lines(copies(rows, agreed), cursor, needed, limit) == lines


def test_lines_that_stand_below_are_not_copied() -> None:
    """The copy ends before them, however they are indented."""
    cursor = Cursor(head="if d:", below=("\n", "        two()  \n"))
    assert following_lines(copies([0, 4]), cursor, 0.0, 9) == "\n    one()"


@pytest.mark.parametrize(
    ("above", "head", "row", "alike"),
    [
        ("if x:\n", "    ", 1, True), ("if x:\n", "", 1, False), ("    a()\n", "    ", 2, True),
        ("    a()\n", "", 2, False),
        ("  b()\n", "", 4, False), ("\n", "", 4, True), ("", "    ", 1, False), ("if x:\n", "    ", 0, False),
    ],
)  # fmt: skip
def test_a_line_begins_as_deep_as_another(above: str, head: str, row: int, alike: bool) -> None:
    """Against the line before it; at the beginning of a text nothing can be said."""
    (vote,) = copies([row])
    assert vote.match is not None
    match = vote.match._replace(place=vote.match.place - 1)
    assert begins_alike(match, Cursor(above=(above,) if above else (), head=head)) is alike


@pytest.mark.parametrize(
    ("head", "word"), [("x = fo", "fo"), ("x = ", ""), ("f(größe_1", "größe_1"), ("", "")]
)
def test_the_word_that_is_begun(head: str, word: str) -> None:
    assert started(Cursor(head=head)) == word


def test_an_answer_says_something() -> None:
    """Three visible characters at least."""
    for rest, shown in (("abc", "abc"), ("ab", ""), ("a b", ""), ("a bc", "a bc")):
        cursor = Cursor(above=(f"value of x = {rest}\n",) * 6, head="value of x = ")
        assert complete(cursor, Ask()) == shown
