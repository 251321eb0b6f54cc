"""The lines of a long document that its prompt does not show: similar ones, ordered by distance and rarity."""

from collections.abc import Mapping

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
