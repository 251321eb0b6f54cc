"""The options of an HTTP backend, from the settings."""

from dataclasses import dataclass, field, replace
from typing import Final

from midfill.backends.llamacpp import COMPLETION
from midfill.backends.wire_format import RequestParameters
from midfill.core.providers import PROVIDERS, Provider
from midfill.core.service_urls import is_loopback, parsed_url
from midfill.core.templates import Template

MAX_STOPS: Final = 16
"""Maximum stop sequences for another server than the provider's own: only OpenAI limits them to four."""


@dataclass(frozen=True, kw_only=True)
class RemoteOptions:
    """The options for calling an API. Times in seconds."""

    provider: Provider = PROVIDERS["deepseek"]
    name: str = ""
    """The name in the settings; empty for the provider's name."""
    base_url: str = ""
    model: str = ""
    template: Template | None = None
    think: bool = False
    """Whether a chat model may reason first after a manual request."""
    think_s: float = 60.0
    """Maximum seconds of its reasoning."""
    key: str = field(default="", repr=False)
    first_token_s: float = 5.0
    total_s: float = 8.0
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    proxy: str = ""
    ca_file: str = ""
    allow_http: bool = False


def parameters_of(options: RemoteOptions) -> RequestParameters:
    """Return the parameters of requests."""
    provider = options.provider
    if provider.wire == "infill" and options.template is not None:
        # With the template filled in, it is an ordinary prompt.
        provider = replace(provider, path=COMPLETION)
    if options.base_url:
        provider = replace(provider, max_stops=MAX_STOPS)
    return RequestParameters(
        provider=provider,
        model=options.model or provider.model,
        template=options.template,
        temperature=options.temperature,
        stop=options.stop,
        think=options.think,
    )


def is_paid(options: RemoteOptions) -> bool:
    """Whether a call costs money; a server on this machine with OpenAI's format does not."""
    url = parsed_url(options.base_url) if options.base_url else None
    own_server = url is not None and is_loopback(url.hostname or "") and options.provider.title == "OpenAI"
    return options.provider.paid and not own_server
