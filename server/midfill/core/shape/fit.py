"""Fits a text to the rest of the cursor's line."""

from collections.abc import Iterable

from midfill.core.completion import Completion
from midfill.core.shape.brackets import balance
from midfill.core.shape.closers import CLOSERS, without_doubled_closer, without_extra_closers, without_stray
from midfill.core.shape.context import CursorContext
from midfill.core.shape.infill import joined_with_rest
from midfill.core.shape.levels import legal_columns
from midfill.core.shape.lines import indentation, squeezed
from midfill.core.shape.rest_overlap import rest_start
from midfill.core.syntax.scan import CLOSING, PARTNER


def fitted(text: str, context: CursorContext) -> Completion:
    r"""Return `text` so that it fits the rest of the cursor's line and the closers below.

    The candidate with the fewest syntax errors wins; of equal ones, the first.

    >>> accepted('print(▮)', 'total)')
    'print(total)'
    """
    if not text.strip():
        return Completion()
    if not context.text_follows:
        candidates = [Completion(candidate) for candidate in without_extra_closers(text.rstrip(), context)]
    elif context.at_line_start:
        candidates = _before_line(text, context)
    else:
        candidates = _before_rest_or_closers(text, context)
    return with_fewest_errors(candidates, context)


def untrimmed(text: str, context: CursorContext) -> Completion:
    """Return all of `text`, an answer that the model ended itself; empty if it cannot be shown before the rest."""
    if context.rest_is_too_long or not text.strip():
        return Completion()
    return joined_with_rest(text, context) if context.text_follows else Completion(text.rstrip())


def starts_mid_line(text: str, context: CursorContext) -> bool:
    """Return whether `text` starts in the middle of a line, of a word or of an indentation.

    Text that an editor may have inserted after the cursor does not count.
    """
    if context.text_follows and (context.at_line_start or not CLOSERS.fullmatch(context.rest)):
        return True
    if context.at_line_start and context.head and context.language.indented_blocks:
        return context.indent_width not in legal_columns(context)
    ends, begins = context.head[-1:], text[:1]
    return (ends.isalnum() or ends == "_") and (begins.isalnum() or begins == "_")


def with_fewest_errors(candidates: Iterable[Completion], context: CursorContext) -> Completion:
    """Return the first of `candidates` with the fewest syntax errors; a single one is not checked."""
    possible = [
        candidate
        for candidate in dict.fromkeys(candidates)
        if candidate.text.strip() and not (candidate.replace and context.rest_is_too_long)
    ]
    if len(possible) < 2:
        return possible[0] if possible else Completion()
    best, fewest = Completion(), -1
    for candidate in possible:
        error_count = context.error_count(candidate)
        if fewest < 0 or error_count < fewest:
            best, fewest = candidate, error_count
        if error_count == 0:
            break
    return best


def _before_line(text: str, context: CursorContext) -> list[Completion]:
    """Return the candidates for `text` before an existing line: on its own lines, or directly before it."""
    kept = text.rstrip()
    if squeezed(context.rest).startswith(squeezed(kept)):
        return []
    on_own_lines = [
        Completion(f"{candidate}\n{context.indentation}{context.rest}", len(context.rest))
        for candidate in without_extra_closers(kept, context)
    ]
    if "\n" in text.lstrip("\n"):
        return on_own_lines
    return [_spaced_before_rest(text, context), *on_own_lines]


def _before_rest_or_closers(text: str, context: CursorContext) -> list[Completion]:
    """Return the candidates for `text` before the rest of the line, the most likely first.

    The last candidate is `text` without its own closers, because lines below may close what it opens.
    """
    candidates = _before_rest(text, context)
    kept, closers = text.rstrip(), context.rest.rstrip()
    if context.brackets_are_text or not (CLOSERS.fullmatch(closers) and _contains_in_order(kept, closers)):
        return candidates
    return [*candidates, Completion(kept, len(closers))]


def _contains_in_order(text: str, closers: str) -> bool:
    """Whether `text` contains all of `closers` in this order, possibly with other characters between them."""
    characters = iter(text)
    return all(char in characters for char in closers)


