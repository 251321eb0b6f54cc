"""Writes settings, version and repository into package.json and package.nls.json: `npm run settings`.

They are declared once, in `midfill.settings`; tests/vscode/test_manifest.py fails when package.json differs.
"""

import json
from pathlib import Path
from typing import Any

from midfill import __version__
from midfill.cli.editors.plugins import REPOSITORY
from midfill.settings.settings_schema import vscode_properties

MANIFEST = Path(__file__).parents[1] / "package.json"
TEXTS = MANIFEST.with_name("package.nls.json")
"""The English texts of the manifest; the Chinese ones are in another file."""
TITLE = "Completion"
ABOUT = "markdownDescription"
OWN = ("setting.server.command", "setting.server.from", "setting.trace.server")
"""The descriptions of the client's own settings."""


def with_settings(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest with the settings, the version and the repository as they are in code.

    Those that a workspace can set are not read from one that is not trusted.
    """
    properties = {key: about | {ABOUT: f"%{_name(key)}%"} for key, about in vscode_properties().items()}
    contributes, capabilities = manifest["contributes"], manifest["capabilities"]
    others = [group for group in contributes["configuration"] if group["title"] != TITLE]
    open_to_workspaces = [key for key, about in properties.items() if about["scope"] != "machine"]
    untrusted = capabilities["untrustedWorkspaces"] | {"restrictedConfigurations": open_to_workspaces}
    address = f"https://github.com/{REPOSITORY}"
    return manifest | {
        "version": __version__,
        "repository": {"type": "git", "url": f"{address}.git", "directory": "clients/vscode"},
        "bugs": {"url": f"{address}/issues"},
        "homepage": address,
        "contributes": contributes | {"configuration": [{"title": TITLE, "properties": properties}, *others]},
        "capabilities": capabilities | {"untrustedWorkspaces": untrusted},
    }


def with_descriptions(texts: dict[str, str]) -> dict[str, str]:
    """Return the texts with the descriptions of the settings as they are in code."""
    ours = {_name(key): about[ABOUT] for key, about in vscode_properties().items()}
    return {name: text for name, text in texts.items() if name in ours or not name.startswith("setting.")} | {
        **{name: texts[name] for name in OWN},
        **ours,
    }


def _name(key: str) -> str:
    return key.replace("midfill.", "setting.", 1)


def main() -> None:
    """Bring package.json and its texts up to date."""
    texts = with_descriptions(json.loads(TEXTS.read_text("utf-8")))
    TEXTS.write_text(json.dumps(texts, indent=2, ensure_ascii=False) + "\n", "utf-8")
    manifest = with_settings(json.loads(MANIFEST.read_text("utf-8")))
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
