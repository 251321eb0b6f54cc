"""An edit with holes, and the places where it fits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from midfill.core.edit_rules.edit_tokens import is_word
from midfill.core.edit_rules.holes import CASES, UNNUMBERED, InsertedPiece, PatternPart, Recased, WordHole
from midfill.core.edit_rules.text_lines import indent_at, line_end, line_start

MAX_PLACES = 400
"""Maximum occurrences of the search token that are examined."""
MAX_LINE_LENGTH = 500
"""Maximum characters of a line that is searched; longer ones are usually data."""

MAX_HOLE = 120
"""Maximum parts of the text in a hole: a part is a character or a balanced pair of brackets."""

_BALANCED = r"[^()\[\]{}\n]|\((?:[^()\n]|\((?:[^()\n]|\([^()\n]*\))*\))*\)|\[[^\[\]\n]*\]|\{[^{}\n]*\}"

MAX_BLANKS = 40
"""Maximum blanks between a place and an equal text that counts as already inserted."""

_WHITESPACE = r"[ \t]*"
_EDGE = r"(?:(?<!\w)|(?!\w))"
"""A place that is not inside a word."""


class Place(NamedTuple):
    """The offsets of a place where a rule fits, and the text that replaces it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Rule:
    """An edit with holes: removed tokens, the unchanged tokens around them, and the inserted text."""

    left: tuple[PatternPart, ...]
    removed: tuple[PatternPart, ...]
    right: tuple[PatternPart, ...]
    inserted: tuple[InsertedPiece, ...]
    """Texts, and the holes between them."""
    indent: str
    """The leading blanks of the user's own place; later lines of inserted text are indented relative to it."""
    removes_whitespace_before: bool
    """The blanks before `removed` are removed too."""
    removes_whitespace_after: bool
    """The blanks after `removed` are removed too."""
    added_indent: str
    """Blanks inserted at the start of the line."""
    whitespace_around: tuple[bool, bool]
    """Whether there are blanks before and after a place where nothing is removed."""
    indent_like: Literal["", "above", "below"]
    """Whole lines are inserted, indented like the line above or below; empty: text in a line is changed."""
    repeats_on_line: bool
    """The user's own edit made the change more than once on a line."""
    support: int
    """Number of the user's hunks with this edit."""
    files: int
    """Number of documents with these hunks."""
    declared: frozenset[str]
    """The names that the lines declared before the change."""

    @cached_property
    def search_token(self) -> str:
        """The token by which places are found: the longest removed word, else the longest word around it.

        Without words it is the longest fixed token; empty if there is none.
        """
        removed = [part for part in self.removed if isinstance(part, str) and is_word(part)]
        around = [part for part in (*self.left, *self.right) if isinstance(part, str) and is_word(part)]
        return max(removed or around or self.fixed_tokens, key=len, default="")

    @property
    def is_rename(self) -> bool:
        """Whether a name replaces a name."""
        return len(self.removed) == len(self.inserted) == 1 and all(
            map(_is_name, (self.removed[0], self.inserted[0]))
        )

    @property
    def inserts_lines(self) -> bool:
        """Whether whole lines are inserted."""
        return bool(self.indent_like)

    @property
    def allows_whitespace_before(self) -> bool:
        """Whether blanks may precede the place."""
        return (
            not self.removes_whitespace_before
            and not self.inserts_lines
            and (bool(self.removed) or self.whitespace_around[0])
        )

    @property
    def allows_whitespace_after(self) -> bool:
        """Whether blanks may follow the place."""
        return not self.removes_whitespace_after and (
            bool(self.removed) or self.inserts_lines or (self.whitespace_around[1] and bool(self.left))
        )

    @property
    def ends_with_tokens(self) -> bool:
        """Whether the edit starts and ends with a token, not with a hole."""
        head, tail = () if self.left else self.removed[:1], () if self.right else self.removed[-1:]
        return all(isinstance(part, str) for part in (*head, *tail))

    @property
    def in_call(self) -> bool:
        """Whether the place may be anywhere among the arguments of a call."""
        return UNNUMBERED in self.left

    @property
    def only_removes(self) -> bool:
        """Whether nothing replaces the removed tokens."""
        return not any(str(piece).strip() for piece in self.inserted)

    @property
    def spans_lines(self) -> bool:
        """Whether line ends are removed or inserted."""
        return "\n" in self.removed or any("\n" in str(part) for part in self.inserted)

    @property
    def fixed_tokens(self) -> list[str]:
        """The tokens that a place must have."""
        return [
            part
            for part in (*self.left, *self.removed, *self.right)
            if isinstance(part, str) and part != "\n"
        ]

    def places(self, text: str, first: int = 0, last: int | None = None) -> Iterator[Place]:
        """Yield the places between two offsets of a text where the rule fits."""
        done = first
        for start, end in self._windows(text, first, last):
            for match in _expression(self).finditer(text, max(start, done), end):
                place = self._place(match, text)
                if not self._is_already_inserted(text, place):
                    yield place
                done = max(done, match.end("removed"), match.start() + 1)

    def _windows(self, text: str, first: int, last: int | None) -> Iterator[tuple[int, int]]:
        """Yield the start and the end of the lines around each occurrence of the search token."""
        above = sum(part == "\n" for part in (*self.left, *self.removed))
        below = sum(part == "\n" for part in (*self.removed, *self.right))
        at = text.find(self.search_token, first, last)
        for _ in range(MAX_PLACES):
            if at < 0:
                return
            start, end = _lines_around(text, at, above, below)
            if end - start < MAX_LINE_LENGTH * (above + below + 1):
                yield start, end
            at = text.find(self.search_token, at + len(self.search_token) if above + below else end - 1, last)

    def _place(self, match: re.Match[str], text: str) -> Place:
        start, end = match.span("removed")
        if not self.added_indent:
            return Place(start, end, self._filled(match, text))
        here = indent_at(text, start)
        return Place(start - len(here), end, self.added_indent + here + self._filled(match, text))

    def _filled(self, match: re.Match[str], text: str) -> str:
        filled = "".join(_text(part, match) for part in self.inserted)
        here = indent_at(text, match.start("removed") - (self.indent_like == "above"))
        if self.inserts_lines:
            return "\n".join(_reindented(line, self.indent, here) for line in filled.split("\n")[:-1]) + "\n"
        head, *rest = filled.split("\n")
        return "\n".join([head, *(_reindented(line, self.indent, here) for line in rest)])

    def _is_already_inserted(self, text: str, place: Place) -> bool:
        """Whether the inserted text is already there, before or after the place."""
        if self.removed:
            return text[place.start : place.end] == place.text
        new = place.text.strip()
        most = len(place.text) + MAX_BLANKS
        before, after = text[max(0, place.start - most) : place.start], text[place.end : place.end + most]
        return before.rstrip().endswith(new) or after.lstrip().startswith(new)


