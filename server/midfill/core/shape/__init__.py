"""Turns a model's raw text into text that fits at the cursor.

`mend` repairs the head of an answer so that it continues at the cursor; `trim` ends it. They are separate because the
cache keeps mended text: while the user types along, the rest of it is trimmed again at the new cursor. `is_final` tells
when a stream can be closed, because no continuation could change what is shown.

    raw ─ mend: line ends · controls · control tokens · fence · echo · blanks · indentation · levels ─▶ mended
    mended ─ trim: first cut seen (suffix, loop, scope, length) · tail · pattern · fit · guard ─▶ Completion

The rules use only the lines around the cursor (`syntax.region`), so their time is bounded for any file. They never
fail, whatever the text.
"""

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor, unified
from midfill.core.model import Ask
from midfill.core.shape.closers import without_extra_closers
from midfill.core.shape.context import CursorContext, context_at
from midfill.core.shape.control_characters import without_control_characters
from midfill.core.shape.control_tokens import without_control_tokens
from midfill.core.shape.cut import Cut, first_seen
from midfill.core.shape.echo import echo
from midfill.core.shape.fences import without_fence
from midfill.core.shape.fit import (
    fitted,
    repeats_rest,
    repeats_text_after,
    soundest,
    starts_mid_line,
    untrimmed,
)
from midfill.core.shape.guard import adds_no_errors, guarded, lacks_block, longest_sound_part
from midfill.core.shape.indent import indented
from midfill.core.shape.infill import reindented_infill
from midfill.core.shape.reindent import move_is_final, reindented
from midfill.core.shape.repetition import loop, without_pattern
from midfill.core.shape.scope import determines_scope, first_line_end, is_block_body, scope
from midfill.core.shape.space import spaced
from midfill.core.shape.suffix import repeated_below, without_repeated_tail

__all__ = [
    "RULES",
    "fills_block",
    "first_piece",
    "head_is_known",
    "is_bare_header",
    "is_final",
    "mend",
    "reduces_errors",
    "shape",
    "trim",
]

RULES = (
    without_control_characters,
    without_control_tokens,
    without_fence,
    echo,
    spaced,
    indented,
    reindented,
    repeated_below,
    loop,
    scope,
    without_repeated_tail,
    without_pattern,
    fitted,
    without_extra_closers,
    guarded,
)
"""The rules, in order of application; each docstring shows an example before and after."""

MAX_CHARACTERS = 4_000
"""Maximum characters of an answer that are used: some thousand tokens, several times the largest request."""


def shape(raw: str, cursor: Cursor, ask: Ask) -> Completion:
    """Return what to show of `raw`, the model's answer at `cursor`; it may be empty."""
    return trim(mend(raw, cursor), cursor, ask)


def mend(raw: str, cursor: Cursor, *, ended: bool = True) -> str:
    """Return `raw` so that it continues exactly at the cursor; `raw` may still be streaming.

    `ended`: the answer is complete. Only then is it read as a whole between other text.
    """
    here = context_at(cursor)
    text, original = _spaced(raw, here)
    if ended and _is_infill(text, here):
        return reindented_infill(text, original, here)
    return reindented(text, original, here)


def _is_infill(text: str, here: CursorContext) -> bool:
    """Return whether `text` is read as a whole between the text before and after the cursor."""
    return here.text_follows and here.language.indented_blocks and not repeats_rest(text, here)


def _spaced(raw: str, here: CursorContext) -> tuple[str, str]:
    """Return `raw` as it continues at the cursor, and the same with its leading blanks as the model wrote them."""
    text = _unwrapped(raw, here)
    original = text[echo(text, here).length :]
    return indented(spaced(original, here), here), original


def trim(text: str, cursor: Cursor, ask: Ask, *, ended: bool = True, cut_off: bool = False) -> Completion:
    """Return the part of `text` that is shown at the cursor, where it continues.

    `ended`: the model ended the answer itself. All of it then counts after a manual request.
    `cut_off`: the answer reached the maximum of tokens. Only a part that leaves the file sound is then shown.
    """
    here = context_at(cursor)
    shown = _trimmed(text, here, ask, ended=ended)
    if ask.manual:
        shown = _for_manual_request(text[:MAX_CHARACTERS], shown, here, ended=ended)
    return longest_sound_part(shown, here) if cut_off else shown


def _for_manual_request(text: str, cut: Completion, here: CursorContext, *, ended: bool) -> Completion:
    """Return the `cut` or all of `text` after a manual request; empty if both make the file worse.

    An answer that the model ended itself comes first as a whole, unless it repeats the text after the cursor, or the
    editor may have inserted that text.
    """
    lines = text.split("\n")
    if loop(lines, here) is not None or any(without_pattern(line, here) != line for line in lines):
        return cut
    all_first = (
        ended
        and (starts_mid_line(text, here) or not here.text_follows)
        and not repeats_text_after(text, here)
    )
    if not all_first and cut.text and not here.error_count(cut):
        return cut
    uncut = untrimmed(text, here)
    chosen = soundest([uncut, cut] if all_first else [cut, uncut], here)
    short = (
        not here.text_follows and "\n" not in chosen.text
    )  # Errors of a single line at a line's end are visible to everyone.
    return chosen if short or here.error_count(chosen) <= here.error_count(Completion()) else Completion()


