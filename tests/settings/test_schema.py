"""Derived from the tree: the JSON Schema, VS Code's configuration, the table of the reference."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from midfill.settings import BackendEntry, Settings, TemplateEntry
from midfill.settings.setting_specs import camel, sections, setting_specs
from midfill.settings.settings_schema import VSCODE_DEFAULTS, schema, settings_table, vscode_properties
from midfill.settings.tree import MOST_RESTRICTIVE_FIRST

SECTIONS = [getattr(Settings(), name) for name in sections()]
ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "server" / "REFERENCE.md"


def fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether `value` fits `schema`; a word of JSON Schema that the tree does not use is an error."""
    checks: dict[str, Callable[[Any], bool]] = {
        "type": lambda name: (
            isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
        ),
        "enum": lambda values: value in values,
        "minimum": lambda low: value >= low,
        "maximum": lambda high: value <= high,
        "minLength": lambda least: len(value) >= least,
        "anyOf": lambda kinds: any(fits(kind, value) for kind in kinds),
        "required": lambda needed: set(needed) <= set(value),
        "maxItems": lambda most: len(value) <= most,
        "pattern": lambda pattern: re.search(pattern, value) is not None,
        "items": lambda inner: all(fits(inner, entry) for entry in value),
        "properties": lambda inner: all(
            fits(inner[name], entry) for name, entry in value.items() if name in inner
        ),
        "additionalProperties": lambda allowed: allowed or set(value) <= set(schema["properties"]),
    }
    notes = {"description", "default", "title", "$schema"}
    return all(checks[word](limit) for word, limit in schema.items() if word not in notes)


TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


def test_schema_accepts_the_defaults() -> None:
    """It contains all defaults."""
    defaults = msgspec.json.decode(msgspec.json.encode(Settings()))
    assert fits(schema(), defaults)
    described = {
        f"{section}.{name}": entry["default"]
        for section, table in schema()["properties"].items()
        if "properties" in table
        for name, entry in table["properties"].items()
    }
    flat = {
        f"{a}.{b}": value
        for a, inner in defaults.items()
        if isinstance(inner, dict)
        for b, value in inner.items()
    }
    assert described == flat


@pytest.mark.parametrize(
    "tree",
    [
        [],
        {"modle": "a"},
        {"template": 5},
        {"completion": {"temperature": 3}},
        {"completion": {"temperature": "1"}},
        {"requests": {"speculate": "sometimes"}},
        {"backends": [{"name": "work", "like": "openai", "model": 5}]},
        {"timing": {"totalMs": 5000}},
        {"timing": {"total_ms": 5}},
        {"timing": []},
        {"backend": 5},
        {"backends": [{"name": "work"}]},
        {"backends": [{"name": "work", "like": "openai", "url": "http://localhost"}]},
        {"templates": [{"name": "mine"}]},
        {"base_url": "host"},
        {"enabled": 1},
        {"completion": {"stop": [""]}},
        {"completion": {"stop": ["a"] * 17}},
        {"trigger": {"scopes_off": ["code"]}},
    ],
)
def test_schema_rejects_skipped_values(tree: object) -> None:
    """Midfill would skip them."""
    assert not fits(schema(), tree)


def test_schema_is_complete_in_each_place() -> None:
    """No part refers to another one, and none has a second name: VS Code takes each setting by itself."""
    written = json.dumps(list(schema()["properties"].values()))
    assert not {word for word in ("$ref", "$defs", "title") if f'"{word}":' in written}
    entry = schema()["properties"]["backends"]["items"]
    assert (entry["type"], entry["required"]) == ("object", ["name", "like"])
    assert set(entry["properties"]) == set(BackendEntry.__struct_fields__)


def test_schema_is_valid_json() -> None:
    """The schema can be written as JSON, names its draft, and describes every setting."""
    assert json.loads(json.dumps(schema())) == schema()
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema()["title"], schema()["description"]) == ("midfill", "All settings of midfill.")
    for entry in schema()["properties"].values():
        assert entry["description"]
        assert all(inner["description"] for inner in entry.get("properties", {}).values())


