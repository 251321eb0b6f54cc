"""The formats of prompts for rewritten regions, by name."""

from collections.abc import Mapping
from typing import Final

from midfill.core.rewrite.formats.chat import Chat
from midfill.core.rewrite.formats.format import Draft, Format, Rewritten
from midfill.core.rewrite.formats.mercury import Mercury
from midfill.core.rewrite.formats.sweep import Sweep
from midfill.core.rewrite.formats.zeta import Zeta, ZetaMarkers

__all__ = ["FORMATS", "Draft", "Format", "Rewritten"]

FORMATS: Final[Mapping[str, Format]] = {
    "chat": Chat(begun=False),
    "chat-prefix": Chat(begun=True),
    "mercury": Mercury(),
    "sweep": Sweep(),
    "zeta": Zeta(),
    "zeta-2.1": ZetaMarkers(),
}
