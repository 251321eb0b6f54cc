"""The settings of the network, the ledger and the caps."""

from typing import Annotated, Literal

import msgspec

from midfill.core.prices import PRICE_PATTERN
from midfill.core.service_urls import is_proxy_url
from midfill.settings.section import Section, about


class NetworkSettings(Section, frozen=True, kw_only=True):
    """The connection to the backend."""

    proxy: Annotated[
        str,
        about(
            "Address of a proxy; empty: that of the environment (`HTTPS_PROXY`).",
            expected='empty or a valid address that begins with "http://" or "https://"',
            fits=is_proxy_url,
            pattern=r"^(?:https?://\S+)?$",
            local_only=True,
        ),
    ] = ""
    ca_file: Annotated[
        str,
        about("PEM file of certificate authorities to trust; empty: those of the system.", local_only=True),
    ] = ""
    allow_http: Annotated[
        bool,
        about(
            "Whether the key and your text may go to another machine without TLS, where others can read them.",
            local_only=True,
        ),
    ] = False


class LedgerSettings(Section, frozen=True, kw_only=True):
    """The record of calls and suggestions, on this machine only: numbers, without text and paths."""

    enabled: Annotated[
        bool,
        about("Whether calls and suggestions are recorded, for `midfill stats` and the caps."),
    ] = True
    keep_days: Annotated[int, about("Days that records are kept.", ge=1, le=3650)] = 90
    currency: Annotated[
        Literal["auto", "USD", "CNY"],
        about("Currency of all money; `auto`: the account's, from its balance."),
    ] = "auto"
    prices: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=PRICE_PATTERN)], ...],
        about(
            "Own prices of a million tokens, before DeepSeek's list: model, cached, read and written "
            'tokens, as in `"my-model 0.1 0.4 2"`.',
            expected='a list of strings like "my-model 0.1 0.4 2"',
            max_length=100,
        ),
    ] = ()


class CapSettings(Section, frozen=True, kw_only=True):
    """The caps on the spending of all the user's servers; above them the embedded engine answers."""

    money_per_day: Annotated[
        float,
        about("Maximum money per day, in the currency of the ledger; 0: no cap.", ge=0, le=1_000_000),
    ] = 0.0
    tokens_per_day: Annotated[
        int,
        about("Maximum tokens per day, prompt and answer; 0: no cap.", ge=0, le=1_000_000_000_000),
    ] = 0
    low_balance: Annotated[
        float,
        about("Balance of the account below which you are warned, in its currency.", ge=0, le=1_000_000),
    ] = 1.0
