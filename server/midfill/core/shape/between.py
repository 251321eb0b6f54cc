"""An answer in front of other text on the cursor's line: the reading of its indentation that the file takes."""

from collections.abc import Iterator

from midfill.core.completion import Completion
from midfill.core.shape.closers import CLOSERS
from midfill.core.shape.context import CursorContext
from midfill.core.shape.levels import at_column, illegal_lines, readings, step_columns
from midfill.core.shape.lines import width

_MOST_READINGS, _MOST_OF_PART = 12, 3
"""Readings of all of an answer, and of a part of it, that are looked at; each costs a parse of the lines around."""


def joined(text: str, context: CursorContext) -> Completion:
    """Return all of `text` before the rest of the line, which is written again where `text` has several lines.

    Blanks at its end are kept if they are the indentation of the rest, or the only blanks before it.
    """
    kept = text.rstrip(" \t")
    if kept.endswith("\n") or context.rest[:1] not in {" ", "\t"}:
        kept = text
    return Completion(kept + context.rest, len(context.rest)) if "\n" in kept else Completion(kept)


def between(text: str, written: str, context: CursorContext) -> str:
    r"""Return `text`, or the reading of its raw form `written` that leaves the fewest errors before the rest.

    >>> accepted('if ok:\n    run()\n ▮return 1', '   stop()\n    ')
    'if ok:\n    run()\n    stop()\n    return 1'
    """
    if not _judged(text, context):
        return text
    best, least = text, context.errors(joined(text, context))
    for way in _ways(text, written, context) if least else ():
        found = context.errors(joined(way, context))
        if found < least:
            best, least = way, found
        if not least:
            break
    return best


def _judged(text: str, context: CursorContext) -> bool:
    """Whether the indentation of `text` matters before the rest: closers alone are the editor's."""
    if context.loose or context.quote or context.endless:
        return False
    return context.fresh or ("\n" in text and not CLOSERS.fullmatch(context.rest))


def _ways(text: str, written: str, context: CursorContext) -> Iterator[str]:
    """Yield the ways to read an answer, likely ones first: all of it, and then less and less of its lines."""
    yield written
    raw = written if context.fresh else text
    whole = [way for reading, _ in readings(raw, context) for way in _with_tails(reading, context)]
    yield from _likely(whole, context, _MOST_READINGS)
    lines = raw.split("\n")
    for count in range(len(lines) - 1, 0, -1):
        part = "\n".join([*lines[:count], ""])
        less = [way for reading, _ in readings(part, context) for way in _with_tails(reading, context)]
        yield from _likely(less, context, _MOST_OF_PART)


def _likely(ways: list[str], context: CursorContext, most: int) -> list[str]:
    """Return the ways with the fewest lines at an illegal level."""
    unique = dict.fromkeys(ways)
    return sorted(unique, key=lambda way: illegal_lines(joined(way, context).text, context, below=True))[
        :most
    ]


def _with_tails(reading: str, context: CursorContext) -> Iterator[str]:
    """Yield `reading`, and with the rest of the line, if that goes on a line of its own, at each of the open levels."""
    yield reading
    body, newline, blanks = reading.rpartition("\n")
    if not newline or blanks.strip():
        return
    own = width(context.rest)
    for column in dict.fromkeys(_open_levels(body, context)):
        if column >= own:
            yield body + newline + at_column(column - own, context)


def _open_levels(body: str, context: CursorContext) -> Iterator[int]:
    """Yield the columns at which the line behind `body` may begin, the deepest first."""
    lines = [line for line in (context.head + body).split("\n") if line.strip()]
    if lines and context.opens(lines[-1]):
        yield width(lines[-1]) + step_columns(context)
    yield from (width(line) for line in reversed(lines))
    yield from reversed(context.levels)
