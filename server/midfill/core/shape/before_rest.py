"""The indentation of an answer that is followed by other text, the rest, on the cursor's line."""

from collections.abc import Iterator

from midfill.core.completion import Completion
from midfill.core.shape.closers import CLOSERS
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.levels import illegal_line_cost, indentation_to_column, legal_columns, step_width
from midfill.core.shape.lines import indent_width
from midfill.core.shape.reindent import indentation_candidates
from midfill.core.syntax.scan import CLOSING

_MAX_CANDIDATES = 12
"""Maximum candidates that are tried; each costs a parse of the lines around the cursor (up to 1 ms)."""


def joined_with_rest(text: str, syntax: CursorSyntax) -> Completion:
    """Return all of `text` before the rest of the line; a text of several lines repeats that rest.

    Trailing whitespace is kept if it is the indentation of the rest, or the only space before it.
    """
    kept = text.rstrip()
    whitespace = text[len(kept) :]
    if not _are_superfluous(whitespace, kept, syntax):
        kept = text
    elif syntax.at_line_start and "\n" in whitespace:
        kept += "\n" + syntax.indentation
    elif whitespace.startswith(" \n") and syntax.rest[0].isalnum():
        kept += " "
    return Completion(kept + syntax.rest, len(syntax.rest)) if "\n" in kept else Completion(kept)


def _are_superfluous(whitespace: str, text: str, syntax: CursorSyntax) -> bool:
    """Whether the whitespace after an answer is superfluous: neither the rest's indentation nor the space before it."""
    _, newline, indent = whitespace.rpartition("\n")
    if not newline:
        return len(whitespace) > 1 or syntax.rest[:1] in {" ", "\t"}
    if syntax.at_line_start and syntax.indentation and {*indent} - {*syntax.indentation}:
        return True  # Tabs for spaces or vice versa.
    closes = "\n" not in text and syntax.rest.lstrip()[:1] in set(CLOSING)
    is_at_margin = not indent and not indent_width(syntax.rest)
    return closes or (is_at_margin and bool(syntax.indentation or whitespace.count("\n") > 1))


def reindented_before_rest(text: str, original: str, syntax: CursorSyntax) -> str:
    r"""Return the indentation candidate of an answer with the fewest errors before the rest; first `text` itself.

    `original` is `text` with the leading blanks that the model wrote.

    >>> accepted('if ok:\n    run()\n ▮return 1', '   stop()\n    ', manual=True)
    'if ok:\n    run()\n    stop()\n    return 1'
    """
    if not _may_move(text, syntax):
        return text
    best = min(
        dict.fromkeys((text, original)),
        key=lambda candidate: (_error_count(candidate, syntax), _illegal_cost(candidate, syntax)),
    )
    fewest = _error_count(best, syntax)
    if not fewest:
        return best
    for candidate in _candidates_before_rest(original if syntax.at_line_start else text, syntax):
        error_count = _error_count(candidate, syntax)
        if error_count < fewest:
            best, fewest = candidate, error_count
        if not fewest:
            break
    return best


def _error_count(text: str, syntax: CursorSyntax) -> int:
    """Return the number of syntax errors of the file with `text`, plus one if the rest of the line leaves its block."""
    return syntax.error_count(joined_with_rest(text, syntax)) + _dedents_rest(text, syntax)


def _illegal_cost(text: str, syntax: CursorSyntax) -> float:
    """Return the cost of the lines of `text` at illegal levels; the first one counts twice."""
    first_is_illegal = syntax.at_line_start and indent_width(syntax.head + text) not in legal_columns(syntax)
    return first_is_illegal + illegal_line_cost(joined_with_rest(text, syntax).text, syntax, below=True)


def _dedents_rest(text: str, syntax: CursorSyntax) -> bool:
    """Whether `text` moves the rest of the line, which only the cursor's blanks indent, to the margin."""
    return (
        syntax.at_line_start
        and syntax.indent_width > 0
        and text.endswith("\n")
        and not indent_width(syntax.rest)
    )


def _intended_column(syntax: CursorSyntax) -> int:
    """Return the nearest legal column, right of its own, of a rest that only blanks precede."""
    rest_width = indent_width(syntax.head + syntax.rest)
    return min((column for column in legal_columns(syntax) if column >= rest_width), default=rest_width)


def _may_move(text: str, syntax: CursorSyntax) -> bool:
    """Whether the lines of `text` may be moved. Before closers alone they are not: the editor indents those."""
    if syntax.brackets_are_text or syntax.open_quote or syntax.rest_is_too_long:
        return False
    return syntax.at_line_start or ("\n" in text and not CLOSERS.fullmatch(syntax.rest))


def _candidates_before_rest(text: str, syntax: CursorSyntax) -> Iterator[str]:
    """Yield the indentation candidates of an answer; those with all lines at legal levels come first."""
    candidates = [
        candidate
        for reindented, _ in indentation_candidates(text, syntax)
        for candidate in _with_rest_levels(reindented, syntax)
    ]
    ranked = sorted(dict.fromkeys(candidates), key=lambda candidate: _illegal_cost(candidate, syntax))
    yield from ranked[:_MAX_CANDIDATES]


def _with_rest_levels(candidate: str, syntax: CursorSyntax) -> Iterator[str]:
    """Yield `candidate`; if it puts the rest on a line of its own, also with that line at each open level."""
    yield candidate
    body, newline, whitespace = candidate.rpartition("\n")
    if not newline or whitespace.strip():
        return
    rest_width = indent_width(syntax.rest)
    for column in dict.fromkeys(_rest_columns(body, syntax)):
        if column >= rest_width:
            yield body + newline + indentation_to_column(column - rest_width, syntax)


def _rest_columns(body: str, syntax: CursorSyntax) -> Iterator[int]:
    """Yield the possible columns of the line after `body`, the most likely first."""
    lines = [line for line in (syntax.head + body).split("\n") if line.strip()]
    if syntax.at_line_start:
        yield _intended_column(syntax)
    if lines and syntax.opens_block(lines[-1]):
        yield indent_width(lines[-1]) + step_width(syntax)
    yield from (indent_width(line) for line in reversed(lines))
    yield from reversed(syntax.open_levels)
