"""The ledger's record of a call."""

from midfill.core.model import ErrorKind
from midfill.core.records import CallRecord
from midfill.engine.call import Call

_READ = frozenset({ErrorKind.TIMEOUT, ErrorKind.MALFORMED})
"""Failures of a call whose prompt the provider has probably read."""


def call_record(call: Call, now: float) -> CallRecord:
    """Return the record of a call that ended at `now`."""
    first, limits = call.first_token, call.backend_request.limits
    return CallRecord(
        number=call.call_id,
        backend=call.backend.name,
        model=call.model or call.backend.model,
        paid=call.backend.paid,
        language=call.backend_request.cursor.language,
        prompt=call.prompt,
        text=call.raw,
        usage=call.usage,
        read=call.error is None or call.error.kind in _READ,
        outcome=call.error.kind if call.error else "whole" if call.finish_reason else "stopped",
        manual=limits.manual,
        speculative=call.speculative,
        first_ms=None if first is None else (first - call.started) * 1000,
        total_ms=(now - call.started) * 1000,
    )
