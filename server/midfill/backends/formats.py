"""The wire formats by name."""

from collections.abc import Mapping
from typing import Final

from midfill.backends.chat import Chat, ChatPrefix
from midfill.backends.llamacpp import Infill
from midfill.backends.ollama import Generate
from midfill.backends.rewrite import Rewrite
from midfill.backends.wire import Completions
from midfill.backends.wire_format import Format
from midfill.core.providers import Wire

FORMATS: Final[Mapping[Wire, Format]] = {
    "completions": Completions(),
    "generate": Generate(),
    "infill": Infill(),
    "prefix": ChatPrefix(),
    "chat": Chat(),
    "rewrite": Rewrite(streams=False),
    "rewrite-chat": Rewrite(),
    "rewrite-prefix": Rewrite(begun=True),
}
