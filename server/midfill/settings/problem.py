"""Something wrong with what a user has set, told in words that never repeat a secret."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 60
"""Characters of a key that a problem repeats; the longest real one has half as many."""

_KEY = re.compile(r"(?<![\w-])sk-(?=[\w-]*\d)[\w-]{16,}|^[\s\"']*sk-")
"""An API key inside other text (with a digit in it, unlike a file's name), or anything that begins like one.

DeepSeek's and OpenAI's keys begin with `sk-`; DeepSeek's go on with 32 hexadecimal digits.
"""
_KEY_LIKE = re.compile(r"(?<![\w-])sk-[\w-]{4,}|^[\s\"']*sk-.*")
"""What might be a key; hiding too much does no harm."""
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")
_SECRET_NAMES = {"key", "token", "secret", "password", "authorization", "bearer"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and what was done about it; `str()` is the sentence to show."""

    text: str
    origin: str = ""
    """Where it stands: the path of a file, `environment NAME` or `client`."""
    key: str = ""
    """The dotted key it is about, if it is about one."""
    line: int | None = None
    """One-based, where a file could not be read as TOML."""
    column: int | None = None
    """One-based, in characters."""
    halts: bool = False
    """Nobody may be asked until it is mended: what was meant may be to ask somebody else, or nobody."""

    def __str__(self) -> str:
        return f"{self.text} Nobody is asked until that is mended." if self.halts else self.text


def masked(text: str) -> str:
    """Return `text` without the API keys and the `user:password@` of addresses in it."""
    return _CREDENTIALS.sub("…@", _KEY_LIKE.sub("sk-…", text))


def is_secret(name: str, value: object) -> bool:
    """Whether what is set under `name` is a secret, or holds one, by its look or by a name in it."""
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
    """Return `value` as an error may tell it: short ones as they are written, others by their kind only."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return "a huge number" if abs(value) > 1e12 else f"{value}"
        case str():
            short = len(value) <= 24 and value.isprintable()
            return json.dumps(masked(value), ensure_ascii=False) if short else described(value)
        case list() | tuple() if not value:
            return "[]"
        case _:
            return described(value)


def described(value: object) -> str:
    """Return only what kind of thing `value` is."""
    match value:
        case str():
            return f"a text of {len(value)} characters"
        case list() | tuple():
            return f"a list of {len(value)}"
        case Mapping():
            return "a table"
        case None:
            return "nothing"
        case _:
            return f"a {type(value).__name__}"


def named(key: str) -> str:
    """Return a key that a user wrote as an error may tell it."""
    return masked(key) if len(key) <= LONGEST and key.isprintable() else f"a key of {len(key)} characters"


def _names_secret(name: str) -> bool:
    plain = name.lower().replace("_", "").replace("-", "")
    return plain in _SECRET_NAMES or plain.endswith(("apikey", "apitoken"))
