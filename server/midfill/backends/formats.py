"""The wire formats by name."""

from collections.abc import Mapping
from typing import Final

from midfill.backends.chat import ChatPrefixFormat, InstructedChatFormat
from midfill.backends.completions import CompletionsFormat
from midfill.backends.llamacpp import InfillFormat
from midfill.backends.ollama import OllamaFormat
from midfill.backends.rewrite_chat import RewriteChatFormat
from midfill.backends.wire_format import WireFormat
from midfill.core.providers import Wire

FORMATS: Final[Mapping[Wire, WireFormat]] = {
    "completions": CompletionsFormat(),
    "generate": OllamaFormat(),
    "infill": InfillFormat(),
    "prefix": ChatPrefixFormat(),
    "chat": InstructedChatFormat(),
    "rewrite": RewriteChatFormat(streams=False),
    "rewrite-chat": RewriteChatFormat(),
    "rewrite-prefix": RewriteChatFormat(begun=True),
}
