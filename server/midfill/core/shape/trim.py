"""Determines the end of a mended answer."""

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits
from midfill.core.shape.below_overlap import repeated_below, without_repeated_tail
from midfill.core.shape.context import CursorContext, context_at
from midfill.core.shape.cut import Cut, first_seen
from midfill.core.shape.fit import fitted, starts_mid_line, untrimmed, with_fewest_errors
from midfill.core.shape.guard import adds_no_errors, guarded, lacks_block, longest_part_without_errors
from midfill.core.shape.mend import MAX_ANSWER_CHARACTERS
from midfill.core.shape.repetition import loop, without_pattern
from midfill.core.shape.rest_overlap import repeats_text_after
from midfill.core.shape.scope import scope


def trim(
    text: str, cursor: Cursor, limits: AnswerLimits, *, ended: bool = True, cut_off: bool = False
) -> Completion:
    """Return the part of `text` that is shown at the cursor, where it continues.

    `ended`: the model ended the answer itself. After a manual request, all of it may be shown.
    `cut_off`: the answer reached the maximum of tokens. Only a part that adds no errors is shown.
    """
    context = context_at(cursor)
    shown = _trimmed(text, context, limits, ended=ended)
    if limits.manual:
        shown = _for_manual_request(text[:MAX_ANSWER_CHARACTERS], shown, context, ended=ended)
    return longest_part_without_errors(shown, context) if cut_off else shown


def _for_manual_request(text: str, cut: Completion, context: CursorContext, *, ended: bool) -> Completion:
    """Return the `cut` or all of `text` after a manual request; empty if both add errors to the file.

    All of an answer that the model ended itself comes first, unless it repeats the text after the cursor, or the editor
    may have inserted that text.
    """
    best = cut if _has_loop(text, context) else _all_or_cut(text, cut, context, ended=ended)
    if not context.text_follows and "\n" not in best.text:
        return best  # The user sees the errors of a single line at a line's end.
    return best if context.error_count(best) <= context.error_count(Completion()) else Completion()


def _has_loop(text: str, context: CursorContext) -> bool:
    """Whether lines of `text`, or a piece of a line, repeat without end."""
    lines = text.split("\n")
    return loop(lines, context) is not None or any(without_pattern(line, context) != line for line in lines)


def _all_or_cut(text: str, cut: Completion, context: CursorContext, *, ended: bool) -> Completion:
    """Return all of `text` or the `cut`, whichever has fewer errors."""
    all_first = (
        ended
        and (starts_mid_line(text, context) or not context.text_follows)
        and not repeats_text_after(text, context)
    )
    if not all_first and cut.text and not context.error_count(cut):
        return cut
    uncut = untrimmed(text, context)
    return with_fewest_errors([uncut, cut] if all_first else [cut, uncut], context)


def _trimmed(text: str, context: CursorContext, limits: AnswerLimits, *, ended: bool) -> Completion:
    """Return the part of `text` that an automatic request shows."""
    lines = text[:MAX_ANSWER_CHARACTERS].split("\n")
    for complete_lines in (lines[:-1], lines):
        shown = final_completion(complete_lines, context, limits)
        if shown is not None:
            return shown
    cut = first_seen(cuts(lines, context, limits))
    uncut = text if len(lines) <= limits.max_lines else ""
    shown = guarded(_completion_at(lines, cut, context), uncut, context)
    is_complete = ended or cut is not None
    return Completion() if is_complete and limits.scope == "block" and lacks_block(shown, context) else shown


def final_completion(lines: list[str], context: CursorContext, limits: AnswerLimits) -> Completion | None:
    """Return what is shown of `lines`, all complete, if they determine its end and it adds no errors; otherwise None.

    The first rule that finds an end determines it. Only the lines that this rule used count, because it finds the same
    end with more lines below. This makes `is_final` agree with `shape`.
    """
    cut = first_seen(cuts(lines, context, limits))
    if cut is None:
        return None
    shown = _completion_at(lines[: cut.seen], cut, context)
    if limits.manual:
        # All of the answer may have fewer errors, and is more useful than an empty completion.
        return shown if shown.text and not context.error_count(shown) else None
    return shown if limits.scope != "block" or adds_no_errors(shown, context) else None


def cuts(lines: list[str], context: CursorContext, limits: AnswerLimits) -> list[Cut | None]:
    """Return the cut of each rule that determines the end of a text."""
    by_length = Cut(limits.max_lines, limits.max_lines) if len(lines) >= limits.max_lines else None
    return [repeated_below(lines, context), loop(lines, context), scope(lines, context, limits), by_length]


def _completion_at(lines: list[str], cut: Cut | None, context: CursorContext) -> Completion:
    """Return what is shown of `lines`: the lines before the cut, without a repeated tail, fitted to the line.

    A line break remains after the last of them if other lines followed it, with the blanks of a blank line.
    """
    kept = without_repeated_tail(lines[: cut.keep] if cut else lines, context)
    dropped = lines[len(kept) :]
    next_line = ["" if dropped[0].strip() else dropped[0]] if dropped else []
    return fitted("\n".join([*(without_pattern(line, context) for line in kept), *next_line]), context)
