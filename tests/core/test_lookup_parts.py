"""The parts of the embedded engine: comparison, votes, copies and confidence."""

import math
from dataclasses import replace

import pytest

from midfill.core.cursor import Cursor
from midfill.core.lookup import join_files, memory_of_files, suffix_array
from midfill.core.lookup.confidence import confidence, features
from midfill.core.lookup.copied_lines import following_lines, has_same_indent_step
from midfill.core.lookup.document_text import PATTERN_LINES, DocumentText
from midfill.core.lookup.lookup import complete, partial_word
from midfill.core.lookup.matches import (
    MAX_NGRAM_LENGTH,
    MAX_PLACES_PER_NGRAM,
    NGRAM_SIZES,
    LookupQuery,
    Match,
    matches,
)
from midfill.core.lookup.memory import MAX_LINE_LENGTH, MAX_REST_BYTES, SORT_KEY_BYTES, TABS_BIT, Memory
from midfill.core.lookup.votes import (
    MAX_PIECES,
    OTHER_FILE_FACTOR,
    UNKNOWN_NAME_FACTOR,
    PredictedPiece,
    Vote,
    VoteCount,
    VoteGroup,
    is_unanimous,
    votes_for,
)
from midfill.core.model import AnswerLimits

PIECE = PredictedPiece("count", 2, VoteGroup(81, 5, 9, 2, 1), 119.0, 4, 3, True)


def test_features_of_a_piece() -> None:
    """They are its share of the votes, the length of the agreement, the contradicting votes, and its kind."""
    found = features(PIECE, 3, at_line_start=True)
    share = 81 / 123
    expected = {
        "constant": 1, "odds": math.log(82 / 39), "share": share, "share squared": share**2,
        "votes": math.log(6), "match length": 9 / 8, "match length so far": 11 / 8, "long match": 1, "unanimous": 0,
        "votes, unanimous": 0, "long match, later pieces": math.log(3), "rival length": 0.5, "candidates": math.log(3),
        "in document": 1, "votes in document": math.log(3), "only by analogy": 0, "by analogy": 1, "first": 0,
        "index": math.log(3), "partial word": 0, "partial length": 0, "name": 1, "characters of name": 5 / 8,
        "known name": 1, "line end": 0, "blank": 0, "line start": 1, "line start, first": 0,
    }  # fmt: skip
    assert found == pytest.approx(expected)
    first = features(replace(PIECE, index=0, candidates=1), 3, at_line_start=False)
    changed = {
        "match length so far": 9 / 8, "unanimous": 1, "votes, unanimous": math.log(6), "long match, later pieces": 0,
        "candidates": 0, "first": 1, "index": 0, "partial word": 1, "partial length": 3 / 8, "line start": 0,
    }  # fmt: skip
    assert first == pytest.approx(expected | changed)


