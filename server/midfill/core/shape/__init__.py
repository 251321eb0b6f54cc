"""Turns a model's raw text into text that fits at the cursor.

`mend` repairs the head of an answer so that it continues at the cursor; `trim` ends it. They are separate because the
cache keeps mended text: while the user types along, the rest of it is trimmed again at the new cursor. `enough` tells
when a stream can be closed, because no continuation could change what is shown.

    raw ─ mend: line ends · controls · control tokens · fence · echo · blanks · indentation · levels ─▶ mended
    mended ─ trim: first cut seen (suffix, loop, scope, length) · tail · pattern · fit · guard ─▶ Completion

The rules use only the lines around the cursor (`syntax.region`), so their time is bounded for any file. They never
fail, whatever the text.
"""

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor, unified
from midfill.core.model import Ask
from midfill.core.shape.between import between
from midfill.core.shape.closers import closed
from midfill.core.shape.context import CursorContext, context_at
from midfill.core.shape.controls import without_controls
from midfill.core.shape.cut import Cut, first_seen
from midfill.core.shape.echo import echo
from midfill.core.shape.fences import without_fence
from midfill.core.shape.fit import best, fitted, goes_into, repeats, repeats_rest, whole
from midfill.core.shape.guard import adds_no_errors, guarded, lacks_block, longest_sound_part
from midfill.core.shape.indent import indented
from midfill.core.shape.reindent import reindented, settled
from midfill.core.shape.repetition import loop, without_pattern
from midfill.core.shape.scope import determines_scope, fills, first_piece_of, scope
from midfill.core.shape.space import spaced
from midfill.core.shape.suffix import repeated_below, without_tail
from midfill.core.shape.tokens import without_tokens

__all__ = [
    "RULES",
    "anchored",
    "enough",
    "fills_block",
    "first_piece",
    "heads_block",
    "mend",
    "repairs",
    "shape",
    "trim",
]

