"""The figures as text, for the terminal and the page."""

from collections.abc import Callable
from typing import NamedTuple

from midfill.ledger.figures import Figures
from midfill.ledger.rows import BalanceRow

SYMBOLS = {"USD": "$", "CNY": "¥"}
NONE = "–"
"""Shown for a missing value."""


class Row(NamedTuple):
    """One row of figures."""

    name: str
    value: Callable[[Figures], str]


def money(of: Figures) -> str:
    """Return the money spent.

    >>> money(Figures(money={"USD": 0.0123, "CNY": 4.5})), money(Figures())
    ('$0.0123 + ¥4.50', '–')
    """
    amounts = [amount(value, currency) for currency, value in of.money.items() if value]
    return " + ".join(amounts) or NONE


def amount(value: float, currency: str) -> str:
    """Return an amount of money; a small one with four decimal places."""
    return f"{SYMBOLS.get(currency, currency + ' ')}{value:.{2 if value >= 1 else 4}f}"


def share(value: float | None) -> str:
    """Return a share in per cent."""
    return NONE if value is None else f"{100 * value:.0f} %"


def count(value: int) -> str:
    """Return a number with thousands separators."""
    return f"{value:,}"


def milliseconds(times: tuple[float, float] | None) -> str:
    """Return p50 and p95."""
    return NONE if times is None else f"{times[0]:,.0f} / {times[1]:,.0f} ms"


def _accepted(of: Figures) -> str:
    return f"{share(of.accepted_share)} of {of.shown:,}" if of.shown else NONE


def _how(of: Figures) -> str:
    return f"{of.whole:,} / {of.words:,} / {of.lines:,}" if of.accepted else NONE


def _edits(of: Figures) -> str:
    return f"{share(of.edits_accepted / of.edits)} of {of.edits:,}" if of.edits else NONE


def _unshown(of: Figures) -> str:
    return f"{of.unshown:,} ({share(of.unshown / of.tokens)})" if of.tokens else NONE


def _estimated(of: Figures) -> str:
    return share(of.estimated / of.paid_calls) if of.paid_calls else NONE


ROWS: tuple[Row, ...] = (
    Row("money", money),
    Row("paid calls", lambda of: count(of.paid_calls)),
    Row("suggestions accepted", _accepted),
    Row("whole / by word / by line", _how),
    Row("next edits accepted", _edits),
    Row("characters written for you", lambda of: count(of.characters)),
    Row("standing after 30 s, 5 min", lambda of: f"{share(of.standing_30)}, {share(of.standing_300)}"),
    Row("tokens", lambda of: count(of.tokens)),
    Row("prompt tokens from the cache", lambda of: share(of.cached_share)),
    Row("paid and never shown", _unshown),
    Row("first text, p50 / p95", lambda of: milliseconds(of.first_ms)),
    Row("whole answer, p50 / p95", lambda of: milliseconds(of.total_ms)),
    Row("calls with estimated tokens", _estimated),
)
"""The rows of a period."""

GROUP_ROWS: tuple[Row, ...] = (
    Row("calls", lambda of: count(of.calls)),
    Row("money", money),
    Row("accepted", _accepted),
    Row("characters", lambda of: count(of.characters)),
    Row("cached", lambda of: share(of.cached_share)),
    Row("first text", lambda of: milliseconds(of.first_ms)),
)
"""The columns of a language, a backend or an editor."""


def notes(of: Figures) -> list[str]:
    """Return remarks on the figures."""
    found = []
    if of.estimated:
        found.append(
            f"The tokens of {of.estimated:,} calls are estimated: they were stopped before the provider reported them."
        )
    if of.unpriced:
        found.append(f"The price of {of.unpriced:,} calls is not known: see the setting ledger.prices.")
    return found


def balance(row: BalanceRow, at: str) -> str:
    """Return the balance of an account."""
    empty = "" if row.available else ", too little for a call"
    return f"balance at {row.backend}: {amount(row.total, row.currency)}{empty} (reported {at})"
