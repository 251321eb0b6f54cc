"""The loopback DeepSeek for tests: a separate process with set behaviour and a log."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import pytest

DIRECT: Any = {"trust_env": False, "verify": False}
"""A connection to the loopback without a proxy, and without loading all certificates (30 ms)."""

_ROOT = Path(__file__).resolve().parents[2]


class Loopback:
    """A running server; a context manager that ends it.

    `options` are those of the command line. It answers without a delay unless set otherwise.
    """

    def __init__(self, *options: str) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.loopback",
            "--until-eof",
            "--first-token-ms=0",
            "--token-ms=0",
        ]
        self._process = subprocess.Popen(
            [*command, *options],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._address()
        """The base URL, without a slash at its end."""
        self._http = httpx.Client(base_url=f"{self.url}/control/", **DIRECT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._http.close()
        self._process.communicate(timeout=10)

    def behave(self, **changes: Any) -> None:
        """Change its later answers (fields of `Behaviour`); raises ValueError for unknown ones."""
        self._ask("POST", "behave", json=changes)

    def fail(self, kind: str, **how: Any) -> None:
        """Let the next call fail (fields of `Fault`: `times=0` for all calls, `every=3`, `after=5`, ...)."""
        self.behave(faults=[{"kind": kind, **how}])

    def reset(self) -> None:
        """Reset its behaviour and its log."""
        self._ask("POST", "reset")

    def log(self, calls: int = 0, *, idle: bool = False, path: str = "") -> list[dict[str, Any]]:
        """Return the calls since the last reset whose path ends with `path` (fields of `Call`).

        It waits, up to 30 seconds, until there are `calls` of them, and with `idle` until none is in
        progress: no test needs to sleep. Raises TimeoutError when it waits in vain.
        """
        answer: list[dict[str, Any]] = self._ask(
            "GET", "log", params={"calls": calls, "idle": int(idle), "path": path}
        )
        return answer

    def stats(self) -> dict[str, int]:
        """Return the sums over those calls, and over connections (see `Ledger.stats`)."""
        answer: dict[str, int] = self._ask("GET", "stats")
        return answer

    def _ask(self, method: str, what: str, **sent: Any) -> Any:
        response = self._http.request(method, what, timeout=60, **sent)
        if response.status_code == httpx.codes.GATEWAY_TIMEOUT:
            raise TimeoutError(response.json()["error"])
        if response.is_error:
            raise ValueError(response.json()["error"])
        return response.json()

    def _address(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("listening on "):
            self._process.communicate(timeout=10)
            raise RuntimeError("the loopback server did not start; its complaint is above")
        return line.split()[-1]


@pytest.fixture(scope="session")
def loopback_process() -> Iterator[Loopback]:
    """One server for all tests; use `loopback` instead."""
    with Loopback() as process:
        yield process


@pytest.fixture
def loopback(loopback_process: Loopback) -> Loopback:
    """A loopback DeepSeek in its initial state."""
    loopback_process.reset()
    return loopback_process
