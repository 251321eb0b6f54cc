"""A simulated user who knows the text, makes errors and pauses, and sometimes accepts suggestions.

Every draw depends on the seed and the place in the text alone, so two servers have the same user: only
their suggestions differ. The numbers are ours, after the rhythm of programmers at work: gaps are log-
normal.
"""

import random
import re
from collections import Counter
from math import exp
from typing import Literal, NamedTuple

MEDIAN_GAP = 0.120
"""Seconds from key to key."""
SPREAD = 0.6
"""Standard deviation of the logarithm of a gap."""
TYPO = 0.025
"""Share of letters hit wrong; seen 0 to 2 letters later and deleted."""
REGRET = 0.004
"""Share of keys at which 3 to 8 right characters are deleted and typed again."""
TAKE, LOOK = 0.04, 0.3
"""Share of keys at which a right suggestion is accepted, and its minimum seconds on the screen."""
GLANCE = 8
"""Characters of a suggestion that are compared with the next text."""

_FIRST_LINE = re.compile(r"\n*[^\n]*")
_FIRST_WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)")


class Key(NamedTuple):
    """One key: `text` is its typed or accepted text (empty for backspace)."""

    kind: Literal["type", "back", "take"]
    text: str = ""


class Typist:
    """Writes `target` key by key. `seed` is any text; `speed` divides the gaps."""

    def __init__(self, target: str, seed: str, speed: float = 1) -> None:
        self.target = target
        self.offset = 0
        """The correct characters of the target in the document."""
        self._seed = seed
        self._speed = speed
        self._wrong = 0
        self._unseen = 0
        self._regretted = 0
        self._tempted: set[int] = set()
        self._visits: Counter[int] = Counter()
        self._last = ""

    @property
    def done(self) -> bool:
        """Whether the whole target is written."""
        return self.offset >= len(self.target) and not self._wrong

    @property
    def ahead(self) -> str:
        """The next text to type; empty while text is deleted."""
        return "" if self._wrong or self._regretted else self.target[self.offset :]

    def gap(self) -> float:
        """Return the seconds until the next key."""
        place = self.offset + self._wrong
        self._visits[place] += 1
        draw = self._draw("gap", self._visits[place])
        seconds = MEDIAN_GAP * exp(draw.gauss(0, SPREAD))
        if self._last == "\n" and draw.random() < 0.35:
            seconds += 0.9 * exp(draw.gauss(0, 0.5))
        elif self._last in ".,:;()[]{}" and draw.random() < 0.08:
            seconds += 0.4 * exp(draw.gauss(0, 0.4))
        return seconds / self._speed

    def press(self, shown: str, stood: float) -> Key:
        """Return the next key, while the suggestion `shown` has been visible for `stood` seconds."""
        key = self._correct() or self._take(shown, stood) or self._err() or self._type()
        self._last = key.text[:1] if key.kind == "type" else ""
        return key

    def sees_right(self, shown: str) -> bool:
        """Whether `shown` starts with the next characters to type."""
        return bool(shown) and self.ahead.startswith(shown[:GLANCE])

    def _correct(self) -> Key | None:
        """Continue a typing error or a change of mind."""
        if self._regretted:
            self._regretted -= 1
            self.offset -= 1
            return Key("back")
        if not self._wrong:
            return None
        following = self.target[self.offset + self._wrong : self.offset + self._wrong + 1]
        if self._unseen and following.strip():
            self._unseen -= 1
            self._wrong += 1
            return Key("type", following)
        self._unseen = 0
        self._wrong -= 1
        return Key("back")

    def _take(self, shown: str, stood: float) -> Key | None:
        """Accept the suggestion: all of it if it is right, otherwise its first line or its first word."""
        if stood < LOOK or not self.sees_right(shown) or self._draw("take").random() >= TAKE:
            return None
        parts = [
            shown,
            *(match[0] for match in (_FIRST_LINE.match(shown), _FIRST_WORD.match(shown)) if match),
        ]
        text = next((part for part in parts if part and self.ahead.startswith(part)), "")
        if not text:
            return None
        self.offset += len(text)
        return Key("take", text)

    def _err(self) -> Key | None:
        """Type a wrong letter, or start to delete right text; at most once at each place."""
        if self.offset in self._tempted:
            return None
        self._tempted.add(self.offset)
        letter, draw = self.target[self.offset], self._draw("err")
        if letter.isalnum() and draw.random() < TYPO:
            self._wrong, self._unseen = 1, draw.randrange(3)
            return Key("type", _neighbour(letter, draw))
        line = self.target[: self.offset].rpartition("\n")[2]
        count = min(draw.randint(3, 8), len(line.lstrip()))
        if count >= 3 and draw.random() < REGRET:
            self._regretted = count - 1
            self.offset -= 1
            return Key("back")
        return None

    def _type(self) -> Key:
        """Type the next text; Enter also inserts the next line's indentation."""
        text = self.target[self.offset]
        if text == "\n":
            rest = self.target[self.offset + 1 :]
            text += rest[: len(rest) - len(rest.lstrip(" \t"))]
        self.offset += len(text)
        return Key("type", text)

    def _draw(self, kind: str, visit: int = 0) -> random.Random:
        """Return the random generator of this place."""
        return random.Random(f"{self._seed} {kind} {self.offset + self._wrong} {visit}")


def _neighbour(letter: str, draw: random.Random) -> str:
    """Return a letter beside `letter` in the alphabet of a keyboard's rows."""
    rows = "qwertyuiop asdfghjkl zxcvbnm 1234567890"
    at = rows.find(letter.lower())
    near = [char for char in (rows[at - 1 : at] + rows[at + 1 : at + 2]).strip() if at >= 0] or ["x"]
    wrong = draw.choice(near)
    return wrong.upper() if letter.isupper() else wrong
