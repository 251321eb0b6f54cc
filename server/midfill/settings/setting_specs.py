"""The specification of every single setting, by its dotted key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import msgspec

from midfill.settings.section import Section, Workspace
from midfill.settings.tree import TUNING, Settings


@dataclass(frozen=True)
class SettingSpec:
    """One setting, as `midfill.settings.tree` declares it."""

    key: str
    """Its dotted path in the tree, such as `timing.total_ms`."""
    type: Any
    default: object
    description: str
    workspace: Workspace
    pattern: str
    """The required form of a string, as words for a message; empty if any string is valid."""
    fits: Callable[[Any], bool]
    """Whether a value within the limits is meaningful."""
    local_only: bool
    """Only the user who starts the server may set it, not a client on a socket."""

    @property
    def is_tuning(self) -> bool:
        """Whether the default may replace a wrong value, because it only tunes."""
        return self.key.startswith(TUNING)

    @cached_property
    def values(self) -> tuple[object, ...]:
        """The possible values, as declared; empty for a setting without such a list."""
        return get_args(get_args(self.type)[0]) if "enum" in self.json else ()

    @cached_property
    def json(self) -> dict[str, Any]:
        """The JSON Schema of its type and limits."""
        plain = msgspec.json.schema(self.type)
        inlined: dict[str, Any] = _inlined(plain, plain.pop("$defs", {}))
        return {name: value for name, value in inlined.items() if name != "description"}

    @cached_property
    def expected(self) -> str:
        """The valid values, as words after "must be"."""
        return self.pattern or _in_words(self.json, self.values)

    def typed(self, value: object) -> object:
        """Return `value` in the tree's type; raises `msgspec.ValidationError` if it is invalid.

        JSON does not distinguish 5.0 from 5, nor Lua an empty list from an empty table: both are accepted.
        """
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        elif value == {} and self.json.get("type") == "array":
            value = []
        typed = msgspec.convert(_snaked(value), self.type)
        if not _is_sound(value) or not self.fits(typed):
            raise msgspec.ValidationError(f"{self.key} must be {self.expected}")
        return typed


@cache
def setting_specs() -> Mapping[str, SettingSpec]:
    """Return every setting by its dotted key, in the order of the tree."""
    return MappingProxyType({spec.key: spec for spec in _walk(Settings, "")})


@cache
def sections() -> Mapping[str, str]:
    """Return the description of each table of the tree, by its name."""
    tables = get_type_hints(Settings).items()
    return MappingProxyType({name: str(kind.__doc__) for name, kind in tables if _is_section(kind)})


def assemble(values: Mapping[str, object]) -> Settings:
    """Return the tree with `values`, which are typed and named by dotted keys."""
    tree: dict[str, Any] = {}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        (tree.setdefault(section, {}) if section else tree)[name] = value
    return msgspec.convert(tree, Settings)


def value_of(settings: Settings, key: str) -> object:
    """Return the value of a dotted key."""
    value: object = settings
    for name in key.split("."):
        value = getattr(value, name)
    return value


def camel(key: str) -> str:
    """Return a snake_case key in camelCase: `timing.total_ms` as `timing.totalMs`."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), key)


def snake(key: str) -> str:
    """Return a camelCase key in snake_case."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), key)


def nearest(key: str) -> str | None:
    """Return the known key most similar to `key`: with the same last part, as a whole, or in its last part.

    It may be the key of a table.
    """
    from difflib import get_close_matches

    wanted = snake(key)
    deepest_first = sorted(setting_specs(), key=lambda known: known.count("."), reverse=True)
    last_parts = {known.rpartition(".")[2]: known for known in deepest_first}
    if same := last_parts.get(wanted.rpartition(".")[2]):
        return same
    if found := get_close_matches(wanted, [*setting_specs(), *sections()], n=1, cutoff=0.7):
        return found[0]
    found = get_close_matches(wanted.rpartition(".")[2], last_parts, n=1, cutoff=0.7)
    return last_parts[found[0]] if found else None


def _walk(section: type[Section], above: str) -> list[SettingSpec]:
    hints = get_type_hints(section, include_extras=True)
    found = []
    for field in msgspec.structs.fields(section):
        kind, key = hints[field.name], above + field.name
        found += _walk(kind, key + ".") if _is_section(kind) else [_spec(key, kind, field.default)]
    return found


def _spec(key: str, kind: Any, default: object) -> SettingSpec:
    meta = next(extra for extra in kind.__metadata__ if isinstance(extra, msgspec.Meta))
    about = meta.extra or {}
    return SettingSpec(
        key,
        kind,
        default,
        str(meta.description),
        about["workspace"],
        about["expected"],
        about["fits"],
        about["local_only"],
    )


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def _is_sound(value: object) -> bool:
    """Whether each text in a value can be encoded: JSON allows half of a surrogate pair, which is not a character."""
    if isinstance(value, Mapping):
        return all(_is_sound(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return all(_is_sound(inner) for inner in value)
    return not (isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value))


def _snaked(value: object) -> object:
    """Return a list of tables with the keys in snake_case; clients write them in camelCase."""
    if isinstance(value, list | tuple):
        return [_snaked(inner) for inner in value]
    if isinstance(value, Mapping):
        return {snake(str(name)): inner for name, inner in value.items()}
    return value


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return a JSON Schema without references to definitions elsewhere."""
    if isinstance(schema, list | tuple):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(part, definitions) for name, part in schema.items() if name != "title"}


def _in_words(schema: Mapping[str, Any], values: tuple[object, ...]) -> str:
    match schema:
        case {"enum": _}:
            return "one of " + ", ".join(f'"{value}"' for value in values)
        case {"type": "boolean"}:
            return "true or false"
        case {"type": "integer" | "number" as kind, "minimum": low, "maximum": high}:
            return f"{'an integer' if kind == 'integer' else 'a number'} from {low} to {high}"
        case {"type": "array", "items": {"enum": entries}}:
            return "a list of " + " and ".join(f'"{value}"' for value in entries)
        case {"type": "array", "maxItems": most}:
            return f"a list of at most {most} strings, none of them empty"
        case {"type": "array"}:
            return "a list of strings"
        case _:
            return "a string"
