"""The editor's half of ghost text: what is typed, what is shown beside it, and what an answer does to that.

VS Code and Neovim agree here: both type through what they show on their own, drop it when a key disagrees,
take an answer only for the newest request, and let an empty answer wipe what stands there.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.bench.typist import Key
from tests.client import Json, Place, edit


class Ghost(NamedTuple):
    """A suggestion: `text` goes to `start`, an offset in the typed text, in place of what stands there."""

    start: int
    text: str
    command: Json | None = None


@dataclass
class Editor:
    """A document whose middle is being typed: the cursor stands at the end of `text`, alone on its line."""

    uri: str
    top: int
    """Lines above the typed text."""
    text: str = ""
    ghost: Ghost | None = None
    since: float = 0.0
    """When what is shown came to stand there (longer text with the same beginning is the same)."""
    vanished: list[tuple[int, str]] = field(default_factory=list)
    """What agreed with all that was typed when an answer wiped it, and where the cursor stood in the text."""
    changed: list[tuple[int, str, str]] = field(default_factory=list)
    """The same where an answer put something else there, and what."""
    faults: list[str] = field(default_factory=list)
    """Answers that an editor cannot use: null, a range of several lines, a place outside the typed text."""

    @property
    def shown(self) -> str:
        """The suggestion as it stands at the cursor; empty when there is none."""
        return _beyond(self.ghost, self.text)

    @property
    def place(self) -> Place:
        """Where the cursor stands."""
        return self._place(len(self.text))

    def press(self, key: Key) -> Json:
        """Apply a key and return the content change to tell the server."""
        start, end = len(self.text), len(self.text)
        inserted = key.text
        if key.kind == "back":
            start -= 1
        elif key.kind == "take" and self.ghost and key.text == self.shown:
            start, inserted = self.ghost.start, self.ghost.text
        change = edit(self._place(start), self._place(end), inserted)
        self.text = self.text[:start] + inserted
        if not self.shown:
            self.ghost = None
        return change

    def answer(self, result: Any, asked: int, now: float) -> str:
        """Take the answer to the newest request, made at the offset `asked`, and return what is shown then."""
        before = self.shown
        self.ghost = self._ghost(result, asked)
        after = self.shown
        if not after:
            self.ghost = None
        if before and not after:
            self.vanished.append((len(self.text), before))
        elif before and not after.startswith(before):
            self.changed.append((len(self.text), before, after))
        if not before or not after.startswith(before):
            self.since = now
        return after

    def _ghost(self, result: Any, asked: int) -> Ghost | None:
        if result is None:
            self.faults.append("null instead of an empty list: Neovim would keep what it shows")
            return None
        items = result["items"] if isinstance(result, dict) else result
        return self._read(items[0], asked) if items else None

    def _read(self, item: Json, asked: int) -> Ghost | None:
        text = item["insertText"]
        text = text if isinstance(text, str) else text["value"]
        if "range" not in item:
            return Ghost(asked, text, item.get("command"))
        first, last = item["range"]["start"], item["range"]["end"]
        start = self._offset(first["line"], first["character"])
        if first["line"] != last["line"] or start is None:
            self.faults.append(f"a range that is not one place in the typed text: {item['range']}")
            return None
        return Ghost(start, text, item.get("command"))

    def _place(self, offset: int) -> Place:
        line = self.text.count("\n", 0, offset)
        begin = self.text.rfind("\n", 0, offset) + 1
        return self.top + line, _utf16(self.text[begin:offset])

    def _offset(self, line: int, character: int) -> int | None:
        lines = self.text.split("\n")
        row = line - self.top
        if not 0 <= row < len(lines):
            return None
        begin = sum(len(line) + 1 for line in lines[:row])
        taken = len(lines[row].encode("utf-16-le")[: 2 * character].decode("utf-16-le", "ignore"))
        return begin + taken


def _beyond(ghost: Ghost | None, text: str) -> str:
    """Return what `ghost` shows behind `text`; empty when they disagree."""
    if ghost is None or ghost.start > len(text):
        return ""
    typed = text[ghost.start :]
    return ghost.text[len(typed) :] if ghost.text.startswith(typed) else ""


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
