"""The settings in other formats: a JSON Schema, VS Code's configuration, the table of REFERENCE.md."""

import json
from typing import Any

from midfill.settings.setting_specs import SettingSpec, camel, sections, setting_specs
from midfill.settings.tree import Settings
from midfill.settings.trust import RULES

VSCODE_DEFAULTS: dict[str, Any] = {"trigger.max_file_kb": 1000}
"""The VS Code client's own defaults: VS Code freezes for seconds when it shows ghost text in larger files."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a settings file, with descriptions and defaults."""
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "midfill"}
    root = draft | _table(str(Settings.__doc__).partition("\n")[0])
    tables = {"": root} | {name: _table(about) for name, about in sections().items()}
    for key, spec in setting_specs().items():
        section, _, name = key.rpartition(".")
        tables[section]["properties"][name] = _property(spec)
    for name in sections():
        root["properties"][name] = tables[name]
    return root


def vscode_properties() -> dict[str, dict[str, Any]]:
    """Return `contributes.configuration.properties` of VS Code's package.json.

    A setting that a workspace may not set has the scope `machine`: VS Code then ignores it in a repository's
    `.vscode/settings.json`. VS Code also answers `workspace/configuration` with these defaults; its client must send
    only the values that `inspect()` reports as set, or the defaults would override the user's file.
    """
    return {f"midfill.{camel(key)}": _vscode(spec) for key, spec in setting_specs().items()}


def settings_table() -> str:
    """Return the table of every setting in Markdown, with a line end after the last row."""
    head = ["Setting", "Values", "Default", "A workspace", "Meaning"]
    rows = [
        [
            f"`{spec.key}`",
            _values(spec),
            f"`{_written(spec.default)}`",
            RULES[spec.workspace],
            spec.description,
        ]
        for spec in setting_specs().values()
    ]
    return "".join("| " + " | ".join(row) + " |\n" for row in [head, ["---"] * len(head), *rows])


def _table(description: str) -> dict[str, Any]:
    return {"description": description, "type": "object", "additionalProperties": False, "properties": {}}


def _property(spec: SettingSpec) -> dict[str, Any]:
    default = list(spec.default) if isinstance(spec.default, tuple) else spec.default
    values: dict[str, Any] = {"type": "string", "enum": list(spec.values)} if spec.values else {}
    return {"description": spec.description, **spec.json, **values, "default": default}


def _vscode(spec: SettingSpec) -> dict[str, Any]:
    about = _property(spec)
    about["default"] = VSCODE_DEFAULTS.get(spec.key, about["default"])
    description = about.pop("description")
    scope = "machine" if spec.workspace == "never" else "resource"
    return {"markdownDescription": description, **about, "scope": scope}


def _values(spec: SettingSpec) -> str:
    match spec.json:
        case {"enum": _}:
            return ", ".join(f"`{value}`" for value in spec.values)
        case {"minimum": low, "maximum": high}:
            return f"{low} to {high}"
        case _:
            return spec.expected.replace('"', "`")


def _written(value: object) -> str:
    return json.dumps(value)
