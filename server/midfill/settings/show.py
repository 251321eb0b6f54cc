"""Shows the effective settings: every value with its origin, without secrets."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import msgspec

from midfill.core.characters import replaced
from midfill.settings.merge import LoadedSettings
from midfill.settings.problem import without_secrets
from midfill.settings.setting_specs import setting_specs, value_of


class EffectiveSetting(NamedTuple):
    """One setting."""

    key: str
    value: str
    """In TOML; keys and passwords are masked."""
    origin: str


def explain(loaded: LoadedSettings) -> tuple[EffectiveSetting, ...]:
    """Return every setting with its value and its origin, in the order of the tree."""
    return tuple(
        EffectiveSetting(key, _toml(value_of(loaded.settings, key)), loaded.origins[key])
        for key in setting_specs()
    )


def render_toml(loaded: LoadedSettings) -> str:
    """Return the settings as a TOML file, with the origin after each and the problems at the top."""
    return "\n".join(
        [*(f"# {_on_one_line(str(problem))}" for problem in loaded.problems), *_lines(loaded), ""]
    )


def _lines(loaded: LoadedSettings) -> Iterator[str]:
    for section, group in groupby(explain(loaded), lambda shown: shown.key.rpartition(".")[0]):
        if section:
            yield f"\n[{section}]"
        for shown in group:
            yield f"{shown.key.rpartition('.')[2]} = {shown.value}  # {_on_one_line(shown.origin)}"


def _toml(value: object) -> str:
    """Return `value` in TOML: JSON's spelling with escaped control characters."""
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, msgspec.Struct):
        set_ones = {field: getattr(value, field) for field in value.__struct_fields__}
        return (
            "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in set_ones.items() if one != "") + " }"
        )
    if not isinstance(value, str):
        return json.dumps(value)
    return replaced(json.dumps(without_secrets(value), ensure_ascii=False), _escape)


def _escape(char: str) -> str:
    number = ord(char)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _on_one_line(text: str) -> str:
    """Return `text` as a comment: a file's name may contain a line end."""
    return "".join(char if char.isprintable() else "?" for char in text)
