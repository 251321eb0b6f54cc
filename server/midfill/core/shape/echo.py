"""Echoes: text at the start of an answer that is already before the cursor."""

from typing import NamedTuple

from midfill.core.shape.context import CursorContext
from midfill.core.shape.lines import squeezed

MAX_LINES = 5
"""Maximum lines above the cursor's that an echo can start with (measured on a prototype: quality.md 2a)."""

_MIN_HEAD, _MIN_ABOVE, _MIN_LINES = 3, 8, 6


class Echo(NamedTuple):
    """The length of an echo at the start of a text; `undecided` if more text could change it."""

    length: int
    undecided: bool


def echo(text: str, context: CursorContext) -> Echo:
    r"""Return the longest echo at the start of `text`: of the cursor's line alone, or together with lines above.

    >>> accepted('total = ▮', 'total = 1 + 2')
    'total = 1 + 2'
    """
    length, undecided = 0, False
    for echoed in _possible_echoes(context):
        matched = _matched_length(text, echoed)
        if matched is None:
            undecided = True
        elif matched and _ends_line(text[matched:], context):
            length = max(length, matched)
            undecided = undecided or (context.at_line_start and matched == len(text))
    return Echo(length + _blanks_length(text, length, context) if length else 0, undecided)


def _possible_echoes(context: CursorContext) -> list[str]:
    """Return the possible texts of an echo, squeezed: the head, and the head with one to five lines above.

    A head of one repeated character (`----`) is a line that continues with the same character.
    """
    echoes = []
    echoed = squeezed(context.head)
    if len(echoed) >= _MIN_HEAD and len(set(echoed)) > 1:
        echoes.append(echoed)
    lines = int(bool(echoed))
    for line in reversed(context.above[-MAX_LINES:]):
        echoed = squeezed(line) + echoed
        lines += bool(line.strip())
        min_length = _MIN_ABOVE if lines < 2 else _MIN_LINES
        if len(echoed) >= min_length and line.strip():
            echoes.append(echoed)
    return echoes


def _matched_length(text: str, echoed: str) -> int | None:
    """Return the length of the part of `text` that spells `echoed` (0: none); None if `text` ends too early to tell."""
    matched = 0
    for index, char in enumerate(text):
        if char.isspace():
            continue
        if char != echoed[matched]:
            return 0
        matched += 1
        if matched == len(echoed):
            return index + 1
    return None


def _ends_line(rest: str, context: CursorContext) -> bool:
    """Whether an echo of whole lines ends with a line: `rest` is the answer after it.

    After `value = base`, an answer `value = baseline` is another line, not an echo with the rest `line`.
    """
    return not context.at_line_start or not rest.strip() or rest.lstrip(" \t").startswith("\n")


def _blanks_length(text: str, at: int, context: CursorContext) -> int:
    """Return the number of blanks after an echo that ends `at` which belong to the echo."""
    rest = text[at:]
    if context.at_line_start:  # The cursor is on its own line: line breaks and indentation are already there.
        after = rest.lstrip()
        return len(rest) - len(after) if "\n" in rest[: len(rest) - len(after)] else 0
    typed = context.head[len(context.head.rstrip()) :]
    same = 0
    while same < min(len(typed), len(rest)) and rest[same] in " \t":
        same += 1
    return same
