"""A backend behind HTTP: when to connect, how to read, and when to give up."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from midfill.backends.account import Balance, balance_told, model_names
from midfill.backends.address import Address, address_of
from midfill.backends.caller import Caller
from midfill.backends.errors import UnknownModelError, key_fault, only_thought, timed_out
from midfill.backends.formats import FORMATS
from midfill.backends.options import RemoteOptions, is_paid, parameters_of
from midfill.backends.pace import LINGER, Pace
from midfill.backends.reading import next_part, now, opened
from midfill.backends.request_body import RequestBody
from midfill.core.answer_start import AnswerStart, without_trailing_blanks
from midfill.core.model import Chunk, Kind, ModelError, Question

if TYPE_CHECKING:  # At run time it is imported in a thread, when a connection is first wanted.
    import httpx

    from midfill.backends.http import Answer, Http

IN_VAIN: Final = 3
"""Times that reading on has to be in vain before it is given up, for good: the model has this way of answering."""

ENDING: Final = 1.0
"""Seconds that the last bytes of an answer may take, behind the mark of its end."""

WARM: Final = 60.0
"""Seconds for which an idle connection counts as open; nginx closes them after 75 by default."""

REWARM: Final = 1.0
"""Seconds between two openings ahead of need, at least.

After each call that was cut off another connection is opened: with a round trip of 50 ms the next call's first
text then comes after 56 ms in place of 162 (measured over TLS).
"""


class Remote:
    """A backend behind HTTP: a row of the providers' table, in one of the wire formats."""

    def __init__(self, options: RemoteOptions, transport: "httpx.AsyncBaseTransport | None" = None) -> None:
        self._options = options
        self._parameters = parameters_of(options)
        self.provider = self._parameters.provider
        self.name = options.name or self.provider.name
        self._transport = transport
        self._endpoint: _Endpoint | None = None
        self._opening = asyncio.Lock()
        self._warmed = 0.0
        self._in_vain = 0
        """How much oftener an answer that was read on went on than it ended."""
        self._background: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def model(self) -> str:
        """The model that is asked; empty if there is only one."""
        return self._parameters.model

    @property
    def paid(self) -> bool:
        """Whether a call costs money."""
        return is_paid(self._options)

    @property
    def caches_prefix(self) -> bool:
        """Whether the beginning of a prompt that was read before costs next to nothing."""
        return self.provider.caches_prefix

    @property
    def thinks(self) -> bool:
        """Whether the model may think first when it is asked by hand."""
        return self._parameters.think and self.provider.wire in {"prefix", "chat"}

    def address(self) -> Address:
        """Return where the API is. Raises ModelError when `base_url` is no address."""
        return address_of(self.provider, self._options.base_url)

    async def stream(self, question: Question) -> AsyncGenerator[Chunk]:
        """Yield the answer as it comes; closing the generator closes the call. Raises ModelError.

        An answer that stalls, takes too long or is cut off ends without a `finish`, after the text that came;
        only without any text it is an error.
        """
        sent, start = self._fitted(question)
        pace = self._pace(question)
        answer = await self._asked(sent, pace)
        reader = FORMATS[self.provider.wire].reader(answer.caller)
        try:
            while not (reader.done or answer.ended or start.unfit):
                part = await next_part(answer, pace)
                for chunk in opened(reader, part, start):
                    pace.saw(chunk, now())
                    yield chunk
            if reader.failure is not None and not pace.begun:
                raise reader.failure
            if start.thinks:
                raise only_thought(answer.caller.host)
        finally:
            sound = reader.failure is None
            over = sound and (reader.done or pace.finished)
            await self._leave(answer, over=over, promising=sound and pace.begun)

    def _fitted(self, question: Question) -> tuple[Question, AnswerStart]:
        """Return the question as it is sent, and what fits the beginning of its answer to the cursor."""
        if self._parameters.fills_in:
            return question, AnswerStart()
        prompt, left_off = without_trailing_blanks(question.prompt)
        # A chat is told to write what is missing, and may leave off the blank, too; all others go on with the text.
        before = "" if self.provider.wire == "chat" else prompt.prefix[-1:]
        return replace(question, prompt=prompt), AnswerStart(left_off, before)

    def _pace(self, question: Question) -> Pace:
        options = self._options
        if self._parameters.thinks(question.ask):
            return Pace(now(), first_token_s=options.think_s, total_s=options.think_s)
        return Pace(now(), first_token_s=options.first_token_s, total_s=options.total_s)

    async def models(self) -> list[str]:
        """Return the names of the models on offer. Raises ModelError."""
        endpoint = await self._opened()
        names = model_names(await self._told(endpoint.http.get(endpoint.address.models)))
        if names is None:
            raise ModelError(
                Kind.MALFORMED, f"{endpoint.address.host} does not list its models: check base_url."
            )
        return [endpoint.http.caller.masked(name) for name in names]

    async def balance(self) -> Balance:
        """Return the money left in the account. Raises ModelError."""
        endpoint = await self._opened()
        address = endpoint.address.balance
        told = balance_told(await self._told(endpoint.http.get(address))) if address else None
        if told is None:
            raise ModelError(Kind.MALFORMED, f"{endpoint.address.host} does not tell the balance.")
        masked = endpoint.http.caller.masked
        amounts = tuple((masked(currency), masked(total)) for currency, total in told.amounts)
        return told._replace(amounts=amounts)

    async def _told(self, asking: Awaitable[bytes]) -> bytes:
        """Return what the API tells, within the time of a whole answer. Raises ModelError."""
        try:
            async with asyncio.timeout(self._options.total_s):
                return await asking
        except TimeoutError:
            raise timed_out(self.address().host) from None

    async def warm(self) -> None:
        """Open a connection, unless one stands open; never raises.

        The list of models is asked for: it costs no tokens, and unlike what the API refuses it surely leaves
        the connection open.
        """
        at = now()
        ready = (
            self._endpoint is not None
            and self._endpoint.http.idle > 0
            and at - self._endpoint.http.used < WARM
        )
        if ready or (self._warmed and at - self._warmed < REWARM):
            return
        self._warmed = at
        try:
            async with asyncio.timeout(self._options.total_s):
                await self.models()
        except (ModelError, TimeoutError):
            pass  # The call that needs the connection tells what is wrong.

    async def close(self) -> None:
        """Close all connections; calls under way end."""
        self._closed = True
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if self._endpoint is not None:
            await self._endpoint.http.close()

    async def _asked(self, question: Question, pace: Pace) -> "Answer":
        """Return the beginning of the answer. Raises ModelError."""
        body = RequestBody(FORMATS[self.provider.wire].body(question, self._parameters))
        try:
            return await self._answered(body, pace)
        finally:
            if not body.sent:
                question.unsent()

    async def _answered(self, body: RequestBody, pace: Pace) -> "Answer":
        try:
            async with asyncio.timeout(pace.until - now()):
                endpoint = await self._opened()
                return await endpoint.http.post(endpoint.address.completions, body)
        except TimeoutError:
            self._spawn(self.warm())
            raise timed_out(self.address().host) from None
        except asyncio.CancelledError:
            self._spawn(self.warm())
            raise
        except UnknownModelError as error:
            raise error if error.names else await self._naming_models(error) from None

    async def _naming_models(self, error: UnknownModelError) -> UnknownModelError:
        """Return `error` with the names of the models on offer, if they can be had."""
        try:
            async with asyncio.timeout(self._options.first_token_s):
                return UnknownModelError(error.caller, await self.models())
        except (ModelError, TimeoutError):
            return error

    async def _leave(self, answer: "Answer", *, over: bool, promising: bool) -> None:
        """Be done with an answer, and see to it that the next call finds a connection.

        Of one that the model has finished, the last bytes come at once; on a busy machine they may not, and then
        nobody waits for them. Any other that is promising is read on for a moment, out of the caller's way: it may
        end by itself.
        """
        ending: asyncio.Task[None] | None = None
        if over:
            ending = self._spawn(self._end(answer, ENDING))
        elif promising and not (answer.ended or self._rambling):
            ending = self._spawn(self._read_on(answer))
        else:
            self._spawn(self.warm())
        if ending is None:
            await answer.close()
        elif over:
            await asyncio.wait({ending}, timeout=LINGER)

    async def _end(self, answer: "Answer", seconds: float) -> None:
        """Read an answer to its end if it comes within so many seconds; open another connection if it does not."""
        await answer.drain(seconds)
        if not answer.whole:
            await self.warm()

    async def _read_on(self, answer: "Answer") -> None:
        await self._end(answer, LINGER)
        self._in_vain = max(0, self._in_vain + (-1 if answer.whole else 1))

    @property
    def _rambling(self) -> bool:
        """Whether reading on has been in vain: then it costs tokens, and saves no connection."""
        return self._in_vain >= IN_VAIN

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None] | None:
        """Do `work` in the background, until the backend is closed; None if it is closed already."""
        if self._closed:
            work.close()
            return None
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _opened(self) -> "_Endpoint":
        """Return the client, made if need be. Raises ModelError when the options cannot work."""
        async with self._opening:
            if self._endpoint is None:
                endpoint = await asyncio.to_thread(self._open)
                self._endpoint = endpoint
        if self._closed:
            raise ModelError(Kind.NETWORK, f"The {self.name} backend has been closed.")
        return self._endpoint

    def _open(self) -> "_Endpoint":
        """Return a new client: 0.2 s of imports and certificates the first time, so not in the loop."""
        from midfill.backends.http import Http
        from midfill.backends.network import Network

        options, address = self._options, self.address()
        caller = Caller(address.host, options.key.strip(), self.model, self.provider)
        if fault := key_fault(caller):
            raise fault
        network = Network(options.proxy, options.ca_file, options.allow_http)
        return _Endpoint(address, Http(caller, address.completions, network, self._transport))


@dataclass(frozen=True)
class _Endpoint:
    """A client, and the addresses to use it with."""

    address: Address
    http: "Http"
