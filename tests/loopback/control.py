"""The control interface for tests and benchmarks, under `/control`."""

import asyncio
from collections.abc import Mapping

import msgspec

from tests.loopback.api import Api
from tests.loopback.request import Request
from tests.loopback.script import Script, whole

PREFIX = "/control/"


class Control:
    """`POST behave`, `POST reset`, `GET log`, `GET stats`; each answers JSON.

    `log?calls=2&path=/completions&idle=1&timeout_ms=30000` returns completions only. It first waits until
    two have arrived and no call is in progress, so that no test has to sleep; after the timeout it answers
    504.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    async def answer(self, request: Request) -> Script:
        """Return the answer to a request under `/control`."""
        try:
            return await self._answer(request)
        except (ValueError, OSError) as wrong:  # msgspec's errors are ValueErrors.
            return _json(400, {"error": str(wrong)})

    async def _answer(self, request: Request) -> Script:
        match request.method, request.path.removeprefix(PREFIX):
            case "POST", "behave":
                self._api.behave(msgspec.json.decode(request.body, type=dict[str, object]))
                return _json(200, msgspec.to_builtins(self._api.behaviour))
            case "POST", "reset":
                self._api.reset()
                return _json(200, {})
            case "GET", "stats":
                return _json(200, self._api.ledger.stats())
            case "GET", "log":
                return await self._log(request.query)
        return _json(
            404, {"error": f"no {request.method} {request.path}; there are behave, reset, log, stats"}
        )

    async def _log(self, query: Mapping[str, str]) -> Script:
        ledger, path = self._api.ledger, query.get("path", "")
        calls, idle = int(query.get("calls", 0)), query.get("idle", "0") != "0"
        try:
            async with asyncio.timeout(float(query.get("timeout_ms", 30_000)) / 1_000):
                await ledger.until(lambda: ledger.arrived(calls, path, idle))
        except TimeoutError:
            return _json(
                504,
                {
                    "error": f"timeout: {len(ledger.calls_of(path))} calls arrived, some may still be in progress"
                },
            )
        return _json(200, ledger.calls_of(path))


def _json(status: int, value: object) -> Script:
    return whole(status, "application/json", msgspec.json.encode(value))
