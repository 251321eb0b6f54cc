"""The options of the ledger, from the settings, and the editor's name."""

from dataclasses import dataclass

from midfill.core.caps import NO_CAPS, Caps
from midfill.settings import Settings


@dataclass(frozen=True, kw_only=True)
class LedgerOptions:
    """What is recorded, for how long, in which currency, and the caps."""

    enabled: bool = True
    keep_days: int = 90
    currency: str = "auto"
    prices: tuple[str, ...] = ()
    caps: Caps = NO_CAPS
    low_balance: float = 0.0
    """Balance below which the user is warned, in the account's currency."""
    editor: str = ""
    """The editor's name in the records."""

    @classmethod
    def from_settings(cls, settings: Settings, editor: str) -> "LedgerOptions":
        """Return the options in the settings."""
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
