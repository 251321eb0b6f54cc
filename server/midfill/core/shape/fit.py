"""A text made to fit what stands right of the cursor on its line."""

import re
from collections.abc import Iterable
from itertools import product

from midfill.core.completion import Completion
from midfill.core.shape.between import joined
from midfill.core.shape.brackets import balance
from midfill.core.shape.closers import CLOSERS, closed, doubled, without_stray
from midfill.core.shape.context import CursorContext
from midfill.core.shape.levels import legal_columns
from midfill.core.shape.lines import indentation, squeezed
from midfill.core.syntax.scan import CLOSING, PARTNER

PART = 5
"""Characters at the end of a text that are taken for the beginning of the rest: fewer occur by chance (`, 1`)."""


def fitted(text: str, context: CursorContext) -> Completion:
    r"""Return `text` so that it goes with the rest of the cursor's line and with the closers below.

    Of several ways the one with the fewest syntax errors is taken; of equally good ones, the first.

    >>> accepted('print(▮)', 'total)')
    'print(total)'
    """
    if not text.strip():
        return Completion()
    if not context.inline:
        return best((Completion(way) for way in closed(text.rstrip(), context)), context)
    return best(_above(text, context) if context.fresh else _within(text, context), context)


def whole(text: str, context: CursorContext) -> Completion:
    """Return all of `text`, an answer that has ended by itself; nothing if it can't be shown before the rest."""
    if context.endless or not text.strip():
        return Completion()
    return joined(text, context) if context.inline else Completion(text.rstrip())


def repeats(text: str, context: CursorContext) -> bool:
    """Return whether `text` repeats the rest of the line, or goes over into the lines below."""
    lines = text.strip().split("\n")
    ends = [squeezed(line) for line in lines[1:]]
    last = any(line and line == squeezed(near) for line, near in product(ends[-2:], context.near[:2]))
    below = squeezed("".join(context.below))
    over = any(below.startswith(squeezed("".join(lines[at:]))) for at in range(1, len(lines)) if ends[at - 1])
    return last or over or repeats_rest(text, context)


def repeats_rest(text: str, context: CursorContext) -> bool:
    """Return whether `text` repeats the rest of the line, and behind that nothing but what stands below."""
    at = _meets_rest(text.rstrip(), context) if context.inline else None
    if at is None:
        return False
    behind = squeezed(text[at:])
    return squeezed(context.rest + context.ending).startswith(behind)


def goes_into(text: str, context: CursorContext) -> bool:
    """Return whether `text` stands in the middle of a line, of a word or of an indentation.

    What an editor may have put in behind the cursor is no text.
    """
    if context.inline and (context.fresh or not CLOSERS.fullmatch(context.rest)):
        return True
    if context.fresh and context.head and context.language.indented:
        return context.base not in legal_columns(context)
    ends, begins = context.head[-1:], text[:1]
    return (ends.isalnum() or ends == "_") and (begins.isalnum() or begins == "_")


def best(ways: Iterable[Completion], context: CursorContext) -> Completion:
    """Return the first of `ways` with the fewest syntax errors; a single one is not looked at."""
    left = [way for way in dict.fromkeys(ways) if way.text.strip() and not (way.replace and context.endless)]
    if len(left) < 2:
        return left[0] if left else Completion()
    chosen, least = Completion(), -1
    for way in left:
        errors = context.errors(way)
        if least < 0 or errors < least:
            chosen, least = way, errors
        if errors == 0:
            break
    return chosen


def _above(text: str, context: CursorContext) -> list[Completion]:
    """Return the ways to put `text` before a line that is there: on lines of its own, or right before it."""
    kept = text.rstrip()
    if squeezed(context.rest).startswith(squeezed(kept)):
        return []
    own = [
        Completion(f"{way}\n{context.indent}{context.rest}", len(context.rest))
        for way in closed(kept, context)
    ]
    return own if "\n" in text.lstrip("\n") else [_joined(text, context), *own]


def _within(text: str, context: CursorContext) -> list[Completion]:
    """Return the ways to put `text` before the rest of the line, the most likely first.

    Last comes `text` in place of closers that it brings itself: what stands below may close what it opens.
    """
    ways = _before_rest(text, context)
    kept, closers = text.rstrip(), context.rest.rstrip()
    if context.loose or not (CLOSERS.fullmatch(closers) and _brings(kept, closers)):
        return ways
    return [*ways, Completion(kept, len(closers))]


def _brings(text: str, closers: str) -> bool:
    letters = iter(text)
    return all(char in letters for char in closers)


