"""Text as tokens, and the changes between two texts."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_TOKEN = re.compile(r"\w+|\n|[^\w\s]")


class Token(NamedTuple):
    """A word, a punctuation mark or a line end, and its position."""

    text: str
    start: int
    end: int


class TokenChange(NamedTuple):
    """The tokens from `old_start` to before `old_end` were replaced by those from `new_start` to before `new_end`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text without blanks.

    >>> [token.text for token in tokens("a.b += 10")]
    ['a', '.', 'b', '+', '=', '10']
    """
    return [Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]


def token_texts(found: Sequence[Token]) -> list[str]:
    """Return the texts of tokens."""
    return [token.text for token in found]


def is_word(text: str) -> bool:
    """Whether a token is a word: a name, a keyword or a number."""
    return text[:1].isalnum() or text[:1] == "_"


def changes(before: Sequence[str], after: Sequence[str]) -> list[TokenChange]:
    """Return the changes between two sequences of tokens, in order."""
    head = common_prefix_length(before, after)
    tail = common_prefix_length(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        TokenChange(head + first, head + last, head + begin, head + end)
        for kind, first, last, begin, end in matcher.get_opcodes()
        if kind != "equal"
    ]


def common_prefix_length(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the number of tokens in the common prefix of two sequences."""
    count = 0
    for one_part, other_part in zip(one, other, strict=False):
        if one_part != other_part:
            break
        count += 1
    return count
