"""The rows of the ledger: numbers and names, without text and paths."""

import re
from dataclasses import astuple, dataclass

from midfill.core.prices import rates_of
from midfill.core.records import CallRecord, EditRecord, SuggestionRecord
from midfill.core.usage_estimator import TokenCounts

_NAME = re.compile(r"[^\w .+#:/@-]")
MAX_NAME_LENGTH = 64
"""Maximum characters of a name; editors and providers choose them."""


@dataclass(frozen=True)
class CallRow:
    """A call, in the order of its table's columns."""

    number: int
    at: float
    backend: str
    model: str
    language: str
    editor: str
    paid: bool
    outcome: str
    manual: bool
    speculative: bool
    cached: int
    missed: int
    output: int
    estimated: bool
    guess_prompt: float
    guess_output: float
    characters: int
    price: float | None
    currency: str
    first_ms: float | None
    total_ms: float

    @property
    def tokens(self) -> int:
        """All paid tokens."""
        return self.cached + self.missed + self.output if self.paid else 0


@dataclass(frozen=True)
class SuggestionRow:
    """A suggestion, in the order of its table's columns.

    The columns `measured_30` and `standing_30` hold the record's `checked_30_s` and `retained_30_s`, `call` its
    `call_id`.
    """

    number: int
    at: float
    call: int
    backend: str
    language: str
    editor: str
    until: int
    whole: bool
    words: int
    lines: int
    dismissed: bool
    accepted: int
    measured_30: int
    standing_30: int
    measured_300: int
    standing_300: int


@dataclass(frozen=True)
class EditRow:
    """A next edit, in the order of its table's columns."""

    number: int
    at: float
    backend: str
    language: str
    editor: str
    accepted: bool
    refused: bool


@dataclass(frozen=True)
class BalanceRow:
    """The balance of an account, in the order of its table's columns."""

    backend: str
    currency: str
    at: float
    available: bool
    total: float


Row = CallRow | SuggestionRow | EditRow | BalanceRow


@dataclass(frozen=True)
class RowContext:
    """The facts of a call that the engine does not know."""

    at: float
    """The time of the record, in seconds since 1970."""
    editor: str = ""
    currency: str = "USD"
    prices: tuple[str, ...] = ()
    """The user's own prices."""


def call_row(call: CallRecord, tokens: TokenCounts, context: RowContext) -> CallRow:
    """Return the row of a call that has just ended."""
    at = context.at - call.total_ms / 1000
    rates = rates_of(call.model, context.currency, at, context.prices) if call.paid else None
    price = rates.of(tokens.cached, tokens.missed, tokens.output) if rates else None if call.paid else 0.0
    return CallRow(
        call.number, at, call.backend, name(call.model), name(call.language), name(context.editor), call.paid,
        call.outcome, call.manual, call.speculative, tokens.cached, tokens.missed, tokens.output,
        tokens.estimated, *tokens.by_characters, len(call.text), price, context.currency, call.first_ms, call.total_ms,
    )  # fmt: skip


def suggestion_row(record: SuggestionRecord, at: float, editor: str) -> SuggestionRow:
    """Return the row of a suggestion that was first shown at `at`."""
    return SuggestionRow(
        record.number, at, record.call_id, record.backend, name(record.language), name(editor),
        record.until, record.whole, record.words,
        record.lines, record.dismissed, record.accepted,
        record.checked_30_s, record.retained_30_s, record.checked_300_s, record.retained_300_s,
    )  # fmt: skip


def edit_row(record: EditRecord, at: float, editor: str) -> EditRow:
    """Return the row of a next edit that was first shown at `at`."""
    return EditRow(
        record.number,
        at,
        record.backend,
        name(record.language),
        name(editor),
        record.accepted,
        record.refused,
    )


def name(text: str) -> str:
    """Return a name for the ledger: short, and without unusual characters."""
    return _NAME.sub("", text)[:MAX_NAME_LENGTH]


def values(row: Row) -> tuple[object, ...]:
    """Return the values of a row, in the order of its table's columns."""
    return astuple(row)
