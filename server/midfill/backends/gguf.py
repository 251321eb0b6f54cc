"""The user's own model file, in a child process: no key, no network."""

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from importlib.util import find_spec
from os.path import basename, expanduser, isfile
from typing import Any, Final

import msgspec

from midfill.backends.connections import Connections
from midfill.backends.endpoints import Endpoints, endpoints_of
from midfill.backends.gguf_file import memory_of
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions, parameters_of
from midfill.core.model import BackendError, BackendRequest, Chunk, ErrorKind
from midfill.core.templates import TEMPLATES

log = logging.getLogger(__name__)

LOAD_TIMEOUT_S: Final = 120.0
"""Maximum seconds for loading a model."""
CONTEXT_TOKENS: Final = 8192
"""Tokens of context; prompt and answer take half of it with the default settings."""
CACHE_MIB: Final = 256
"""MiB of memory for the prompts of other files, which are then not read again."""


class _Started(msgspec.Struct):
    url: str
    fills_in: bool


class GgufBackend(RemoteBackend):
    """llama.cpp in a child process, which starts at the first use and ends with the backend."""

    def __init__(self, options: RemoteOptions) -> None:
        super().__init__(options)
        self._child: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()

    def endpoints(self) -> Endpoints:
        """Return the child's endpoints."""
        return endpoints_of(self.provider, self._options.base_url or "http://127.0.0.1")

    async def stream(self, request: BackendRequest) -> AsyncGenerator[Chunk]:
        """Yield the pieces of the answer. Raises BackendError."""
        await self.start()
        async for chunk in super().stream(request):
            yield chunk

    async def models(self) -> list[str]:
        """Return the model's name. Raises BackendError."""
        await self.start()
        return [self.model, *await super().models()]

    async def warm(self) -> None:
        """Start the child if it does not run; never raises."""
        try:
            await self.start()
        except BackendError:
            return  # The call that needs the model reports the error.
        await super().warm()

    async def close(self) -> None:
        """End the child."""
        await super().close()
        if self._child is not None and self._child.returncode is None:
            self._child.kill()
            await self._child.wait()

    @property
    def memory(self) -> float:
        """The approximate GiB that the model takes, without loading it. Raises BackendError (bad setting)."""
        path = _model_file(self.model)
        try:
            return memory_of(path, CONTEXT_TOKENS, CACHE_MIB * 2**20) / 2**30
        except (OSError, ValueError) as error:
            raise _unloadable(path, str(error)) from None

    async def start(self) -> None:
        """Start the child if it does not run. Raises BackendError."""
        async with self._starting:
            if self._child is not None and self._child.returncode is None:
                return
            memory, path = await asyncio.to_thread(lambda: self.memory), _model_file(self.model)
            log.info("Loading %s, which takes about %.1f GiB of memory", basename(path), memory)
            started = await self._started(path)
            template = self._options.template or (None if started.fills_in else TEMPLATES["plain"])
            self._options = replace(self._options, base_url=started.url, template=template)
            self._parameters = parameters_of(self._options)
            self.provider = self._parameters.provider
            await self.connections.close()
            self.connections = Connections(self._options, self.endpoints)

    async def _started(self, model: str) -> _Started:
        command: Any = (sys.executable, "-m", "midfill.llama", model, str(CONTEXT_TOKENS), str(CACHE_MIB))
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nothing)
        self._child = child
        assert child.stdout is not None
        try:
            async with asyncio.timeout(LOAD_TIMEOUT_S):
                while line := await child.stdout.readline():
                    if line.startswith(b'{"url"'):
                        return msgspec.json.decode(line, type=_Started)
        except TimeoutError:
            child.kill()
            raise BackendError(
                ErrorKind.TIMEOUT, f"{model} was not loaded within {LOAD_TIMEOUT_S:.0f} seconds."
            ) from None
        raise _unloadable(model)


def _model_file(setting: str) -> str:
    """Return the path of the model. Raises BackendError (bad setting)."""
    path = expanduser(setting)
    if not setting:
        raise BackendError(
            ErrorKind.BAD_SETTING, "model must be the path of a GGUF file for the backend gguf."
        )
    if not isfile(path):
        raise BackendError(ErrorKind.BAD_SETTING, f"model: there is no file {path}.")
    if getattr(sys, "frozen", False):
        message = 'The self-contained server has no backend gguf; install midfill by pip: pip install "midfill[llama]".'
        raise BackendError(ErrorKind.BAD_SETTING, message)
    if find_spec("xllamacpp") is None:
        message = 'The backend gguf needs the package xllamacpp: pip install "midfill[llama]".'
        raise BackendError(ErrorKind.BAD_SETTING, message)
    return path


def _unloadable(model: str, reason: str = "") -> BackendError:
    why = f" ({reason})" if reason else ""
    return BackendError(ErrorKind.BAD_SETTING, f"model: {model} cannot be loaded as a GGUF model{why}.")
