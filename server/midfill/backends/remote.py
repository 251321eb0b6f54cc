"""What backends behind HTTP have in common: when to connect, how to read, and when to give up."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from midfill.backends.address import Address
from midfill.backends.errors import Caller, UnknownModelError, no_key
from midfill.backends.pace import Pace
from midfill.backends.wire import AnswerReader, model_names
from midfill.core.model import Chunk, Kind, ModelError, Question

if TYPE_CHECKING:  # At run time it is imported in a thread, when a connection is first wanted.
    import httpx

    from midfill.backends.http import Answer, Http

WARM: Final = 60.0
"""Seconds for which a used connection counts as open; nginx keeps idle ones for 75 by default."""


@dataclass(frozen=True, kw_only=True)
class RemoteOptions:
    """How to call an API. Times in seconds."""

    base_url: str = ""
    model: str = ""
    key: str = field(default="", repr=False)
    first_token_s: float = 5.0
    total_s: float = 8.0
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    proxy: str = ""
    ca_file: str = ""


class Remote(ABC):
    """A backend behind HTTP. A kind of API says where it is, and how a question is put to it."""

    name: ClassVar[str]
    paid: ClassVar[bool] = True
    default_model: ClassVar[str]

    def __init__(self, options: RemoteOptions, transport: "httpx.AsyncBaseTransport | None" = None) -> None:
        self._options = options
        self._transport = transport
        self._door: _Door | None = None
        self._opening = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()
        self._open_until = 0.0
        self._closed = False

    @property
    def model(self) -> str:
        """The model that is asked."""
        return self._options.model or self.default_model

    @abstractmethod
    def address(self) -> Address:
        """Return where the API is. Raises ModelError when the options do not say so properly."""

    @abstractmethod
    def body(self, question: Question) -> bytes:
        """Return the body of the request that puts `question`."""

    async def stream(self, question: Question) -> AsyncGenerator[Chunk]:
        """Yield the answer as it comes; closing the generator closes the call. Raises ModelError.

        An answer that stalls, takes too long or is cut off ends without a `finish`, after the text that came;
        only without any text it is an error.
        """
        options = self._options
        pace = Pace(
            monotonic(),
            first_token_s=options.first_token_s,
            total_s=options.total_s,
            max_tokens=question.ask.max_tokens,
        )
        answer = await self._asked(question, pace)
        reader = AnswerReader(answer.host)
        try:
            while not reader.done and not answer.ended:
                part = await _next_part(answer, pace)
                for chunk in reader.feed(part) if part else reader.end():
                    pace.saw(chunk, monotonic())
                    yield chunk
            if reader.failure is not None and not pace.begun:
                raise reader.failure
        finally:
            await self._leave(answer, pace, over=reader.done)

    async def models(self) -> list[str]:
        """Return the names of the models on offer. Raises ModelError."""
        door = await self._opened()
        document = await door.http.get(door.address.models)
        names = model_names(document)
        if names is None:
            raise ModelError(Kind.MALFORMED, f"{door.address.host} does not list its models.")
        return names

    async def warm(self) -> None:
        """Open the connection, unless one is open; never raises.

        The list of models is asked for: it costs no tokens, takes the key the whole way, and unlike a request
        that the API refuses it leaves the connection open (documented, 270-500 ms with connecting).
        """
        if monotonic() < self._open_until or not self._options.key:
            return
        self._open_until = monotonic() + WARM
        try:
            async with asyncio.timeout(self._options.total_s):
                await self.models()
        except (ModelError, TimeoutError):
            self._open_until = 0.0

    async def close(self) -> None:
        """Close all connections; calls under way end."""
        self._closed = True
        for task in self._leaving:
            task.cancel()
        if self._door is not None:
            await self._door.http.close()

    async def _asked(self, question: Question, pace: Pace) -> "Answer":
        try:
            async with asyncio.timeout(pace.until - monotonic()):
                door = await self._opened()
                return await door.http.post(door.address.completions, self.body(question))
        except TimeoutError:
            raise _timed_out(self.address().host) from None
        except UnknownModelError as error:
            raise error if error.names else await self._naming_models(error) from None

    async def _naming_models(self, error: UnknownModelError) -> UnknownModelError:
        """Return `error` with the names of the models on offer, if they can be had."""
        try:
            async with asyncio.timeout(self._options.first_token_s):
                return UnknownModelError(error.caller, await self.models())
        except (ModelError, TimeoutError):
            return error

    async def _leave(self, answer: "Answer", pace: Pace, *, over: bool) -> None:
        """Be done with an answer: keep its connection if it ends in a moment, and close it otherwise."""
        if answer.ended or over:
            await answer.drain(pace.linger())
        elif pace.linger():
            task = asyncio.create_task(answer.drain(pace.linger()))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
        else:
            await answer.close()
        self._open_until = monotonic() + WARM if answer.ended else 0.0

    async def _opened(self) -> "_Door":
        async with self._opening:
            if self._closed:
                raise ModelError(Kind.NETWORK, f"The {self.name} backend has been closed.")
            if self._door is None:
                self._door = await asyncio.to_thread(self._open)
            return self._door

    def _open(self) -> "_Door":
        """Return a new client: 0.2 s of imports and certificates the first time, so not in the loop."""
        from midfill.backends.http import Http, Network

        options, address = self._options, self.address()
        caller = Caller(address.host, options.key.strip(), self.model)
        if not caller.key and caller.is_deepseek:
            raise no_key(caller)
        return _Door(address, Http(caller, Network(options.proxy, options.ca_file), self._transport))


@dataclass(frozen=True)
class _Door:
    """A client, and the addresses to use it with."""

    address: Address
    http: "Http"


async def _next_part(answer: "Answer", pace: Pace) -> bytes:
    """Return the next bytes of `answer`, none when it is over. Raises ModelError only before any text."""
    try:
        async with asyncio.timeout(pace.until - monotonic()):
            return await answer.read()
    except TimeoutError:
        failure = _timed_out(answer.host)
    except ModelError as error:
        failure = error
    if not pace.begun and not pace.finished:
        raise failure
    answer.ended = True
    return b""


def _timed_out(host: str) -> ModelError:
    return ModelError(
        Kind.TIMEOUT, f"{host} wrote nothing in time: it may be busy. timing.first_token_ms sets the wait."
    )
