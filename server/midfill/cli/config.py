"""`midfill config`: the settings, their file, and their schema."""

import json
from collections.abc import Mapping
from pathlib import Path

from midfill.cli.terminal import say, write_exactly
from midfill.keys import without_keys
from midfill.settings import load, user_file
from midfill.settings.settings_schema import schema
from midfill.settings.show import render_toml


def run(what: str, environ: Mapping[str, str]) -> int:
    """Print the requested item and return the exit code: 2 if a setting is wrong."""
    if what == "path":
        write_exactly(f"{user_file(environ)}\n")
        return 0
    if what == "schema":
        write_exactly(json.dumps(schema(), indent=2) + "\n")
        return 0
    loaded = load(environ, workspaces=[Path.cwd()])
    write_exactly(without_keys(render_toml(loaded)) + "\n")
    for problem in loaded.problems:
        say(str(problem))
    return 2 if loaded.problems else 0
