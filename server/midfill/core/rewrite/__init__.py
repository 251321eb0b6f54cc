"""The next edit with a model: a region around the cursor, rewritten, compared, and judged."""

from midfill.core.rewrite.choose import nearest_edit
from midfill.core.rewrite.formats import FORMATS, RewriteFormat, RewritePrompt, Rewritten
from midfill.core.rewrite.rewrite_region import Region, region_at, with_document_lines

__all__ = [
    "FORMATS",
    "Region",
    "RewriteFormat",
    "RewritePrompt",
    "Rewritten",
    "nearest_edit",
    "region_at",
    "with_document_lines",
]
