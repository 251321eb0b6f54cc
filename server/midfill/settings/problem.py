"""A problem with the user's settings, as text that never contains a secret."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_KEY_LENGTH = 60
"""Maximum characters of a key that a problem repeats; the longest real one has half as many."""

_KEY = re.compile(r"(?<![\w-])sk-(?=[\w-]*\d)[\w-]{16,}|^[\s\"']*sk-")
"""An API key inside other text (with a digit, unlike a file's name), or anything with its prefix.

DeepSeek's and OpenAI's keys start with `sk-`; DeepSeek's continue with 32 hexadecimal digits.
"""
_KEY_LIKE = re.compile(r"(?<![\w-])sk-[\w-]{4,}|^[\s\"']*sk-.*")
"""A possible key; masking too much does no harm."""
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")
_SECRET_NAMES = {"key", "token", "secret", "password", "authorization", "bearer"}


@dataclass(frozen=True)
class Problem:
    """One problem and its consequence; `str()` is the sentence to show."""

    text: str
    origin: str = ""
    """Its place: the path of a file, `environment NAME` or `client`."""
    key: str = ""
    """The dotted key that it concerns; empty for a whole source."""
    line: int | None = None
    """One-based, for a file that is not valid TOML."""
    column: int | None = None
    """One-based, in characters."""
    blocks_calls: bool = False
    """It stops all calls until it is fixed: the setting may have chosen another backend, or none."""

    def __str__(self) -> str:
        return f"{self.text} No backend is called until this is fixed." if self.blocks_calls else self.text


def without_secrets(text: str) -> str:
    """Return `text` without API keys and the `user:password@` of addresses."""
    return _CREDENTIALS.sub("…@", _KEY_LIKE.sub("sk-…", text))


def is_secret(name: str, value: object) -> bool:
    """Whether the value of `name` is or contains a secret, by its form or by a name in it."""
    found = [(name, value)]
    while found:
        name, value = found.pop()
        if _KEY.search(name) or (_names_secret(name) and value is not None):
            return True
        if isinstance(value, str) and _KEY.search(value):
            return True
        if isinstance(value, Mapping):
            found += [(str(inner), value[inner]) for inner in value]
        elif isinstance(value, list | tuple):
            found += [("", inner) for inner in value]
    return False


def shown(value: object) -> str:
    """Return `value` as a message shows it: a short one as written, another by its type only."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return "a huge number" if abs(value) > 1e12 else f"{value}"
        case str():
            short = len(value) <= 24 and value.isprintable()
            return json.dumps(without_secrets(value), ensure_ascii=False) if short else described(value)
        case list() | tuple() if not value:
            return "[]"
        case _:
            return described(value)


def described(value: object) -> str:
    """Return only the type of `value`."""
    match value:
        case str():
            return f"a string of {len(value)} characters"
        case list() | tuple():
            return f"a list of {len(value)}"
        case Mapping():
            return "a table"
        case None:
            return "nothing"
        case _:
            return f"a {type(value).__name__}"


def named(key: str) -> str:
    """Return a user's key as a message shows it."""
    return (
        without_secrets(key)
        if len(key) <= MAX_KEY_LENGTH and key.isprintable()
        else f"a key of {len(key)} characters"
    )


def _names_secret(name: str) -> bool:
    plain = name.lower().replace("_", "").replace("-", "")
    return plain in _SECRET_NAMES or plain.endswith(("apikey", "apitoken"))
