"""How a backend behind HTTP is called, as the settings say."""

from dataclasses import dataclass, field, replace
from typing import Final

from midfill.backends.llamacpp import COMPLETION
from midfill.backends.wire_format import Parameters
from midfill.core.providers import PROVIDERS, Provider
from midfill.core.templates import Template
from midfill.core.web import is_loopback, parsed

MOST_STOPS: Final = 16
"""Stop texts that another server than the provider's own takes: only OpenAI's own is so strict as to take four."""


@dataclass(frozen=True, kw_only=True)
class RemoteOptions:
    """How to call an API. Times in seconds."""

    provider: Provider = PROVIDERS["deepseek"]
    name: str = ""
    """What the settings call it; empty: as its provider."""
    base_url: str = ""
    model: str = ""
    template: Template | None = None
    think: bool = False
    """Whether a chat model that is asked by hand may think first."""
    think_s: float = 60.0
    """How long it may."""
    key: str = field(default="", repr=False)
    first_token_s: float = 5.0
    total_s: float = 8.0
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    proxy: str = ""
    ca_file: str = ""
    allow_http: bool = False


def parameters_of(options: RemoteOptions) -> Parameters:
    """Return how questions are put."""
    provider = options.provider
    if provider.wire == "infill" and options.template is not None:
        provider = replace(provider, path=COMPLETION)  # Filled in by us, it is a prompt like any other.
    if options.base_url:
        provider = replace(provider, most_stops=max(MOST_STOPS, provider.most_stops))
    return Parameters(
        provider=provider,
        model=options.model or provider.model,
        template=options.template,
        temperature=options.temperature,
        stop=options.stop,
        think=options.think,
    )


def is_paid(options: RemoteOptions) -> bool:
    """Whether a call costs money; a server on this machine that speaks OpenAI's format does not."""
    url = parsed(options.base_url) if options.base_url else None
    own_server = url is not None and is_loopback(url.hostname or "") and options.provider.title == "OpenAI"
    return options.provider.paid and not own_server
