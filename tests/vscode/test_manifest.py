"""The contents of package.json, compared with the code."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from midfill import __version__

CLIENT = Path(__file__).parents[2] / "clients" / "vscode"
MANIFEST: dict[str, Any] = json.loads((CLIENT / "package.json").read_text("utf-8"))
PROPERTIES: dict[str, dict[str, Any]] = {
    key: about
    for group in MANIFEST["contributes"]["configuration"]
    for key, about in group["properties"].items()
}
TEXTS: dict[str, str] = json.loads((CLIENT / "package.nls.json").read_text("utf-8"))
CHINESE: dict[str, str] = json.loads((CLIENT / "package.nls.zh-cn.json").read_text("utf-8"))
COMMANDS = [command["command"] for command in MANIFEST["contributes"]["commands"]]
SERVERS_COMMANDS = {
    f"midfill.{name}"
    for name in ("accepted", "acceptLine", "toggle", "snooze", "stats", "showPrompt", "why", "retry")
}
"""The commands that the language client registers with VS Code."""


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vscode_settings", CLIENT / "scripts" / "settings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_settings_are_those_of_the_code() -> None:
    """`npm run settings` in clients/vscode fixes a failure."""
    assert script().with_settings(MANIFEST) == MANIFEST
    assert script().with_descriptions(TEXTS) == TEXTS


def test_every_text_is_translated() -> None:
    """Each text of the manifest and no other is translated, with the same commands, code and numbers."""
    named = set(re.findall(r'"%([\w.]+)%"', json.dumps(MANIFEST)))
    assert named == set(TEXTS)
    assert named == set(CHINESE)
    exact = re.compile(r"\(command:[\w.]+\)|`[^`]+`|\d{2,}")
    for name, text in CHINESE.items():
        assert sorted(exact.findall(text)) == sorted(exact.findall(TEXTS[name])), name


def test_chinese_messages_are_those_of_the_source() -> None:
    """`l10n.t` finds a translation by the English text."""
    bundle = json.loads((CLIENT / "l10n" / "bundle.l10n.zh-cn.json").read_text("utf-8"))
    source = "".join(path.read_text("utf-8") for path in (CLIENT / "src").glob("*.ts"))
    assert [text for text in bundle if json.dumps(text, ensure_ascii=False) not in source] == []


def test_workspace_cannot_set_server_key_or_address() -> None:
    """VS Code ignores settings of the scope `machine` in a repository's .vscode/settings.json."""
    guarded = ("server.command", "backend", "baseUrl", "apiKeyCommand", "apiKeyFile", "network.proxy")
    assert {key: PROPERTIES[f"midfill.{key}"]["scope"] for key in guarded} == dict.fromkeys(
        guarded, "machine"
    )


def test_no_setting_has_a_key() -> None:
    """A key belongs in the secret storage; settings only name other sources."""
    assert {key for key in PROPERTIES if "key" in key.lower()} == {
        "midfill.apiKeyCommand",
        "midfill.apiKeyFile",
    }


def test_every_command_is_registered() -> None:
    """commands.ts registers each command of the palette."""
    source = (CLIENT / "src" / "commands.ts").read_text("utf-8")
    registered = {f"midfill.{name}" for name in re.findall(r"^    (\w+): \(\) =>", source, re.MULTILINE)}
    assert set(COMMANDS) <= registered


def test_no_command_has_the_name_of_a_server_command() -> None:
    """Registering a name twice throws, and then the client does not start."""
    source = (CLIENT / "src" / "commands.ts").read_text("utf-8")
    registered = {f"midfill.{name}" for name in re.findall(r"^    (\w+): \(\) =>", source, re.MULTILINE)}
    assert not SERVERS_COMMANDS & registered


@pytest.mark.parametrize("place", ["menus.commandPalette", "keybindings"])
def test_menus_and_keys_name_existing_commands(place: str) -> None:
    contributed: Any = MANIFEST["contributes"]
    for name in place.split("."):
        contributed = contributed[name]
    assert {entry["command"] for entry in contributed} <= set(COMMANDS)


def test_walkthrough_names_existing_commands() -> None:
    steps = MANIFEST["contributes"]["walkthroughs"][0]["steps"]
    named = [
        command
        for step in steps
        for command in re.findall(r"\(command:([\w.]+)\)", TEXTS[step["description"].strip("%")])
    ]
    assert len(named) == 3
    assert set(named) <= set(COMMANDS)


def test_pictures_exist() -> None:
    """The icon is what the Marketplace asks for: a PNG of at least 128 pixels."""
    icon = (CLIENT / MANIFEST["icon"]).read_bytes()
    assert icon.startswith(b"\x89PNG")
    assert (int.from_bytes(icon[16:20]), int.from_bytes(icon[20:24])) == (256, 256)
    pictures = [step["media"].get("image") for step in MANIFEST["contributes"]["walkthroughs"][0]["steps"]]
    assert all((CLIENT / picture).is_file() for picture in pictures if picture)


def test_version_is_that_of_the_server() -> None:
    assert MANIFEST["version"] == __version__


def test_lock_file_names_no_registry() -> None:
    """The registry of packages is each machine's own configuration."""
    lock = json.loads((CLIENT / "package-lock.json").read_text("utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_no_proposed_interface_is_used() -> None:
    """The Marketplace refuses extensions that use one."""
    assert "enabledApiProposals" not in MANIFEST
