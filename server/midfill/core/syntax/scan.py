"""Finds the brackets, strings and comments of a text without a grammar."""

import re
from collections import deque
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from midfill.core.syntax.language import Language

OPENING, CLOSING = "([{", ")]}"
"""The opening and the closing brackets, in the same order."""
PARTNER = {**dict(zip(CLOSING, OPENING, strict=True)), **dict(zip(OPENING, CLOSING, strict=True))}
"""The closing bracket of each opening one, and the reverse."""

_PLAIN = r"\w\s=.,:"
"""Characters that start no lexeme of any language: the scanner skips runs of them."""

_HEREDOC = (
    r"(?P<heredoc><<[-~]?['\"]?(?P<tag>[A-Za-z_]\w*)['\"]?\n[\s\S]*?(?P<end_heredoc>^\s*(?P=tag)\b|\Z))"
)

_SUBSTITUTING = (
    r"(?P<substituting>\"(?:\\[\s\S]|[^\"\\$]|\$(?!\()|\$\((?:[^()\"]|\"[^\"\n]*\"|\([^()]*\)){0,200}+\))*+"
    r"(?P<end_substituting>\"|\Z))"
)
"""A string in double quotes with commands in `$( )`."""

_MAX_CACHED_CHARACTERS = 1_500
"""Maximum characters of a text whose lexemes are cached: a line with an answer. The cache of 128 texts takes 20 MB."""


class Lexeme(NamedTuple):
    """A bracket, a string or a comment; `closed` says whether a string or block comment ends in the text."""

    kind: Literal["open", "close", "string", "comment"]
    start: int
    end: int
    closed: bool


def lexemes(text: str, language: Language) -> tuple[Lexeme, ...]:
    """Return the brackets, strings and comments of `text`, which starts outside strings and comments."""
    return (
        _cached_lexemes(text, language)
        if len(text) <= _MAX_CACHED_CHARACTERS
        else tuple(_scanned(text, language))
    )


@lru_cache(maxsize=128)
def _cached_lexemes(text: str, language: Language) -> tuple[Lexeme, ...]:
    """Return the lexemes of a line; it is scanned again for each chunk of an answer."""
    return tuple(_scanned(text, language))


def _scanned(text: str, language: Language) -> Iterator[Lexeme]:
    """Yield the lexemes of `text`."""
    found = map(_lexeme, _lexer(language).finditer(text))
    return (lexeme for lexeme in found if lexeme is not None)


def open_lexeme(text: str, language: Language) -> Lexeme | None:
    """Return the string or comment that is open at the end of `text`; None if there is none.

    Only the last two matches are checked, because an empty match may follow one that reaches the end. This is several
    times faster than `lexemes`.
    """
    last = map(_lexeme, deque(_lexer(language).finditer(text), maxlen=2))
    return next((found for found in last if found and not found.closed and found.end == len(text)), None)


def _lexeme(match: re.Match[str]) -> Lexeme | None:
    """Return a match of the lexer as a lexeme; None for a character literal and for other text."""
    kind = match.lastgroup
    if kind is None or kind == "char":
        return None
    start, end = match.span(kind)
    if kind in {"open", "close"}:
        return Lexeme("open" if kind == "open" else "close", start, end, True)
    if kind.startswith("line"):
        return Lexeme("comment", start, end, False)
    if kind.startswith("comment"):
        return Lexeme("comment", start, end, bool(match[f"end_{kind}"]))
    return Lexeme("string", start, end, bool(match[f"end_{kind}"]))


@cache
def _lexer(language: Language) -> re.Pattern[str]:
    """Return the expression that finds the lexemes of `language`; each alternative is a named group."""
    escape = re.escape(language.escape)
    escaped = rf"{escape}[\s\S]|" if escape else ""
    line = rf"(?P<line>(?:{language.line_comment})[^\n]*)" if language.line_comment else ""
    whole_line = language.line_comment.startswith("^")
    parts = [
        *(
            rf"(?P<comment{n}>{begin}[\s\S]*?(?P<end_comment{n}>{end}|\Z))"
            for n, (begin, end) in enumerate(language.block_comments)
        ),
        _HEREDOC if language.heredocs else "",
        _SUBSTITUTING if language.command_substitutions else "",
        "" if whole_line else line,
        *(
            rf"(?P<long{n}>{begin}(?:\\[\s\S]|(?!{end})[^\\])*(?P<end_long{n}>{end}|\Z))"
            for n, (begin, end) in enumerate(language.multiline_quotes)
        ),
        r"(?P<char>'(?:\\[^\n]{1,8}?|[^'\\\n])'|')" if language.character_literals else "",
        *(
            rf"(?P<string{n}>{quote}(?:{escaped}[^{quote}{escape}\n])*(?P<end_string{n}>{quote})?)"
            for n, quote in enumerate(language.quotes)
            if not (quote == "'" and language.character_literals)
        ),
        r"(?P<open>[(\[{])|(?P<close>[)\]}])",
    ]
    lexeme = "|".join(part for part in parts if part)
    if whole_line:  # The blanks before the comment are a part of it, so the scanner must not skip them.
        return re.compile(rf"{line}|[^\S\n]*+(?:{lexeme}|\w+|\S|\n|\Z)", re.MULTILINE)
    return re.compile(rf"[{_PLAIN}]*+(?:{lexeme}|[^{_PLAIN}]|\Z)", re.MULTILINE)
