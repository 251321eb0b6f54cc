"""Determines the end of a mended answer."""

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits
from midfill.core.shape.below_overlap import repetition_cut, without_repeated_tail
from midfill.core.shape.cursor_syntax import CursorSyntax, syntax_at
from midfill.core.shape.cut import Cut, earliest_cut
from midfill.core.shape.error_check import (
    adds_no_errors,
    lacks_block,
    longest_part_without_errors,
    whole_if_fewer_errors,
)
from midfill.core.shape.fit import fitted_to_line, starts_mid_line, untrimmed, with_fewest_errors
from midfill.core.shape.mend import MAX_ANSWER_CHARACTERS
from midfill.core.shape.repetition import loop_cut, without_pattern
from midfill.core.shape.rest_overlap import repeats_text_after
from midfill.core.shape.scope import scope_cut


def trim(
    text: str,
    cursor: Cursor,
    limits: AnswerLimits,
    *,
    ended_by_model: bool = True,
    hit_token_limit: bool = False,
) -> Completion:
    """Return the part of `text` that is shown at the cursor, where it continues.

    `ended_by_model`: the model ended the answer itself. After a manual request, all of it may be shown.
    `hit_token_limit`: the answer reached the maximum of tokens. Only a part that adds no errors is shown.
    """
    syntax = syntax_at(cursor)
    shown = _trimmed(text, syntax, limits, ended_by_model=ended_by_model)
    if limits.manual:
        shown = _for_manual_request(
            text[:MAX_ANSWER_CHARACTERS], shown, syntax, ended_by_model=ended_by_model
        )
    return longest_part_without_errors(shown, syntax) if hit_token_limit else shown


def _for_manual_request(
    text: str, cut: Completion, syntax: CursorSyntax, *, ended_by_model: bool
) -> Completion:
    """Return the `cut` or all of `text` after a manual request; empty if both add errors to the file.

    All of an answer that the model ended itself comes first, unless it repeats the text after the cursor, or the editor
    may have inserted that text.
    """
    best = cut if _has_loop(text, syntax) else _all_or_cut(text, cut, syntax, ended_by_model=ended_by_model)
    if not syntax.text_follows and "\n" not in best.text:
        return best  # The user sees the errors of a single line at a line's end.
    return best if syntax.error_count(best) <= syntax.error_count(Completion()) else Completion()


def _has_loop(text: str, syntax: CursorSyntax) -> bool:
    """Whether lines of `text`, or a piece of a line, repeat without end."""
    lines = text.split("\n")
    return loop_cut(lines, syntax) is not None or any(without_pattern(line, syntax) != line for line in lines)


def _all_or_cut(text: str, cut: Completion, syntax: CursorSyntax, *, ended_by_model: bool) -> Completion:
    """Return all of `text` or the `cut`, whichever has fewer errors."""
    all_first = (
        ended_by_model
        and (starts_mid_line(text, syntax) or not syntax.text_follows)
        and not repeats_text_after(text, syntax)
    )
    if not all_first and cut.text and not syntax.error_count(cut):
        return cut
    uncut = untrimmed(text, syntax)
    return with_fewest_errors([uncut, cut] if all_first else [cut, uncut], syntax)


def _trimmed(text: str, syntax: CursorSyntax, limits: AnswerLimits, *, ended_by_model: bool) -> Completion:
    """Return the part of `text` that an automatic request shows."""
    lines = text[:MAX_ANSWER_CHARACTERS].split("\n")
    for complete_lines in (lines[:-1], lines):
        shown = final_completion(complete_lines, syntax, limits)
        if shown is not None:
            return shown
    cut = earliest_cut(cuts(lines, syntax, limits))
    uncut = text if len(lines) <= limits.max_lines else ""
    shown = whole_if_fewer_errors(_completion_at(lines, cut, syntax), uncut, syntax)
    is_complete = ended_by_model or cut is not None
    return Completion() if is_complete and limits.scope == "block" and lacks_block(shown, syntax) else shown


def final_completion(lines: list[str], syntax: CursorSyntax, limits: AnswerLimits) -> Completion | None:
    """Return what is shown of `lines`, all complete, if they determine its end and it adds no errors; otherwise None.

    The first rule that finds an end determines it. Only the lines that this rule used count, because it finds the same
    end with more lines below. This makes `is_final` agree with `shape`.
    """
    cut = earliest_cut(cuts(lines, syntax, limits))
    if cut is None:
        return None
    shown = _completion_at(lines[: cut.seen], cut, syntax)
    if limits.manual:
        # All of the answer may have fewer errors, and is more useful than an empty completion.
        return shown if shown.text and not syntax.error_count(shown) else None
    return shown if limits.scope != "block" or adds_no_errors(shown, syntax) else None


def cuts(lines: list[str], syntax: CursorSyntax, limits: AnswerLimits) -> list[Cut | None]:
    """Return the cut of each rule that determines the end of a text."""
    by_length = Cut(limits.max_lines, limits.max_lines) if len(lines) >= limits.max_lines else None
    return [
        repetition_cut(lines, syntax),
        loop_cut(lines, syntax),
        scope_cut(lines, syntax, limits),
        by_length,
    ]


def _completion_at(lines: list[str], cut: Cut | None, syntax: CursorSyntax) -> Completion:
    """Return what is shown of `lines`: the lines before the cut, without a repeated tail, fitted to the line.

    A line break remains after the last of them if other lines followed it, with the blanks of a blank line.
    """
    kept = without_repeated_tail(lines[: cut.keep] if cut else lines, syntax)
    dropped = lines[len(kept) :]
    next_line = ["" if dropped[0].strip() else dropped[0]] if dropped else []
    return fitted_to_line("\n".join([*(without_pattern(line, syntax) for line in kept), *next_line]), syntax)
