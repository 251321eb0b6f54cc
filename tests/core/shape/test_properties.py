"""Properties of shaping for any text at any cursor."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits
from midfill.core.shape import first_piece, is_final, mend, shape, trim
from tests.core.shape.places import cursor

LANGUAGES = (
    "python",
    "typescript",
    "go",
    "lua",
    "shellscript",
    "html",
    "markdown",
    "yaml",
    "sql",
    "unheard-of",
)

_PIECES = st.sampled_from(
    [
        *"(){}[]<>\"'`:;,.=+-#/|\\ \t\n",
        *(
            "\n    ",
            "\n  ",
            "def f(x):",
            "return x",
            "if a {",
            "}",
            "end",
            "else:",
            "x = 1",
            "foo",
            '"""',
            "//",
            "<!--",
        ),
        *(
            "<｜fim▁end｜>",
            "<|endo",
            "```py\n",
            "\n```",
            "é",
            "e\u0301",
            "中文",
            "👩‍👩‍👧",
            "\r\n",
            "\0",
            "\ud800",
        ),
    ]
)
texts = st.one_of(st.lists(_PIECES, max_size=40).map("".join), st.text(max_size=60))
asks = st.builds(
    AnswerLimits,
    scope=st.sampled_from(["line", "statement", "block"]),
    max_lines=st.integers(1, 20),
    manual=st.booleans(),
)


@st.composite
def cursors(draw: st.DrawFn) -> Cursor:
    """Return a cursor somewhere in any text."""
    marked = draw(texts) + "▮" + draw(texts)
    return cursor(marked, draw(st.sampled_from(LANGUAGES)))


@settings(max_examples=400)
@given(texts, cursors(), asks)
@example("\n(", cursor("▮ 0", "python"), AnswerLimits(scope="line", max_lines=2))
def test_completion_is_valid_for_any_text(raw: str, here: Cursor, limits: AnswerLimits) -> None:
    """No text raises.

    Replaced text is repeated in order; a completion of several lines replaces text only to the end of the
    line.
    """
    shown = shape(raw, here, limits)
    letters = iter(shown.text)
    assert 0 <= shown.replace <= len(here.rest)
    assert all(char in letters for char in here.rest[: shown.replace])
    assert "\r" not in shown.text
    assert shown.text == "" or shown.text.strip()
    if "\n" in shown.text and here.rest.strip():
        assert shown.replace == len(here.rest)


@settings(max_examples=400)
@given(texts, texts, cursors(), asks)
@example("(\n", "0", cursor("▮", "html"), AnswerLimits(scope="line", max_lines=1, manual=True))
@example("\né", "0", cursor("▮", "python"), AnswerLimits(scope="line", max_lines=1, manual=True))
def test_sufficient_text_stays_sufficient(raw: str, more: str, here: Cursor, limits: AnswerLimits) -> None:
    """When `is_final` says so, no continuation changes what is shown."""
    if is_final(raw, here, limits):
        first, later = (
            trim(mend(text, here), here, limits, ended_by_model=not limits.manual)
            for text in (raw, raw + more)
        )
        assert first == later
        assert is_final(raw + more, here, limits)


@settings(max_examples=200)
@given(texts, cursors(), asks)
def test_shape_is_mend_and_trim(raw: str, here: Cursor, limits: AnswerLimits) -> None:
    """`shape` is `trim` of `mend`, and gives the same result each time."""
    assert shape(raw, here, limits) == trim(mend(raw, here), here, limits) == shape(raw, here, limits)


@settings(max_examples=200)
@given(texts, cursors(), asks)
def test_first_piece_is_a_start_of_the_text(raw: str, here: Cursor, limits: AnswerLimits) -> None:
    """The first piece ends at the end of a complete line of the text, and is not blank."""
    length = first_piece(raw, here, limits)
    if length is not None:
        assert 0 < length <= len(raw)
        assert raw[length] == "\n"
        assert raw[:length].strip()
