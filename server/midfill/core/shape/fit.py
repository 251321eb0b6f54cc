"""A text made to fit what stands right of the cursor on its line, and the brackets that are closed behind it."""

import re
from dataclasses import replace

from midfill.core.completion import Completion
from midfill.core.shape.brackets import balance
from midfill.core.shape.lines import indentation, squeezed, width
from midfill.core.shape.spot import Spot
from midfill.core.syntax.scan import CLOSING

CLOSERS = re.compile(r"[\s)\]}>\"'`;,:/]*")
"""A rest of the line that an editor may have put in by itself."""

CLOSING_ENDS = (")", "]", "}")


def fitted(text: str, spot: Spot) -> Completion:
    """Return `text` so that it goes with the rest of the cursor's line and with the closers below.

    Of several ways the one with the fewest syntax errors is taken; of equally good ones, the first.
    """
    if not text.strip():
        return Completion()
    options = _inline(text, spot) if spot.inline else _closed(text.rstrip(), spot)
    options = [option for option in dict.fromkeys(options) if option.text.strip()]
    if len(options) < 2:
        return options[0] if options else Completion()
    return min(options, key=spot.errors)


def _closed(text: str, spot: Spot) -> list[Completion]:
    """Return `text`, and what is left of it before each closing bracket that may be one too many."""
    extra = balance(text, spot).extra
    if extra and not _owed(extra, text, spot):
        ways = [Completion(text), *(Completion(text[:at].rstrip()) for at in reversed(extra))]
        return ways[::-1] if _loose(spot) else ways
    if spot.near and width(spot.near[0]) > spot.base and text.endswith(CLOSING_ENDS):
        return [Completion(text), Completion(text[:-1].rstrip())]
    return [Completion(text)]


def _loose(spot: Spot) -> bool:
    """Whether brackets mean nothing here, so that one without a partner is rather a slip than syntax."""
    inside = spot.inside is not None and spot.inside.kind == "comment"
    return inside or spot.language.prose or spot.language.grammar == "yaml"


def _owed(extra: tuple[int, ...], text: str, spot: Spot) -> bool:
    """Whether the closing brackets of `text` are those that the cursor's own line waits for."""
    if spot.quote or (spot.near and spot.closes(spot.near[0])):
        return False
    waiting = balance(spot.head, _margin(spot))
    return len(extra) <= waiting.open


def _margin(spot: Spot) -> Spot:
    """Return the spot at the beginning of the cursor's line."""
    return Spot(replace(spot.cursor, head="", rest=""))


def _inline(text: str, spot: Spot) -> list[Completion]:
    """Return the ways to put `text` before the rest of the line."""
    if spot.fresh:
        return _before(text, spot)
    meets = _meets_rest(text, spot)
    if meets is not None:
        return [*_over(text, meets, spot), _joined(text[:meets], spot)]
    whole = _joined(text if _spans(spot) else text.partition("\n")[0], spot)
    closed = _closes_first(text, spot)
    if closed is None:
        return [whole]
    cut = _joined(text[:closed], spot)
    return [*_over(text, closed, spot), *([whole, cut] if balance(whole.text, spot).torn else [cut, whole])]


def _spans(spot: Spot) -> bool:
    """Whether lines may be spanned although text stands right of the cursor."""
    return bool(CLOSERS.fullmatch(spot.rest)) or spot.rest.lstrip()[:1] in CLOSING


def _before(text: str, spot: Spot) -> list[Completion]:
    """Return `text` on lines of its own above what stands right of the cursor, and right before that."""
    kept = text.rstrip()
    if squeezed(spot.rest).startswith(squeezed(kept)):
        return []
    own = Completion(f"{kept}\n{spot.indent}{spot.rest}", len(spot.rest))
    if "\n" in text[len(kept) :]:
        return [own]
    return [_joined(text, spot), own] if "\n" not in kept else [own]


def _joined(text: str, spot: Spot) -> Completion:
    """Return `text` before the rest of the line, which is written again where lines are spanned."""
    kept = text.rstrip()
    tail = text[len(kept) :]
    if "\n" not in kept.rstrip() and not text.startswith("\n"):
        return Completion(kept + (" " if tail == " " and spot.rest[0] not in " )]};,." else ""))
    return Completion(kept + _between(text, tail, spot) + spot.rest.lstrip(), len(spot.rest))


def _between(text: str, tail: str, spot: Spot) -> str:
    """Return what comes between a text of several lines and the rest, of the blanks that the text ends with.

    A text that begins on a new line ends on one; its last indentation counts if it is one that the text has anyway.
    """
    if not text.startswith("\n"):
        return ""
    written = tail.split("\n")[1] if "\n" in tail else None
    body = indentation(text.lstrip("\n"))
    return "" if written is None else "\n" + (written if written in (spot.indent, body) else spot.indent)


def _meets_rest(text: str, spot: Spot) -> int | None:
    """Return where `text` begins to repeat the rest of the line, up to the end of one of its lines."""
    key = squeezed(spot.rest)
    at = 0
    lines = text.split("\n")
    for line in lines:
        said, places = _spelled(line)
        if said.endswith(key) and not CLOSERS.fullmatch(spot.rest):
            return at + places[len(said) - len(key)]
        at += len(line) + 1
    said, places = _spelled(lines[-1])
    for length in range(min(len(key), len(said)), 2, -1):
        if said.endswith(key[:length]) and not CLOSERS.fullmatch(key[:length]):
            return at - len(lines[-1]) - 1 + places[len(said) - length]
    if CLOSERS.fullmatch(spot.rest) and not re.search(r"[)\]}]", key):
        said, places = _spelled(lines[0])
        return places[len(said) - len(key)] if said.endswith(key) and not spot.quote else None
    return None


def _spelled(line: str) -> tuple[str, list[int]]:
    """Return what `line` says without blanks, and where each of those characters stands in it."""
    places = [at for at, char in enumerate(line) if not char.isspace()]
    return "".join(line[at] for at in places), places


def _closes_first(text: str, spot: Spot) -> int | None:
    """Return where `text` first closes what the rest of the line closes as well: a bracket or the cursor's string."""
    extra = balance(text, spot).extra
    return extra[0] if extra and text[extra[0]] in spot.rest else None


def _over(text: str, at: int, spot: Spot) -> list[Completion]:
    """Return the way that takes over closers from the rest of the line, if `text` goes on behind them."""
    if not CLOSERS.fullmatch(spot.rest):
        return []
    kept = text.rstrip()
    later = [kept[:end].rstrip() for end in balance(kept, spot).extra if end > at]
    return [Completion(way, len(spot.rest)) for way in (kept, *reversed(later)) if _goes_over(way, at, spot)]


def _goes_over(text: str, at: int, spot: Spot) -> bool:
    """Whether `text` says something behind `at`, and repeats there all that it would replace."""
    letters = iter(squeezed(text[at:]))
    return bool(re.search(r"\w", text[at:].partition("\n")[0])) and all(char in letters for char in squeezed(spot.rest))
