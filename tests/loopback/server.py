"""The socket: HTTP/1.1 read by h11, scripts played on time, and a client's disconnection is detected at once.

h11 has the state of the protocol and no socket, so this module controls each sent byte.
"""

import asyncio
import socket
import struct
from typing import Any

import h11

from tests.loopback.api import Api
from tests.loopback.control import PREFIX, Control
from tests.loopback.ledger import Call, now
from tests.loopback.request import Request
from tests.loopback.script import Script


class Connection(asyncio.Protocol):
    """One client's connection, kept alive from call to call."""

    def __init__(self, api: Api, control: Control, number: int) -> None:
        self._api = api
        self._control = control
        self._number = number
        self._counted = False
        self._http = h11.Connection(h11.SERVER)
        self._request: h11.Request | None = None
        self._body: list[bytes] = []
        self._call: Call | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection, unless it turns out to be for control."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._count(1)

    def data_received(self, data: bytes) -> None:
        """Continue reading."""
        self._http.receive_data(data)
        self._read()

    def eof_received(self) -> None:
        """Treat a client that closes its side as disconnected, as proxies do."""
        self._disconnect()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the answers that the client no longer waits for."""
        self._disconnect()
        if self._counted:
            self._api.ledger.open -= 1

    def _count(self, by: int) -> None:
        self._counted = by > 0
        self._api.ledger.opened += by
        self._api.ledger.open += by

    def _disconnect(self) -> None:
        if self._call:
            self._api.ledger.finish(self._call, "aborted")
        if self._task:
            self._task.cancel()

    def _read(self) -> None:
        """Read the input up to a request's end; the next request waits until this one is answered."""
        while self._task is None:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError:
                self._transport.close()
                return
            match event:
                case h11.Request():
                    self._request, self._body = event, []
                    self._continue_reading()
                case h11.Data():
                    self._body.append(bytes(event.data))
                case h11.EndOfMessage():
                    self._begin()
                case _:
                    return

    def _continue_reading(self) -> None:
        if self._http.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[]))

    def _begin(self) -> None:
        """Start to answer the request."""
        assert self._request is not None
        headers = {name.decode(): value.decode("latin-1") for name, value in self._request.headers}
        method, target = self._request.method.decode(), self._request.target.decode()
        request = Request(method, target, headers, b"".join(self._body))
        if request.path.startswith(PREFIX):
            answering = self._answer_control(request)
        else:
            script, self._call = self._api.answer(request, self._number)
            answering = self._answer(script, self._call)
        self._task = asyncio.get_running_loop().create_task(answering)
        self._task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        """Continue with the next request, or close if there cannot be one."""
        self._task = self._call = None
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._read()
        else:
            self._transport.close()
        if not task.cancelled():
            task.result()

    async def _answer(self, script: Script, call: Call) -> None:
        await self._api.released()
        await self._play(script, call)

    async def _answer_control(self, request: Request) -> None:
        if self._counted:
            self._count(-1)
        await self._play(await self._control.answer(request), Call(arrived=now()))

    async def _play(self, script: Script, call: Call) -> None:
        """Send an answer, each part when it is due by the clock, so that delays do not add up."""
        await _until(call.arrived + script.due)
        if script.head:
            self._send(h11.Response(status_code=script.status, headers=list(script.headers)))
        for step in script.steps:
            await _until(call.arrived + step.due)
            call.wrote(len(step.data), step.tokens, now())
            self._send(h11.Data(data=step.data))
        await self._end(script, call)

    async def _end(self, script: Script, call: Call) -> None:
        if script.ending == "stall":
            await asyncio.Event().wait()
        if script.ending == "end":
            self._send(h11.EndOfMessage())
            self._api.ledger.finish(call, "finished")
            return
        self._transport.write(script.tail)
        self._api.ledger.finish(call, "cut")
        if script.ending == "reset":
            _reset_on_close(self._transport)
            self._transport.abort()
        self._transport.close()

    def _send(self, event: h11.Event) -> None:
        """Write an event; answers are small, so nothing waits for a slow reader."""
        data = self._http.send(event)
        if data:
            self._transport.write(data)


async def _until(due: float) -> None:
    """Wait until `due`; if that is in the past, still yield to other tasks."""
    await asyncio.sleep(max(0.0, (due - now()) / 1_000))


def _reset_on_close(transport: asyncio.Transport) -> None:
    """Let the connection end with RST instead of FIN, by a linger time of zero."""
    raw: Any = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
