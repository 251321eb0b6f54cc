"""The change of a hunk: the removed and inserted tokens, and those around them."""

from typing import Literal, NamedTuple

from midfill.core.definitions import definitions
from midfill.core.edits.hunk import Hunk
from midfill.core.edits.tokens import Token, changes, tokens, words

Words = tuple[str, ...]
CONTEXT_TOKENS = 24
"""Number of tokens kept on either side of a change."""


class HunkChange(NamedTuple):
    """The change of a hunk, from the first to the last changed token.

    `removed` and `inserted` are texts without their common blanks; their tokens follow.
    """

    removed: str
    inserted: str
    removed_tokens: tuple[str, ...]
    inserted_tokens: tuple[str, ...]
    left: tuple[str, ...]
    """Tokens before it; the nearest is the last. A line end is a token."""
    right: tuple[str, ...]
    indent: str
    """The leading blanks of the line."""
    deeper: str = ""
    """Blanks that the change adds at the start of the line."""
    blanks: tuple[bool, bool] = (True, True)
    """Whether there are blanks before and after the change."""
    lines: Literal["", "above", "below"] = ""
    """Whole lines are added, with their line ends, indented like the line above or below."""
    repeats: bool = False
    """The line has the same change more than once."""
    uri: str = ""
    """The document."""
    declared: frozenset[str] = frozenset()
    """The names that the lines declared before the change."""


class _Side(NamedTuple):
    """A text, and its tokens from the first to the last that differ from the other side's."""

    text: str
    found: list[Token]
    first: int
    last: int

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(words(self.found[self.first : self.last]))

    @property
    def raw(self) -> str:
        """The text of the tokens, with the blanks on either side."""
        start = self.found[self.first - 1].end
        return self.text[start : self.found[self.last].start if self.last < len(self.found) else None]


def change_of(hunk: Hunk, language: str = "") -> HunkChange | None:
    """Return the change of a hunk; None if only blanks differ.

    If the hunk makes equal changes at several places, only the first one is returned, with `repeats`.
    """
    old, new = _framed(hunk, hunk.before), _framed(hunk, hunk.after)
    before, after = tokens(old), tokens(new)
    found = changes(words(before), words(after))
    if not found:
        return None
    first = last = found[0]
    alike = {
        (*words(before[change.first : change.last]), 0, *words(after[change.begin : change.end]))
        for change in found
    }
    if len(alike) > 1:
        last = found[-1]
    was = _Side(old, before, first.first, last.last)
    declared = definitions("\n".join(hunk.before), language)
    return _change(was, _Side(new, after, first.begin, last.end))._replace(
        repeats=len(found) > 1 and len(alike) == 1,
        uri=hunk.uri,
        declared=frozenset(definition.name for definition in declared),
    )


def _framed(hunk: Hunk, lines: tuple[str, ...]) -> str:
    return "\n".join(("", hunk.above, *lines, hunk.below, ""))


def _change(was: _Side, now: _Side) -> HunkChange:
    left = tuple(words(was.found[max(0, was.first - CONTEXT_TOKENS) : was.first]))
    right = tuple(words(was.found[was.last : was.last + CONTEXT_TOKENS]))
    indent = indent_at(was.text, was.found[was.first - 1].end)
    inserted = now.raw
    if left[-1] == "\n" and not was.words and "\n" in inserted:
        return _added(inserted[: inserted.rfind("\n") + 1], now, left, right, was)
    removed, inserted, blanks = _without_common_blanks(was.raw, inserted)
    deeper = ""
    if left[-1] == "\n":
        deeper, blanks = _deeper(removed, inserted, indent), (True, blanks[1])
        removed, inserted = removed.lstrip(" \t"), inserted.lstrip(" \t")
    return HunkChange(removed, inserted, was.words, now.words, left, right, indent, deeper, blanks)


def _added(inserted: str, now: _Side, left: Words, right: Words, was: _Side) -> HunkChange:
    """Return the change of whole lines that are added."""
    end = was.found[was.first - 1].end
    above, below = indent_at(was.text, end - 1), indent_at(was.text, end)
    side: Literal["above", "below"] = "above" if indent_at(inserted, 0) == above else "below"
    indent = above if side == "above" else below
    return HunkChange("", inserted, (), now.words, left, right, indent, lines=side)


def _without_common_blanks(removed: str, inserted: str) -> tuple[str, str, tuple[bool, bool]]:
    """Return two texts without the blanks common to their starts and ends, and whether there were any."""
    head = _common_blanks(removed, inserted)
    removed, inserted = removed[head:], inserted[head:]
    tail = 0 if "\n" in removed + inserted else _common_blanks(removed[::-1], inserted[::-1])
    return removed[: len(removed) - tail], inserted[: len(inserted) - tail], (bool(head), bool(tail))


def _deeper(removed: str, inserted: str, indent: str) -> str:
    """Return the blanks added at the start of a line; empty if blanks are removed."""
    more = inserted[: len(inserted) - len(inserted.lstrip(" \t"))]
    is_deeper = inserted.strip() and removed[:1] not in {" ", "\t"} and indent.endswith(more[: len(indent)])
    return more if is_deeper else ""


def _common_blanks(one: str, other: str) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count] and one[count] in " \t":
        count += 1
    return count


def indent_at(text: str, at: int) -> str:
    """Return the leading blanks of the line that contains a place."""
    start = text.rfind("\n", 0, at) + 1
    end = start
    while end < len(text) and text[end] in " \t":
        end += 1
    return text[start:end]
