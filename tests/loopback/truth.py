"""Files with a known text, and the place of a prompt in them."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile
from keyword import iskeyword
from typing import NamedTuple

from midfill.core.cursor import normalized_line_ends
from tests.loopback.novel import WORDS

TAIL = 4_000
"""Maximum compared characters before the cursor."""

HEAD = 200
"""Maximum searched characters of the suffix: an editor's window may end before the file."""

_NAME = re.compile(r"[^\W\d]\w{2,}")


class Place(NamedTuple):
    """A place in one of the files: the file's number and the offset in characters."""

    file: int
    offset: int


class Truth:
    """An index of files by their lines: a lookup costs the same in one small file and in many large ones."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = [normalized_line_ends(text) for text in texts]
        self.words = _words(self.texts)
        self._below: dict[tuple[str | None, str | None], list[Place]] = {}
        self._lines: list[tuple[str, Place]] = []
        for file, text in enumerate(self.texts):
            self._index(file, text)
        self._lines.sort()

    def find(self, prompt: str, suffix: str) -> Place | None:
        """Return the place between `prompt` and `suffix`; None if no file has a line the prompt could end in.

        Of several places, the first criterion is the length of the text above that agrees with the prompt,
        in characters. The second is the same in lines, because a typing error may be close above. The third
        is the distance to the suffix.
        """
        tail = normalized_line_ends(prompt[-TAIL:])
        places = self._places(tail)
        places = _best(places, lambda place: _common_tail(self.texts[place.file], place.offset, tail))
        places = _best(places, lambda place: _common_lines(self.texts[place.file], place.offset, tail))
        places = _best(places, lambda place: -self.hole(place, suffix))
        return places[0] if places else None

    def hole(self, place: Place, suffix: str) -> int:
        """Return the number of characters between `place` and `suffix`, or the file's end if there is none."""
        text = self.texts[place.file]
        suffix = normalized_line_ends(suffix)
        if text.endswith(suffix) and len(text) - len(suffix) >= place.offset:
            return len(text) - len(suffix) - place.offset
        head = suffix[:HEAD]
        found = text.find(head, place.offset) if head.strip() else -1
        return (found if found >= 0 else len(text)) - place.offset

    def _index(self, file: int, text: str) -> None:
        start, above, above_that = 0, "", ""
        for line in text.split("\n"):
            here = Place(file, start)
            self._lines.append((line, here))
            for key in ((above_that, above), (None, above), (above_that, None)):
                self._below.setdefault(key, []).append(here)
            above_that, above, start = above, line, start + len(line) + 1

    def _places(self, tail: str) -> list[Place]:
        """Return each place whose line starts like that of `tail`, below the same lines if there are any."""
        above_that, above, head = ["", "", *tail.rsplit("\n", 3)][-3:]
        for key in ((above_that, above), (None, above), (above_that, None)):
            if places := self._beginning(self._below.get(key, ()), head):
                return places
        return self._beginning(self._like(head), head)

    def _beginning(self, starts: Iterable[Place], head: str) -> list[Place]:
        """Return the places after `head` in the lines that start with it."""
        return [
            Place(file, start + len(head))
            for file, start in starts
            if self.texts[file].startswith(head, start)
        ]

    def _like(self, head: str) -> Iterator[Place]:
        """Yield all lines that start with `head`, if it is not blank."""
        if len(head.strip()) < 4:
            return
        first = bisect_left(self._lines, (head, Place(0, 0)))
        lines = islice(self._lines, first, first + 1_000)
        yield from (start for _, start in takewhile(lambda line: line[0].startswith(head), lines))


def _best(places: list[Place], score: Callable[[Place], int]) -> list[Place]:
    """Return those of `places` that score highest; a single one is not scored at all."""
    if len(places) < 2:
        return places
    scores = [score(place) for place in places]
    best = max(scores)
    return [place for place, reached in zip(places, scores, strict=True) if reached == best]


def _common_tail(text: str, offset: int, tail: str) -> int:
    """Return how many characters before `offset` equal the end of `tail`; one more if both start there."""
    low, high = 0, min(offset, len(tail))
    while low < high:
        middle = (low + high + 1) // 2
        if text.endswith(tail[len(tail) - middle :], 0, offset):
            low = middle
        else:
            high = middle - 1
    return low + (low == offset == len(tail))


def _common_lines(text: str, offset: int, tail: str) -> int:
    """Return how many lines before `offset` equal those of `tail` at the same distance."""
    lines = text[max(0, offset - TAIL) : offset].split("\n")
    return sum(line == its for line, its in zip(reversed(lines), reversed(tail.split("\n")), strict=False))


def _words(texts: list[str]) -> list[str]:
    """Return the most frequent names of the texts, for wrong code."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_NAME.findall(text))
    return [word for word, _ in counts.most_common(500) if not iskeyword(word)] or list(WORDS)
