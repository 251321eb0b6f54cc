"""Fits a text to the rest of the cursor's line."""

import re
from collections.abc import Iterable
from itertools import product

from midfill.core.completion import Completion
from midfill.core.shape.brackets import balance
from midfill.core.shape.closers import CLOSERS, without_doubled_closer, without_extra_closers, without_stray
from midfill.core.shape.context import CursorContext
from midfill.core.shape.infill import joined_with_rest
from midfill.core.shape.levels import legal_columns
from midfill.core.shape.lines import indentation, squeezed
from midfill.core.syntax.scan import CLOSING, PARTNER

MIN_REPEATED_CHARACTERS = 5
"""Minimum characters at the end of a text that count as the start of the rest; fewer occur by chance (`, 1`)."""


def fitted(text: str, context: CursorContext) -> Completion:
    r"""Return `text` so that it fits the rest of the cursor's line and the closers below.

    The candidate with the fewest syntax errors wins; of equal ones, the first.

    >>> accepted('print(▮)', 'total)')
    'print(total)'
    """
    if not text.strip():
        return Completion()
    if not context.text_follows:
        return soundest(
            (Completion(candidate) for candidate in without_extra_closers(text.rstrip(), context)), context
        )
    return soundest(
        _at_line_start(text, context) if context.at_line_start else _before_rest_or_closers(text, context),
        context,
    )


def untrimmed(text: str, context: CursorContext) -> Completion:
    """Return all of `text`, an answer that ended by itself; empty if it cannot be shown before the rest."""
    if context.rest_is_too_long or not text.strip():
        return Completion()
    return joined_with_rest(text, context) if context.text_follows else Completion(text.rstrip())


def repeats_text_after(text: str, context: CursorContext) -> bool:
    """Return whether `text` repeats the rest of the line, or continues into the lines below."""
    lines = text.strip().split("\n")
    ends = [squeezed(line) for line in lines[1:]]
    last = any(line and line == squeezed(near) for line, near in product(ends[-2:], context.next_lines[:2]))
    below, least = squeezed("".join(context.below)), len(squeezed("".join(context.next_lines[:1])))
    tails = (squeezed("".join(lines[at:])) for at in range(1, len(lines)) if ends[at - 1])
    over = any(len(tail) >= least and below.startswith(tail) for tail in tails)
    return last or over or repeats_rest(text, context)


def repeats_rest(text: str, context: CursorContext) -> bool:
    """Return whether `text` repeats the rest of the line, followed only by lines that are already below."""
    at = _rest_start(text.rstrip(), context) if context.text_follows else None
    if at is None:
        return False
    behind = squeezed(text[at:])
    return squeezed(context.rest + context.text_below).startswith(behind)


def starts_mid_line(text: str, context: CursorContext) -> bool:
    """Return whether `text` is in the middle of a line, of a word or of an indentation.

    Text that an editor may have inserted after the cursor does not count.
    """
    if context.text_follows and (context.at_line_start or not CLOSERS.fullmatch(context.rest)):
        return True
    if context.at_line_start and context.head and context.language.indented_blocks:
        return context.indent_width not in legal_columns(context)
    ends, begins = context.head[-1:], text[:1]
    return (ends.isalnum() or ends == "_") and (begins.isalnum() or begins == "_")


def soundest(candidates: Iterable[Completion], context: CursorContext) -> Completion:
    """Return the first of `candidates` with the fewest syntax errors; a single one is not checked."""
    left = [
        candidate
        for candidate in dict.fromkeys(candidates)
        if candidate.text.strip() and not (candidate.replace and context.rest_is_too_long)
    ]
    if len(left) < 2:
        return left[0] if left else Completion()
    best, fewest = Completion(), -1
    for candidate in left:
        errors = context.error_count(candidate)
        if fewest < 0 or errors < fewest:
            best, fewest = candidate, errors
        if errors == 0:
            break
    return best


def _at_line_start(text: str, context: CursorContext) -> list[Completion]:
    """Return the candidates for `text` before an existing line: on its own lines, or directly before it."""
    kept = text.rstrip()
    if squeezed(context.rest).startswith(squeezed(kept)):
        return []
    own = [
        Completion(f"{candidate}\n{context.indentation}{context.rest}", len(context.rest))
        for candidate in without_extra_closers(kept, context)
    ]
    return own if "\n" in text.lstrip("\n") else [_spaced_before_rest(text, context), *own]


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
    characters = iter(text)
    return all(char in characters for char in closers)


def _before_rest(text: str, context: CursorContext) -> list[Completion]:
    """Return the candidates that keep the rest of the line, or replace closers of it that `text` repeats."""
    overlap = _rest_start(text, context)
    if overlap is not None:
        return [*_replacing_closers(text, overlap, context), _spaced_before_rest(text[:overlap], context)]
    first, newline, _ = text.partition("\n")
    first = without_stray(first, context) if context.brackets_are_text else first
    spans = newline and context.rest.lstrip()[0] in "\"'`;,:" + CLOSING
    begun = not spans or (first.strip() and not context.is_incomplete(first))
    candidates = ([_spaced_before_rest(first, context)] if begun else []) + (
        [_spaced_before_rest(text, context)] if spans else []
    )
    unmatched = balance(text, context).unmatched
    if not unmatched:
        return [*candidates, *_without_closers(first, context)]
    at = unmatched[0]
    if context.brackets_are_text and text[at] != context.rest.lstrip()[0]:
        return candidates
    if text[at] not in context.rest:
        return [*candidates, *_without_closers(first, context), _spaced_before_rest(text[:at], context)]
    cut, over = _spaced_before_rest(text[:at], context), _replacing_closers(text, at, context)
    reopens = balance(candidates[0].text, context)
    if reopens.ends_in_string or reopens.unclosed >= len(reopens.unmatched):
        return [*over, *candidates, cut]
    return [*over, cut, *candidates, *_without_closers(first, context)]


