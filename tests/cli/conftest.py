"""The fixtures of these tests: a folder, the command in it, and a DeepSeek on the loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.process import PATIENT, quiet_home
from tests.cli.command import Command
from tests.loopback.client import Loopback, loopback, loopback_process

__all__ = ["loopback", "loopback_process"]


@pytest.fixture
def midfill(tmp_path: Path) -> Iterator[Command]:
    """The command in an empty folder, with no key, no settings and no colours."""
    with quiet_home() as home:
        config = tmp_path / "config" / "config.toml"
        config.parent.mkdir()
        config.touch()
        folder = tmp_path / "project"
        folder.mkdir()
        yield Command(
            folder, config, {**home, "MIDFILL_CONFIG": str(config), "NO_COLOR": "", "TERM": "xterm"}
        )


@pytest.fixture
def deepseek(midfill: Command, loopback: Loopback) -> Command:
    """The same with a key and the loopback as the API."""
    midfill.config.write_text(PATIENT, "utf-8")
    key = "sk-" + "k3y0" * 8
    return midfill.having(MIDFILL_BASE_URL=loopback.url, DEEPSEEK_API_KEY=key)
