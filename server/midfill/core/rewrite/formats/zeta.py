"""The formats of Zed's Zeta 2 and 2.1, on Seed-Coder: suffix first (zed-industries/zed, crates/zeta_prompt)."""

import re
from collections.abc import Sequence
from itertools import pairwise

from midfill.core.rewrite.formats.diffs import unified
from midfill.core.rewrite.formats.format import RewritePrompt, Rewritten, all_lines_rewritten, lines_of
from midfill.core.rewrite.formats.markers import boundaries
from midfill.core.rewrite.rewrite_region import EditableRegion

CURSOR = "<|user_cursor|>"
_SUFFIX, _PREFIX, _MIDDLE = "<[fim-suffix]>", "<[fim-prefix]>", "<[fim-middle]>"
_FILE, _SHOWN_FILE = "<filename>", "‹filename›"
_END = "<[end▁of▁sentence]>"
_CURRENT, _SEPARATOR, _UPDATED = "<<<<<<< CURRENT", "=======", ">>>>>>> UPDATED"
NO_EDIT = "NO_EDITS"
_MARKER = re.compile(r"<\|marker_(\d+)\|>\n?")


class ZetaFormat:
    """Zeta 2: the region between the marks of a merge conflict."""

    lines_around = (15, 15)

    def prompt_for(self, region: EditableRegion) -> RewritePrompt | None:
        """Return the prompt; None for lines with such marks."""
        if any(line.startswith((_CURRENT, _SEPARATOR, _UPDATED)) for line in region.lines):
            return None
        part = [_CURRENT, *region.marked(CURSOR), _SEPARATOR]
        return _prompt(region, part, (_UPDATED, _END))

    def read(self, text: str, region: EditableRegion, *, ended: bool) -> Rewritten | None:
        """Return the lines of the answer."""
        text, end, _ = text.partition(_UPDATED)
        if text.lstrip().startswith(NO_EDIT):
            return None
        return all_lines_rewritten(_plain(text), region, ended=ended or bool(end))


class ZetaMarkersFormat:
    """Zeta 2.1: numbered markers in the region; the answer is the text from one marker to another."""

    lines_around = (15, 20)

    def prompt_for(self, region: EditableRegion) -> RewritePrompt | None:
        """Return the prompt."""
        shown, marks = region.marked(CURSOR), boundaries(region.lines)
        part: list[str] = []
        for number, (first, until) in enumerate(pairwise(marks), start=1):
            part += [f"<|marker_{number}|>", *shown[first:until]]
        return _prompt(region, [*part, f"<|marker_{len(marks)}|>"], (_END,))

    def read(self, text: str, region: EditableRegion, *, ended: bool) -> Rewritten | None:
        """Return the lines between the first and the last marker of the answer."""
        found, marks = list(_MARKER.finditer(text)), boundaries(region.lines)
        if (
            not found
            or text[: found[0].start()].strip()
            or not all(0 < int(marker[1]) <= len(marks) for marker in found)
        ):
            return None
        whole = len(found) > 1 and not text[found[-1].end() :].strip()
        if not (whole or not ended):
            return None
        first = marks[int(found[0][1]) - 1]
        until = marks[int(found[-1][1]) - 1] if whole and ended else len(region.lines)
        if until <= first:
            return None
        inner = text[found[0].end() : found[-1].start() if whole else len(text)]
        return Rewritten(first, until, lines_of(_plain(_MARKER.sub("", inner)), ended=ended), ended)


def _prompt(region: EditableRegion, part: Sequence[str], stop: tuple[str, ...]) -> RewritePrompt:
    history = [unified(change) for change in region.changes]
    lines = [
        *([f"{_FILE}edit_history", *_safe(history), ""] if history else []),
        f"{_FILE}{region.path}",
        *_safe(region.above),
        *_safe(part),
    ]
    below = "\n".join(_safe(region.below))
    return RewritePrompt(
        prompt=f"{_SUFFIX}{below}\n{_PREFIX}" + "\n".join(lines) + f"\n{_MIDDLE}",
        stop=stop,
    )


def _safe(lines: Sequence[str]) -> list[str]:
    """Return lines in which the text `<filename>` is not the model's own token."""
    return [line.replace(_FILE, _SHOWN_FILE) for line in lines]


def _plain(text: str) -> str:
    return text.replace(CURSOR, "").replace(_SHOWN_FILE, _FILE)
