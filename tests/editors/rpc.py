"""Neovim's RPC channel: msgpack over the pipes of a Neovim that runs embedded.

Instead of pynvim's client, whose event loop leaves its pipes and its process to the garbage collector.
"""

import select
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import msgpack  # type: ignore[import-untyped]

_REQUEST, _RESPONSE = 0, 1
_TIMEOUT_S = 20
"""Timeout in seconds for an answer of Neovim."""


class RpcError(Exception):
    """Neovim answered a request with an error."""


class Rpc:
    """A Neovim process, and one request to it at a time."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment), bufsize=0
        )
        self._incoming = msgpack.Unpacker(ext_hook=lambda _kind, handle: msgpack.unpackb(handle))
        self._number = 0

    def __call__(self, method: str, *arguments: object) -> Any:
        """Call an API function (its name without `nvim_`) and return its result. Raises RpcError."""
        self._number += 1
        assert self.process.stdin
        self.process.stdin.write(msgpack.packb([_REQUEST, self._number, f"nvim_{method}", arguments]))
        while True:
            for message in self._incoming:
                if message[0] == _RESPONSE and message[1] == self._number:
                    return self._result(*message[2:])
            self._incoming.feed(self._read())

    def close(self) -> None:
        """Quit Neovim without saving, and wait for its exit."""
        if self.process.poll() is None:
            quit_all = [_REQUEST, 0, "nvim_command", ["qall!"]]
            assert self.process.stdin
            self.process.stdin.write(msgpack.packb(quit_all))
        try:
            self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise

    def _read(self) -> bytes:
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], _TIMEOUT_S)
        if not ready:
            raise RpcError("Neovim does not answer; does it wait for a key?")
        data = self.process.stdout.read(65536)
        if not data:
            raise RpcError("Neovim has ended")
        return data

    def _result(self, error: list[Any] | None, result: object) -> Any:
        if error is not None:
            raise RpcError(error[1])
        return result