@pytest.mark.parametrize(
    ("differs", "feature", "value"),
    [
        ({"group": VoteGroup(81, 5, 40)}, "match length", 2),
        ({"group": VoteGroup(81, 5, 40)}, "match length so far", 4),
        ({"group": VoteGroup(81, 5, 7)}, "long match", 0),
        ({"group": VoteGroup(81, 5, 7)}, "long match, later pieces", 0),
        ({"group": VoteGroup(81, 5, 8)}, "long match", 1),
        ({"group": VoteGroup(81, 5, 8)}, "long match, later pieces", math.log(3)),
        ({"group": VoteGroup(81, 5, 9, 0, 5)}, "only by analogy", 1),
        ({"group": VoteGroup(81, 5, 9, 0, 0)}, "in document", 0),
        ({"group": VoteGroup(81, 5, 9, 0, 0)}, "by analogy", 0),
        ({"rival_length": 90}, "rival length", 2),
        ({"text": "a_long_name_indeed"}, "characters of name", 1.5),
        ({"text": "", "is_known": True}, "line end", 1),
        ({"text": "  "}, "blank", 1),
        ({"text": "("}, "name", 0),
        ({"text": "("}, "characters of name", 0),
        ({"text": "("}, "known name", 0),
        ({"is_known": False}, "known name", 0),
        ({"index": 0}, "line start, first", 1),
        ({"index": 0}, "partial length", 1),
    ],
)
def test_limits_of_the_features(differs: dict[str, object], feature: str, value: float) -> None:
    """Each feature has a maximum; an ending, a space and a bracket are no names."""
    assert features(replace(PIECE, **differs), 30, at_line_start=True)[feature] == pytest.approx(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("differs", "partial_length", "at_line_start", "percent"),
    [
        ({}, 0, False, 77.31),
        ({}, 0, True, 72.62),
        ({"index": 0}, 3, False, 91.10),
        ({"index": 0}, 0, True, 64.20),
        ({"candidates": 1, "rival_length": 0, "total_weight": 81.0}, 0, False, 96.54),
        ({"group": VoteGroup(12, 1, 3), "is_known": False}, 0, False, 7.66),
        ({"group": VoteGroup(12, 3, 4, 0, 3), "text": ""}, 0, False, 35.48),
        ({"text": " "}, 0, False, 88.99),
    ],
)
def test_confidence_of_a_piece(
    differs: dict[str, object], partial_length: int, at_line_start: bool, percent: float
) -> None:
    """The expected numbers are those of the fit; only another fit may change them."""
    found = confidence(replace(PIECE, **differs), partial_length, at_line_start=at_line_start)  # type: ignore[arg-type]
    assert 100 * found == pytest.approx(percent, abs=0.01)


LINES = ["def f():", "\t\treturn größe", "", "    x = 1 ", " " * 200 + "deep"]


def memory(*texts: str) -> Memory:
    """Return the memory of files `0`, `1` and so on."""
    return memory_of_files([(str(number), text) for number, text in enumerate(texts)])


def test_lines_of_a_memory() -> None:
    """A line has its indentation, up to 127, and no trailing blanks; a place has a row and a rest."""
    made = memory("\n".join(LINES), "other")
    assert [made.line(row) for row in range(5)] == [
        "def f():", "\t\treturn größe", "", "    x = 1", " " * 127 + "deep",
    ]  # fmt: skip
    assert (made.line(-1), made.line(5), made.line(6)) == (None, "other", None)
    (place,) = made.offsets_after(b"return", 9)
    assert (made.row(place), made.rest_of_line(place)) == (1, " größe")
    assert made.text_before(place, 8) == b":\nreturn"
    assert made.text_before(3, 10) == made.text.bytes[0:3]


def test_memory_finds_places_by_whole_tokens() -> None:
    """Their number is limited, and they are spread over the possible continuations; an excluded file has none."""
    made = memory("call(a)\ncall(b)\nrecall(c)", "call(d)")
    rests = [made.rest_of_line(place) for place in made.offsets_after(b"call", 9)]
    assert rests == ["(a)", "(b)", "(d)"]
    assert [made.rest_of_line(place) for place in made.offsets_after(b"call", 2)] == ["(a)", "(d)"]
    assert [made.rest_of_line(place) for place in made.offsets_after(b"call", 1)] == ["(a)"]
    assert list(made.offsets_after(b"nothing", 9)) == []
    hidden = made.without_file("0")
    assert [hidden.rest_of_line(place) for place in hidden.offsets_after(b"call", 9)] == ["(d)"]
    assert hidden.without_file("1").hidden == {0, 1}
    assert made.without_file("elsewhere").hidden == made.hidden == frozenset()


def test_content_of_a_memory() -> None:
    """It has the start of each line and file, and the sorted tokens; a too long line is blank."""
    text = join_files(["a\n  b", "", "x" * MAX_LINE_LENGTH + "\n" + "y" * (MAX_LINE_LENGTH + 1) + "\n\tz"])
    content = bytes(text.bytes[:])
    assert content == b"\na\nb\n\n" + b"x" * MAX_LINE_LENGTH + b"\n\nz\n"
    assert [content[at : at + 1] for at in text.lines] == [b"a", b"b", b"\n", b"x", b"\n", b"z"]
    assert list(text.files) == [0, 4, 5]
    assert list(text.indents) == [0, 2, 0, 0, 0, 1 | TABS_BIT]
    starts = suffix_array(b"b a_1 (b, a) \xc3\xa9")
    assert sorted(starts) == [0, 2, 6, 7, 8, 10, 11, 13]
    keys = [b"b a_1 (b, a) \xc3\xa9"[at : at + SORT_KEY_BYTES] for at in starts]
    assert keys == sorted(keys)