def test_vscode_has_every_setting() -> None:
    """VS Code's keys are camelCase, flat and complete, and each default is the tree's."""
    properties = vscode_properties()
    assert list(properties) == [f"midfill.{camel(key)}" for key in setting_specs()]
    assert "midfill.completion.maxTokensManual" in properties
    for spec, entry in zip(setting_specs().values(), properties.values(), strict=True):
        default = VSCODE_DEFAULTS.get(spec.key, spec.default)
        assert entry["default"] == (list(default) if isinstance(default, tuple) else default)
        assert entry["markdownDescription"].endswith(".")
    assert properties["midfill.backend"]["anyOf"][0] == {"type": "string"}
    assert json.loads(json.dumps(properties)) == properties


def test_extension_has_these_settings() -> None:
    """Its descriptions are in a file of texts; `npm run settings` in clients/vscode fixes a failure."""
    client = ROOT / "clients" / "vscode"
    groups = json.loads((client / "package.json").read_text("utf-8"))["contributes"]["configuration"]
    texts = json.loads((client / "package.nls.json").read_text("utf-8"))
    written = {key: about for group in groups for key, about in group["properties"].items()}
    for key, about in vscode_properties().items():
        text = texts[written[key]["markdownDescription"].strip("%")]
        assert written[key] | {"markdownDescription": text} == about


def test_vscode_ignores_settings_of_a_repository() -> None:
    """These are the settings that a workspace may not set."""
    scopes = {key: entry["scope"] for key, entry in vscode_properties().items()}
    assert scopes["midfill.apiKeyCommand"] == scopes["midfill.baseUrl"] == "machine"
    assert scopes["midfill.trigger.languagesOff"] == "resource"
    for spec in setting_specs().values():
        assert (scopes[f"midfill.{camel(spec.key)}"] == "machine") == (spec.workspace == "never")


def test_narrowed_settings_have_an_order() -> None:
    """A setting that a workspace may narrow has an order of all its values."""
    narrow = {key: spec for key, spec in setting_specs().items() if spec.workspace == "narrow"}
    assert set(narrow) == set(MOST_RESTRICTIVE_FIRST)
    for key, spec in narrow.items():
        assert set(MOST_RESTRICTIVE_FIRST[key]) == set(spec.values or (False, True))


def test_reference_has_the_table_of_settings() -> None:
    """The table of the reference is the tree's; `uv run python -m tests.reference` fixes a failure."""
    found = re.search(r"<!-- settings -->\n(.*?)<!-- /settings -->", REFERENCE.read_text("utf-8"), re.DOTALL)
    assert found, "server/REFERENCE.md has lost its markers <!-- settings --> and <!-- /settings -->"
    assert found[1].strip() == settings_table().strip()


@pytest.mark.parametrize("kind", [Settings, BackendEntry, TemplateEntry, *map(type, SECTIONS)])
def test_settings_are_given_by_name(kind: Callable[..., object]) -> None:
    """A setting that is added in front of another one changes no call."""
    with pytest.raises(TypeError):
        kind("a", "b")


@pytest.mark.parametrize("part", [Settings(), BackendEntry(name="a", like="b"), TemplateEntry(name="a", prompt="b"),
                                  *SECTIONS], ids=lambda part: type(part).__name__)  # fmt: skip
def test_settings_are_values(part: msgspec.Struct) -> None:
    """They have a hash, and never change."""
    assert hash(part) == hash(msgspec.structs.replace(part))
    with pytest.raises(AttributeError):
        setattr(part, part.__struct_fields__[0], None)


def test_table_rows_have_equal_columns() -> None:
    """Each row of the table has the same number of columns."""
    assert {line.count("|") for line in settings_table().splitlines()} == {6}
    assert len(settings_table().splitlines()) == len(setting_specs()) + 2
