"""The user's entries in the tables of backends and templates."""

import msgspec


class BackendEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user's own backend: a provider of the table with another address or other options."""

    name: str
    like: str
    """The provider whose wire format and key it uses."""
    base_url: str = ""
    model: str = ""
    template: str = ""
    api_key_command: str = ""
    api_key_file: str = ""


class TemplateEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user's own template."""

    name: str
    prompt: str
    file: str = ""
    stop: tuple[str, ...] = ()
    fills_in: bool = True
