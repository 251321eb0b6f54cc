"""Reports the spending to the user: near a cap, at it, and at a low balance."""

import asyncio
from functools import partial

from midfill.backends.account import Balance
from midfill.backends.remote import RemoteBackend
from midfill.core.caps import Caps, SpendingLevel
from midfill.core.model import Backend, BackendError
from midfill.core.providers import Provider
from midfill.ledger import Ledger, LedgerOptions
from midfill.lsp.outgoing import WARNING, Outgoing, Response
from midfill.lsp.status import StatusReporter

ALLOW = "Call the model anyway, today"
KEEP = "Keep to the cap"
RECORD_DELAY_S = 0.02
"""Seconds after which the ledger's thread is woken: it takes the processor, and the answer is sent meanwhile.

A call and the suggestion from it are then written together (our own choice).
"""
_FIRST_READ_TIMEOUT_S = 2.0
"""Maximum seconds for the ledger's first read."""


class SpendingReporter:
    """Watches the ledger for one client.

    Args:
        ledger: the spending of all servers.
        outgoing: shows messages.
        reporter: shows the day's figures.
    """

    def __init__(self, ledger: Ledger, outgoing: Outgoing, reporter: StatusReporter) -> None:
        self.ledger = ledger
        self._outgoing = outgoing
        self._reporter = reporter
        self._loop = asyncio.get_running_loop()
        self._reported: tuple[int, Caps, SpendingLevel] = (0, Caps(), SpendingLevel.OPEN)
        """The day, its caps, and the highest level reported to the user."""
        self._asked_about: tuple[int, Caps] | None = None
        """The day and the caps for which the user was asked about manual calls."""
        self._account: RemoteBackend | None = None
        self._balance_task: asyncio.Task[None] | None = None
        self._balance_at = -1e9
        self._balance_lock = asyncio.Lock()
        self._requested: dict[str, float] = {}
        """By account: when this server requested its balance, in seconds; the ledger records it a little later."""
        self._reported_low = False
        self._reported_write_error = False
        ledger.on_change = self._written
        ledger.defer = partial(self._loop.call_later, RECORD_DELAY_S)

    def configure(self, options: LedgerOptions) -> None:
        """Set other options; a raised cap allows calls again."""
        self.ledger.configure(options)

    async def began(self, backend: Backend) -> None:
        """Check the account of a new backend."""
        self._account = (
            backend if isinstance(backend, RemoteBackend) and backend.provider.balance_path else None
        )
        await asyncio.to_thread(self.ledger.ready.wait, _FIRST_READ_TIMEOUT_S)
        await self._update_balance()

    def on_manual_request(self) -> None:
        """Ask the user, once per day and cap, whether manual calls may exceed the cap."""
        day_and_caps = (self.ledger.today.spent.day, self.ledger.options.caps)
        if not self.ledger.cap_reason(manual=True) or self._asked_about == day_and_caps:
            return
        self._asked_about = day_and_caps
        text = f"midfill: today's cap is reached: {self.ledger.spending}. Call the model anyway?"
        actions = [{"title": ALLOW}, {"title": KEEP}]
        params = {"type": WARNING, "message": text, "actions": actions}
        self._outgoing.request("window/showMessageRequest", params, self._answered)

    def close(self) -> None:
        """Stop reporting."""
        self.ledger.on_change = lambda: None
        self.ledger.defer = lambda wake: wake()
        if self._balance_task is not None:
            self._balance_task.cancel()

    def _answered(self, answer: Response) -> None:
        if isinstance(answer.result, dict) and answer.result.get("title") == ALLOW:
            self.ledger.allow_today()

    def _written(self) -> None:
        """Handle a write of the ledger, in its thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._check)

    def _check(self) -> None:
        ledger = self.ledger
        self._reporter.usage = str(ledger.today) if ledger.today.shown or ledger.today.spent.tokens else ""
        reached = ledger.level is SpendingLevel.REACHED
        self._reporter.capped = f"today's cap is reached: {ledger.spending}" if reached else ""
        self._report_level()
        self._report_write_error()
        self._reporter.status()
        if (
            self._account is not None
            and self._loop.time() - self._balance_at > 3600
            and not self._is_updating_balance
        ):
            self._balance_task = self._loop.create_task(self._update_balance())

    def _report_level(self) -> None:
        ledger = self.ledger
        day, caps, level = ledger.today.spent.day, ledger.options.caps, ledger.level
        before = self._reported[2] if self._reported[:2] == (day, caps) else SpendingLevel.OPEN
        self._reported = (day, caps, max(level, before))
        if level <= before:
            return
        if level is SpendingLevel.NEAR_CAP:
            self._warn(f"today's spending is near the cap: {ledger.spending}.")
        else:
            until = (
                "Until tomorrow the embedded engine answers while you type; a manual request asks you first"
            )
            self._warn(f"today's cap is reached: {ledger.spending}. {until} (settings caps.*).")

    def _report_write_error(self) -> None:
        write_error = self.ledger.state.write_error
        if write_error and not self._reported_write_error:
            self._reported_write_error = True
            self._warn(f"calls are not recorded: {self.ledger.path}: {write_error}. Completions continue.")

    async def _update_balance(self) -> None:
        """Request the balance, unless a server has done so recently, and report a low one."""
        async with self._balance_lock:  # A change of settings opens another backend meanwhile.
            await self._check_balance()

    async def _check_balance(self) -> None:
        account, ledger = self._account, self.ledger
        if account is None:
            return
        self._balance_at = now = self._loop.time()
        if ledger.balance_is_due(account.name) and now - self._requested.get(account.name, -1e9) > 3600:
            try:
                balance = await account.balance()
            except BackendError:
                return  # Other servers do not report it; the call that fails reports the error.
            self._requested[account.name] = now
            record_balance(ledger, account.name, balance)
            amounts = [(float(total or 0), currency) for currency, total in balance.amounts]
            available = balance.available
        else:
            rows = ledger.balances(account.name)
            if not rows:
                return
            amounts = [(row.total, row.currency) for row in rows if row.currency]
            available = all(row.available for row in rows)
        self._report_low_balance(amounts, account.provider, available=available)

    def _report_low_balance(
        self, amounts: list[tuple[float, str]], provider: Provider, *, available: bool
    ) -> None:
        least = self.ledger.options.low_balance
        low = not available or (amounts and all(total < least for total, _ in amounts))
        if low and not self._reported_low:
            left = ", ".join(f"{total:.2f} {currency}" for total, currency in amounts) or "nothing"
            why = (
                "too little for a call"
                if not available
                else f"less than {least:g} (setting caps.low_balance)"
            )
            page = provider.top_up_page.removeprefix("https://")
            self._warn(f"the balance of your account is {left}: {why}. Top up at {page}.")
        self._reported_low = bool(low)

    @property
    def _is_updating_balance(self) -> bool:
        return self._balance_task is not None and not self._balance_task.done()

    def _warn(self, text: str) -> None:
        self._outgoing.show(WARNING, f"midfill: {text}")


def record_balance(ledger: Ledger, backend: str, balance: Balance) -> None:
    """Record an account's balance from an API; one without amounts has no currency."""
    for currency, total in balance.amounts or (("", ""),):
        ledger.balance(backend, currency, float(total or 0), available=balance.available)
