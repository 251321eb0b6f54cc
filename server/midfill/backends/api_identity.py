"""An API, as messages name it: quotes of the server's text are short, on one line, and without the key."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from midfill.core.providers import PROVIDERS, Provider
from midfill.keys import without_key, without_keys

_MAX_EXCERPT_LENGTH: Final = 200
"""Maximum characters of a server's text in a message."""

_MAX_NAMES: Final = 20
"""Maximum number of model names in a message."""

_SECRET = re.compile(r"\bsk-[\w*.…-]+|(?<=bearer )\S+|\w{24,}", re.IGNORECASE)
"""Text that looks like a key, perhaps another one than the user's."""


class ApiIdentity(NamedTuple):
    """An API, as messages need it."""

    host: str
    key: str = ""
    model: str = ""

    provider: Provider = PROVIDERS["deepseek"]

    @property
    def is_provider_host(self) -> bool:
        """Whether the server is the provider's own, not a gateway."""
        return self.host == urlsplit(self.provider.base_url).netloc

    @property
    def service(self) -> str:
        """The name of the API for the user."""
        return self.provider.title if self.is_provider_host else self.host

    def masked(self, text: str) -> str:
        """Return `text` without the key, and without any other one that was found."""
        return without_keys(without_key(text, self.key))

    def excerpt(self, text: str) -> str:
        """Return a short excerpt of `text`, on one line, without the key and similar text."""
        text = _SECRET.sub("[…]", self.masked(text)[: 4 * _MAX_EXCERPT_LENGTH])
        return _shortened(_on_one_line(text))

    def listed(self, names: Sequence[str]) -> str:
        """Return the first names of the available models, as a message lists them."""
        shown = [_shortened(_on_one_line(self.masked(name))) for name in names[:_MAX_NAMES]]
        return ", ".join([*shown, "…"] if len(names) > _MAX_NAMES else shown)


def _on_one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_EXCERPT_LENGTH else text[: _MAX_EXCERPT_LENGTH - 1] + "…"
