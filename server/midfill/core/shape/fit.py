"""Fits a text to the rest of the cursor's line."""

from collections.abc import Iterable

from midfill.core.completion import Completion
from midfill.core.shape.before_rest import joined_with_rest
from midfill.core.shape.brackets import balance
from midfill.core.shape.closers import CLOSERS, without_doubled_closer, without_extra_closers, without_stray
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.levels import legal_columns
from midfill.core.shape.lines import indentation, without_whitespace
from midfill.core.shape.rest_overlap import rest_start
from midfill.core.syntax.scan import CLOSING, PARTNER


def fitted_to_line(text: str, syntax: CursorSyntax) -> Completion:
    r"""Return `text` so that it fits the rest of the cursor's line and the closers below.

    The candidate with the fewest syntax errors wins; of equal ones, the first.

    >>> accepted('print(▮)', 'total)')
    'print(total)'
    """
    if not text.strip():
        return Completion()
    if not syntax.text_follows:
        candidates = [Completion(candidate) for candidate in without_extra_closers(text.rstrip(), syntax)]
    elif syntax.at_line_start:
        candidates = _before_line(text, syntax)
    else:
        candidates = _before_rest_or_closers(text, syntax)
    return with_fewest_errors(candidates, syntax)


def untrimmed(text: str, syntax: CursorSyntax) -> Completion:
    """Return all of `text`, an answer that the model ended itself; empty if it cannot be shown before the rest."""
    if syntax.rest_is_too_long or not text.strip():
        return Completion()
    return joined_with_rest(text, syntax) if syntax.text_follows else Completion(text.rstrip())


def starts_mid_line(text: str, syntax: CursorSyntax) -> bool:
    """Return whether `text` starts in the middle of a line, of a word or of an indentation.

    Text that an editor may have inserted after the cursor does not count.
    """
    if syntax.text_follows and (syntax.at_line_start or not CLOSERS.fullmatch(syntax.rest)):
        return True
    if syntax.at_line_start and syntax.head and syntax.language.indented_blocks:
        return syntax.indent_width not in legal_columns(syntax)
    ends, begins = syntax.head[-1:], text[:1]
    return (ends.isalnum() or ends == "_") and (begins.isalnum() or begins == "_")


def with_fewest_errors(candidates: Iterable[Completion], syntax: CursorSyntax) -> Completion:
    """Return the first of `candidates` with the fewest syntax errors; a single one is not checked."""
    possible = [
        candidate
        for candidate in dict.fromkeys(candidates)
        if candidate.text.strip() and not (candidate.replace and syntax.rest_is_too_long)
    ]
    if len(possible) < 2:
        return possible[0] if possible else Completion()
    best, fewest = Completion(), -1
    for candidate in possible:
        error_count = syntax.error_count(candidate)
        if fewest < 0 or error_count < fewest:
            best, fewest = candidate, error_count
        if error_count == 0:
            break
    return best


def _before_line(text: str, syntax: CursorSyntax) -> list[Completion]:
    """Return the candidates for `text` before an existing line: on its own lines, or directly before it."""
    kept = text.rstrip()
    if without_whitespace(syntax.rest).startswith(without_whitespace(kept)):
        return []
    on_own_lines = [
        Completion(f"{candidate}\n{syntax.indentation}{syntax.rest}", len(syntax.rest))
        for candidate in without_extra_closers(kept, syntax)
    ]
    if "\n" in text.lstrip("\n"):
        return on_own_lines
    return [_spaced_before_rest(text, syntax), *on_own_lines]


def _before_rest_or_closers(text: str, syntax: CursorSyntax) -> list[Completion]:
    """Return the candidates for `text` before the rest of the line, the most likely first.

    The last candidate is `text` without its own closers, because lines below may close what it opens.
    """
    candidates = _before_rest(text, syntax)
    kept, closers = text.rstrip(), syntax.rest.rstrip()
    if syntax.brackets_are_text or not (CLOSERS.fullmatch(closers) and _contains_in_order(kept, closers)):
        return candidates
    return [*candidates, Completion(kept, len(closers))]


def _contains_in_order(text: str, closers: str) -> bool:
    """Whether `text` contains all of `closers` in this order, possibly with other characters between them."""
    characters = iter(text)
    return all(char in characters for char in closers)


