"""Inception's format for Mercury Edit (docs.inceptionlabs.ai, "Next Edit"; as Zed sends it)."""

import re

from midfill.core.rewrite.formats.diffs import unified
from midfill.core.rewrite.formats.format import RewritePrompt, Rewritten, all_lines_rewritten
from midfill.core.rewrite.rewrite_region import EditableRegion

CURSOR = "<|cursor|>"
NO_EDIT = "None"
"""The answer without an edit."""
_FENCE = re.compile(r"\A\s*(`{3,})[^\n]*\n(.*?)\n?\1\s*\Z", re.DOTALL)
_TAG = re.compile(r"^<\|/?code_to_edit\|>\n?", re.MULTILINE)


class MercuryFormat:
    """One message with tags; the answer is the rewritten region in a fence, in one piece."""

    lines_around = (10, 14)

    def prompt_for(self, region: EditableRegion) -> RewritePrompt | None:
        """Return the message."""
        file = [
            f"current_file_path: {region.path}",
            *region.above,
            "<|code_to_edit|>",
            *region.marked(CURSOR),
            "<|/code_to_edit|>",
            *region.below,
        ]
        parts: tuple[tuple[str, list[str]], ...] = (
            ("recently_viewed_code_snippets", []),
            ("current_file_content", file),
            ("edit_diff_history", [unified(change) for change in region.changes]),
        )
        return RewritePrompt(prompt="\n".join(_tagged(name, lines) for name, lines in parts))

    def read(self, text: str, region: EditableRegion, *, ended: bool) -> Rewritten | None:
        """Return the lines of the answer, with or without a fence."""
        if not ended:
            return None
        fenced = _FENCE.match(text)
        code = _TAG.sub("", fenced[2] if fenced else text).replace(CURSOR, "")
        return None if code.strip() in {"", NO_EDIT} else all_lines_rewritten(code, region, ended=True)


def _tagged(name: str, lines: list[str]) -> str:
    return "\n".join([f"<|{name}|>", *lines, f"<|/{name}|>", ""])
