"""Lines are typed while a model streams into a real VS Code: nothing blinks, and no Tab accepts a fragment.

`uv run python -m tests.vscode.streaming --lines 100` types so many lines of each of three languages, 100 ms
a key; the model needs 300 ms and 20 ms a token. Once ghost text is seen, Tab is pressed 0 to 600 ms later.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.loopback.client import Loopback
from tests.vscode.document import READY, titled
from tests.vscode.editor import Editor, environment

ROOT = Path(__file__).parents[2]
SOURCES = (
    ROOT / "tests" / "bench" / "samples" / "inbox.ts",
    ROOT / "tests" / "bench" / "samples" / "ledger.go",
    ROOT / "tests" / "bench" / "samples" / "keys.py",
)
LOOK = {
    "editor.autoClosingBrackets": "never",
    "editor.autoIndent": "none",
    "editor.quickSuggestions": "off",
    "editor.suggestOnTriggerCharacters": False,
}
"""The text is typed as in the source, and no popup hides the ghost text."""
GAP_MS = 100
MAX_WAIT_MS = 600
KEYS = (3, 12)
"""The minimum and maximum of typed characters of a line."""

Frame = tuple[str, str]
"""The text of the cursor's line, and the ghost text after it."""


@dataclass
class Seen:
    """The observations so far; the lists have the violations."""

    lines: int = 0
    taken: int = 0
    blinks: list[tuple[str, str]] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[object]:
        """All violations."""
        return [*self.blinks, *self.fragments, *self.broken]

    def __str__(self) -> str:
        return (
            f"{self.lines} lines, {self.taken} Tabs: {len(self.blinks)} blinks, {len(self.fragments)} fragments shown, "
            f"{len(self.broken)} Tabs that took something else"
        )


def blinks(frames: Sequence[Frame]) -> list[Frame]:
    """Return the frames without ghost text between two that agree, while text was left to show."""
    found: list[Frame] = []
    away: list[Frame] = []
    before = ""
    for line, ghost in frames:
        if not ghost:
            if before.startswith(line) and line != before:
                away.append((line, before))
            continue
        whole = line + ghost
        if away and (whole.startswith(before) or before.startswith(whole)):
            found += away
        away, before = [], whole
    return found


def fragments(frames: Sequence[Frame], true: str) -> list[str]:
    """Return the shown texts that agree with the true line but end before it."""
    shown = {line + ghost for line, ghost in frames if ghost}
    return sorted(text for text in shown if true.startswith(text) and text != true)


def type_line(
    editor: Editor, name: str, lines: Sequence[str], number: int, dice: random.Random, seen: Seen
) -> None:
    """Type the start of one line below the previous ones, accept the suggestion, and record violations."""
    true = lines[number]
    indentation = true[: len(true) - len(true.lstrip())]
    editor.do("replace", "".join(f"{line}\n" for line in lines[:number]) + indentation)
    editor.do("watch")
    typed = true.lstrip()[: dice.randint(*KEYS)]
    taken = editor.do("typeAndTake", typed, GAP_MS, dice.randint(0, MAX_WAIT_MS))
    frames = [(line.expandtabs(4), ghost) for line, ghost in editor.do("watchedLines")]
    expected = true.expandtabs(4)
    seen.lines += 1
    seen.blinks += blinks(frames)
    seen.fragments += fragments([frame for frame in frames if expected.startswith(frame[0])], expected)
    if not taken:
        return
    seen.taken += 1
    editor.press("Control+S")
    if not _is_part(editor.workspace / name, "\n".join(lines), indentation + typed):
        seen.broken.append((editor.workspace / name).read_text("utf-8")[-200:])


def _is_part(file: Path, whole: str, typed: str) -> bool:
    """Return whether the file gets whole lines of the text, including the typed one."""
    end = time.monotonic() + 2
    while time.monotonic() < end:
        text = file.read_text("utf-8")
        if len(text) > len(typed) and whole.startswith(text) and whole[len(text) :][:1] in ("", "\n"):
            return True
        time.sleep(0.02)
    return False


def run(editor: Editor, loopback: Loopback, source: Path, count: int, seed: int) -> Seen:
    """Type that many lines of a source, spread over it."""
    seen, dice = Seen(), random.Random(seed)
    lines = titled(source.name, source.read_text("utf-8").rstrip("\n")).split("\n")
    loopback.behave(documents=["\n".join(lines) + "\n"], lines=6, first_token_ms=300, token_ms=20)
    editor.open(source.name, "|")
    able = [number for number, line in enumerate(lines) if number > 3 and len(line.strip()) > KEYS[1]]
    for number in sorted(dice.sample(able, min(count, len(able)))):
        type_line(editor, source.name, lines, number, dice, seen)
    return seen


def main() -> None:
    """Measure and print; the exit code is 1 after a violation."""
    parser = argparse.ArgumentParser(prog="python -m tests.vscode.streaming", description=__doc__)
    parser.add_argument("--lines", type=int, default=100, help="of each language")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, Loopback() as loopback:
        scratch = Path(folder)
        with Editor(scratch, environment(scratch, loopback), look=LOOK) as editor:
            editor.sees("status", READY)
            for source in SOURCES:
                seen = run(editor, loopback, source, options.lines, options.seed)
                print(f"{source.name}: {seen}", *seen.wrong, sep="\n  ", flush=True)
                wrong += len(seen.wrong)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
