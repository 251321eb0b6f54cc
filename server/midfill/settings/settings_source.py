"""A source of settings, and the settings in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Literal, NamedTuple

from midfill.settings.misnamed import meant_by, meant_within
from midfill.settings.problem import Problem, is_secret, named, shown
from midfill.settings.setting_specs import SettingSpec, camel, sections, setting_specs

MAX_ENTRIES = 200
"""Maximum number of settings and problems from one source: a hostile file must not keep the server busy."""


_WRAPPERS = {"midfill", "settings", "initializationoptions"}
"""Tables into which clients put the settings by mistake, in lower case."""


@dataclass(frozen=True)
class SettingsSource:
    """A source of settings, read but not yet checked."""

    origin: str
    """The path of a file, `environment NAME` or `client`."""
    tree: Mapping[Any, object] = field(repr=False)
    kind: Literal["user", "workspace", "environment", "client"] = "user"
    is_local: bool = True
    """Whether the user who started the server wrote it, as far as known; a client on a socket does not count."""

    @property
    def origin_in_words(self) -> str:
        """Its place, as words after "in"."""
        return origin_in_words(self.origin)


def origin_in_words(origin: str) -> str:
    """Return a setting's origin, as words after "in"."""
    if origin == "client":
        return "the editor's settings"
    if origin.startswith("environment "):
        return f"the environment variable {origin.removeprefix('environment ')}"
    return origin


class RawSetting(NamedTuple):
    """A setting in a source: the key is known, the value may be anything but None."""

    spec: SettingSpec
    raw: object
    source: SettingsSource


def entries(source: SettingsSource) -> Iterator[RawSetting | Problem]:
    """Yield every setting in a source, and a Problem for each unknown key; null means not set."""
    found = _entries(source, source.tree, "")
    yield from islice(found, MAX_ENTRIES)
    if next(found, None) is not None:
        text = f"{source.origin_in_words} sets more than {MAX_ENTRIES} values; the rest is skipped."
        yield Problem(text[0].upper() + text[1:], source.origin, blocks_calls=True)


def _entries(
    source: SettingsSource, table: Mapping[Any, object], above: str
) -> Iterator[RawSetting | Problem]:
    for name, value in table.items():
        key, written = above + _name_in_tree(str(name), source), above + named(str(name))
        if value is None:
            continue
        if key in sections() and isinstance(value, Mapping):
            yield from _entries(source, value, key + ".")
        elif is_secret(str(name), value):
            yield _secret(key, written, source)
        elif key in setting_specs():
            yield RawSetting(setting_specs()[key], value, source)
        elif key not in sections():
            yield _unknown(key, written, source, value)
        elif value != []:  # Lua writes an empty table as an empty list.
            rule = f"must be a table of settings, not {shown(value)}; it is skipped."
            text = f"{written} in {source.origin_in_words} {rule}"
            yield Problem(text, source.origin, key, blocks_calls=_weakens(key, source))


def _name_in_tree(name: str, source: SettingsSource) -> str:
    """Return the name in the tree; clients may write camelCase, and several levels as one dotted name."""
    if source.kind != "client":
        return name
    return ".".join(_camel_names().get(part, part) for part in name.split("."))


@cache
def _camel_names() -> Mapping[str, str]:
    return {camel(part): part for key in setting_specs() for part in key.split(".")}


def _weakens(key: str, source: SettingsSource) -> bool:
    """Whether a skipped entry, under `key`, may have chosen the backends or the files to exclude."""
    lost = (spec for spec in setting_specs().values() if spec.key == key or spec.key.startswith(key + "."))
    return any(
        not spec.is_tuning and (source.kind != "workspace" or spec.workspace != "never") for spec in lost
    )


def _secret(key: str, written: str, source: SettingsSource) -> Problem:
    text = (
        f"{written} in {source.origin_in_words} is or holds a secret, and is not used: an API key belongs in the "
        "environment variable MIDFILL_API_KEY, in the system keyring, or where your api_key_command or "
        "api_key_file says."
    )
    if source.kind == "workspace":
        text += " If that file has been shared, make a new key."
    return Problem(text, source.origin, written, blocks_calls=_weakens(key, source))


def _unknown(key: str, written: str, source: SettingsSource, value: object) -> Problem:
    text = f"{written} in {source.origin_in_words} is not a setting of midfill and is skipped"
    section = key.rpartition(".")[0]
    guards = section in sections() and _weakens(section, source)
    if (
        source.kind != "client" or key.lower() in _WRAPPERS
    ):  # Other names of a client are other tools' settings.
        guards = guards or any(_weakens(inner, source) for inner in meant_within(value))
    meant = meant_by(key)
    if meant is None:
        return Problem(f"{text}.", source.origin, written, blocks_calls=guards)
    blocks_calls = guards or _weakens(meant, source)
    return Problem(f"{text}; did you mean {meant}?", source.origin, written, blocks_calls=blocks_calls)