def _trimmed(text: str, here: CursorContext, ask: Ask, *, ended: bool) -> Completion:
    """Return `text` up to its end at the cursor: the piece that an automatic request shows."""
    lines = text[:MAX_CHARACTERS].split("\n")
    for known in (lines[:-1], lines):
        shown = _final_completion(known, here, ask)
        if shown is not None:
            return shown
    cut = first_seen(_cuts(lines, here, ask))
    uncut = text if len(lines) <= ask.max_lines else ""
    shown = guarded(_completion_at(lines, cut, here), uncut, here)
    complete = ended or cut is not None
    return Completion() if complete and ask.scope == "block" and lacks_block(shown, here) else shown


def is_final(raw: str, cursor: Cursor, ask: Ask) -> bool:
    """Return whether no continuation of `raw` could change the result of `shape`."""
    here = context_at(cursor)
    if not head_is_known(raw, cursor):
        return False
    unmoved, original = _spaced(raw, here)
    if ask.manual and (starts_mid_line(unmoved, here) or raw.count("\n") < ask.max_lines):
        return False  # The whole answer counts.
    text = reindented(unmoved, original, here)
    first = text.partition("\n")[0]
    alone = ask.scope == "line" or ask.max_lines == 1
    still = alone and first.strip() and unmoved.startswith(first)
    if not text.strip() or not (still or move_is_final(unmoved, text, here)):
        return False
    *complete, last = text[:MAX_CHARACTERS].split("\n")
    if _final_completion(complete, here, ask) is None and not (
        determines_scope(last, complete, here) and _final_completion([*complete, last], here, ask) is not None
    ):
        return False
    if still or not _is_infill(unmoved, here):
        return True
    # The complete answer is read as a whole: if that moves its lines, more text may move them otherwise.
    return reindented_infill(unmoved, original, here).rstrip() == text.rstrip()


def head_is_known(raw: str, cursor: Cursor) -> bool:
    """Return whether the head of a stream is known. Until then it may be an echo, and nothing is shown."""
    here = context_at(cursor)
    return not echo(_unwrapped(raw, here), here).undecided


def first_piece(text: str, cursor: Cursor, ask: Ask) -> int | None:
    """Return the length of the first piece of `text`, mended and still streaming, that can be shown alone.

    The piece is the first line, or the statement or block that it starts; None while it is incomplete.
    """
    here = context_at(cursor)
    lines = text.split("\n")[:-1]
    cut = first_seen(_cuts(lines, here, ask))
    if cut is None and ask.scope == "block" and is_block_body(lines, here):
        return None
    keep = cut.keep if cut else first_line_end(lines, here)
    piece = "\n".join(lines[:keep])
    return len(piece) if piece.strip() else None


def is_bare_header(line: str, cursor: Cursor) -> bool:
    """Return whether `line`, the cursor's, is a header whose block starts on the next line."""
    return context_at(cursor).is_bare_header(line)


def fills_block(text: str, cursor: Cursor, ask: Ask) -> bool:
    """Return whether `text`, mended, is the body of a block that starts right before the cursor."""
    return ask.scope == "block" and is_block_body(text.split("\n"), context_at(cursor))


def reduces_errors(shown: Completion, cursor: Cursor) -> bool:
    """Return whether the file has fewer syntax errors with `shown` than without."""
    here = context_at(cursor)
    return here.error_count(shown) < here.error_count(Completion())


def _unwrapped(raw: str, here: CursorContext) -> str:
    """Return `raw` without foreign line ends, control characters, control tokens and fences."""
    text = without_control_characters(unified(raw[:MAX_CHARACTERS]), here)
    return without_fence(without_control_tokens(text, here), here)


def _final_completion(lines: list[str], here: CursorContext, ask: Ask) -> Completion | None:
    """Return what is shown of `lines`, all complete, if they determine its end and it is sound; otherwise None.

    The first rule that finds an end wins, and only the lines it used count: it would also win with more lines below.
    This makes `is_final` agree with `shape`.
    """
    cut = first_seen(_cuts(lines, here, ask))
    if cut is None:
        return None
    shown = _completion_at(lines[: cut.seen], cut, here)
    if ask.manual:
        # The whole answer may be sounder, and says more than nothing.
        return shown if shown.text and not here.error_count(shown) else None
    return shown if ask.scope != "block" or adds_no_errors(shown, here) else None


def _cuts(lines: list[str], here: CursorContext, ask: Ask) -> list[Cut | None]:
    """Return the cut of each of the rules that end a text."""
    most = Cut(ask.max_lines, ask.max_lines) if len(lines) >= ask.max_lines else None
    return [repeated_below(lines, here), loop(lines, here), scope(lines, here, ask), most]


def _completion_at(lines: list[str], cut: Cut | None, here: CursorContext) -> Completion:
    """Return what is shown of `lines`: the lines before the cut, without a repeated suffix, fitted to the line."""
    kept = without_repeated_tail(lines[: cut.keep] if cut else lines, here)
    dropped = lines[len(kept) :]
    behind = ["" if dropped[0].strip() else dropped[0]] if dropped else []
    return fitted("\n".join([*(without_pattern(line, here) for line in kept), *behind]), here)
