"""The formats of prompts for rewritten regions, by name."""

from collections.abc import Mapping
from typing import Final

from midfill.core.rewrite.formats.chat_format import ChatFormat
from midfill.core.rewrite.formats.edit_list import EditListFormat
from midfill.core.rewrite.formats.format import RewriteFormat, RewritePrompt, Rewritten
from midfill.core.rewrite.formats.mercury import MercuryFormat
from midfill.core.rewrite.formats.sweep import SweepFormat
from midfill.core.rewrite.formats.zeta import ZetaFormat, ZetaMarkersFormat

__all__ = ["FORMATS", "RewriteFormat", "RewritePrompt", "Rewritten"]

FORMATS: Final[Mapping[str, RewriteFormat]] = {
    "chat": ChatFormat(continues=False),
    "chat-prefix": ChatFormat(continues=True),
    "json": EditListFormat(),
    "mercury": MercuryFormat(),
    "sweep": SweepFormat(),
    "zeta": ZetaFormat(),
    "zeta-2.1": ZetaMarkersFormat(),
}
