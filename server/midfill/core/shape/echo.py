"""Text that the model repeats although it stands before the cursor already."""

from typing import NamedTuple

from midfill.core.shape.context import CursorContext
from midfill.core.shape.lines import squeezed

MOST_LINES = 5
"""Lines above the cursor's that an echo may begin with (a prototype's measure: quality.md 2a)."""

_LEAST_HEAD, _LEAST_ABOVE, _LEAST_LINES = 3, 8, 6


class Echo(NamedTuple):
    """How much of a text repeats what stands before the cursor; `open` if more text could still change that."""

    length: int
    open: bool


def echo(text: str, context: CursorContext) -> Echo:
    r"""Return the longest echo that `text` begins with: of the cursor's line alone, or of lines above with it.

    >>> accepted('total = ▮', 'total = 1 + 2')
    'total = 1 + 2'
    """
    length, is_open = 0, False
    for key in _keys(context):
        spelled = _spelled(text, key)
        if spelled is None:
            is_open = True
        elif spelled:
            length = max(length, spelled)
    return Echo(length + _blanks(text, length, context) if length else 0, is_open)


def _keys(context: CursorContext) -> list[str]:
    """Return what an echo may spell, squeezed: the head, and the head with one to five lines above."""
    keys = []
    key = squeezed(context.head)
    if len(key) >= _LEAST_HEAD:
        keys.append(key)
    lines = int(bool(key))
    for line in reversed(context.above[-MOST_LINES:]):
        key = squeezed(line) + key
        lines += bool(line.strip())
        least = _LEAST_ABOVE if lines < 2 else _LEAST_LINES
        if len(key) >= least and line.strip():
            keys.append(key)
    return keys


def _spelled(text: str, key: str) -> int | None:
    """Return how far `text` spells `key` (0: it does not); None if it ends before that is known."""
    done = 0
    for index, char in enumerate(text):
        if char.isspace():
            continue
        if char != key[done]:
            return 0
        done += 1
        if done == len(key):
            return index + 1
    return None


def _blanks(text: str, at: int, context: CursorContext) -> int:
    """Return how many blanks behind an echo that ends `at` are echo too."""
    rest = text[at:]
    if (
        context.fresh
    ):  # The cursor stands on a line of its own: the line breaks and the indentation are there.
        after = rest.lstrip()
        return len(rest) - len(after) if "\n" in rest[: len(rest) - len(after)] else 0
    typed = context.head[len(context.head.rstrip()) :]
    same = 0
    while same < min(len(typed), len(rest)) and rest[same] in " \t":
        same += 1
    return same
