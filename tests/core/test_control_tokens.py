"""Literal control tokens in documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.control_tokens import neutralized, restored

TOKENS = [
    "<｜fim▁begin｜>",
    "<｜begin▁of▁sentence｜>",
    "<｜end▁of▁repo▁name｜>",
    "<|fim_prefix|>",
    "<|endoftext|>",
    "<|EOT|>",
    "<fim_middle>",
    "<file_sep>",
    "<MID>",
    "<think>",
    "</think>",
]


@pytest.mark.parametrize("token", TOKENS)
def test_control_tokens_are_neutralised_and_restored(token: str) -> None:
    """A control token loses its angle brackets, keeps its name, and is restored exactly."""
    harmless = neutralized(f'stop = ["{token}"]')
    assert token not in harmless
    assert token.strip("<>") in harmless
    assert restored(harmless) == f'stop = ["{token}"]'


@pytest.mark.parametrize(
    "text",
    ["a < b | c > d", "x <|> y", "List<PREFIX>", "<b>bold</b>", "xs |> f <| y", "Vec<MIDI>", "‹guillemets›"],
)
def test_ordinary_code_is_unchanged(text: str) -> None:
    """Operators, generics and tags are no control tokens."""
    assert neutralized(text) == restored(text) == text


PIECES = st.lists(
    st.sampled_from([*TOKENS, "<", ">", "|", "｜", "fim_prefix", " ", "x"]) | st.text(max_size=3)
)


@given(PIECES.map("".join))
def test_neutralising_keeps_every_offset(text: str) -> None:
    """Neutralising keeps the length, leaves no control token, and is undone by `restored`."""
    harmless = neutralized(text)
    assert len(harmless) == len(text)
    assert neutralized(harmless) == harmless
    if "‹" not in text and "›" not in text:
        assert restored(harmless) == text
