"""The terms of the ledger: the settings and the editor."""

from dataclasses import dataclass

from midfill.core.caps import NO_CAPS, Caps
from midfill.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How to record calls, and the caps."""

    enabled: bool = True
    keep_days: int = 90
    currency: str = "auto"
    prices: tuple[str, ...] = ()
    caps: Caps = NO_CAPS
    low_balance: float = 0.0
    editor: str = ""

    @classmethod
    def of(cls, settings: Settings, editor: str) -> "Terms":
        """Return the terms from the settings."""
        ledger, caps = settings.ledger, settings.caps
        return cls(
            enabled=ledger.enabled,
            keep_days=ledger.keep_days,
            currency=ledger.currency,
            prices=ledger.prices,
            caps=Caps(caps.money_per_day, caps.tokens_per_day),
            low_balance=caps.low_balance,
            editor=editor,
        )
