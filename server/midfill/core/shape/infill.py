"""The indentation of an answer that is followed by other text, the rest, on the cursor's line."""

from collections.abc import Iterator

from midfill.core.completion import Completion
from midfill.core.shape.closers import CLOSERS
from midfill.core.shape.context import CursorContext
from midfill.core.shape.levels import blanks_to_column, illegal_line_cost, legal_columns, step_width
from midfill.core.shape.lines import indent_width
from midfill.core.shape.reindent import indentation_candidates
from midfill.core.syntax.scan import CLOSING

_MAX_CANDIDATES = 12
"""Maximum candidates that are tried; each costs a parse of the lines around the cursor (up to 1 ms)."""


def joined_with_rest(text: str, context: CursorContext) -> Completion:
    """Return all of `text` before the rest of the line; a text of several lines repeats that rest.

    Trailing blanks are kept if they are the indentation of the rest, or the only blank before it.
    """
    kept = text.rstrip()
    blanks = text[len(kept) :]
    if not _are_superfluous(blanks, kept, context):
        kept = text
    elif context.at_line_start and "\n" in blanks:
        kept += "\n" + context.indentation
    elif blanks.startswith(" \n") and context.rest[0].isalnum():
        kept += " "
    return Completion(kept + context.rest, len(context.rest)) if "\n" in kept else Completion(kept)


def _are_superfluous(blanks: str, text: str, context: CursorContext) -> bool:
    """Whether the blanks after an answer are superfluous: neither the rest's indentation nor the blank before it."""
    _, newline, indent = blanks.rpartition("\n")
    if not newline:
        return len(blanks) > 1 or context.rest[:1] in {" ", "\t"}
    if context.at_line_start and context.indentation and {*indent} - {*context.indentation}:
        return True  # Tabs for spaces or vice versa.
    closes = "\n" not in text and context.rest.lstrip()[:1] in set(CLOSING)
    is_at_margin = not indent and not indent_width(context.rest)
    return closes or (is_at_margin and bool(context.indentation or blanks.count("\n") > 1))


def reindented_infill(text: str, original: str, context: CursorContext) -> str:
    r"""Return the indentation candidate of an answer with the fewest errors before the rest; first `text` itself.

    `original` is `text` with the leading blanks that the model wrote.

    >>> accepted('if ok:\n    run()\n ▮return 1', '   stop()\n    ', manual=True)
    'if ok:\n    run()\n    stop()\n    return 1'
    """
    if not _may_move(text, context):
        return text
    best = min(
        dict.fromkeys((text, original)),
        key=lambda candidate: (_error_count(candidate, context), _illegal_cost(candidate, context)),
    )
    fewest = _error_count(best, context)
    if not fewest:
        return best
    for candidate in _infill_candidates(original if context.at_line_start else text, context):
        error_count = _error_count(candidate, context)
        if error_count < fewest:
            best, fewest = candidate, error_count
        if not fewest:
            break
    return best


def _error_count(text: str, context: CursorContext) -> int:
    """Return the number of syntax errors of the file with `text`, plus one if the rest of the line leaves its block."""
    return context.error_count(joined_with_rest(text, context)) + _dedents_rest(text, context)


def _illegal_cost(text: str, context: CursorContext) -> float:
    """Return the cost of the lines of `text` at illegal levels; the first one counts twice."""
    first_is_illegal = context.at_line_start and indent_width(context.head + text) not in legal_columns(
        context
    )
    return first_is_illegal + illegal_line_cost(joined_with_rest(text, context).text, context, below=True)


def _dedents_rest(text: str, context: CursorContext) -> bool:
    """Whether `text` moves the rest of the line, which only the cursor's blanks indent, to the margin."""
    return (
        context.at_line_start
        and context.indent_width > 0
        and text.endswith("\n")
        and not indent_width(context.rest)
    )


def _intended_column(context: CursorContext) -> int:
    """Return the nearest legal column, right of its own, of a rest that only blanks precede."""
    rest_width = indent_width(context.head + context.rest)
    return min((column for column in legal_columns(context) if column >= rest_width), default=rest_width)


def _may_move(text: str, context: CursorContext) -> bool:
    """Whether the lines of `text` may be moved. Before closers alone they are not: the editor indents those."""
    if context.brackets_are_text or context.open_quote or context.rest_is_too_long:
        return False
    return context.at_line_start or ("\n" in text and not CLOSERS.fullmatch(context.rest))


def _infill_candidates(text: str, context: CursorContext) -> Iterator[str]:
    """Yield the indentation candidates of an answer; those with all lines at legal levels come first."""
    candidates = [
        candidate
        for reindented, _ in indentation_candidates(text, context)
        for candidate in _with_rest_levels(reindented, context)
    ]
    ranked = sorted(dict.fromkeys(candidates), key=lambda candidate: _illegal_cost(candidate, context))
    yield from ranked[:_MAX_CANDIDATES]


def _with_rest_levels(candidate: str, context: CursorContext) -> Iterator[str]:
    """Yield `candidate`; if it puts the rest on a line of its own, also with that line at each open level."""
    yield candidate
    body, newline, blanks = candidate.rpartition("\n")
    if not newline or blanks.strip():
        return
    rest_width = indent_width(context.rest)
    for column in dict.fromkeys(_rest_columns(body, context)):
        if column >= rest_width:
            yield body + newline + blanks_to_column(column - rest_width, context)


def _rest_columns(body: str, context: CursorContext) -> Iterator[int]:
    """Yield the possible columns of the line after `body`, the most likely first."""
    lines = [line for line in (context.head + body).split("\n") if line.strip()]
    if context.at_line_start:
        yield _intended_column(context)
    if lines and context.opens_block(lines[-1]):
        yield indent_width(lines[-1]) + step_width(context)
    yield from (indent_width(line) for line in reversed(lines))
    yield from reversed(context.open_levels)
