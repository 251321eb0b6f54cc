"""Brackets, strings and comments of a text, found by a scanner that needs no grammar."""

import re
from collections import deque
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from midfill.core.syntax.language import Language

OPENING, CLOSING = "([{", ")]}"
PARTNER = {**dict(zip(CLOSING, OPENING, strict=True)), **dict(zip(OPENING, CLOSING, strict=True))}


_PLAIN = r"\w\s=.,:;"
"""Characters that no lexeme of any language begins with: runs of them are passed over at once."""

_HEREDOC = (
    r"(?P<heredoc><<[-~]?['\"]?(?P<tag>[A-Za-z_]\w*)['\"]?\n[\s\S]*?(?P<end_heredoc>^\s*(?P=tag)\b|\Z))"
)


_SUBSTITUTING = (
    r"(?P<substituting>\"(?:\\[\s\S]|[^\"\\$]|\$(?!\()|\$\((?:[^()\"]|\"[^\"\n]*\"|\([^()]*\)){0,200}+\))*+"
    r"(?P<end_substituting>\"|\Z))"
)


_LONGEST_KNOWN = 1_500
"""Characters of a text whose lexemes are remembered: a line with what is inserted there. So 128 take 20 MB at most."""


class Lexeme(NamedTuple):
    """A bracket, a string or a comment; `closed` says whether a string or block comment ends in the text."""

    kind: Literal["open", "close", "string", "comment"]
    start: int
    end: int
    closed: bool


def lexemes(text: str, language: Language) -> tuple[Lexeme, ...]:
    """Return the brackets, strings and comments of `text`, which begins outside of strings and comments."""
    return _known(text, language) if len(text) <= _LONGEST_KNOWN else tuple(_lexemes(text, language))


@lru_cache(maxsize=128)
def _known(text: str, language: Language) -> tuple[Lexeme, ...]:
    """Return `lexemes` of a line, which is asked about again with every piece of an answer."""
    return tuple(_lexemes(text, language))


def _lexemes(text: str, language: Language) -> Iterator[Lexeme]:
    found = map(_lexeme, _lexer(language).finditer(text))
    return (lexeme for lexeme in found if lexeme is not None)


def unended(text: str, language: Language) -> Lexeme | None:
    """Return the string or comment that `text` ends inside of, None if it ends outside of any.

    Only the last matches are looked at (behind one that reaches the end, an empty one may come): several times
    quicker than going through `lexemes`.
    """
    last = map(_lexeme, deque(_lexer(language).finditer(text), maxlen=2))
    return next((found for found in last if found and not found.closed and found.end == len(text)), None)


def _lexeme(match: re.Match[str]) -> Lexeme | None:
    """Return what has been matched; None for the literal of a character, and for what is no lexeme."""
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
    parts = [
        *(
            rf"(?P<comment{n}>{begin}[\s\S]*?(?P<end_comment{n}>{end}|\Z))"
            for n, (begin, end) in enumerate(language.block_comments)
        ),
        _HEREDOC if language.heredocs else "",
        _SUBSTITUTING if language.substitutions else "",
        rf"(?P<line>(?:{language.line_comment})[^\n]*)" if language.line_comment else "",
        *(
            rf"(?P<long{n}>{begin}(?:\\[\s\S]|(?!{end})[^\\])*(?P<end_long{n}>{end}|\Z))"
            for n, (begin, end) in enumerate(language.long_quotes)
        ),
        r"(?P<char>'(?:\\[^\n]{1,8}?|[^'\\\n])'|')" if language.char_quotes else "",
        *(
            rf"(?P<string{n}>{quote}(?:{escaped}[^{quote}{escape}\n])*(?P<end_string{n}>{quote})?)"
            for n, quote in enumerate(language.quotes)
            if not (quote == "'" and language.char_quotes)
        ),
        r"(?P<open>[(\[{])|(?P<close>[)\]}])",
    ]
    lexeme = "|".join(part for part in parts if part)
    return re.compile(rf"[{_PLAIN}]*+(?:{lexeme}|[^{_PLAIN}]|\Z)", re.MULTILINE)
