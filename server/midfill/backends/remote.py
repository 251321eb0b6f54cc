"""A backend over HTTP: when to connect, how to read, and when to stop."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from midfill.backends.account import Balance, balance_in, model_names
from midfill.backends.address import Address, address_of
from midfill.backends.api_errors import UnknownModelError, key_fault, only_reasoning, timed_out
from midfill.backends.caller import ApiIdentity
from midfill.backends.deadlines import DRAIN_S, Deadlines
from midfill.backends.formats import FORMATS
from midfill.backends.key_filter import KeyFilter
from midfill.backends.reading import fitted_to_cursor, next_part, now
from midfill.backends.remote_options import RemoteOptions, is_paid, parameters_of
from midfill.backends.request_body import RequestBody
from midfill.core.answer_start import AnswerStart, without_trailing_blanks, without_word
from midfill.core.model import BackendRequest, Chunk, ErrorKind, ModelError
from midfill.keys import known_keys

if TYPE_CHECKING:  # At run time it is imported in a thread, for the first connection.
    import httpx

    from midfill.backends.http import HttpClient, StreamedResponse

MAX_FAILED_DRAINS: Final = 3
"""Maximum failed attempts to read an unwanted answer to its end; after them the answers count as too long."""

END_TIMEOUT_S: Final = 1.0
"""Maximum seconds for the last bytes of an answer, after the mark of its end."""

IDLE_OPEN_S: Final = 60.0
"""Seconds for which an idle connection counts as open; nginx closes them after 75 by default."""

MIN_WARM_INTERVAL_S: Final = 1.0
"""Minimum seconds between two connections that are opened in advance.