def test_long_rest_is_cut() -> None:
    """The rest of a line has a maximum length."""
    made = memory("call " + "x" * 400)
    (place,) = made.offsets_after(b"call", 9)
    assert made.rest_of_line(place) == " " + "x" * (MAX_REST_BYTES - 1)


@pytest.mark.parametrize(("from_end", "most", "rests"), [
    (True, 9, ["(c)", "(b)", "(a)"]), (False, 9, ["(a)", "(b)", "(c)"]), (True, 1, ["(c)"]), (False, 2, ["(a)", "(b)"]),
])  # fmt: skip
def test_places_of_a_source_are_found_from_either_end(from_end: bool, most: int, rests: list[str]) -> None:
    """The nearest place is first; overlapping ones are found, too."""
    source = DocumentText(["call(a)", "  call(b)", "call(c)"])
    places = list(source.offsets_after("call", most, from_end=from_end))
    assert [source.rest_of_line(place) for place in places] == rests
    assert list(DocumentText(["aaa"]).offsets_after("aa", 9, from_end=from_end)) == (
        [4, 3] if from_end else [3, 4]
    )
    assert list(source.offsets_after("none", 9, from_end=from_end)) == []
    starts = source.offsets_after("\ncall", 9, from_end=from_end)
    rests = ["(c)", "(b)", "(a)"] if from_end else ["(a)", "(b)", "(c)"]
    assert [source.rest_of_line(place) for place in starts] == rests


