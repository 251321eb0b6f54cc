"""The outline of a definition: the comment above it, its signature, and a type's members."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MAX_LINES_ABOVE, MAX_SIGNATURE_LINES, MAX_DOCSTRING_LINES, MAX_MEMBER_LINES = 6, 10, 4, 30
"""Maximum lines of the comments and decorators above, of the signature, of the docstring, and of a type's members.

They are our own limits.
"""

MAX_BODY_LINES = 400
"""Maximum lines of a type that are searched for members (our own limit)."""

_COMMENT_OR_DECORATOR = re.compile(r"[ \t]*(?:#(?!\s*(?:include|define|if|else|endif)\b)|//|/\*|\*|--|@\w)")
_TYPE = re.compile(
    r"\b(?:class|struct|interface|enum|trait|record|union|protocol|object|message|service|impl|module|type)\b"
)
_LABEL = re.compile(r"[ \t]*(?:public|private|protected)[ \t]*:$")
_DOCSTRING = re.compile(r'[ \t]*[rub]?("""|\'\'\')')


class Outline(NamedTuple):
    """Lines of a definition from line `first`; of a type, without the bodies of its methods."""

    first: int
    lines: list[str]


def outline(lines: Sequence[str], at: int) -> Outline:
    """Return the outline of the definition on line `at`."""
    first = _first_line(lines, at)
    end = _signature_end(lines, at)
    shown = [*lines[first : end + 1], *_docstring(lines, end + 1)]
    if _TYPE.search(lines[at]):
        shown += _members(lines, end + 1 + len(shown) - (end + 1 - first), _indent_length(lines[at]))
    return Outline(first, shown)


def _first_line(lines: Sequence[str], at: int) -> int:
    """Return the first line of the comments and decorators directly above."""
    first = at
    while first > max(0, at - MAX_LINES_ABOVE) and _COMMENT_OR_DECORATOR.match(lines[first - 1]):
        if _indent_length(lines[first - 1]) < _indent_length(lines[at]):
            break
        first -= 1
    return first


def _signature_end(lines: Sequence[str], at: int) -> int:
    """Return the line that closes the parentheses of the signature."""
    depth = 0
    for end in range(at, min(at + MAX_SIGNATURE_LINES, len(lines))):
        depth += sum(map(lines[end].count, "([")) - sum(map(lines[end].count, ")]"))
        if depth <= 0:
            return end
    return at


def _docstring(lines: Sequence[str], at: int) -> list[str]:
    """Return the first lines of a docstring below a signature, as in Python."""
    found = _DOCSTRING.match(lines[at]) if at < len(lines) else None
    if found is None:
        return []
    for end in range(at, min(at + MAX_DOCSTRING_LINES, len(lines))):
        if found[1] in (lines[end] if end > at else lines[end][found.end() :]):
            return list(lines[at : end + 1])
    return list(lines[at : at + MAX_DOCSTRING_LINES])


def _members(lines: Sequence[str], start: int, indent: int) -> list[str]:
    """Return the lines of a body with the indentation of its first one: fields and method signatures."""
    body = list(_body(lines, start, indent))
    level = next((_indent_length(line) for line in body), 0)
    return [line for line in body if _indent_length(line) == level][:MAX_MEMBER_LINES]


def _body(lines: Sequence[str], start: int, indent: int) -> Iterator[str]:
    """Yield the more deeply indented lines, without blank ones."""
    for line in lines[start : start + MAX_BODY_LINES]:
        if not line.strip() or line.strip() == "{" or _LABEL.match(line):
            continue
        if _indent_length(line) <= indent:
            return
        yield line


def _indent_length(line: str) -> int:
    """Return the number of leading blanks and tabs of `line`."""
    return len(line) - len(line.lstrip())
