"""The embedded engine's decisions."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.cursor import Cursor
from midfill.core.document import Document, Position
from midfill.core.lookup import complete, memory_of_files
from midfill.core.lookup.analogy import Analogy
from midfill.core.lookup.confidence import WEIGHTS, confidence, features
from midfill.core.lookup.document_text import MAX_LINE_LENGTH, DocumentText
from midfill.core.lookup.line_fit import closes_in_order, open_brackets, text_before_rest
from midfill.core.lookup.matches import MAX_NGRAM_LENGTH, LookupQuery, matches
from midfill.core.lookup.votes import PredictedPiece, Vote, VoteCount, VoteGroup
from midfill.core.model import AnswerLimits

LOOPS = "for (int i = 0; i < count; i++) {\n    total += prices[i];\n}\n"
CLASS = """\
class Store:
    def __init__(self, folder, limit):
        self._folder = folder
        self._limit = limit

    def size(self):
        return len(self._folder)

    def path(self):
        return self._fol¦
"""
TABLE = """\
CASES = [
    ("one", 1, True),
    ("two", 2, True),
    ("three", 3, True),
    ("four", 4,¦
]
"""
NAMES = """\
def __init__(self, width, height, depth, weight):
    self.width = width
    self.height = height
    self.depth = depth
    self.weight = ¦
"""
BLOCK = """\

    with open(path) as file:
        data = file.read()
        check(data)

    with open(path) as file:
        data = file.read()
        check(data)

        with open(path) as¦
"""


def at(text: str) -> Cursor:
    """Return the cursor at the bar."""
    before, _, after = text.partition("¦")
    line = before.count("\n")
    return Document("", "", before + after).cursor(Position(line, len(before.rpartition("\n")[2])), "utf-32")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (CLASS, "der"),
        (TABLE, " True),"),
        (NAMES, "weight"),
        ("from pathlib import Path\n" * 3 + "\nfrom pathlib im¦\n", "port Path"),
        (LOOPS * 2 + "for (int i = 0; i <¦", " count; i++) {\n    total += prices[i];\n}"),
        (LOOPS * 2 + "for (int i = 0; i < count; i++) {¦", "\n    total += prices[i];\n}"),
        (LOOPS * 2 + "for (int i = 0; i < count; i++) {¦\n\n", "\n    total += prices[i];\n}"),
        (BLOCK, " file:\n            data = file.read()\n            check(data)"),
        (LOOPS + "for (int i = 0; i¦", " < count;"),
        ("draw(canvas, colour)\ndraw(canvas, colour)\ndraw(canvas¦)", ", colour"),
        ("x = draw(canvas, colour)\n" * 2 + "x = draw(¦, colour)", "canvas"),
        ("from a import one, two\n" * 3 + "\nfrom a import¦ two\n", " one,"),
        ("\tself.assertEqual(a, 1)\n" * 3 + "\n\tself.assertE¦", "qual(a,"),
        ("naïve_größe = maß(größe)\n" * 4 + "\nnaïve_größe = ¦", "maß(größe"),
        ("a = first(second)\r\n" * 2 + "\r\na = fi¦\r\n", "rst(second"),
    ],
)
def test_suggestion_is_text_that_followed_similar_text(text: str, shown: str) -> None:
    """The text before the cursor occurs earlier."""
    assert complete(at(text), AnswerLimits()) == shown


@pytest.mark.parametrize(
    "text",
    [
        "¦",
        "x¦",
        "nothing like this stands anywhere: ¦\n",
        "value = 1\nvalue = 2\nvalue = 3\nvalue = 4\nvalue = ¦",
        "call(alpha)\ncall(beta)\ncall(gamma)\ncall(¦)",
        "one line of text\n¦\n",
        "ab = cd\nab = cd\nab = ¦",
        "if ready: stop()\nif ready: ¦ and wait()",
        "return result\nreturn re¦\nreturn result\n",
        "print(first[0])\nprint(second(¦",
        "x" * (MAX_LINE_LENGTH + 1) + "¦",
        LOOPS * 2 + "for (int i = 0; i < count; i++) {¦\nnext();\n",
    ],
)
def test_uncertain_suggestion_is_not_shown(text: str) -> None:
    """If places disagree, do not fit or are too few, or the answer is too short, nothing is shown."""
    assert complete(at(text), AnswerLimits()) == ""


def test_empty_line_is_completed_if_places_agree() -> None:
    """At the start of a line a single place is not enough."""
    pair = "    begin(transaction, now)\n    commit(transaction, now)\n\n"
    begun = "    begin(transaction, now)\n    ¦"
    assert complete(at(pair + begun), AnswerLimits()) == ""
    assert complete(at(pair * 4 + begun), AnswerLimits()) == "commit(transaction, now)"


def test_empty_line_is_completed_only_at_the_same_indentation() -> None:
    """A place whose line has another relative indentation does not count."""
    pair = "begin(transaction, now)\ncommit(transaction, now)\n\n"
    assert complete(at(pair * 2 + "begin(transaction, now)\n    ¦"), AnswerLimits()) == ""


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        (AnswerLimits(scope="line"), " count; i++) {"),
        (AnswerLimits(max_lines=1), " count; i++) {"),
        (AnswerLimits(max_lines=2), " count; i++) {\n    total += prices[i];"),
    ],
)
def test_requested_number_of_lines_is_kept(limits: AnswerLimits, shown: str) -> None:
    """The requested scope and number of lines apply."""
    assert complete(at(LOOPS * 3 + "for (int i = 0; i <¦"), limits) == shown


def test_copied_lines_end_before_the_lines_below() -> None:
    """A line that is already below the cursor is not repeated."""
    text = LOOPS * 2 + "for (int i = 0; i <¦\n}\n"
    assert complete(at(text), AnswerLimits()) == " count; i++) {\n    total += prices[i];"


def test_manual_request_needs_fewer_votes() -> None:
    """A smaller share of the votes is enough."""
    cursor = at("open(path, mode)\nopen(path, mode)\nopen(path, flags)\nx = open(path, ¦")
    assert complete(cursor, AnswerLimits()) == ""
    assert complete(cursor, AnswerLimits(manual=True)) == "mode"


def test_neighbouring_files_are_searched() -> None:
    """Text of other files counts if the open one has no match."""
    beside = memory_of_files([("a.py", "old = load_settings(path, environ)\n" * 4)])
    assert complete(at("found = load_set¦"), AnswerLimits()) == ""
    assert complete(at("found = load_set¦"), AnswerLimits(), (beside,)) == "tings"
    assert complete(at("found = load_set¦"), AnswerLimits(), (beside.without_file("a.py"),)) == ""


@pytest.mark.parametrize(
    ("text", "rest", "fits"),
    [
        ("a, b)", "", "a, b)"),
        ("a, b)", ")", "a, b"),
        ("a, b) + 1", ")", "a, b"),
        ("f(a), b)", ")", "f(a), b"),
        ("a, b)", "]", None),
        ("a, b)", ", b)", "a"),
        ("a = 1", "x", None),
        ("name_rest", "rest", None),
        ("self.rest", "rest", "self."),
        ("[0], b]", "]", "[0], b"),
        ('a"', '"', "a"),
        ("", ")", None),
        ("X)", ")", "X"),
        (".arest", "rest", None),
        ("f(a[0])", ")", None),
    ],
)
def test_text_is_cut_at_the_suffix(text: str, rest: str, fits: str | None) -> None:
    """Text fits before the rest of the line if it reaches it outside its own brackets."""
    assert text_before_rest(text, rest) == fits


@pytest.mark.parametrize(
    ("head", "text", "in_order"),
    [
        ("f(a[", "0])", True),
        ("f(a[", "0)]", False),
        ("f(", "x])", False),
        ("f(a)", ")]", True),
        ("f(", "{}))", True),
        (")", "]", True),
        ("", "}", True),
        ("X", ")", True),
        ("f(", "X)", True),
        ("f(a[0], ", "b)", True),
        ("f(a[g(", "x)])", True),
        ("f(", "[0]]", False),
        ("f(a, ", "b]", False),
    ],
)
def test_brackets_are_closed_in_order(head: str, text: str, in_order: bool) -> None:
    """A completion closes the line's open brackets from the last to the first; further closers are free."""
    assert closes_in_order(open_brackets(head), text) is in_order


@pytest.mark.parametrize(
    ("head", "line", "text"),
    [
        ("self.b = ", "self.a = a", "b"),
        ("self.b = ", "self.a = _a.a_id", "_b.b_id"),
        ("self.size = si", "self.name = name", "ze"),
        ("self.size = no", "self.name = name", None),
        ('"east": ', '"west": WEST,', "WEST,"),
        ("self.a = ", "self.a = a", None),
        ("x + y", "x - y + z", None),
        ("b = ", "a", None),
        ("swap(a, a", "swap(b, c)", None),
        ("a b = ", "a ( = d", None),
        ("a ( = ", "a b = d", None),
    ],
)
def test_line_follows_the_pattern_of_another(head: str, line: str, text: str | None) -> None:
    """If a line is another one with some words replaced, its continuation has them replaced, too."""
    guess = Analogy(head).follow(line)
    assert (guess and guess.text) == text


def pieces(*votes: Vote, knows: str = "") -> list[PredictedPiece]:
    """Return the result of a vote."""
    count = VoteCount()
    for vote in votes:
        count.add(vote)
    return list(count.pieces(lambda name: name in knows or not knows, ""))


def test_votes_are_counted_by_piece() -> None:
    """Each piece has the most weight among the votes for the pieces before it."""
    found = pieces(*[Vote("total(prices)", 4)] * 3, *[Vote("total(sizes)", 4)] * 2, Vote("count", 1))
    assert [step.text for step in found] == ["total", "(", "prices", ")", ""]
    assert [step.group.count for step in found] == [5, 5, 3, 3, 3]
    assert [step.rival_length for step in found] == [1, 0, 4, 0, 0]
    assert pieces() == []


def test_names_in_the_document_are_preferred() -> None:
    """If two names have equal votes, the one in the document has priority."""
    votes = Vote("total", 2), Vote("count", 2)
    assert pieces(*votes, knows="total")[0].text == "total"
    assert pieces(*votes, knows="count")[0].text == "count"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"group": VoteGroup(80, 5, 8)}, {"group": VoteGroup(80, 1, 8)}),
        ({"group": VoteGroup(80, 5, 8)}, {"group": VoteGroup(80, 5, 2)}),
        ({"total_weight": 80.0}, {"total_weight": 200.0}),
        ({"rival_length": 0}, {"rival_length": 8}),
        ({"is_known": True}, {"is_known": False}),
    ],
)
def test_features_that_raise_the_confidence(better: dict[str, object], worse: dict[str, object]) -> None:
    """More votes, longer matches, less dissent and known names make a piece more likely right."""
    facts = {
        "text": "count",
        "index": 0,
        "group": VoteGroup(80, 5, 8),
        "total_weight": 100.0,
        "rival_length": 2,
        "candidates": 2,
    }
    one, other = (PredictedPiece(**(facts | {"is_known": True} | differs)) for differs in (better, worse))  # type: ignore[arg-type]
    assert 0 < confidence(other, 0, at_line_start=False) < confidence(one, 0, at_line_start=False) < 1


