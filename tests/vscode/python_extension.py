"""A stand-in for the Python extension: it returns the selected interpreter."""

import json
from pathlib import Path
from zipfile import ZipFile

_MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata><Identity Language="en-US" Id="python" Version="1.0.0" Publisher="ms-python"/></Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/></Assets>
</PackageManifest>
"""

_MAIN = """
const { EventEmitter, Uri } = require("vscode");
const { readFileSync } = require("node:fs");
const selected = () => readFileSync(SELECTED, "utf8").trim();
exports.activate = () => ({
  environments: {
    getActiveEnvironmentPath: () => ({ path: selected() }),
    resolveEnvironment: async ({ path }) => path ? { executable: { uri: Uri.file(path) } } : undefined,
    onDidChangeActiveEnvironmentPath: new EventEmitter().event,
  },
});
"""


def build(vsix: Path, selected: Path) -> Path:
    """Write the extension; the file `selected` holds the path of the interpreter, or nothing."""
    package = {
        "name": "python",
        "publisher": "ms-python",
        "version": "1.0.0",
        "engines": {"vscode": "^1.91.0"},
        "main": "./main.js",
        "activationEvents": [],
    }
    with ZipFile(vsix, "w") as archive:
        archive.writestr("extension.vsixmanifest", _MANIFEST)
        archive.writestr("extension/package.json", json.dumps(package))
        archive.writestr("extension/main.js", _MAIN.replace("SELECTED", json.dumps(str(selected))))
    return vsix
