"""The figures as text, for the terminal and the page."""

from collections.abc import Callable
from typing import NamedTuple

from midfill.core.characters import escaped
from midfill.ledger.figures import UsageFigures
from midfill.ledger.rows import BalanceRow

SYMBOLS = {"USD": "$", "CNY": "¥"}
NONE = "–"
"""Shown for a missing value."""


class Row(NamedTuple):
    """One row of figures."""

    name: str
    value: Callable[[UsageFigures], str]


def label(name: str) -> str:
    """Return the name of a backend, an editor or a language, which others have chosen.

    >>> label(""), label("a\\x1b[2J")
    ('(unknown)', 'a\\\\x1b[2J')
    """
    return escaped(name) or "(unknown)"


def money(figures: UsageFigures) -> str:
    """Return the money spent.

    >>> money(UsageFigures(money={"USD": 0.0123, "CNY": 4.5})), money(UsageFigures())
    ('$0.0123 + ¥4.50', '–')
    """
    amounts = [amount(value, currency) for currency, value in figures.money.items() if value]
    return " + ".join(amounts) or NONE


def amount(value: float, currency: str) -> str:
    """Return an amount of money; a small one with four decimal places."""
    return f"{SYMBOLS.get(currency, escaped(currency) + ' ')}{value:.{2 if value >= 1 else 4}f}"


def share(value: float | None) -> str:
    """Return a share in per cent."""
    return NONE if value is None else f"{100 * value:.0f} %"


def count(value: int) -> str:
    """Return a number with thousands separators."""
    return f"{value:,}"


def milliseconds(times: tuple[float, float] | None) -> str:
    """Return p50 and p95."""
    return NONE if times is None else f"{times[0]:,.0f} / {times[1]:,.0f} ms"


def _accepted(figures: UsageFigures) -> str:
    return f"{share(figures.accepted_share)} of {figures.shown:,}" if figures.shown else NONE


def _how(figures: UsageFigures) -> str:
    return f"{figures.whole:,} / {figures.words:,} / {figures.lines:,}" if figures.accepted else NONE


def _edits(figures: UsageFigures) -> str:
    return f"{share(figures.edits_accepted / figures.edits)} of {figures.edits:,}" if figures.edits else NONE


def _unshown(figures: UsageFigures) -> str:
    return f"{figures.unshown:,} ({share(figures.unshown / figures.tokens)})" if figures.tokens else NONE


def _estimated(figures: UsageFigures) -> str:
    return share(figures.estimated / figures.paid_calls) if figures.paid_calls else NONE


ROWS: tuple[Row, ...] = (
    Row("money", money),
    Row("paid calls", lambda figures: count(figures.paid_calls)),
    Row("suggestions accepted", _accepted),
    Row("whole / by word / by line", _how),
    Row("next edits accepted", _edits),
    Row("characters written for you", lambda figures: count(figures.characters)),
    Row(
        "standing after 30 s, 5 min",
        lambda figures: f"{share(figures.standing_30)}, {share(figures.standing_300)}",
    ),
    Row("tokens", lambda figures: count(figures.tokens)),
    Row("prompt tokens from the cache", lambda figures: share(figures.cached_share)),
    Row("paid and never shown", _unshown),
    Row("first text, p50 / p95", lambda figures: milliseconds(figures.first_ms)),
    Row("whole answer, p50 / p95", lambda figures: milliseconds(figures.total_ms)),
    Row("calls with estimated tokens", _estimated),
)
"""The rows of a period."""

GROUP_ROWS: tuple[Row, ...] = (
    Row("calls", lambda figures: count(figures.calls)),
    Row("money", money),
    Row("accepted", _accepted),
    Row("characters", lambda figures: count(figures.characters)),
    Row("cached", lambda figures: share(figures.cached_share)),
    Row("first text", lambda figures: milliseconds(figures.first_ms)),
)
"""The columns of a language, a backend or an editor."""


def notes(figures: UsageFigures) -> list[str]:
    """Return remarks on the figures."""
    found = []
    if figures.estimated:
        found.append(
            f"The tokens of {figures.estimated:,} calls are estimated: these calls ended before the provider's report."
        )
    if figures.unpriced:
        found.append(f"The price of {figures.unpriced:,} calls is not known: see the setting ledger.prices.")
    return found


def balance(row: BalanceRow, at: str) -> str:
    """Return the balance of an account."""
    empty = "" if row.available else ", too little for a call"
    return f"balance at {label(row.backend)}: {amount(row.total, row.currency)}{empty} (reported {at})"
