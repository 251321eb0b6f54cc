"""Writes the server's settings and version into package.json: `npm run settings`.

They are declared once, in `midfill.settings`; tests/vscode/test_manifest.py fails when package.json differs.
"""

import json
from pathlib import Path
from typing import Any

from midfill import __version__
from midfill.settings.schema import vscode_properties

MANIFEST = Path(__file__).parents[1] / "package.json"
TITLE = "Completion"


def with_settings(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest with the settings as they are in code.

    Those that a workspace can set are not read from one that is not trusted.
    """
    properties = vscode_properties()
    contributes, capabilities = manifest["contributes"], manifest["capabilities"]
    others = [group for group in contributes["configuration"] if group["title"] != TITLE]
    open_to_workspaces = [key for key, about in properties.items() if about["scope"] != "machine"]
    untrusted = capabilities["untrustedWorkspaces"] | {"restrictedConfigurations": open_to_workspaces}
    return manifest | {
        "version": __version__,
        "contributes": contributes | {"configuration": [{"title": TITLE, "properties": properties}, *others]},
        "capabilities": capabilities | {"untrustedWorkspaces": untrusted},
    }


def main() -> None:
    """Bring package.json up to date."""
    manifest = with_settings(json.loads(MANIFEST.read_text("utf-8")))
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