def test_each_feature_has_a_weight() -> None:
    """The table of weights and the features have the same names, in the same order."""
    step = PredictedPiece("count", 0, VoteGroup(80, 5, 8), 100.0, 2, 2, True)
    assert list(features(step, 0, at_line_start=False)) == list(WEIGHTS)


def agreements(query: str, lines: Iterable[str]) -> list[int]:
    """Return how many tokens agree at each place that is found in `lines`."""
    return [
        match.match_length
        for match in matches(LookupQuery(query), DocumentText(list(lines)), DocumentText(), ())
    ]


@pytest.mark.parametrize(
    ("query", "line", "match_length"),
    [
        ("x = foo(ba", "x = foo(bar)", [5]),
        ("y = foo(ba", "x = foo(bar)", [4]),
        ("y=foo(ba", "x = foo(bar)", [3]),
        ("ba", "x = foo(bar)", [1]),
        ("ba", "x = fooba", []),
        ("b", "b", []),
        ("(", "((((", []),
        ("", "x", []),
    ],
)
def test_agreement_is_counted_in_whole_tokens(query: str, line: str, match_length: list[int]) -> None:
    """Tokens are counted back from the place as long as all their characters are the same."""
    assert agreements(query, [line]) == match_length


def test_place_has_one_vote() -> None:
    """A place has one vote, for any number of n-grams."""
    assert agreements("a = b = c = d = ", ["a = b = c = d = e"]) == [8]


