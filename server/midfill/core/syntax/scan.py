"""Finds the brackets, strings and comments of a text without a grammar."""

import re
from collections import deque
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from midfill.core.syntax.language import Language

OPENING, CLOSING = "([{", ")]}"
PARTNER = {**dict(zip(CLOSING, OPENING, strict=True)), **dict(zip(OPENING, CLOSING, strict=True))}


_PLAIN = r"\w\s=.,:"
"""Characters that start no lexeme of any language: the scanner skips runs of them."""

_HEREDOC = (
    r"(?P<heredoc><<[-~]?['\"]?(?P<tag>[A-Za-z_]\w*)['\"]?\n[\s\S]*?(?P<end_heredoc>^\s*(?P=tag)\b|\Z))"
)


_SUBSTITUTING = (
    r"(?P<substituting>\"(?:\\[\s\S]|[^\"\\$]|\$(?!\()|\$\((?:[^()\"]|\"[^\"\n]*\"|\([^()]*\)){0,200}+\))*+"
    r"(?P<end_substituting>\"|\Z))"
)


_MAX_KNOWN = 1_500
"""Characters of a text whose lexemes are remembered: a line with what is inserted there. So 128 take 20 MB at most."""


class Lexeme(NamedTuple):
    """A bracket, a string or a comment; `closed` says whether a string or block comment ends in the text."""

    kind: Literal["open", "close", "string", "comment"]
    start: int
    end: int
    closed: bool


def lexemes(text: str, language: Language) -> tuple[Lexeme, ...]:
    """Return the brackets, strings and comments of `text`, which starts outside strings and comments."""
    return _known(text, language) if len(text) <= _MAX_KNOWN else tuple(_lexemes(text, language))


@lru_cache(maxsize=128)
def _known(text: str, language: Language) -> tuple[Lexeme, ...]:
    """Return `lexemes` of a line, which is scanned again for each chunk of an answer."""
    return tuple(_lexemes(text, language))


def _lexemes(text: str, language: Language) -> Iterator[Lexeme]:
    found = map(_lexeme, _lexer(language).finditer(text))
    return (lexeme for lexeme in found if lexeme is not None)


def unended(text: str, language: Language) -> Lexeme | None:
    """Return the string or comment that `text` ends in; None if it ends outside.

    Only the last matches are checked (after a match that reaches the end, an empty one may follow): several times
    faster than all `lexemes`.
    """
    last = map(_lexeme, deque(_lexer(language).finditer(text), maxlen=2))
    return next((found for found in last if found and not found.closed and found.end == len(text)), None)


def _lexeme(match: re.Match[str]) -> Lexeme | None:
    """Return the match as a lexeme; None for a character literal and for other text."""
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
        _SUBSTITUTING if language.substitutions else "",
        "" if whole_line else line,
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
    if whole_line:  # Its blanks are a part of it, so the scanner must not skip them.
        return re.compile(rf"{line}|[^\S\n]*+(?:{lexeme}|\w+|\S|\n|\Z)", re.MULTILINE)
    return re.compile(rf"[{_PLAIN}]*+(?:{lexeme}|[^{_PLAIN}]|\Z)", re.MULTILINE)