After each call that was cut off, another connection is opened: with a round trip of 50 ms, the next call's first text
arrives after 56 ms instead of 162 (measured over TLS).
"""


class RemoteBackend:
    """A backend over HTTP: a row of the providers' table, in one of the wire formats."""

    def __init__(self, options: RemoteOptions, transport: "httpx.AsyncBaseTransport | None" = None) -> None:
        self._options = options
        self._parameters = parameters_of(options)
        self.provider = self._parameters.provider
        self.name = options.name or self.provider.name
        self._transport = transport
        self._endpoint: _Endpoint | None = None
        self._opening = asyncio.Lock()
        self._warmed_at = 0.0
        self._failed_drains = 0
        """Number of answers that did not end while they were read on, minus the number of those that did."""
        self._background: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def model(self) -> str:
        """The requested model; empty if there is only one."""
        return self._parameters.model

    @property
    def paid(self) -> bool:
        """Whether a call costs money."""
        return is_paid(self._options)

    @property
    def caches_prefix(self) -> bool:
        """Whether a prompt prefix that was read before costs almost nothing."""
        return self.provider.caches_prefix

    @property
    def thinks(self) -> bool:
        """Whether the model may reason first after a manual request."""
        return self._parameters.think and self.chats

    @property
    def chats(self) -> bool:
        """Whether it is a chat model, which can receive its earlier answers."""
        return self._parameters.chats

    def address(self) -> Address:
        """Return the API's address. Raises ModelError if `base_url` is not an address."""
        return address_of(self.provider, self._options.base_url)

    async def stream(self, question: BackendRequest) -> AsyncGenerator[Chunk]:
        """Yield the pieces of the answer; closing the generator closes the call. Raises ModelError.

        An answer that stalls, takes too long or is cut off ends without a `finish` after its text; without any text it
        raises an error.
        """
        sent, start = self._fitted(question)
        deadlines = self._deadlines(question)
        answer = await self._post(sent, deadlines)
        reader = FORMATS[self.provider.wire].reader(answer.caller)
        key_filter = KeyFilter(self._options.key, *known_keys)
        try:
            while not (reader.done or answer.ended or start.does_not_fit or key_filter.found):
                part = await next_part(answer, deadlines)
                for chunk in fitted_to_cursor(reader, part, start):
                    deadlines.update(chunk, now())
                    last = not part or chunk.finish is not None
                    yield chunk._replace(text=key_filter.release(chunk.text, last=last))
            if reader.failure is not None and not deadlines.begun:
                raise reader.failure
            if start.thinks:
                raise only_reasoning(answer.caller.host)
        finally:
            sound = reader.failure is None
            over = sound and (reader.done or deadlines.finished)
            await self._finish(answer, over=over, promising=sound and deadlines.begun)

    def _fitted(self, question: BackendRequest) -> tuple[BackendRequest, AnswerStart]:
        """Return the question as it is sent, and the object that fits the start of its answer to the cursor."""
        if self._parameters.fills_in:
            return question, AnswerStart()
        is_infill = self.provider.wire == "infill"
        prompt, removed = (without_word if is_infill else without_trailing_blanks)(question.prompt)
        # A chat model that is instructed to write the missing text may omit the blank; all others continue the text.
        before = "" if self._parameters.instructs(question) else prompt.prefix[-1:]
        begins = removed if is_infill and removed.strip() else ""
        return replace(question, prompt=prompt, begins=begins), AnswerStart(removed, before)

    def _deadlines(self, question: BackendRequest) -> Deadlines:
        options = self._options
        if self._parameters.thinks(question.limits):
            return Deadlines(now(), first_token_s=options.think_s, total_s=options.think_s)
        return Deadlines(now(), first_token_s=options.first_token_s, total_s=options.total_s)

    async def models(self) -> list[str]:
        """Return the names of the available models. Raises ModelError."""
        endpoint = await self._opened()
        names = model_names(await self._within_deadline(endpoint.http.get(endpoint.address.models)))
        if names is None:
            raise ModelError(
                ErrorKind.MALFORMED, f"{endpoint.address.host} does not list its models: check base_url."
            )
        return [endpoint.http.caller.masked(name) for name in names]

    async def balance(self) -> Balance:
        """Return the balance of the account. Raises ModelError."""
        endpoint = await self._opened()
        address = endpoint.address.balance
        found = balance_in(await self._within_deadline(endpoint.http.get(address))) if address else None
        if found is None:
            raise ModelError(ErrorKind.MALFORMED, f"{endpoint.address.host} does not report the balance.")
        masked = endpoint.http.caller.masked
        amounts = tuple((masked(currency), masked(total)) for currency, total in found.amounts)
        return found._replace(amounts=amounts)

    async def _within_deadline(self, asking: Awaitable[bytes]) -> bytes:
        """Return the API's answer, within the time of a whole completion. Raises ModelError."""
        try:
            async with asyncio.timeout(self._options.total_s):
                return await asking
        except TimeoutError:
            raise timed_out(self.address().host) from None

    async def warm(self) -> None:
        """Open a connection if none is open; never raises.

        The request is for the list of models: it costs no tokens and, unlike an error, keeps the connection open.
        """
        at = now()
        ready = (
            self._endpoint is not None
            and self._endpoint.http.idle_connections > 0
            and at - self._endpoint.http.last_used_at < IDLE_OPEN_S
        )
        if ready or (self._warmed_at and at - self._warmed_at < MIN_WARM_INTERVAL_S):
            return
        self._warmed_at = at
        try:
            async with asyncio.timeout(self._options.total_s):
                await self.models()
        except (ModelError, TimeoutError):
            pass  # The call that needs the connection reports the error.

    async def close(self) -> None:
        """Close all connections; calls in progress end."""
        self._closed = True
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if self._endpoint is not None:
            await self._endpoint.http.close()

    async def _post(self, question: BackendRequest, deadlines: Deadlines) -> "StreamedResponse":
        """Return the start of the answer. Raises ModelError."""
        body = RequestBody(FORMATS[self.provider.wire].body(question, self._parameters))
        try:
            return await self._post_once(body, deadlines)
        finally:
            if not body.sent:
                question.unsent()

    async def _post_once(self, body: RequestBody, deadlines: Deadlines) -> "StreamedResponse":
        try:
            async with asyncio.timeout(deadlines.until - now()):
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
        """Return `error` with the names of the available models, if the API lists them."""
        try:
            async with asyncio.timeout(self._options.first_token_s):
                return UnknownModelError(error.caller, await self.models())
        except (ModelError, TimeoutError):
            return error

    async def _finish(self, answer: "StreamedResponse", *, over: bool, promising: bool) -> None:
        """Finish an answer so that the next call finds an open connection.

        If the model has finished, the last bytes usually arrive at once; there is a short limit for busy machines. Any
        other promising answer is read on for a moment in the background: it may end by itself.
        """
        ending: asyncio.Task[None] | None = None
        if over:
            ending = self._spawn(self._end(answer, END_TIMEOUT_S))
        elif promising and not (answer.ended or self._drains_fail):
            ending = self._spawn(self._drain(answer))
        else:
            self._spawn(self.warm())
        if ending is None:
            await answer.close()
        elif over:
            await asyncio.wait({ending}, timeout=DRAIN_S)

    async def _end(self, answer: "StreamedResponse", seconds: float) -> None:
        """Read an answer to its end; open another connection if the end does not arrive within `seconds`."""
        await answer.drain(seconds)
        if not answer.whole:
            await self.warm()

    async def _drain(self, answer: "StreamedResponse") -> None:
        await self._end(answer, DRAIN_S)
        self._failed_drains = max(0, self._failed_drains + (-1 if answer.whole else 1))

    @property
    def _drains_fail(self) -> bool:
        """Whether reading on has failed so often that it costs tokens and saves no connection."""
        return self._failed_drains >= MAX_FAILED_DRAINS

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None] | None:
        """Run `work` in the background until the backend is closed; None if it is closed already."""
        if self._closed:
            work.close()
            return None
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _opened(self) -> "_Endpoint":
        """Return the client, created on demand. Raises ModelError if the options are invalid."""
        async with self._opening:
            if self._endpoint is None:
                endpoint = await asyncio.to_thread(self._open)
                self._endpoint = endpoint
        if self._closed:
            raise ModelError(ErrorKind.NETWORK, f"The {self.name} backend has been closed.")
        return self._endpoint

    def _open(self) -> "_Endpoint":
        """Return a new client; the first time it takes 0.2 s of imports and certificates, so not in the loop."""
        from midfill.backends.http import HttpClient
        from midfill.backends.network import Network

        options, address = self._options, self.address()
        caller = ApiIdentity(address.host, options.key.strip(), self.model, self.provider)
        if fault := key_fault(caller):
            raise fault
        network = Network(options.proxy, options.ca_file, options.allow_http)
        return _Endpoint(address, HttpClient(caller, address.completions, network, self._transport))


@dataclass(frozen=True)
class _Endpoint:
    """A client, and the addresses that it uses."""

    address: Address
    http: "HttpClient"
