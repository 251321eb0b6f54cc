"""A backend over HTTP: what to send, how to read, and when to stop."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TYPE_CHECKING

from midfill.backends.account import Balance, balance_in, model_names
from midfill.backends.address import Address, address_of
from midfill.backends.api_errors import UnknownModelError, only_reasoning, timed_out
from midfill.backends.deadlines import Deadlines
from midfill.backends.endpoint import Endpoint
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
        self.endpoint = Endpoint(options, self.address, transport)

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
            await self.endpoint.finish(answer, over=over, promising=sound and deadlines.begun)

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
        names = model_names(await self.endpoint.get(lambda address: address.models))
        address, http = await self.endpoint.client()
        if names is None:
            raise ModelError(ErrorKind.MALFORMED, f"{address.host} does not list its models: check base_url.")
        return [http.caller.masked(name) for name in names]

    async def balance(self) -> Balance:
        """Return the balance of the account. Raises ModelError."""
        address, http = await self.endpoint.client()
        found = (
            balance_in(await self.endpoint.get(lambda address: address.balance)) if address.balance else None
        )
        if found is None:
            raise ModelError(ErrorKind.MALFORMED, f"{address.host} does not report the balance.")
        masked = http.caller.masked
        amounts = tuple((masked(currency), masked(total)) for currency, total in found.amounts)
        return found._replace(amounts=amounts)

    async def warm(self) -> None:
        """Open a connection if none is open; never raises."""
        await self.endpoint.warm()

    async def close(self) -> None:
        """Close all connections; calls in progress end."""
        await self.endpoint.close()

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
                address, http = await self.endpoint.client()
                return await http.post(address.completions, body)
        except TimeoutError:
            self.endpoint.warm_soon()
            raise timed_out(self.address().host) from None
        except asyncio.CancelledError:
            self.endpoint.warm_soon()
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
