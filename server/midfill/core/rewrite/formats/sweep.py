"""The format of Sweep's next-edit models (huggingface.co/sweepai, as in cursortab.nvim)."""

from midfill.core.rewrite.formats.diffs import blocks
from midfill.core.rewrite.formats.format import RewritePrompt, Rewritten, all_lines_rewritten
from midfill.core.rewrite.rewrite_region import EditableRegion

CURSOR = "<|cursor|>"
_SEPARATOR = "<|file_sep|>"
_END = "<|endoftext|>"


class SweepFormat:
    """The file, its edits, and the same 21 lines three times: before the newest edit, now, and to be written."""

    lines_around = (10, 10)

    def prompt_for(self, region: EditableRegion) -> RewritePrompt | None:
        """Return the prompt."""
        around = (*region.above, *region.lines, *region.below)
        place = f"{region.path}:{region.row + 1}:{region.end}"
        parts = [
            f"{region.path}\n{_text(around)}",
            *(f"{change.path}.diff\n{blocks(change)}\n" for change in region.changes),
            f"original/{place}\n{_text(region.reverted)}",
            f"current/{place}\n{_text(region.marked(CURSOR))}",
            f"updated/{place}\n",
        ]
        return RewritePrompt(prompt="".join(_SEPARATOR + part for part in parts), stop=(_SEPARATOR, _END))

    def read(self, text: str, region: EditableRegion, *, ended: bool) -> Rewritten | None:
        """Return the lines of the answer."""
        code, end, _ = text.partition(_SEPARATOR)
        code, other, _ = code.partition(_END)
        return all_lines_rewritten(code.replace(CURSOR, ""), region, ended=ended or bool(end or other))


def _text(lines: "tuple[str, ...] | list[str]") -> str:
    return "\n".join(lines) + "\n"
