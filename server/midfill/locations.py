"""The locations of the settings files."""

from collections.abc import Mapping
from os.path import expanduser
from pathlib import Path

WORKSPACE_FILE = ".midfill.toml"
"""The name of a workspace's settings file, in its folder."""


def user_file(environ: Mapping[str, str]) -> Path:
    """Return the path of the user's file: `MIDFILL_CONFIG`, or `config.toml` in the platform's folder."""
    if chosen := environ.get("MIDFILL_CONFIG"):
        return Path(expanduser(chosen))
    from platformdirs import user_config_path

    return user_config_path("midfill", appauthor=False) / "config.toml"
