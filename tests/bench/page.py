"""The document that is typed, with the closers that the editor inserts."""

import re
from dataclasses import dataclass

from tests.client import Json, Place, edit

PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}
_QUOTES = frozenset("\"'`")
_BEFORE = re.compile(r"[;:.,=}\])>`\s]|\Z")
"""The characters before which VS Code closes a bracket (its default `autoCloseBefore`)."""
_CLOSING_LINE = re.compile(r"\n[ \t]*[)\]}]+")


@dataclass
class Page:
    """A document whose middle is being typed; the cursor is after `text`.

    With `pairs`, brackets and quotes are closed as in VS Code: the closers are in `after`, typing one there
    moves over it, backspace between a pair deletes both, and Enter between brackets opens a line of its
    own.
    """

    top: int
    """Lines above the typed text."""
    text: str = ""
    after: str = ""
    """The closers that the editor inserted after the cursor and the user has not typed."""
    pairs: bool = False

    @property
    def place(self) -> Place:
        """The cursor's offset."""
        return self._place(len(self.text))

    def type(self, key: str) -> Json:
        """Type a character, or a line end with its indentation; return the change."""
        if self.pairs and self.after.startswith(key) and key in PAIRS.values():
            return self.replace(len(self.text), 1, key)
        closer = self._closer(key)
        if closer:
            return self.replace(len(self.text), 0, key, closer)
        return self.replace(len(self.text), 0, key)

    def back(self) -> Json:
        """Delete the character before the cursor, and its closer right after it."""
        pair = self.pairs and PAIRS.get(self.text[-1]) == self.after[:1]
        return self.replace(len(self.text) - 1, int(pair), "")

    def replace(self, start: int, over: int, text: str, closers: str = "") -> Json:
        """Replace the text from `start` to `over` characters after the cursor by `text`, the cursor, and `closers`."""
        change = edit(self._place(start), self._place(len(self.text) + over), text + closers)
        self.text = self.text[:start] + text
        self.after = closers + self.after[over:]
        return change

    def skip(self, ahead: str) -> int:
        """Move over a closing line below if it is the next text; return its length."""
        line = _CLOSING_LINE.match(self.after)
        if line is None or not ahead.startswith(line[0]):
            return 0
        self.text += line[0]
        self.after = self.after[line.end() :]
        return line.end()

    def join(self, ahead: str) -> Json | None:
        """Delete the line break before a closer that is next on this line; return the change, if any."""
        gap = len(self.after) - len(self.after.lstrip())
        comes = self.after[gap : gap + 1]
        if not self.after.startswith("\n") or not comes or not ahead.startswith(comes):
            return None
        return self.replace(len(self.text), gap, "")

    def offset(self, line: int, character: int) -> int | None:
        """Return the offset of a place in `text` and `after`; None outside of them."""
        lines = (self.text + self.after).split("\n")
        row = line - self.top
        if not 0 <= row < len(lines):
            return None
        units = lines[row].encode("utf-16-le")
        if not 0 <= 2 * character <= len(units):
            return None
        taken = units[: 2 * character].decode("utf-16-le", "ignore")
        return sum(len(line) + 1 for line in lines[:row]) + len(taken)

    def _closer(self, key: str) -> str:
        """Return what the editor inserts after the cursor when `key` is typed."""
        if not self.pairs:
            return ""
        if key.startswith("\n"):
            opened = PAIRS.get(self.text[-1:], "") if self.text[-1:] not in _QUOTES else ""
            return "\n" + self._indent if opened and self.after.startswith(opened) else ""
        if key in _QUOTES and (self.text[-1:].isalnum() or self.text[-1:] in {*_QUOTES, "\\", "_"}):
            return ""
        return PAIRS.get(key, "") if _BEFORE.match(self.after) and self.after[:1] not in _QUOTES else ""

    @property
    def _indent(self) -> str:
        """The indentation of the cursor's line."""
        line = self.text[self.text.rfind("\n") + 1 :]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _place(self, offset: int) -> Place:
        whole = self.text + self.after
        begin = whole.rfind("\n", 0, offset) + 1
        return self.top + whole.count("\n", 0, offset), len(whole[begin:offset].encode("utf-16-le")) // 2
