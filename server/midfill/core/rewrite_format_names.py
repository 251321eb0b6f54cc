"""The name of the prompt format for next edits, by provider and model."""

from collections.abc import Mapping
from typing import Final, Literal

from midfill.core.providers import Provider, Wire

EditFormat = Literal["auto", "json", "zeta", "zeta-2.1", "sweep"]
_BY_WIRE: Final[Mapping[Wire, str]] = {
    "rewrite": "mercury",
    "rewrite-chat": "chat",
    "rewrite-prefix": "chat-prefix",
}

_CHATS: Final[frozenset[Wire]] = frozenset({"rewrite-chat", "rewrite-prefix"})


def format_of(setting: EditFormat, provider: Provider, model: str) -> str:
    """Return the name of a format; empty if neither the setting nor the model's name tells which one a model needs."""
    if setting == "json" and provider.wire in _CHATS:
        return setting
    return _BY_WIRE.get(provider.wire) or (named(model) if setting in {"auto", "json"} else setting)


def named(model: str) -> str:
    """Return the name of a model's own format; empty if unknown.

    >>> named("hf.co/zed-industries/zeta-2.1:Q4_K_M"), named("sweep-next-edit-1.5b"), named("zeta2"), named("llama3")
    ('zeta-2.1', 'sweep', 'zeta', '')
    """
    name = model.lower()
    if "sweep" in name:
        return "sweep"
    if "zeta" not in name:
        return ""
    return "zeta-2.1" if "2.1" in name else "zeta"
