"""Echoes: text at the start of an answer that is already before the cursor."""

from typing import NamedTuple

from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.lines import without_whitespace

MAX_ECHOED_LINES = 5
"""Maximum lines above the cursor's that an echo can start with (measured on a prototype: quality.md 2a)."""

_MIN_HEAD, _MIN_LINE, _MIN_LINES = 3, 8, 6
"""Minimum visible characters of an echo of the head, of one whole line, and of several (the same source)."""


class Echo(NamedTuple):
    """The length of an echo at the start of a text, in characters; `undecided` if more text could change it."""

    length: int
    undecided: bool


def echo(text: str, syntax: CursorSyntax) -> Echo:
    r"""Return the longest echo at the start of `text`: of the cursor's line alone, or together with lines above.

    >>> accepted('total = ▮', 'total = 1 + 2')
    'total = 1 + 2'
    """
    length, undecided = 0, False
    for echoed in _possible_echoes(syntax):
        matched = _matched_length(text, echoed)
        if matched is None:
            undecided = True
        elif matched and _ends_line(text[matched:], syntax):
            length = max(length, matched)
            undecided = undecided or (syntax.at_line_start and matched == len(text))
    return Echo(length + _whitespace_length(text, length, syntax) if length else 0, undecided)


def _possible_echoes(syntax: CursorSyntax) -> list[str]:
    """Return the possible echoes without whitespace: the head, and the head with one to five lines above it.

    A head of one repeated character (`----`) is none, because the line may continue with the same character.
    """
    echoes = []
    echoed = without_whitespace(syntax.head)
    if len(echoed) >= _MIN_HEAD and len(set(echoed)) > 1:
        echoes.append(echoed)
    lines = int(bool(echoed))
    for line in reversed(syntax.above[-MAX_ECHOED_LINES:]):
        echoed = without_whitespace(line) + echoed
        lines += bool(line.strip())
        min_length = _MIN_LINE if lines < 2 else _MIN_LINES
        if len(echoed) >= min_length and line.strip():
            echoes.append(echoed)
    return echoes


def _matched_length(text: str, echoed: str) -> int | None:
    """Return the length of the start of `text` that equals `echoed` but for whitespace; 0 if it differs.

    None if `text` is the start of `echoed`.
    """
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


def _ends_line(rest: str, syntax: CursorSyntax) -> bool:
    """Whether an echo of whole lines ends with a line: `rest` is the answer after it.

    After `value = base`, an answer `value = baseline` is another line, not an echo with the rest `line`.
    """
    return not syntax.at_line_start or not rest.strip() or rest.lstrip(" \t").startswith("\n")


def _whitespace_length(text: str, at: int, syntax: CursorSyntax) -> int:
    """Return how many blanks after an echo belong to it; the echo is the text before `at`."""
    rest = text[at:]
    if syntax.at_line_start:  # The cursor is on its own line: line breaks and indentation are already there.
        after = rest.lstrip()
        return len(rest) - len(after) if "\n" in rest[: len(rest) - len(after)] else 0
    blanks_before = len(syntax.head) - len(syntax.head.rstrip())
    count = 0
    while count < min(blanks_before, len(rest)) and rest[count] in " \t":
        count += 1
    return count
