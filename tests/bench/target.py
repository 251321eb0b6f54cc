"""The measured servers and their start."""

import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.bench.process import quiet_home
from tests.client import Json, LspClient

NO_DEBOUNCE: Json = {"timing": {"debounce_min_ms": 0, "debounce_max_ms": 0}}
"""Settings without a debounce."""


@dataclass(frozen=True)
class Target:
    """A server: its name and its command line, in which `{upstream}` is replaced by the model's address."""

    name: str
    argv: tuple[str, ...]

    @classmethod
    def of(cls, command: str) -> Self:
        """Return the server of a command line; an empty one is midfill of this checkout."""
        return cls("server", tuple(shlex.split(command))) if command else cls("midfill", MIDFILL)

    @asynccontextmanager
    async def spawn(self, upstream: str) -> AsyncIterator[LspClient]:
        """Start the server with its own home, without any message; it is killed at the end of the block."""
        argv = [part.replace("{upstream}", upstream) for part in self.argv]
        with quiet_home() as home:
            env = {**home, "MIDFILL_BACKEND": "deepseek", "MIDFILL_BASE_URL": upstream}
            env["DEEPSEEK_API_KEY"] = "sk-" + "0" * 32
            env["PYTHONDONTWRITEBYTECODE"] = ""  # An installed midfill is compiled.
            async with await LspClient.start(argv, env, cwd=_ROOT) as client:
                client.keeps_messages = False
                yield client

    @asynccontextmanager
    async def run(self, upstream: str, options: Json | None = None) -> AsyncIterator[LspClient]:
        """Start the server and initialize it; it is shut down at the end of the block."""
        async with self.spawn(upstream) as client:
            await client.initialize(options=options, name="Visual Studio Code")
            yield client
            await client.exit()


MIDFILL = (sys.executable, "-m", "midfill", "serve")
ECHO = Target("echo", (sys.executable, "-m", "tests.bench.echo"))
_ROOT = Path(__file__).parents[2]
