"""The lines of a long document that its prompt does not show: similar ones, ordered by distance and rarity."""

from collections.abc import Mapping
from math import log

import pytest

from midfill.core.context.far_lines import CHUNK_LINES, SHOWN_LINES, far_snippets, is_visible
from midfill.core.context.nearby_words import words_near
from midfill.core.context.snippet import Snippet
from midfill.core.cursor import Cursor

ROW = 300


def cursor(texts: Mapping[int, str] = {}, eol: str = "\n", top: int = 0) -> Cursor:
    """Return a cursor on row `ROW` of a document of 600 lines, some with another text."""
    rows = [f"{texts.get(row, f'filler_{row} = {row}')}{eol}" for row in range(600)]
    return Cursor(
        row=ROW, above=tuple(rows[top:ROW]), head="invoice = ", below=tuple(rows[ROW + 1 :]), end=eol
    )


def found(where: Cursor) -> list[Snippet]:
    """Return the snippets outside of the visible rows, from 250 to 349."""
    return far_snippets(where, words_near(where), "own.py", range(250, 350))


def rows(where: Cursor) -> list[int]:
    """Return the first rows of the snippets."""
    return [snippet.line for snippet in found(where)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (cursor({41: "send(invoice)"}), [40]),
        (cursor({549: "send(invoice)"}), [540]),
        (cursor({549: "send(invoice)"}, eol="\r\n"), [540]),
        (cursor({249: "send(invoice)", 350: "send(invoice)"}), [350, 240]),
        (cursor({250: "send(invoice)", 349: "send(invoice)"}), []),
        (cursor({41: "send(invoice)", 549: "send(invoice)"}), [540, 40]),
        (cursor({101: "send(invoice)"}, top=100), [100]),
        (cursor({41: "x" * 600 + " invoice"}), []),
        (cursor(), []),
    ],
    ids=[
        "above",
        "below",
        "CRLF",
        "directly outside",
        "inside",
        "the nearer first",
        "a snapshot that starts later",
        "data",
        "nothing similar",
    ],
)
def test_lines_that_share_a_word_with_the_cursor(where: Cursor, expected: list[int]) -> None:
    assert rows(where) == expected


def test_rare_word_has_priority() -> None:
    common = dict.fromkeys(range(105, 250, CHUNK_LINES), "common()")
    where = cursor(common | {298: "common(rarest)", 15: "common(rarest)"})
    assert rows(where)[0] == 10


def test_chunk_includes_the_next_hidden_lines() -> None:
    (snippet,) = found(cursor({41: "send(invoice)"}))
    assert snippet.text.count("\n") + 1 == SHOWN_LINES
    assert snippet.text.startswith("filler_40 = 40\nsend(invoice)\nfiller_42")
    (snippet,) = found(cursor({241: "send(invoice)"}))
    assert snippet.text.endswith("filler_249 = 249")


def test_private_key_is_not_sent() -> None:
    key = {row: f"MIIEowIBAAKCAQEA{row}" for row in range(42, 48)}
    key |= {41: "-----BEGIN RSA PRIVATE KEY-----", 48: "-----END RSA PRIVATE KEY-----", 40: "send(invoice)"}
    (snippet,) = found(cursor(key))
    assert "MIIE" not in snippet.text
    assert snippet.text.split("\n")[9] == "filler_49 = 49"


@pytest.mark.parametrize(
    ("line", "text", "visible"),
    [
        (249, "one", False),
        (249, "one\n", False),
        (249, "one\ntwo", True),
        (349, "one", True),
        (350, "one", False),
    ],
)
def test_visible_lines_are_detected(line: int, text: str, visible: bool) -> None:
    assert is_visible(Snippet("a", line, text, "document", 1.0), range(250, 350)) == visible


@pytest.mark.parametrize(("length", "expected"), [(500, [40]), (501, [])])
def test_line_of_data_is_not_compared(length: int, expected: list[int]) -> None:
    """A line that people write has 500 characters at most, without its line end."""
    text = "x" * (length - 9) + " invoice"
    assert rows(cursor({41: text})) == expected


def short(lines: Mapping[int, str], count: int) -> Cursor:
    """Return a cursor after these lines and others without words, of which the last is visible."""
    return Cursor(row=count, above=tuple(f"{lines.get(row, '-')}\n" for row in range(count)), head="invoice")


def scores(lines: Mapping[int, str], count: int) -> dict[int, float]:
    where = short(lines, count)
    return {of.line: of.score for of in far_snippets(where, ["invoice"], "own.py", range(count, count + 1))}


@pytest.mark.parametrize(
    ("chunks", "common", "is_compared"),
    [(8, 4, True), (8, 5, False), (5, 4, True), (4, 4, True), (5, 5, False), (20, 10, True), (20, 11, False)],
)
def test_common_word_is_not_compared(chunks: int, common: int, is_compared: bool) -> None:
    """It is in more than half of the document, or of a short document in more than four parts."""
    lines = {number * CHUNK_LINES: "invoice" for number in range(common)}
    assert bool(scores(lines, chunks * CHUNK_LINES)) is is_compared


def test_score_is_that_of_bm25_halved_by_distance() -> None:
    """With k1 = 1.2 and b = 0.75, each word counted once, and half of it a thousand rows away."""
    lines = {0: "invoice", 1_000: "invoice other", 1_010: "third"}
    found = scores(lines, 2_000)
    chunks, mean = 200, 4 / 200
    rarity = log(1 + chunks / 2)
    for row, words in ((0, 1), (1_000, 2)):
        bm25 = rarity * (1.2 + 1) / (1 + 1.2 * (1 - 0.75 + 0.75 * words / mean))
        assert found[row] == pytest.approx(bm25 / (1 + (2_000 - row) / 1_000))


def test_equally_similar_lines_are_ordered_by_row() -> None:
    """This keeps the prompt's bytes the same."""
    where = cursor({210: "send(invoice)", 390: "send(invoice)"})
    found = far_snippets(where, ["invoice"], "own.py", range(250, 350))
    assert [(of.line, of.source, of.path) for of in found] == [
        (210, "document", "own.py"),
        (390, "document", "own.py"),
    ]
    assert found[0].score == found[1].score
    assert far_snippets(where, [], "own.py", range(250, 350)) == []


@pytest.mark.parametrize(("count", "expected"), [(11, [40]), (12, [])])
def test_only_the_rarest_words_are_compared(count: int, expected: list[int]) -> None:
    """Twelve at most; the common one after them does not count."""
    rare = {row: f"rareword{chr(97 + row)}" for row in range(count)}
    where = cursor(rare | {41: "usual", 141: "usual"})
    wanted = ["usual", *rare.values()]
    found = far_snippets(where, wanted, "own.py", range(250, 350))
    assert [of.line for of in found if of.line == 40] == expected


def test_document_of_few_lines_is_searched_from_its_first_line_to_its_last() -> None:
    where = Cursor(row=1, above=("invoice one\n",), head="x", below=("invoice two\n", "invoice three"))
    assert [of.text for of in far_snippets(where, ["invoice"], "", range(1, 2))] == [
        "invoice one",
        "invoice two\ninvoice three",
    ]
    assert far_snippets(where, ["invoice"], "", range(4)) == []
    assert far_snippets(Cursor(head="x"), ["invoice"], "", range(1)) == []
