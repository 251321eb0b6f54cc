"""The ledger's record of a flight."""

from midfill.core.model import Kind
from midfill.core.records import CallRecord
from midfill.engine.flight import Flight

_READ = frozenset({Kind.TIMEOUT, Kind.MALFORMED})
"""Failures after which the provider has read the prompt."""


def call_record(flight: Flight, now: float) -> CallRecord:
    """Return the record of a flight that ended at `now`."""
    first, ask = flight.first_token, flight.question.ask
    return CallRecord(
        number=flight.call,
        backend=flight.backend.name,
        model=flight.model or flight.backend.model,
        paid=flight.backend.paid,
        language=flight.question.cursor.language,
        prompt=flight.prompt,
        text=flight.raw,
        usage=flight.usage,
        read=flight.error is None or flight.error.kind in _READ,
        outcome=flight.error.kind if flight.error else "whole" if flight.finish else "stopped",
        manual=ask.manual,
        speculative=flight.speculative,
        first_ms=None if first is None else (first - flight.started) * 1000,
        total_ms=(now - flight.started) * 1000,
    )