@pytest.mark.parametrize("char", ["=", "a", "a ", "(", "é"])
def test_number_of_votes_is_limited(char: str) -> None:
    """Uniform text yields a bounded number of places."""
    assert len(agreements(char * MAX_NGRAM_LENGTH, [char * 200] * 2000)) <= 200


TEXT = st.text(alphabet="ab_ ()[]{}.,:=\"'\n\t\r\0\u2028é𝒳", max_size=80)


@given(TEXT, TEXT, TEXT, st.builds(AnswerLimits, manual=st.booleans(), max_lines=st.integers(-1, 5)))
def test_any_text_gives_a_valid_answer(before: str, after: str, beside: str, limits: AnswerLimits) -> None:
    """The answer has at most the allowed lines, none of them blank."""
    cursor = at((before + before + "¦" + after).replace("\r", ""))
    text = complete(cursor, limits, (memory_of_files([("a", beside)]),))
    assert text == "" or len(text.strip()) > 1
    assert text.count("\n") < max(limits.max_lines, 1)
    assert "\r" not in text


@given(st.lists(st.text(max_size=20).filter(lambda line: "\n" not in line), max_size=10))
def test_row_of_a_place_is_that_of_its_line(lines: list[str]) -> None:
    """A place in a source has the line that it was taken from."""
    source = DocumentText(lines)
    place = 1
    for row, line in enumerate(lines):
        assert source.row(place) == row
        assert source.rest_of_line(place) == line.strip()
        place += len(line.strip()) + 1