def _before_rest(text: str, syntax: CursorSyntax) -> list[Completion]:
    """Return the candidates that keep the rest of the line, or replace closers of it that `text` repeats."""
    overlap = rest_start(text, syntax)
    if overlap is not None:
        return [*_replacing_closers(text, overlap, syntax), _spaced_before_rest(text[:overlap], syntax)]
    first = text.partition("\n")[0]
    first = without_stray(first, syntax) if syntax.brackets_are_text else first
    candidates = _first_line_or_all(first, text, syntax)
    unmatched = balance(text, syntax).unmatched
    if not unmatched:
        return [*candidates, *_without_closers(first, syntax)]
    at = unmatched[0]
    if syntax.brackets_are_text and text[at] != syntax.rest.lstrip()[0]:
        return candidates
    cut = _spaced_before_rest(text[:at], syntax)
    if text[at] not in syntax.rest:
        return [*candidates, *_without_closers(first, syntax), cut]
    replacing = _replacing_closers(text, at, syntax)
    brackets = balance(candidates[0].text, syntax)
    if brackets.ends_in_string or brackets.unclosed >= len(brackets.unmatched):
        return [*replacing, *candidates, cut]
    return [*replacing, cut, *candidates, *_without_closers(first, syntax)]


def _first_line_or_all(first: str, text: str, syntax: CursorSyntax) -> list[Completion]:
    """Return the first line of `text` before the rest, and all of `text` if the rest may end several lines."""
    may_span_lines = "\n" in text and syntax.rest.lstrip()[0] in "\"'`;,:" + CLOSING
    if not may_span_lines:
        return [_spaced_before_rest(first, syntax)]
    if first.strip() and not syntax.is_incomplete(first):
        return [_spaced_before_rest(first, syntax), _spaced_before_rest(text, syntax)]
    return [_spaced_before_rest(text, syntax)]


def _without_closers(line: str, syntax: CursorSyntax) -> list[Completion]:
    """Return the line without its final closing brackets, if the rest has such brackets too."""
    without_closers = line.rstrip().rstrip(")]};,").rstrip(")]}")
    if without_closers == line.rstrip() or not any(char in syntax.rest for char in CLOSING):
        return []
    return [Completion(without_closers)]


def _spaced_before_rest(text: str, syntax: CursorSyntax) -> Completion:
    """Return `text` before the rest of the line; a text of several lines repeats that rest."""
    kept = text.rstrip()
    tail = text[len(kept) :]
    if "\n" not in kept:
        return Completion(kept + _space_before_rest(text, tail.partition("\n")[0], syntax))
    shown, rest = kept + _break_before_rest(kept, tail, syntax), syntax.rest.lstrip()
    # The completion has to contain the characters that it replaces, including the blanks before the rest.
    repeats_blanks = _contains_in_order(shown, syntax.rest[: -len(rest)])
    return Completion(shown + (rest if repeats_blanks else syntax.rest), len(syntax.rest))


def _space_before_rest(text: str, tail: str, syntax: CursorSyntax) -> str:
    """Return the blanks between a text and the rest; `tail` are the blanks that the model wrote there.

    A single space is kept, except before punctuation, and two spaces after a sentence. A space before a closing bracket
    is kept if there is one after the opening bracket, as in `{ this }`.
    """
    if tail not in {" ", "  "} or syntax.rest[0] in " ;,":
        return ""
    if tail == "  ":
        return tail if text.rstrip().endswith((".", "!", "?")) else ""
    is_usual = syntax.rest[0] not in CLOSING or f"{PARTNER[syntax.rest[0]]} " in syntax.head + text
    return " " if is_usual or text[0] == " " else ""


def _break_before_rest(kept: str, tail: str, syntax: CursorSyntax) -> str:
    """Return the line break and indentation between several lines and the rest; empty if the rest follows directly.

    `tail` are the blanks after the lines that the model wrote. The rest is put on its own line if these end with an
    indentation, before `}`, and after a comma or semicolon.
    """
    if not kept.startswith("\n"):
        return ""
    body_indent = indentation(kept.lstrip("\n"))
    rest_indents = tail.split("\n")[1:2]
    if rest_indents and (rest_indents[0] or not syntax.indentation):
        return "\n" + (body_indent if rest_indents[0] == body_indent else syntax.indentation)
    is_convention = syntax.rest.lstrip()[0] == "}" or kept[-1] in ",;"
    return "\n" + syntax.indentation if is_convention else ""


def _replacing_closers(text: str, at: int, syntax: CursorSyntax) -> list[Completion]:
    """Return the candidates that replace a rest of closers, if `text` repeats these from `at` on and continues."""
    if not CLOSERS.fullmatch(syntax.rest):
        return []
    kept = text.rstrip()
    shorter = [kept[:end].rstrip() for end in balance(kept, syntax).unmatched if end > at]
    candidates = (kept, *reversed(shorter), *without_doubled_closer(kept, syntax))
    return [
        Completion(candidate, len(syntax.rest.rstrip()))
        for candidate in candidates
        if _replaces_closers(candidate, at, syntax)
    ]


def _replaces_closers(text: str, at: int, syntax: CursorSyntax) -> bool:
    """Whether `text`, from `at` on, repeats the closers that it would replace, and has more text after them."""
    characters = iter(text[at:])
    return all(char in characters for char in syntax.rest.rstrip()) and bool("".join(characters).strip())
