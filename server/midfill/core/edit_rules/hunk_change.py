"""The change of a hunk: the removed and inserted tokens, and those around them."""

from typing import Literal, NamedTuple

from midfill.core.definitions import definitions
from midfill.core.edit_rules.edit_tokens import Token, changes, token_texts, tokens
from midfill.core.edit_rules.hunk import Hunk
from midfill.core.edit_rules.text_lines import indent_at

TokenTexts = tuple[str, ...]
"""The texts of tokens."""
TOKENS_AROUND = 24
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
    added_indent: str = ""
    """Blanks that the change adds at the start of the line."""
    whitespace_around: tuple[bool, bool] = (True, True)
    """Whether there are blanks before and after the change."""
    indent_like: Literal["", "above", "below"] = ""
    """Whole lines are added, with their line ends, indented like the line above or below; empty: a part of a line."""
    repeats_on_line: bool = False
    """The line has the same change more than once."""
    uri: str = ""
    """The document."""
    declared: frozenset[str] = frozenset()
    """The names that the lines declared before the change."""


class _Side(NamedTuple):
    """A text, and its tokens from the first to the last that differ from the other side's."""

    text: str
    tokens: list[Token]
    first: int
    last: int

    @property
    def token_texts(self) -> tuple[str, ...]:
        return tuple(token_texts(self.tokens[self.first : self.last]))

    @property
    def raw(self) -> str:
        """The text of the tokens, with the blanks on either side."""
        start = self.tokens[self.first - 1].end
        return self.text[start : self.tokens[self.last].start if self.last < len(self.tokens) else None]


def change_of(hunk: Hunk, language: str) -> HunkChange | None:
    """Return the change of a hunk; None if only blanks differ.

    If the hunk makes equal changes at several places, only the first one is returned, with `repeats_on_line`.
    """
    old_text, new_text = _with_adjacent_lines(hunk, hunk.before), _with_adjacent_lines(hunk, hunk.after)
    before, after = tokens(old_text), tokens(new_text)
    found = changes(token_texts(before), token_texts(after))
    if not found:
        return None
    first = last = found[0]
    alike = {
        (
            tuple(token_texts(before[change.old_start : change.old_end])),
            tuple(token_texts(after[change.new_start : change.new_end])),
        )
        for change in found
    }
    if len(alike) > 1:
        last = found[-1]
    old = _Side(old_text, before, first.old_start, last.old_end)
    declared = definitions("\n".join(hunk.before), language)
    return _change(old, _Side(new_text, after, first.new_start, last.new_end))._replace(
        repeats_on_line=len(found) > 1 and len(alike) == 1,
        uri=hunk.uri,
        declared=frozenset(definition.name for definition in declared),
    )


def _with_adjacent_lines(hunk: Hunk, lines: tuple[str, ...]) -> str:
    return "\n".join(("", hunk.above, *lines, hunk.below, ""))


def _change(old: _Side, new: _Side) -> HunkChange:
    left = tuple(token_texts(old.tokens[max(0, old.first - TOKENS_AROUND) : old.first]))
    right = tuple(token_texts(old.tokens[old.last : old.last + TOKENS_AROUND]))
    indent = indent_at(old.text, old.tokens[old.first - 1].end)
    inserted = new.raw
    if left[-1] == "\n" and not old.token_texts and "\n" in inserted:
        return _added(inserted[: inserted.rfind("\n") + 1], new, left, right, old)
    removed, inserted, whitespace_around = _without_common_whitespace(old.raw, inserted)
    added_indent = ""
    if left[-1] == "\n":
        added_indent, whitespace_around = (
            _added_indent(removed, inserted, indent),
            (True, whitespace_around[1]),
        )
        removed, inserted = removed.lstrip(" \t"), inserted.lstrip(" \t")
    return HunkChange(
        removed,
        inserted,
        old.token_texts,
        new.token_texts,
        left,
        right,
        indent,
        added_indent,
        whitespace_around,
    )


def _added(inserted: str, new: _Side, left: TokenTexts, right: TokenTexts, old: _Side) -> HunkChange:
    """Return the change of whole lines that are added."""
    end = old.tokens[old.first - 1].end
    above, below = indent_at(old.text, end - 1), indent_at(old.text, end)
    side: Literal["above", "below"] = "above" if indent_at(inserted, 0) == above else "below"
    indent = above if side == "above" else below
    return HunkChange("", inserted, (), new.token_texts, left, right, indent, indent_like=side)


def _without_common_whitespace(removed: str, inserted: str) -> tuple[str, str, tuple[bool, bool]]:
    """Return two texts without the blanks common to their starts and ends, and whether there were any."""
    head = _common_whitespace_length(removed, inserted)
    removed, inserted = removed[head:], inserted[head:]
    tail = 0 if "\n" in removed + inserted else _common_whitespace_length(removed[::-1], inserted[::-1])
    return removed[: len(removed) - tail], inserted[: len(inserted) - tail], (bool(head), bool(tail))


def _added_indent(removed: str, inserted: str, indent: str) -> str:
    """Return the blanks added at the start of a line; empty if blanks are removed."""
    more = inserted[: len(inserted) - len(inserted.lstrip(" \t"))]
    is_deeper = inserted.strip() and removed[:1] not in {" ", "\t"} and indent.endswith(more[: len(indent)])
    return more if is_deeper else ""


def _common_whitespace_length(one: str, other: str) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count] and one[count] in " \t":
        count += 1
    return count