def test_lines_of_a_source() -> None:
    """Lines have their indentation; a few at either end have none; a too long line is blank."""
    lines = [f" line{number}" for number in range(40)]
    source = DocumentText(lines)
    assert (source.line(0), source.line(39), source.line(40), source.line(-1)) == (
        " line0",
        " line39",
        None,
        None,
    )
    assert source.last_lines() == [line.strip() for line in lines[: -PATTERN_LINES - 1 : -1]]
    assert source.first_lines() == [line.strip() for line in lines[: PATTERN_LINES // 2]]
    assert source.text_before(3, 2) == source.text[1:3]
    assert source.text_before(3, 9) == source.text[:3]
    assert (
        DocumentText(["x" * MAX_LINE_LENGTH, "y" * (MAX_LINE_LENGTH + 1)]).text
        == "\n" + "x" * MAX_LINE_LENGTH + "\n\n"
    )
    assert (DocumentText().text, DocumentText().last_lines(), DocumentText(["a"]).last_lines()) == (
        "\n",
        [],
        ["a"],
    )


def test_ngrams_of_a_query() -> None:
    """Anchors have eight, four, three, two and one token; a single token must be a name of two letters."""
    assert list(LookupQuery("a b c d e f g h ij").ngrams()) == [
        "b c d e f g h ij", "f g h ij", "g h ij", "h ij", "ij",
    ]  # fmt: skip
    assert [list(LookupQuery(text).ngrams()) for text in ("i", "f(", "f(x", "")] == [
        [],
        ["f("],
        ["f(x", "(x"],
        [],
    ]
    assert max(map(len, LookupQuery("x" * 300 + " " + "y" * 300).ngrams())) == MAX_NGRAM_LENGTH
    assert NGRAM_SIZES[0] == 8


def test_agreement_in_any_script() -> None:
    """A document and a memory, whose text is bytes, agree by the same number of tokens."""
    query = LookupQuery("größe = maß(")
    for line, match_length in (
        ("größe = maß(x)", 4),
        ("x größe = maß(x)", 4),
        ("xgröße = maß(x)", 3),
        ("ß = maß(x)", 3),
    ):
        source = DocumentText([line])
        (place,) = source.offsets_after("maß(", 1, from_end=True)
        assert query.match_length(source, place) == match_length
        made = memory(line)
        (place,) = made.offsets_after("maß(".encode(), 1)
        assert query.match_length(made, place) == match_length


def test_shorter_ngrams_are_skipped_if_places_suffice() -> None:
    """The document is searched before memories; long n-grams are not searched in memories."""
    lines = [f"first second third({number})" for number in range(2 * MAX_PLACES_PER_NGRAM)] + [
        "other third(0)"
    ]
    found = list(matches(LookupQuery("first second third("), DocumentText(lines), DocumentText(lines), ()))
    assert len(found) == 2 * MAX_PLACES_PER_NGRAM
    assert {match.match_length for match in found} == {4}
    made = memory("y" * 60 + " third(x)\nthird(z)")
    match_length = [
        match.match_length
        for match in matches(LookupQuery("y" * 60 + " third("), DocumentText(), DocumentText(), [made])
    ]
    assert sorted(match_length) == [2, 3]
    assert not any(
        match.in_document for match in matches(LookupQuery("third("), DocumentText(), DocumentText(), [made])
    )


@pytest.mark.parametrize("is_above", [True, False])
def test_nearest_places_are_searched(is_above: bool) -> None:
    """Where there are too many, those nearest to the cursor are used."""
    source = DocumentText([f"call({number})" for number in range(MAX_PLACES_PER_NGRAM + 1)])
    above, below = (source, DocumentText()) if is_above else (DocumentText(), source)
    found = [source.rest_of_line(match.offset) for match in matches(LookupQuery("call("), above, below, ())]
    assert len(found) == MAX_PLACES_PER_NGRAM
    nearest, farthest = ("48)", "0)") if is_above else ("0)", "48)")
    assert found[0] == nearest
    assert farthest not in found


def test_text_that_no_encoding_has_is_searched() -> None:
    """A client may send one half of a surrogate pair."""
    cursor = Cursor(above=("title(\ud83d, name)\n",) * 4, head="title(\ud83d, ")
    assert complete(cursor, AnswerLimits(), (memory("title(x)"),)) == "name)"


def test_each_analogy_counts() -> None:
    """They are counted apart from the places."""
    count = VoteCount()
    for vote in (Vote("x", 4), Vote("x", 2), Vote("x", 3, Match(DocumentText(), 0, 3))):
        count.add(vote)
    assert (count.by_text["x"].by_analogy, count.by_text["x"].count) == (2, 3)


def step(piece: str = "x", **facts: object) -> PredictedPiece:
    return replace(PIECE, **({"text": piece, "candidates": 1, "group": VoteGroup(9, 3, 8)} | facts))  # type: ignore[arg-type]


def test_unanimous_places() -> None:
    """They are three, one of which agrees on eight tokens, and none contradicts."""
    assert is_unanimous(step())
    assert not is_unanimous(step(candidates=2))
    assert not is_unanimous(step(group=VoteGroup(9, 2, 8)))
    assert not is_unanimous(step(group=VoteGroup(9, 3, 7)))


def test_weight_of_a_vote() -> None:
    """It is the square of the agreement, less for another file; analogies count separately."""
    here, there = Match(DocumentText(), 0, 3), Match(memory("x"), 0, 3)
    assert (Vote("x", 3, here).weight, Vote("x", 3).weight, Vote("x", 3, there).weight) == (
        9,
        9,
        9 * OTHER_FILE_FACTOR,
    )
    count = VoteCount()
    for vote in (Vote("x", 3, here), Vote("x", 2, there), Vote("x", 4), Vote("yy", 1)):
        count.add(vote)
    group = count.by_text["x"]
    assert (group.count, group.match_length, group.in_document, group.by_analogy) == (3, 4, 1, 1)
    assert group.weight == pytest.approx(9 + 4 * OTHER_FILE_FACTOR + 16)
    first, _ = count.pieces(lambda name: name == "begunyy", "begun")
    assert (first.text, first.candidates, first.rival_length, first.is_known) == ("x", 2, 1, False)
    assert first.total_weight == pytest.approx((25 + 4 * OTHER_FILE_FACTOR) * UNKNOWN_NAME_FACTOR + 1)
    assert votes_for([Vote("x", 1), Vote("xy", 2)], "xy") == [Vote("xy", 2)]


def test_number_of_pieces_is_limited() -> None:
    """Further pieces are not counted."""
    count = VoteCount()
    count.add(Vote("a." * 50, 1))
    assert len(list(count.pieces(lambda name: True, ""))) == MAX_PIECES
    short = VoteCount()
    short.add(Vote("a b", 1))
    assert [found.text for found in short.pieces(lambda name: True, "")] == ["a", " ", "b", ""]
    assert [found.index for found in short.pieces(lambda name: True, "")] == [0, 1, 2, 3]


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


def copies(rows: list[int], match_length: int = 8) -> list[Vote]:
    """Return votes of the ends of some lines of the text."""
    source = DocumentText(COPY)
    offsets_after = [sum(len(line.strip()) + 1 for line in COPY[: row + 1]) for row in range(len(COPY))]
    return [Vote("", match_length, Match(source, offsets_after[row], match_length)) for row in rows]


@pytest.mark.parametrize(
    ("rows", "match_length", "min_weight", "max_lines", "lines"),
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
def test_following_lines_are_copied(
    rows: list[int], match_length: int, min_weight: float, max_lines: int, lines: str
) -> None:
    """Two places must agree on them and their indentation; the copy ends at a blank line or the end of the block."""
    cursor = Cursor(head="  if d:")
    assert following_lines(copies(rows, match_length), cursor, min_weight, max_lines) == lines


def test_copy_ends_with_the_block() -> None:
    """A line further left is not copied, even if all places agree on it."""
    source = DocumentText(["if a:", "    one()", "two()", "if b:", "    one()", "two()"])
    ends = [at for at in range(len(source.text)) if source.text.startswith("\n", at)]
    headers = [Vote("", 8, Match(source, ends[row], 8)) for row in (1, 4)]
    assert following_lines(headers, Cursor(head="if d:"), 0.0, 9) == "\n    one()\ntwo()"
    bodies = [Vote("", 8, Match(source, ends[row], 8)) for row in (2, 5)]
    assert following_lines(bodies, Cursor(head="    one()"), 0.0, 9) == ""


def test_lines_below_the_cursor_are_not_copied() -> None:
    """The copy ends before them, at any indentation."""
    cursor = Cursor(head="if d:", below=("\n", "        two()  \n"))
    assert following_lines(copies([0, 4]), cursor, 0.0, 9) == "\n    one()"


@pytest.mark.parametrize(
    ("above", "head", "row", "alike"),
    [
        ("if x:\n", "    ", 1, True), ("if x:\n", "", 1, False), ("    a()\n", "    ", 2, True),
        ("    a()\n", "", 2, False),
        ("  b()\n", "", 4, False), ("\n", "", 4, True), ("", "    ", 1, False), ("if x:\n", "    ", 0, False),
        ("  b()\n", "  ", 2, True),
    ],
)  # fmt: skip
def test_relative_indentation_of_a_line(above: str, head: str, row: int, alike: bool) -> None:
    """It is compared with the line before; the first line of a text has none."""
    (vote,) = copies([row])
    assert vote.match is not None
    match = vote.match._replace(offset=vote.match.offset - 1)
    assert has_same_indent_step(match, Cursor(above=(above,) if above else (), head=head)) is alike


@pytest.mark.parametrize(
    ("head", "word"), [("x = fo", "fo"), ("x = ", ""), ("f(größe_1", "größe_1"), ("", "")]
)
def test_incomplete_word_before_the_cursor(head: str, word: str) -> None:
    assert partial_word(Cursor(head=head)) == word


def test_answer_has_a_minimum_length() -> None:
    """It has at least three visible characters."""
    for rest, shown in (("abc", "abc"), ("ab", ""), ("a b", ""), ("a bc", "a bc")):
        cursor = Cursor(above=(f"value of x = {rest}\n",) * 6, head="value of x = ")
        assert complete(cursor, AnswerLimits()) == shown