def _before_rest(text: str, context: CursorContext) -> list[Completion]:
    """Return the candidates that keep the rest of the line, or replace closers of it that `text` repeats."""
    overlap = rest_start(text, context)
    if overlap is not None:
        return [*_replacing_closers(text, overlap, context), _spaced_before_rest(text[:overlap], context)]
    first = text.partition("\n")[0]
    first = without_stray(first, context) if context.brackets_are_text else first
    candidates = _first_line_or_all(first, text, context)
    unmatched = balance(text, context).unmatched
    if not unmatched:
        return [*candidates, *_without_closers(first, context)]
    at = unmatched[0]
    if context.brackets_are_text and text[at] != context.rest.lstrip()[0]:
        return candidates
    cut = _spaced_before_rest(text[:at], context)
    if text[at] not in context.rest:
        return [*candidates, *_without_closers(first, context), cut]
    replacing = _replacing_closers(text, at, context)
    brackets = balance(candidates[0].text, context)
    if brackets.ends_in_string or brackets.unclosed >= len(brackets.unmatched):
        return [*replacing, *candidates, cut]
    return [*replacing, cut, *candidates, *_without_closers(first, context)]


def _first_line_or_all(first: str, text: str, context: CursorContext) -> list[Completion]:
    """Return the first line of `text` before the rest, and all of `text` if the rest may end several lines."""
    may_span_lines = "\n" in text and context.rest.lstrip()[0] in "\"'`;,:" + CLOSING
    if not may_span_lines:
        return [_spaced_before_rest(first, context)]
    if first.strip() and not context.is_incomplete(first):
        return [_spaced_before_rest(first, context), _spaced_before_rest(text, context)]
    return [_spaced_before_rest(text, context)]


def _without_closers(line: str, context: CursorContext) -> list[Completion]:
    """Return the line without its final closing brackets, if the rest has such brackets too."""
    without_closers = line.rstrip().rstrip(")]};,").rstrip(")]}")
    if without_closers == line.rstrip() or not any(char in context.rest for char in CLOSING):
        return []
    return [Completion(without_closers)]


def _spaced_before_rest(text: str, context: CursorContext) -> Completion:
    """Return `text` before the rest of the line; a text of several lines repeats that rest."""
    kept = text.rstrip()
    tail = text[len(kept) :]
    if "\n" not in kept:
        return Completion(kept + _blank_before_rest(text, tail.partition("\n")[0], context))
    shown, rest = kept + _break_before_rest(kept, tail, context), context.rest.lstrip()
    # The completion has to contain the characters that it replaces, including the blanks before the rest.
    repeats_blanks = _contains_in_order(shown, context.rest[: -len(rest)])
    return Completion(shown + (rest if repeats_blanks else context.rest), len(context.rest))


def _blank_before_rest(text: str, tail: str, context: CursorContext) -> str:
    """Return the blanks between a text and the rest; `tail` are the blanks that the model wrote there.

    A single blank is kept, except before punctuation, and two blanks after a sentence. A blank before a closing bracket
    is kept if there is one after the opening bracket, as in `{ this }`.
    """
    if tail not in {" ", "  "} or context.rest[0] in " ;,":
        return ""
    if tail == "  ":
        return tail if text.rstrip().endswith((".", "!", "?")) else ""
    is_usual = context.rest[0] not in CLOSING or f"{PARTNER[context.rest[0]]} " in context.head + text
    return " " if is_usual or text[0] == " " else ""


def _break_before_rest(kept: str, tail: str, context: CursorContext) -> str:
    """Return the line break and indentation between several lines and the rest; empty if the rest follows directly.

    `tail` are the blanks after the lines that the model wrote. The rest is put on its own line if these end with an
    indentation, before `}`, and after a comma or semicolon.
    """
    if not kept.startswith("\n"):
        return ""
    body_indent = indentation(kept.lstrip("\n"))
    rest_indents = tail.split("\n")[1:2]
    if rest_indents and (rest_indents[0] or not context.indentation):
        return "\n" + (body_indent if rest_indents[0] == body_indent else context.indentation)
    is_convention = context.rest.lstrip()[0] == "}" or kept[-1] in ",;"
    return "\n" + context.indentation if is_convention else ""


def _replacing_closers(text: str, at: int, context: CursorContext) -> list[Completion]:
    """Return the candidates that replace a rest of closers, if `text` repeats these from `at` on and continues."""
    if not CLOSERS.fullmatch(context.rest):
        return []
    kept = text.rstrip()
    shorter = [kept[:end].rstrip() for end in balance(kept, context).unmatched if end > at]
    candidates = (kept, *reversed(shorter), *without_doubled_closer(kept, context))
    return [
        Completion(candidate, len(context.rest.rstrip()))
        for candidate in candidates
        if _replaces_closers(candidate, at, context)
    ]


def _replaces_closers(text: str, at: int, context: CursorContext) -> bool:
    """Whether `text`, from `at` on, repeats the closers that it would replace, and has more text after them."""
    characters = iter(text[at:])
    return all(char in characters for char in context.rest.rstrip()) and bool("".join(characters).strip())