def _without_closers(line: str, context: CursorContext) -> list[Completion]:
    """Return the line without its final closing brackets, if the rest has such brackets too."""
    bare = line.rstrip().rstrip(")]};,").rstrip(")]}")
    return (
        [Completion(bare)] if bare != line.rstrip() and any(char in context.rest for char in CLOSING) else []
    )


def _spaced_before_rest(text: str, context: CursorContext) -> Completion:
    """Return `text` before the rest of the line; a text of several lines repeats that rest."""
    kept = text.rstrip()
    tail = text[len(kept) :]
    if "\n" not in kept:
        return Completion(kept + _blank_before_rest(text, tail.partition("\n")[0], context))
    shown, rest = kept + _break_before_rest(kept, tail, context), context.rest.lstrip()
    blanks, characters = context.rest[: -len(rest)], iter(shown)
    repeated = all(
        blank in characters for blank in blanks
    )  # What is replaced has to be repeated, including blanks.
    return Completion(shown + (rest if repeated else context.rest), len(context.rest))


def _blank_before_rest(text: str, tail: str, context: CursorContext) -> str:
    """Return the blank between a text and the rest: a single blank is kept, except before punctuation.

    Two blanks after a sentence are kept as well. A blank before a closing bracket is kept if there is one after the
    opening bracket, as in `{ this }`.
    """
    if tail not in {" ", "  "} or context.rest[0] in " ;,":
        return ""
    if tail == "  ":
        return tail if text.rstrip().endswith((".", "!", "?")) else ""
    pads = context.rest[0] not in CLOSING or f"{PARTNER[context.rest[0]]} " in context.head + text
    return " " if pads or text[0] == " " else ""


def _break_before_rest(kept: str, tail: str, context: CursorContext) -> str:
    """Return the text between several lines and the rest; `tail` are the trailing blanks of the lines.

    The rest goes on its own line if the text ends with an indentation that it also uses, or by convention: before `}`,
    and after a comma or semicolon.
    """
    body = indentation(kept.lstrip("\n"))
    next_blanks = tail.split("\n")[1:2]
    if kept.startswith("\n") and next_blanks and (next_blanks[0] or not context.indentation):
        return "\n" + (next_blanks[0] if next_blanks[0] == body else context.indentation)
    by_convention = kept.startswith("\n") and (context.rest.lstrip()[0] == "}" or kept[-1] in ",;")
    return "\n" + context.indentation if by_convention else ""


def _rest_start(text: str, context: CursorContext) -> int | None:
    """Return where `text` starts to repeat the rest of the line: all of it at a line's end, or a part at its own end.

    A short rest, or a part of one, that starts with a closing bracket starts at the text's superfluous bracket, unless
    the text has to open that bracket.
    """
    squeezed_rest = squeezed(context.rest)
    plain = context.open_quote or context.rest_lacks_opener or not CLOSERS.fullmatch(context.rest)
    unmatched = balance(text, context).unmatched
    at = 0
    for line in text.split("\n"):
        squeezed_line, positions = _visible_characters(line)
        found = (
            at + positions[len(squeezed_line) - len(squeezed_rest)]
            if squeezed_line.endswith(squeezed_rest)
            else -1
        )
        if (
            plain
            and found >= 0
            and (
                squeezed_rest[0] not in CLOSING
                or len(squeezed_rest) >= MIN_REPEATED_CHARACTERS
                or found in unmatched
                or context.rest_lacks_opener
            )
        ):
            return found
        at += len(line) + 1
    begun = at - len(line) - 1
    for length in range(min(len(squeezed_rest), len(squeezed_line)), MIN_REPEATED_CHARACTERS - 1, -1):
        found = begun + positions[len(squeezed_line) - length]
        if squeezed_line.endswith(squeezed_rest[:length]) and not CLOSERS.fullmatch(squeezed_rest[:length]):
            return found if squeezed_rest[0] not in CLOSING or found in unmatched else None
    if not plain and not re.search(r"[)\]}]", squeezed_rest):
        squeezed_line, positions = _visible_characters(text.partition("\n")[0])
        return (
            positions[len(squeezed_line) - len(squeezed_rest)]
            if squeezed_line.endswith(squeezed_rest)
            else None
        )
    return None


def _visible_characters(line: str) -> tuple[str, list[int]]:
    """Return the characters of `line` without blanks, and their positions in it."""
    positions = [at for at, char in enumerate(line) if not char.isspace()]
    return "".join(line[at] for at in positions), positions


def _replacing_closers(text: str, at: int, context: CursorContext) -> list[Completion]:
    """Return the candidates that replace closers of the rest of the line, if `text` continues after them."""
    if not CLOSERS.fullmatch(context.rest):
        return []
    kept = text.rstrip()
    later = [kept[:end].rstrip() for end in balance(kept, context).unmatched if end > at]
    candidates = (kept, *reversed(later), *without_doubled_closer(kept, context))
    return [
        Completion(candidate, len(context.rest.rstrip()))
        for candidate in candidates
        if _replaces_closers(candidate, at, context)
    ]


def _replaces_closers(text: str, at: int, context: CursorContext) -> bool:
    """Whether `text`, from `at`, repeats the closers that it would replace, and has more text after them."""
    characters = iter(text[at:])
    return all(char in characters for char in context.rest.rstrip()) and bool("".join(characters).strip())