def _lines_around(text: str, at: int, above: int, below: int) -> tuple[int, int]:
    """Return the start and the end of a place's line and of so many lines above and below, with their line ends."""
    start, end = at, at
    for _ in range(above + 1):
        start = max(line_start(text, start) - 1, 0)
    for _ in range(below + 1):
        end = line_end(text, end + 1)
    return start, end + 1


def _is_name(part: PatternPart | InsertedPiece) -> bool:
    return isinstance(part, str) and part.isidentifier()


def _reindented(line: str, indent: str, here: str) -> str:
    return here + line[len(indent) :] if line.startswith(indent) else line


@lru_cache(maxsize=256)
def _expression(rule: Rule) -> re.Pattern[str]:
    seen: set[int] = set()
    left = [_element(part, seen) for part in rule.left]
    removed = [_element(part, seen) for part in rule.removed]
    right = [_element(part, seen) for part in rule.right]
    lead = r"[ \t]+" if rule.removes_whitespace_before else ""
    tail = r"[ \t]+" if rule.removes_whitespace_after else ""
    core = lead + _WHITESPACE.join(removed) + tail
    before = _WHITESPACE if left and rule.allows_whitespace_before else ""
    after = _WHITESPACE if rule.allows_whitespace_after else ""
    return re.compile(
        f"{_WHITESPACE.join(left)}{before}(?P<removed>{core})(?={after}{_WHITESPACE.join(right)})"
    )


def _text(part: InsertedPiece, match: re.Match[str]) -> str:
    """Return the text of a piece where the rule fits."""
    if isinstance(part, Recased):
        return CASES[part.case](match[f"h{part.number}"])
    return match[f"h{part}"] if isinstance(part, int) else part


def _element(part: PatternPart, seen: set[int]) -> str:
    if isinstance(part, WordHole):
        group = rf"(?P<h{part.number}>\w+)" if part.number != UNNUMBERED else r"\w+"
        return rf"(?<!\w){re.escape(part.head)}{group}(?!\w)"
    if part == UNNUMBERED:
        return f"(?:{_BALANCED}){{0,{MAX_HOLE}}}?{_EDGE}"
    if isinstance(part, int):
        if part in seen:
            return f"(?P=h{part})"
        seen.add(part)
        return f"{_EDGE}(?P<h{part}>(?:{_BALANCED}){{1,{MAX_HOLE}}}?){_EDGE}"
    return rf"(?<!\w){re.escape(part)}(?!\w)" if is_word(part) else re.escape(part)
