"""Raw text from a model, turned into text that belongs exactly where the cursor is.

`mend` repairs the head, so that the text is anchored at the cursor; `trim` ends it. They are apart because mended
text is what is kept: when the user types along, what is left of it is trimmed again at the new place. `enough` tells
when a stream can be closed: no continuation could change what is shown.
"""

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor, unified
from midfill.core.model import Ask
from midfill.core.shape.cut import Cut, first_seen
from midfill.core.shape.echo import echo
from midfill.core.shape.fences import without_fence
from midfill.core.shape.fit import fitted
from midfill.core.shape.indent import indented
from midfill.core.shape.repetition import loop, without_pattern
from midfill.core.shape.scope import scope
from midfill.core.shape.spot import Spot, spot
from midfill.core.shape.suffix import meeting, without_tail
from midfill.core.shape.tokens import without_tokens

__all__ = ["enough", "mend", "shape", "trim"]


def shape(raw: str, cursor: Cursor, ask: Ask) -> Completion:
    """Return what to show of `raw`, the model's answer at `cursor`; it may be nothing."""
    return trim(mend(raw, cursor), cursor, ask)


def mend(raw: str, cursor: Cursor) -> str:
    """Return `raw` so that it goes on exactly at the cursor: no control tokens, fence, echo or doubled blanks."""
    here = spot(cursor)
    text = _opened(raw, here)
    return indented(_without_doubled_blanks(text[echo(text, here).length :], here), here)


def trim(text: str, cursor: Cursor, ask: Ask) -> Completion:
    """Return the part of `text`, which goes on at the cursor, that is shown there."""
    here = spot(cursor)
    cut = _cut(text, here, ask)
    lines = text.split("\n")
    cut = cut or first_seen(_cuts(lines, here, ask))
    kept = lines[: cut.keep] if cut else lines
    kept = without_tail(kept, here)
    dropped = lines[len(kept) :]
    ended = "\n" + ("" if dropped[0].strip() else dropped[0]) if dropped else ""
    kept = [without_pattern(line) for line in kept]
    return fitted("\n".join(kept) + ended, here)


def enough(raw: str, cursor: Cursor, ask: Ask) -> bool:
    """Whether no continuation of `raw` could change what `shape` gives."""
    here = spot(cursor)
    text = _opened(raw, here)
    return not echo(text, here).open and _cut(mend(raw, cursor), here, ask) is not None


def _opened(raw: str, here: Spot) -> str:
    """Return `raw` out of its wrapping: line ends, control tokens, fence."""
    return without_fence(without_tokens(unified(raw), here), here)


def _without_doubled_blanks(text: str, here: Spot) -> str:
    """Return `text` without the blanks that the cursor's line ends with already."""
    if here.fresh and here.head and text[:1] == "\n":
        text = text.lstrip("\n")
    return text.lstrip(" \t") if here.head[-1:].isspace() else text


def _cut(text: str, here: Spot, ask: Ask) -> Cut | None:
    """Return where `text` ends if its complete lines tell that already."""
    return first_seen(_cuts(text.split("\n")[:-1], here, ask))


def _cuts(lines: list[str], here: Spot, ask: Ask) -> list[Cut | None]:
    """Return what each of the rules that end a text says of `lines`."""
    most = Cut(ask.max_lines, ask.max_lines) if len(lines) >= ask.max_lines else None
    return [meeting(lines, here), loop(lines, here), scope(lines, here, ask), most]
