"""The editor's part of ghost text: the shown text, and the effects of keys and answers.

VS Code and Neovim agree here: both shorten the shown text while the user types along, remove it when a key
disagrees, accept an answer only for the newest request, and remove the shown text after an empty answer.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

from tests.bench.page import Page
from tests.bench.typist import Key
from tests.client import Json


@dataclass(frozen=True)
class Ghost:
    """A suggestion: `text` replaces the text from offset `start` to `over` characters after the cursor."""

    start: int
    text: str
    reach: int = 0
    """`over`; below zero if a closer after the suggestion was typed over."""
    command: Json | None = None

    @property
    def over(self) -> int:
        """The number of characters after the cursor that it replaces."""
        return max(0, self.reach)

    def beyond(self, page: Page) -> str:
        """Return the text to insert at the cursor; empty when the page disagrees.

        VS Code requires the suggestion to contain the replaced text after the cursor. If Enter has moved
        that to another line, VS Code shows nothing until the next answer (its `computeGhostText`).
        """
        if self.start > len(page.text) or "\n" in page.after[: self.over]:
            return ""
        typed = page.text[self.start :]
        rest = self.text[len(typed) :]
        agrees = self.text.startswith(typed) and _covered(rest, page.after[: self.over]) == self.over
        return rest if agrees else ""


class Look(NamedTuple):
    """A suggestion as the user sees it."""

    text: str
    over: int
    behind: str
    """The text after it."""

    def continues(self, before: Self) -> bool:
        """Whether this is `before`, or longer; a repeated closer and a kept one look the same."""
        if self.over == before.over and self.text.startswith(before.text):
            return True
        line = before.behind.partition("\n")[0]
        whole = self.text + self.behind
        return whole.startswith((before.text + before.behind, before.text + line) if line else before.text)


@dataclass
class Editor:
    """An editor with one open page, in which a suggestion may be shown."""

    uri: str
    page: Page
    ghost: Ghost | None = None
    since: float = 0.0
    """When the shown text appeared (longer text with the same start is the same)."""
    vanished: list[tuple[int, str]] = field(default_factory=list)
    """Agreeing suggestions that an answer removed, with the cursor's offset in the text."""
    changed: list[tuple[int, str, str]] = field(default_factory=list)
    """Agreeing suggestions that an answer replaced, with the new text."""
    faults: list[str] = field(default_factory=list)
    """Answers that an editor cannot use: null, a range of several lines, a place outside the typed text."""

    @property
    def shown(self) -> str:
        """The text that would be inserted at the cursor; empty if nothing is shown."""
        return self.ghost.beyond(self.page) if self.ghost else ""

    def press(self, key: Key) -> Json:
        """Apply a key and return the content change for the server."""
        behind = len(self.page.after)
        change = self._take(key.text) if key.kind == "take" else self._write(key)
        if self.ghost and key.kind != "take":
            grown = len(self.page.after) - behind
            self.ghost = replace(self.ghost, reach=self.ghost.reach + grown)
        if not self.shown:
            self.ghost = None
        return change

    def prepare(self, ahead: str) -> tuple[int, Json | None]:
        """Type over or join an auto-closed character that is next in `ahead`.

        Return the number of written characters, and the change, if any. The move of the cursor removes the
        shown text.
        """
        skipped = self.page.skip(ahead)
        joined = self.page.join(ahead[skipped:])
        if skipped or joined:
            self.ghost = None
        return skipped, joined

    def answer(self, result: Any, asked: int, now: float) -> str:
        """Handle the answer to the newest request, made at the offset `asked`, and return the shown text.

        An answer that does not fit the text typed since is outdated, and changes nothing.
        """
        before, items = self._look, self._items(result)
        ghost = self._read(items[0], asked) if items else None
        if items and asked != len(self.page.text) and not (ghost and ghost.beyond(self.page)):
            return before.text
        self.ghost = ghost
        after = self._look
        if not after.text:
            self.ghost = None
        if not before.text or not after.continues(before):
            self.since = now
        if before.text and not after.text:
            self.vanished.append((len(self.page.text), before.text))
        elif before.text and not after.continues(before):
            self.changed.append((len(self.page.text), before.text, after.text))
        return after.text

    @property
    def _look(self) -> Look:
        over = self.ghost.over if self.ghost else 0
        return Look(self.shown, over, self.page.after[over:])

    def _write(self, key: Key) -> Json:
        return self.page.back() if key.kind == "back" else self.page.type(key.text)

    def _take(self, text: str) -> Json:
        """Accept the shown text, or its part `text`, over the closers after the cursor that it contains."""
        assert self.ghost is not None
        if text == self.shown:
            ghost, self.ghost = self.ghost, None
            return self.page.replace(ghost.start, ghost.over, ghost.text)
        over = _covered(text, self.page.after[: self.ghost.over])
        self.ghost = replace(self.ghost, reach=self.ghost.reach - over)
        return self.page.replace(len(self.page.text), over, text)

    def _items(self, result: Any) -> list[Json]:
        if result is None:
            self.faults.append("null instead of an empty list: Neovim would keep what it shows")
            return []
        items: list[Json] = result["items"] if isinstance(result, dict) else result
        return items

    def _read(self, item: Json, asked: int) -> Ghost | None:
        text = item["insertText"]
        text = text if isinstance(text, str) else text["value"]
        if "range" not in item:
            return Ghost(asked, text, 0, item.get("command"))
        first, last = item["range"]["start"], item["range"]["end"]
        start = self.page.offset(first["line"], first["character"])
        end = self.page.offset(last["line"], last["character"])
        if first["line"] != last["line"] or start is None or end is None:
            if asked == len(self.page.text):
                self.faults.append(f"a range that is not one place in the typed text: {item['range']}")
            return None
        return Ghost(start, text, max(0, end - len(self.page.text)), item.get("command"))


def _covered(text: str, behind: str) -> int:
    """Return how many leading characters of `behind` occur, in order, in `text`."""
    covered = 0
    for char in text:
        if behind[covered : covered + 1] == char:
            covered += 1
    return covered
