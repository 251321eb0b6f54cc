"""The next edit with a model: a region around the cursor, rewritten, compared, and judged."""

from midfill.core.rewrite.formats import FORMATS, RewriteFormat, RewritePrompt, Rewritten
from midfill.core.rewrite.nearest_edit import nearest_edit
from midfill.core.rewrite.rewrite_region import EditableRegion, editable_region_at, with_document_lines

__all__ = [
    "FORMATS",
    "EditableRegion",
    "RewriteFormat",
    "RewritePrompt",
    "Rewritten",
    "editable_region_at",
    "nearest_edit",
    "with_document_lines",
]
