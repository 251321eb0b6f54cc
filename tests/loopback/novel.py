"""Plausible code that is wrong: the text of a model that guesses.

Everything here depends on its arguments alone, so the same place is wrong in the same way each time.
"""

from collections.abc import Sequence
from hashlib import blake2b
from keyword import iskeyword

from tests.loopback.tokens import pieces

WORDS = (
    "amount",
    "buffer",
    "context",
    "delta",
    "entry",
    "flags",
    "group",
    "handle",
    "items",
    "limit",
    "node",
)
"""Names for wrong code if no known file has better ones."""

_STATEMENTS = (
    "{} = {}({})",
    "{}.{}({}, {})",
    "{} = [{} for {} in {}]",
    "if {} and not {}: {}({})",
    "{}[{}] = {}.{}",
)


def number(*parts: object) -> int:
    """Return a number that looks random and depends on `parts` alone, in this process and the next."""
    return int.from_bytes(blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest())


def other(token: str, before: str, words: Sequence[str], seed: int) -> str:
    """Return a token that could replace `token`, but differs in its first character.

    `before` is the character to the left. White space is returned as it is: it has no wrong form.
    """
    body = token.strip()
    if not body:
        return token
    word = _word(body[0], words, seed)
    if _is_name(body):
        return token[: len(token) - len(body)] + word
    if body[0] == ".":
        return "[0]" + token
    return ("." if before.isalnum() or before in "_)]" else "") + word + token


def renamed(token: str, words: Sequence[str], seed: int) -> str:
    """Return `token` in wrong code: another name instead of a name, anything else unchanged."""
    body = token.strip()
    return other(token, "", words, seed) if body and _is_name(body) and not iskeyword(body) else token


def ramble(count: int, indent: str, words: Sequence[str], seed: int) -> str:
    """Return `count` tokens of unrelated statements, beginning with a line end and `indent`."""
    tokens: list[str] = []
    line = 0
    while len(tokens) < count:
        tokens += pieces(f"\n{indent}{_statement(words, number(seed, line))}")
        line += 1
    return "".join(tokens[:count])


def _is_name(body: str) -> bool:
    return body[0].isalnum() or body[0] == "_"


def _statement(words: Sequence[str], seed: int) -> str:
    chosen = (words[number(seed, place) % len(words)] for place in range(4))
    return _STATEMENTS[seed % len(_STATEMENTS)].format(*chosen)


def _word(first: str, words: Sequence[str], seed: int) -> str:
    """Return one of `words` that does not start with `first`."""
    start = seed % len(words)
    return next((word for word in (*words[start:], *words[:start], *WORDS) if word[0] != first), WORDS[0])
