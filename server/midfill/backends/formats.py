"""The wire formats by name."""

from collections.abc import Mapping
from typing import Final

from midfill.backends.chat import ChatPrefix, InstructedChat
from midfill.backends.completions import Completions
from midfill.backends.llamacpp import Infill
from midfill.backends.ollama import Generate
from midfill.backends.rewrite_chat import RewriteChat
from midfill.backends.wire_format import WireFormat
from midfill.core.providers import Wire

FORMATS: Final[Mapping[Wire, WireFormat]] = {
    "completions": Completions(),
    "generate": Generate(),
    "infill": Infill(),
    "prefix": ChatPrefix(),
    "chat": InstructedChat(),
    "rewrite": RewriteChat(streams=False),
    "rewrite-chat": RewriteChat(),
    "rewrite-prefix": RewriteChat(begun=True),
}
