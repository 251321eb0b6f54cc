"""A backend over HTTP: what to send, how to read, and when to stop."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TYPE_CHECKING

from midfill.backends.account import Balance, balance_in, model_names
from midfill.backends.answer_stream import chunks_at_cursor, next_part, now
from midfill.backends.api_errors import UnknownModelError, reasoning_only_error, timeout_error
from midfill.backends.connections import Connections
from midfill.backends.deadlines import Deadlines
from midfill.backends.endpoints import Endpoints, endpoints_of
from midfill.backends.formats import FORMATS
from midfill.backends.key_filter import KeyFilter
from midfill.backends.remote_options import RemoteOptions, is_paid, parameters_of
from midfill.backends.request_body import RequestBody
from midfill.core.answer_start import AnswerStart, without_trailing_whitespace, without_word
from midfill.core.model import BackendError, BackendRequest, Chunk, ErrorKind
from midfill.keys import known_keys

if TYPE_CHECKING:  # At run time it is imported in a thread, for the first connection.
    import httpx

    from midfill.backends.http import StreamedResponse


class RemoteBackend:
    """A backend over HTTP: a row of the providers' table, in one of the wire formats."""

    def __init__(self, options: RemoteOptions, transport: "httpx.AsyncBaseTransport | None" = None) -> None:
        self._options = options
        self._parameters = parameters_of(options)
        self.provider = self._parameters.provider
        self.name = options.name or self.provider.name
        self.paid = is_paid(options)
        """Whether a call costs money."""
        self.connections = Connections(options, self.endpoints, transport)

    @property
    def model(self) -> str:
        """The requested model; empty if there is only one."""
        return self._parameters.model

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

    def endpoints(self) -> Endpoints:
        """Return the API's endpoints. Raises BackendError if `base_url` is not an address."""
        return endpoints_of(self.provider, self._options.base_url)

    async def stream(self, request: BackendRequest) -> AsyncGenerator[Chunk]:
        """Yield the pieces of the answer; closing the generator closes the call. Raises BackendError.

        An answer that stalls, takes too long or is cut off ends without a `finish_reason` after its text; without any
        text it raises an error.
        """
        sent, start = self._fitted(request)
        deadlines = self._deadlines(request)
        answer = await self._post(sent, deadlines)
        reader = FORMATS[self.provider.wire].reader(answer.identity)
        key_filter = KeyFilter(self._options.key, *known_keys)
        try:
            while not (reader.done or answer.ended or start.does_not_fit or key_filter.found):
                part = await next_part(answer, deadlines)
                for chunk in chunks_at_cursor(reader, part, start):
                    deadlines.update(chunk, now())
                    last = not part or chunk.finish_reason is not None
                    yield chunk._replace(text=key_filter.release(chunk.text, last=last))
            if reader.failure is not None and not deadlines.begun:
                raise reader.failure
            if start.is_reasoning:
                raise reasoning_only_error(answer.identity.host)
        finally:
            sound = reader.failure is None
            over = sound and (reader.done or deadlines.finished)
            await self.connections.finish_answer(answer, over=over, worth_reading=sound and deadlines.begun)

    def _fitted(self, request: BackendRequest) -> tuple[BackendRequest, AnswerStart]:
        """Return the request as it is sent, and the object that fits the start of its answer to the cursor."""
        if self._parameters.fills_in:
            return request, AnswerStart()
        is_infill = self.provider.wire == "infill"
        prompt, removed = (without_word if is_infill else without_trailing_whitespace)(request.prompt)
        # A chat model that is instructed to write the missing text may omit the space; all others continue the text.
        before = "" if self._parameters.instructs(request) else prompt.prefix[-1:]
        required_start = removed if is_infill and removed.strip() else ""
        return replace(request, prompt=prompt, required_start=required_start), AnswerStart(removed, before)

    def _deadlines(self, request: BackendRequest) -> Deadlines:
        options = self._options
        if self._parameters.thinks(request.limits):
            return Deadlines(now(), first_token_s=options.think_s, total_s=options.think_s)
        return Deadlines(now(), first_token_s=options.first_token_s, total_s=options.total_s)

    async def models(self) -> list[str]:
        """Return the names of the available models. Raises BackendError."""
        names = model_names(await self.connections.get(lambda endpoints: endpoints.models))
        endpoints, http = await self.connections.client()
        if names is None:
            raise BackendError(
                ErrorKind.MALFORMED, f"{endpoints.host} does not list its models: check base_url."
            )
        return [http.identity.masked(name) for name in names]

    async def balance(self) -> Balance:
        """Return the balance of the account. Raises BackendError."""
        endpoints, http = await self.connections.client()
        found = (
            balance_in(await self.connections.get(lambda endpoints: endpoints.balance))
            if endpoints.balance
            else None
        )
        if found is None:
            raise BackendError(ErrorKind.MALFORMED, f"{endpoints.host} does not report the balance.")
        masked = http.identity.masked
        amounts = tuple((masked(currency), masked(total)) for currency, total in found.amounts)
        return found._replace(amounts=amounts)

    async def warm(self) -> None:
        """Open a connection if none is open; never raises."""
        await self.connections.warm()

    async def close(self) -> None:
        """Close all connections; calls in progress end."""
        await self.connections.close()

    async def _post(self, request: BackendRequest, deadlines: Deadlines) -> "StreamedResponse":
        """Return the start of the answer. Raises BackendError."""
        body = RequestBody(FORMATS[self.provider.wire].body(request, self._parameters))
        try:
            return await self._post_once(body, deadlines)
        finally:
            if not body.sent:
                request.on_unsent()

    async def _post_once(self, body: RequestBody, deadlines: Deadlines) -> "StreamedResponse":
        try:
            async with asyncio.timeout(deadlines.until - now()):
                endpoints, http = await self.connections.client()
                return await http.post(endpoints.completions, body)
        except TimeoutError:
            self.connections.warm_soon()
            raise timeout_error(self.endpoints().host) from None
        except asyncio.CancelledError:
            self.connections.warm_soon()
            raise
        except UnknownModelError as error:
            raise error if error.names else await self._naming_models(error) from None

    async def _naming_models(self, error: UnknownModelError) -> UnknownModelError:
        """Return `error` with the names of the available models, if the API lists them."""
        try:
            async with asyncio.timeout(self._options.first_token_s):
                return UnknownModelError(error.identity, await self.models(), error.status)
        except (BackendError, TimeoutError):
            return error