def _before_rest(text: str, context: CursorContext) -> list[Completion]:
    """Return the ways that keep the rest of the line, or take over closers of it that `text` repeats."""
    meets = _meets_rest(text, context)
    if meets is not None:
        return [*_over(text, meets, context), _joined(text[:meets], context)]
    first, newline, _ = text.partition("\n")
    first = without_stray(first, context) if context.loose else first
    spans = newline and context.rest.lstrip()[0] in "\"'`;,:" + CLOSING
    begun = not spans or (first.strip() and not context.goes_on(first))
    ways = ([_joined(first, context)] if begun else []) + ([_joined(text, context)] if spans else [])
    extra = balance(text, context).extra
    if not extra:
        return [*ways, *_without_closers(first, context)]
    at = extra[0]
    if context.loose and text[at] != context.rest.lstrip()[0]:
        return ways
    if text[at] not in context.rest:
        return [*ways, *_without_closers(first, context), _joined(text[:at], context)]
    cut, over = _joined(text[:at], context), _over(text, at, context)
    reopens = balance(ways[0].text, context)
    if reopens.torn or reopens.open >= len(reopens.extra):
        return [*over, *ways, cut]
    return [*over, cut, *ways, *_without_closers(first, context)]


def _without_closers(line: str, context: CursorContext) -> list[Completion]:
    """Return what is left of a line that ends with closing brackets, without those, if the rest has such too."""
    bare = line.rstrip().rstrip(")]};,").rstrip(")]}")
    return (
        [Completion(bare)] if bare != line.rstrip() and any(char in context.rest for char in CLOSING) else []
    )


def _joined(text: str, context: CursorContext) -> Completion:
    """Return `text` before the rest of the line, which is written again where lines are spanned."""
    kept = text.rstrip()
    tail = text[len(kept) :]
    if "\n" not in kept:
        return Completion(kept + _blank(text, tail.partition("\n")[0], context))
    said, rest = kept + _between(kept, tail, context), context.rest.lstrip()
    blanks, letters = context.rest[: -len(rest)], iter(said)
    told = all(blank in letters for blank in blanks)  # What is replaced has to come again, blanks too.
    return Completion(said + (rest if told else context.rest), len(context.rest))


def _blank(text: str, tail: str, context: CursorContext) -> str:
    """Return the blank between a text and the rest: a single one is meant, unless it stands before punctuation.

    So are two behind a sentence. Before a closing bracket it is meant if there is one behind the opening bracket as
    well, as in `{ this }`.
    """
    if tail not in {" ", "  "} or context.rest[0] in " ;,":
        return ""
    if tail == "  ":
        return tail if text.rstrip().endswith((".", "!", "?")) else ""
    pads = context.rest[0] not in CLOSING or f"{PARTNER[context.rest[0]]} " in context.head + text
    return " " if pads or text[0] == " " else ""


def _between(kept: str, tail: str, context: CursorContext) -> str:
    """Return what comes between a text of several lines and the rest, of the blanks (`tail`) behind the text.

    The rest goes on a line of its own if the text ends so, with an indentation that the text has anyway, or where
    that is the custom: before `}`, and behind a comma or semicolon.
    """
    body = indentation(kept.lstrip("\n"))
    written = tail.split("\n")[1:2]
    if kept.startswith("\n") and written and (written[0] or not context.indent):
        return "\n" + (written[0] if written[0] == body else context.indent)
    custom = kept.startswith("\n") and (context.rest.lstrip()[0] == "}" or kept[-1] in ",;")
    return "\n" + context.indent if custom else ""


def _meets_rest(text: str, context: CursorContext) -> int | None:
    """Return where `text` begins to repeat the rest of the line: whole at a line's end, or in part at its own end.

    A short rest, or a part of one, that begins with a closing bracket begins where the text has one too many.
    """
    key = squeezed(context.rest)
    plain = context.quote or not CLOSERS.fullmatch(context.rest)
    extra = balance(text, context).extra
    at = 0
    for line in text.split("\n"):
        said, places = _spelled(line)
        found = at + places[len(said) - len(key)] if said.endswith(key) else -1
        if plain and found >= 0 and (key[0] not in CLOSING or len(key) >= PART or found in extra):
            return found
        at += len(line) + 1
    begun = at - len(line) - 1
    for length in range(min(len(key), len(said)), PART - 1, -1):
        found = begun + places[len(said) - length]
        if said.endswith(key[:length]) and not CLOSERS.fullmatch(key[:length]):
            return found if key[0] not in CLOSING or found in extra else None
    if not plain and not re.search(r"[)\]}]", key):
        said, places = _spelled(text.partition("\n")[0])
        return places[len(said) - len(key)] if said.endswith(key) else None
    return None


def _spelled(line: str) -> tuple[str, list[int]]:
    """Return what `line` says without blanks, and where each of those characters stands in it."""
    places = [at for at, char in enumerate(line) if not char.isspace()]
    return "".join(line[at] for at in places), places


def _over(text: str, at: int, context: CursorContext) -> list[Completion]:
    """Return the ways that take over closers from the rest of the line, if `text` goes on behind them."""
    if not CLOSERS.fullmatch(context.rest):
        return []
    kept = text.rstrip()
    later = [kept[:end].rstrip() for end in balance(kept, context).extra if end > at]
    ways = (kept, *reversed(later), *doubled(kept, context))
    return [Completion(way, len(context.rest.rstrip())) for way in ways if _goes_over(way, at, context)]


def _goes_over(text: str, at: int, context: CursorContext) -> bool:
    """Whether `text` repeats from `at` on all that it would replace, and says something behind that."""
    letters = iter(text[at:])
    return all(char in letters for char in context.rest.rstrip()) and bool("".join(letters).strip())
