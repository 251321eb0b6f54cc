"""DeepSeek's fill-in-the-middle endpoint as a backend."""

from typing import ClassVar, Final

from midfill.backends.account import Balance, balance_told
from midfill.backends.address import Address, deepseek_address
from midfill.backends.remote import Remote
from midfill.backends.wire import request_body
from midfill.core.model import Kind, ModelError, Question

MODEL: Final = "deepseek-flash"
"""The faster and cheaper of DeepSeek's two models; both fill in the middle (pricing page, 2026-10)."""

VARIED: Final = 0.8
"""The temperature of alternatives; at 0 each of them would be the same text. Peers' default is 0.2 to 1."""


class DeepSeek(Remote):
    """Asks DeepSeek to fill in the middle."""

    name: ClassVar[str] = "deepseek"
    default_model: ClassVar[str] = MODEL

    def address(self) -> Address:
        """Return where DeepSeek's API is. Raises ModelError when `base_url` is no address."""
        return deepseek_address(self._options.base_url)

    def body(self, question: Question) -> bytes:
        """Return the body of the request that puts `question`."""
        options, ask = self._options, question.ask
        temperature = options.temperature if ask.temperature is None else ask.temperature
        return request_body(
            question.prompt,
            ask,
            model=self.model,
            temperature=max(temperature, VARIED) if ask.variant else temperature,
            stop=options.stop,
        )

    async def balance(self) -> Balance:
        """Return the money left in the account. Raises ModelError."""
        door = await self._opened()
        balance = balance_told(await door.http.get(door.address.balance))
        if balance is None:
            raise ModelError(Kind.MALFORMED, f"{door.address.host} does not tell the balance.")
        masked = door.http.caller.masked
        amounts = tuple((masked(currency), masked(total)) for currency, total in balance.amounts)
        return balance._replace(amounts=amounts)
