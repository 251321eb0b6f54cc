"""The next edit with a model: a region around the cursor, rewritten, compared, and judged."""

from midfill.core.rewrite.choose import chosen
from midfill.core.rewrite.formats import FORMATS, Draft, RewriteFormat, Rewritten
from midfill.core.rewrite.region import Region, moved_on, region_at

__all__ = [
    "FORMATS",
    "Draft",
    "Region",
    "RewriteFormat",
    "Rewritten",
    "chosen",
    "moved_on",
    "region_at",
]
