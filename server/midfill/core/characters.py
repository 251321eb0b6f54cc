"""Characters that terminals and editors do not show but interpret: control, override and invisible characters.

The classes are those of Unicode's UTS #55 (source code) and UTR #36 and of "Trojan Source" (CVE-2021-42574), and
characters used to hide text: tags and runs of variation selectors.
"""

import re
from collections.abc import Callable
from typing import Final

_CONTROL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
_PDF, _PDI = "\u202c", "\u2069"
_CLOSER_OF: Final = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", _PDF),
    **dict.fromkeys("\u2066\u2067\u2068", _PDI),
}
"""The characters that open an embedding, an override or an isolate, and the ones that close them."""
_BIDI: Final = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE: Final = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    r"\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FLAG: Final = (
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
"""England, Scotland, Wales: the only emoji written with tags."""

_INTERPRETED = re.compile(f"[\t\n\r{_CONTROL}{_BIDI}{_INVISIBLE}]")
_SUSPECT = re.compile(f"[{_CONTROL}{_BIDI}{_INVISIBLE}\u200c\u200d\ufe00-\ufe0f]")
_FLAG_OR_INVISIBLE = re.compile(f"({_FLAG})|[{_INVISIBLE}]")
_INEFFECTIVE = re.compile(r"(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+|(?<![^\x00-\x7f])[\u200c\u200d]+")
"""Variation selectors after a selector, and joiners after ASCII, have no effect."""
_RIGHT_TO_LEFT = re.compile(
    rf"[{_BIDI}\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_FIRST_CONTROL = re.compile(f"[{_CONTROL}]")
_PADDING = re.compile(r"\A(\s*)\x00+")
_BIDI_MARKS = re.compile(f"[{_BIDI}]")


def replaced(text: str, by: Callable[[str], str], *, keep: str = "") -> str:
    """Return `text` with `by` applied to each interpreted character, except those in `keep`."""
    return _INTERPRETED.sub(lambda found: found[0] if found[0] in keep else by(found[0]), text)


def escaped(text: str, *, keep: str = "") -> str:
    r"""Return `text` with escapes like `\x1b` for characters that a terminal interprets, including line ends."""
    return replaced(text, _escape, keep=keep)


def _escape(char: str) -> str:
    """Return the shortest Python escape of a character."""
    number = ord(char)
    return (
        f"\\x{number:02x}"
        if number < 0x100
        else f"\\u{number:04x}"
        if number < 0x10000
        else f"\\U{number:08x}"
    )


def is_bidirectional(text: str) -> bool:
    """Return whether `text` has right-to-left letters or bidirectional marks."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def cleaned(text: str, *, bidirectional: bool = False) -> str:
    """Return a model's `text` without characters that an editor does not show.

    Invisible characters are removed. The text ends before its first control character, because the rest could mean
    anything. With `bidirectional`, marks that are closed on their line are kept.
    """
    if _SUSPECT.search(text) is None:
        return text
    text = _PADDING.sub(r"\1", _FLAG_OR_INVISIBLE.sub(lambda found: found[1] or "", text))
    control = _FIRST_CONTROL.search(text)
    text = text[: control.start()] if control else text
    if bidirectional:
        *complete, last = text.split("\n")
        text = "\n".join([*map(_balanced, complete), _balanced(last, incomplete=True)])
    else:
        text = _BIDI_MARKS.sub("", text)
    return _INEFFECTIVE.sub("", text)


def _balanced(line: str, *, incomplete: bool = False) -> str:
    """Return `line` without unmatched marks; an incomplete line is cut before its first open mark."""
    dropped, opened = _unbalanced(line)
    kept = line[: opened[0]] if incomplete and opened else line
    return "".join(char for at, char in enumerate(kept) if at not in dropped and at not in opened)


def _unbalanced(line: str) -> tuple[set[int], list[int]]:
    """Return the positions of marks without a partner or closed implicitly, and those of open marks."""
    dropped: set[int] = set()
    opened: list[int] = []
    isolates = 0
    for at, char in enumerate(line):
        if char in _CLOSER_OF:
            opened.append(at)
            isolates += _CLOSER_OF[char] == _PDI
        elif char == _PDI and isolates:
            while _CLOSER_OF[line[opened[-1]]] != _PDI:
                dropped.add(opened.pop())
            opened.pop()
            isolates -= 1
        elif char == _PDF and opened and _CLOSER_OF[line[opened[-1]]] == _PDF:
            opened.pop()
        elif char in {_PDF, _PDI}:
            dropped.add(at)
    return dropped, opened
