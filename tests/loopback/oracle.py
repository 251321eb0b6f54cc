"""The model's text at a place. Everything here depends on its arguments alone.

The true continuation is that of the typing replay: the file's own text up to a few lines, until a "hard"
token, then wrong: other names in the same syntax. The hard tokens and their replacements depend on their
place in the file. So each place is always wrong in the same way, and overlapping answers agree. A token
that the prompt already began (with more than the whitespace before it) is not hard, because its first
letter identifies it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.loopback.novel import WORDS, number, other, ramble, renamed
from tests.loopback.tokens import spans
from tests.loopback.truth import Place, Truth

Echo = Literal["line", "prompt", "suffix"]


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """One kind of answer: an echo of the prompt, the text of known files, or a fixed text."""

    texts: tuple[str, ...] = ("",)
    """Fixed texts, which answer the calls in turn."""
    echo: Echo | None = None
    """Repeat the cursor's line up to the cursor, the prompt's last lines, or the suffix's first lines."""
    truth: Truth | None = None
    lines: int = 3
    """Maximum lines of an echo or a true continuation; the rest of the cursor's line is the first."""
    wrong: float = 0.0
    """Hard tokens in 100."""
    ramble: int = 0
    """Tokens after the right text."""
    seed: int = 0
    """Another seed makes other tokens hard."""

    def answer(self, prompt: str, suffix: str, turn: int = 0) -> str:
        """Return the model's answer to call number `turn`, without a limit on tokens."""
        if self.echo:
            text = _echo(self.echo, self.lines, prompt, suffix)
        elif self.truth:
            text = self._continuation(self.truth, prompt, suffix)
        else:
            text = self.texts[turn % len(self.texts)]
        return text + self._novel(self.ramble, prompt)

    def _continuation(self, truth: Truth, prompt: str, suffix: str) -> str:
        place = truth.find(prompt, suffix)
        if place is None:
            return self._novel(4 * self.lines, prompt).lstrip()
        fits = place.offset + truth.hole(place, suffix)
        end = min(_end_of_lines(truth.texts[place.file], place.offset, self.lines), fits)
        return "".join(self._tokens(truth, place, end))

    def _tokens(self, truth: Truth, place: Place, end: int) -> Iterator[str]:
        """Yield the tokens from `place` to `end`: right until the first hard one, wrong from there on."""
        text, right = truth.texts[place.file], True
        for start, stop in spans(text, place.offset, end):
            token = text[max(start, place.offset) : min(stop, end)]
            seed = number(self.seed, place.file, start)
            begun = text[start : place.offset].strip()
            if not right:
                yield renamed(token, truth.words, seed)
            elif not begun and token.strip() and seed % 10_000 < 100 * self.wrong:
                right = False
                yield other(token, text[start - 1 : start], truth.words, seed)
            else:
                yield token

    def _novel(self, count: int, prompt: str) -> str:
        """Return `count` tokens of novel code at the indentation of the prompt's last line."""
        line = prompt[prompt.rfind("\n") + 1 :]
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        words = self.truth.words if self.truth else WORDS
        return ramble(count, indent, words, number(self.seed, prompt[-80:]))


def _echo(echo: Echo, lines: int, prompt: str, suffix: str) -> str:
    if echo == "line":
        return prompt[prompt.rfind("\n") + 1 :]
    if echo == "prompt":
        return "".join(prompt.splitlines(keepends=True)[-lines:])
    return "".join(suffix.splitlines(keepends=True)[:lines])


def _end_of_lines(text: str, start: int, lines: int) -> int:
    """Return the end of the first `lines` lines after `start`; an empty rest of a line does not count."""
    end = start
    for _ in range(lines):
        end = text.find("\n", end + 1 if text.startswith("\n", end) else end)
        if end < 0:
            return len(text)
    return end
