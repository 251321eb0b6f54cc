"""The overlap of a text with the rest of the cursor's line."""

import re

from midfill.core.shape.brackets import balance
from midfill.core.shape.closers import CLOSERS
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.lines import without_whitespace
from midfill.core.syntax.scan import CLOSING

MIN_REPEATED_CHARACTERS = 5
"""Minimum visible characters at a text's end that count as the start of the rest; fewer occur by chance (`, 1`)."""


def repeats_text_after(text: str, syntax: CursorSyntax) -> bool:
    """Return whether `text` repeats the rest of the line, or ends with lines that are also below."""
    lines = text.strip().split("\n")
    later_lines = [without_whitespace(line) for line in lines[1:]]
    next_lines = [without_whitespace(line) for line in syntax.next_lines[:2]]
    if any(line and line in next_lines for line in later_lines[-2:]):
        return True
    below, min_length = without_whitespace("".join(syntax.below)), len("".join(next_lines[:1]))
    tails = ("".join(later_lines[at:]) for at, line in enumerate(later_lines) if line)
    if any(len(tail) >= min_length and below.startswith(tail) for tail in tails):
        return True
    return repeats_rest(text, syntax)


def repeats_rest(text: str, syntax: CursorSyntax) -> bool:
    """Return whether `text` repeats the rest of the line, followed only by lines that are already below."""
    start = rest_start(text.rstrip(), syntax) if syntax.text_follows else None
    if start is None:
        return False
    return without_whitespace(syntax.rest + syntax.text_below).startswith(without_whitespace(text[start:]))


def rest_start(text: str, syntax: CursorSyntax) -> int | None:
    """Return where `text` starts to repeat the rest of the line, or a part of it at the text's end; None if nowhere.

    A rest of closers alone is only searched at the end of the first line, and only if it has no brackets.
    """
    rest = without_whitespace(syntax.rest)
    if syntax.open_quote or syntax.rest_lacks_opener or not CLOSERS.fullmatch(syntax.rest):
        unmatched = balance(text, syntax).unmatched
        start = _whole_rest_start(text, rest, unmatched, syntax)
        return _part_start(text, rest, unmatched) if start is None else start
    if re.search(r"[)\]}]", rest):
        return None
    visible, positions = _visible_characters(text.partition("\n")[0])
    return positions[len(visible) - len(rest)] if visible.endswith(rest) else None


def _whole_rest_start(text: str, rest: str, unmatched: tuple[int, ...], syntax: CursorSyntax) -> int | None:
    """Return where `text` repeats all of `rest` at the end of a line; None if nowhere.

    A short `rest` that starts with a closing bracket is only repeated by an unmatched bracket, unless `text` has to
    open that bracket.
    """
    is_certain = rest[0] not in CLOSING or len(rest) >= MIN_REPEATED_CHARACTERS
    line_start = 0
    for line in text.split("\n"):
        visible, positions = _visible_characters(line)
        if visible.endswith(rest):
            start = line_start + positions[len(visible) - len(rest)]
            if is_certain or start in unmatched or syntax.rest_lacks_opener:
                return start
        line_start += len(line) + 1
    return None


def _part_start(text: str, rest: str, unmatched: tuple[int, ...]) -> int | None:
    """Return where `text` ends with the start of `rest`, more than closers; None if it does not.

    A closing bracket at the start of `rest` is only repeated by an unmatched bracket.
    """
    line_start = text.rfind("\n") + 1
    visible, positions = _visible_characters(text[line_start:])
    for length in range(min(len(rest), len(visible)), MIN_REPEATED_CHARACTERS - 1, -1):
        if visible.endswith(rest[:length]) and not CLOSERS.fullmatch(rest[:length]):
            start = line_start + positions[len(visible) - length]
            return start if rest[0] not in CLOSING or start in unmatched else None
    return None


def _visible_characters(line: str) -> tuple[str, list[int]]:
    """Return the characters of `line` without blanks, and their positions in it."""
    positions = [at for at, char in enumerate(line) if not char.isspace()]
    return "".join(line[at] for at in positions), positions
