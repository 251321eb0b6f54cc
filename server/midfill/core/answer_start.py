"""The start of an answer: a model's reasoning, and the blanks removed from the end of the prompt."""

import re
from dataclasses import replace
from typing import Final

from midfill.core.model import Prompt

_BLANKS: Final = " \t"
_MAX_HELD: Final = 200
"""Maximum leading blanks to wait for before the answer counts as started."""
_OPERATORS: Final = frozenset("=<>!&|+-*/%^~:.?")
_WORD_AT_END: Final = re.compile(r"\w{1,100}\Z")
_THOUGHT: Final = ("<think>", "</think>")


def without_trailing_blanks(prompt: Prompt) -> tuple[Prompt, str]:
    r"""Return the prompt without trailing blanks, and without the line break before an indentation.

    A model that was not trained on splits inside tokens continues badly after a blank: its tokens combine a blank with
    the next word, or a line break with the indentation. Measured with SmolLM2 on the next three characters: 14 % right
    after a blank, 41 % without it; 33 % after an indentation, 37 % without the line break.

    >>> without_trailing_blanks(Prompt("x = ", ""))
    (Prompt(prefix='x =', suffix='', context=''), ' ')
    >>> without_trailing_blanks(Prompt("if x:\n    ", ""))
    (Prompt(prefix='if x:', suffix='', context=''), '\n    ')
    """
    kept = prompt.prefix.rstrip(_BLANKS)
    if kept.endswith("\n") and kept != prompt.prefix:
        kept = kept[:-1]
    if not kept.strip():
        return prompt, ""
    return replace(prompt, prefix=kept), prompt.prefix[len(kept) :]


def without_word(prompt: Prompt) -> tuple[Prompt, str]:
    """Return the prompt without the word at its end and without the blanks before that word.

    A model that was not trained on splits inside tokens continues better from the start of the word: of the answers of
    SmolLM2 that start with the typed text, 91 % are right. This requires a server that can enforce that start.

    >>> without_word(Prompt("x = ret", ""))
    (Prompt(prefix='x =', suffix='', context=''), ' ret')
    """
    found = _WORD_AT_END.search(prompt.prefix)
    if found is None:
        return without_trailing_blanks(prompt)
    shorter, blanks = without_trailing_blanks(replace(prompt, prefix=prompt.prefix[: found.start()]))
    return (shorter, blanks + found.group()) if shorter.prefix.strip() else (prompt, "")


def fitted(text: str, left_off: str, before: str) -> str | None:
    r"""Return the start of an answer as it continues at the cursor; None if it does not fit.

    `text` holds at least the answer's leading blanks and the first character after them. `before` is the last character
    that the model has read.

    >>> fitted("\n    return", "\n    ", ":")
    'return'
    >>> fitted("\n\n        return", "\n    ", ":")
    '    return'
    >>> fitted(" = 3", " ", "x")
    '= 3'
    >>> fitted("= 3", " ", "=") is None
    True
    >>> fitted(" return x", " ret", "=")
    'urn x'
    """
    if left_off.strip():  # The typed word: the answer has to start with it.
        return text[len(left_off) :] if text.startswith(left_off) else None
    code = text.lstrip(" \t\n")
    blanks = text[: len(text) - len(code)]
    if left_off.startswith("\n"):
        indent, found = left_off[1:], blanks.rpartition("\n")[2]
        return found[len(indent) :] + code if "\n" in blanks and found.startswith(indent) else None
    if blanks.startswith(left_off):
        return blanks[len(left_off) :] + code
    if blanks:  # A line break or another kind of blank is kept instead of the removed blank.
        return blanks.lstrip(_BLANKS) + code
    return None if code and _joined(before, code[0]) else code


def _joined(left: str, right: str) -> bool:
    """Whether two characters belong to one token, which a blank between them would split."""
    word = re.compile(r"\w")
    if word.match(left) and word.match(right):
        return True
    return left in _OPERATORS and right in _OPERATORS


class AnswerStart:
    """Removes a model's reasoning from the start of a streamed answer, and fits the rest to the cursor.

    Args:
        left_off: the blanks, or the word, removed from the end of the prompt.
        before: the last character of the prompt that was sent.
    """

    def __init__(self, left_off: str = "", before: str = "") -> None:
        self.thinks = False
        """Whether the model is reasoning."""
        self.thought = False
        """Whether the answer has contained reasoning."""
        self.unfit = False
        """Whether the answer does not continue at the cursor. It is then unusable."""
        self._left_off = left_off
        self._before = before
        self._held = ""
        self._begun = False

    def feed(self, text: str) -> str:
        """Return the new text that continues at the cursor."""
        if self._begun:
            return "" if self.unfit else text
        self._held += text
        if self._waits():
            return ""
        return self._begin()

    def end(self) -> str:
        """Return the text held back, at the end of the stream."""
        return "" if self._begun or self.thinks else self._begin()

    def _waits(self) -> bool:
        """Whether more text is needed to recognise the start of the answer."""
        start, stop = _THOUGHT
        code = self._held.lstrip()
        if self.thinks or code.startswith(start):
            self.thinks, self.thought = True, True
            _, found, rest = self._held.partition(stop)
            if not found:
                self._held = self._held[-len(stop) :] if self.thinks and len(self._held) > 64 else self._held
                return True
            self.thinks, self._held = False, rest
        if self.thought:
            self._held = self._held.lstrip("\n")
        code = self._held.lstrip()
        if self.thought and not code:
            return True
        if code and start.startswith(code):
            return True
        if self._left_off.strip():
            return len(self._held) < len(self._left_off) and self._left_off.startswith(self._held)
        return bool(self._left_off) and not code and len(self._held) < _MAX_HELD

    def _begin(self) -> str:
        self._begun = True
        text, self._held = self._held, ""
        if not self._left_off:
            return text
        fit = fitted(text, self._left_off, self._before)
        self.unfit = fit is None
        return fit or ""
