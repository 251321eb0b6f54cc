"""What users add to the tables of backends and templates: one entry each."""

import msgspec


class BackendEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A backend of the user's own: a provider of the table, asked elsewhere or in another way."""

    name: str
    like: str
    """The provider whose wire format and key it has."""
    base_url: str = ""
    model: str = ""
    template: str = ""
    api_key_command: str = ""
    api_key_file: str = ""


class TemplateEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template of the user's own."""

    name: str
    prompt: str
    file: str = ""
    stop: tuple[str, ...] = ()
    fills_in: bool = True
