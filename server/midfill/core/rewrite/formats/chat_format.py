"""Our own format for chat models: the edits as blocks, and the region in a fence.

Original and updated blocks, few instructions and short marks are what Sweep's search over 30 formats found best
(blog.sweep.dev, January 2026). The rules are those that Zed gives its teacher model.
"""

import re
from collections.abc import Sequence
from functools import partial

from midfill.core.rewrite.formats.diffs import blocks
from midfill.core.rewrite.formats.format import RewritePrompt, Rewritten, all_lines_rewritten
from midfill.core.rewrite.rewrite_region import EditableRegion

CURSOR = "<|cursor|>"
_SYSTEM = (
    "You predict the next edit in a code editor. You are given the user's latest edits and a part of the file. Answer "
    "with that part as it is after the user's next edit, in one fence, and with nothing else. Finish what the latest "
    "edits began: the same change at other lines of the part, and what follows from it. Keep all that the user has "
    "just typed, and undo nothing. Copy every other line exactly, the first and the last one included. If no edit "
    "follows, copy the whole part."
)
_FENCE = re.compile(r"^(`{3,})[^`\n]*\n", re.MULTILINE)


class ChatFormat:
    """A chat with instructions.

    Args:
        continues: the model continues its last message, which opens the fence (DeepSeek's chat prefix completion).
    """

    lines_around = (12, 15)

    def __init__(self, *, continues: bool) -> None:
        self._continues = continues

    def prompt_for(self, region: EditableRegion) -> RewritePrompt | None:
        """Return the prompt."""
        required_start = f"{_opening(region)}\n" if self._continues else ""
        stop = (f"\n{_fence(region)}",) if required_start else ()
        return RewritePrompt(prompt=message(region), system=_SYSTEM, required_start=required_start, stop=stop)

    def read(self, text: str, region: EditableRegion, *, ended: bool) -> Rewritten | None:
        """Return the lines in the fence."""
        fence = _fence(region)
        if not self._continues:
            opening = _FENCE.search(text)
            if opening is None:
                return None
            fence, text = opening[1], text[opening.end() :]
        code, closing, _ = f"\n{text}".partition(f"\n{fence}")
        if not (closing or ended):
            return all_lines_rewritten(text.replace(CURSOR, ""), region, ended=False)
        if not (closing or self._continues):
            return None
        return all_lines_rewritten(code[1:].replace(CURSOR, ""), region, ended=True)


def message(region: EditableRegion) -> str:
    """Return the user's message; the stable texts come first, because a cached prefix costs less."""
    fence, opening = _fence(region), _opening(region)
    section = partial(_section, opening, fence)
    parts = [f"File: {region.path}"]
    parts += section("The lines above the part:", region.above)
    parts += section("The lines below the part:", region.below)
    if region.changes:
        parts.append("The user's latest edits, the newest last:")
    parts += [f"{change.path}\n{fence}\n{blocks(change)}\n{fence}" for change in region.changes]
    parts += section(f"The part, with the cursor at {CURSOR}:", region.marked(CURSOR))
    return "\n\n".join(parts)


def _opening(region: EditableRegion) -> str:
    language = region.cursor.language
    return _fence(region) + (language if language.isalnum() else "")


def _fence(region: EditableRegion) -> str:
    """Return a fence longer than any in the region."""
    shown = (*region.lines, *region.above, *region.below)
    return "`" * max((len(run) + 1 for line in shown for run in re.findall(r"`{3,}", line)), default=3)


def _section(opening: str, fence: str, title: str, lines: Sequence[str]) -> list[str]:
    return ["\n".join([title, opening, *lines, fence])] if lines else []
