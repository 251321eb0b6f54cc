"""An account's data from an API: the available models and the balance."""

import re
from typing import NamedTuple

import msgspec
from msgspec import Struct

from midfill.backends.error_body import DECODE_ERRORS

_CURRENCY = re.compile(r"[A-Za-z]{1,8}")
_TOTAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


class Balance(NamedTuple):
    """The balance of an account."""

    available: bool
    """Whether it is enough for calls."""
    amounts: tuple[tuple[str, str], ...]
    """Currency and total, as the API writes them: `("USD", "4.20")`."""


def model_names(document: bytes) -> list[str] | None:
    """Return the names in the answer of `GET /models`; None for any other document."""
    try:
        return [model.id for model in msgspec.json.decode(document, type=_Models).data if model.id]
    except DECODE_ERRORS:
        return None


def balance_in(document: bytes) -> Balance | None:
    """Return the balance in the answer of `GET /user/balance`; None for any other document."""
    try:
        account = msgspec.json.decode(document, type=_Account, strict=False)
    except DECODE_ERRORS:
        return None
    amounts = tuple((item.currency, item.total_balance) for item in account.balance_infos)
    sound = all(_CURRENCY.fullmatch(currency) and _TOTAL.fullmatch(total) for currency, total in amounts)
    return Balance(account.is_available, amounts) if sound else None


class _Model(Struct):
    id: str = ""


class _Models(Struct):
    data: list[_Model]


class _Amount(Struct):
    currency: str = ""
    total_balance: str = ""


class _Account(Struct):
    is_available: bool
    balance_infos: list[_Amount] = []
