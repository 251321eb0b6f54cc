"""A list of edits as JSON, which a server enforces by `response_format`.

An answer is as long as its edits, not as the region. It is not read before its end, and an edit whose original lines
are not copied exactly is lost. So the rewritten region (`chat_format.py`) is the default.
"""

import json
from typing import Any

from midfill.core.rewrite.formats.chat_format import CURSOR, message
from midfill.core.rewrite.formats.format import RewritePrompt, Rewritten, all_lines_rewritten
from midfill.core.rewrite.rewrite_region import EditableRegion

_SYSTEM = (
    "You predict the next edits in a code editor. You are given the user's latest edits and a part of the file. Answer "
    'with json: {"edits": [{"original": "    a = old()", "updated": "    a = new()"}]}. "original": consecutive whole '
    'lines of the part, copied exactly, as many as are needed to find them only once; "updated": the lines in their '
    "place. Finish what the latest edits began: the same change at other lines of the part, and what follows from it. "
    'Keep all that the user has just typed, and undo nothing. If no edit follows: {"edits": []}.'
)


class EditListFormat:
    """A chat with instructions, answered by edits as JSON."""

    lines_around = (12, 15)

    def prompt_for(self, region: EditableRegion) -> RewritePrompt | None:
        """Return the prompt."""
        return RewritePrompt(prompt=message(region), system=_SYSTEM, json=True)

    def read(self, text: str, region: EditableRegion, *, ended: bool) -> Rewritten | None:
        """Return the region with the edits whose original lines it has once; None without any."""
        lines = list(region.lines)
        for original, updated in _edits(text) if ended else ():
            old, new = original.split("\n"), updated.split("\n") if updated else []
            found = [at for at in range(len(lines)) if lines[at : at + len(old)] == old]
            if len(found) == 1:
                lines[found[0] : found[0] + len(old)] = new
        changed = tuple(lines) != region.lines
        return all_lines_rewritten("\n".join(lines) + "\n", region, ended=True) if changed else None


def _edits(text: str) -> list[tuple[str, str]]:
    """Return the edits of an answer; none if it is empty or malformed."""
    try:
        answer: Any = json.loads(text)
    except (ValueError, RecursionError):  # The latter for a thousand brackets.
        return []
    listed = answer.get("edits") if isinstance(answer, dict) else None
    edits = listed if isinstance(listed, list) else []
    found = [(edit.get("original"), edit.get("updated")) for edit in edits if isinstance(edit, dict)]
    return [
        (original.replace(CURSOR, "").rstrip("\n"), updated.replace(CURSOR, "").rstrip("\n"))
        for original, updated in found
        if isinstance(original, str) and isinstance(updated, str) and original
    ]