RULES = (
    without_controls,
    without_tokens,
    without_fence,
    echo,
    spaced,
    indented,
    reindented,
    repeated_below,
    loop,
    scope,
    without_tail,
    without_pattern,
    fitted,
    closed,
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
    text, written = _spaced(raw, here)
    if ended and _is_between(text, here):
        return between(text, written, here)
    return reindented(text, written, here)


def _is_between(text: str, here: CursorContext) -> bool:
    """Return whether `text` is read as a whole between the text before and after the cursor."""
    return here.text_follows and here.language.indented_blocks and not repeats_rest(text, here)


def _spaced(raw: str, here: CursorContext) -> tuple[str, str]:
    """Return `raw` as it continues at the cursor, and the same with its leading blanks as the model wrote them."""
    text = _unwrapped(raw, here)
    written = text[echo(text, here).length :]
    return indented(spaced(written, here), here), written


def trim(text: str, cursor: Cursor, ask: Ask, *, ended: bool = True, cut_off: bool = False) -> Completion:
    """Return the part of `text` that is shown at the cursor, where it continues.

    `ended`: the model ended the answer itself. All of it then counts after a manual request.
    `cut_off`: the answer reached the maximum of tokens. Only a part that leaves the file sound is then shown.
    """
    here = context_at(cursor)
    shown = _cut(text, here, ask, ended=ended)
    if ask.manual:
        shown = _soundest(text[:MAX_CHARACTERS], shown, here, ended=ended)
    return longest_sound_part(shown, here) if cut_off else shown


def _soundest(text: str, cut: Completion, here: CursorContext, *, ended: bool) -> Completion:
    """Return the `cut` or all of `text` after a manual request; empty if both make the file worse.

    An answer that the model ended itself comes first as a whole, unless it repeats the text after the cursor, or the
    editor may have inserted that text.
    """
    lines = text.split("\n")
    if loop(lines, here) is not None or any(without_pattern(line, here) != line for line in lines):
        return cut
    all_first = ended and (goes_into(text, here) or not here.text_follows) and not repeats(text, here)
    if not all_first and cut.text and not here.error_count(cut):
        return cut
    uncut = whole(text, here)
    chosen = best([uncut, cut] if all_first else [cut, uncut], here)
    short = (
        not here.text_follows and "\n" not in chosen.text
    )  # Errors of a single line at a line's end are visible to everyone.
    return chosen if short or here.error_count(chosen) <= here.error_count(Completion()) else Completion()


def _cut(text: str, here: CursorContext, ask: Ask, *, ended: bool) -> Completion:
    """Return `text` up to its end at the cursor: the piece that an automatic request shows."""
    lines = text[:MAX_CHARACTERS].split("\n")
    for known in (lines[:-1], lines):
        shown = _settled(known, here, ask)
        if shown is not None:
            return shown
    cut = first_seen(_cuts(lines, here, ask))
    uncut = text if len(lines) <= ask.max_lines else ""
    shown = guarded(_ended(lines, cut, here), uncut, here)
    complete = ended or cut is not None
    return Completion() if complete and ask.scope == "block" and lacks_block(shown, here) else shown


def enough(raw: str, cursor: Cursor, ask: Ask) -> bool:
    """Return whether no continuation of `raw` could change the result of `shape`."""
    here = context_at(cursor)
    if not anchored(raw, cursor):
        return False
    unmoved, written = _spaced(raw, here)
    if ask.manual and (goes_into(unmoved, here) or raw.count("\n") < ask.max_lines):
        return False  # The whole answer counts.
    text = reindented(unmoved, written, here)
    first = text.partition("\n")[0]
    alone = ask.scope == "line" or ask.max_lines == 1
    still = alone and first.strip() and unmoved.startswith(first)
    if not text.strip() or not (still or settled(unmoved, text, here)):
        return False
    *complete, last = text[:MAX_CHARACTERS].split("\n")
    if _settled(complete, here, ask) is None and not (
        determines_scope(last, complete, here) and _settled([*complete, last], here, ask) is not None
    ):
        return False
    if still or not _is_between(unmoved, here):
        return True
    # The complete answer is read as a whole: if that moves its lines, more text may move them otherwise.
    return between(unmoved, written, here).rstrip() == text.rstrip()


def anchored(raw: str, cursor: Cursor) -> bool:
    """Return whether the head of a stream is known. Until then it may be an echo, and nothing is shown."""
    here = context_at(cursor)
    return not echo(_unwrapped(raw, here), here).open


def first_piece(text: str, cursor: Cursor, ask: Ask) -> int | None:
    """Return the length of the first piece of `text`, mended and still streaming, that can be shown alone.

    The piece is the first line, or the statement or block that it starts; None while it is incomplete.
    """
    here = context_at(cursor)
    lines = text.split("\n")[:-1]
    cut = first_seen(_cuts(lines, here, ask))
    if cut is None and ask.scope == "block" and fills(lines, here):
        return None
    keep = cut.keep if cut else first_piece_of(lines, here)
    piece = "\n".join(lines[:keep])
    return len(piece) if piece.strip() else None


def heads_block(line: str, cursor: Cursor) -> bool:
    """Return whether `line`, the cursor's, is a header whose block starts on the next line."""
    return context_at(cursor).is_bare_header(line)


def fills_block(text: str, cursor: Cursor, ask: Ask) -> bool:
    """Return whether `text`, mended, is the body of a block that starts right before the cursor."""
    return ask.scope == "block" and fills(text.split("\n"), context_at(cursor))


def repairs(shown: Completion, cursor: Cursor) -> bool:
    """Return whether the file has fewer syntax errors with `shown` than without."""
    here = context_at(cursor)
    return here.error_count(shown) < here.error_count(Completion())


def _unwrapped(raw: str, here: CursorContext) -> str:
    """Return `raw` without foreign line ends, control characters, control tokens and fences."""
    text = without_controls(unified(raw[:MAX_CHARACTERS]), here)
    return without_fence(without_tokens(text, here), here)


def _settled(lines: list[str], here: CursorContext, ask: Ask) -> Completion | None:
    """Return what is shown of `lines`, all complete, if they determine its end and it is sound; otherwise None.

    The first rule that finds an end wins, and only the lines it used count: it would also win with more lines below.
    This makes `enough` agree with `shape`.
    """
    cut = first_seen(_cuts(lines, here, ask))
    if cut is None:
        return None
    shown = _ended(lines[: cut.seen], cut, here)
    if ask.manual:
        # The whole answer may be sounder, and says more than nothing.
        return shown if shown.text and not here.error_count(shown) else None
    return shown if ask.scope != "block" or adds_no_errors(shown, here) else None


def _cuts(lines: list[str], here: CursorContext, ask: Ask) -> list[Cut | None]:
    """Return the cut of each of the rules that end a text."""
    most = Cut(ask.max_lines, ask.max_lines) if len(lines) >= ask.max_lines else None
    return [repeated_below(lines, here), loop(lines, here), scope(lines, here, ask), most]


def _ended(lines: list[str], cut: Cut | None, here: CursorContext) -> Completion:
    """Return what is shown of `lines`: the lines before the cut, without a repeated suffix, fitted to the line."""
    kept = without_tail(lines[: cut.keep] if cut else lines, here)
    dropped = lines[len(kept) :]
    behind = ["" if dropped[0].strip() else dropped[0]] if dropped else []
    return fitted("\n".join([*(without_pattern(line, here) for line in kept), *behind]), here)
