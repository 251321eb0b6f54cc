"""The figures of the ledger, for the command `midfill.stats`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midfill.ledger.figures import UsageReport


def usage(path: Path | None) -> dict[str, Any]:
    """Return the report on a ledger as plain data, with a `summary` as text; too slow for the loop."""
    if path is None:
        return {"summary": "nothing is recorded"}
    from midfill.ledger.figures import report  # Imported here: a server starts sooner without SQLite.
    from midfill.ledger.store import LEDGER_ERRORS

    try:
        found = report(path, time.time())
    except LEDGER_ERRORS as error:
        return {"summary": f"the ledger cannot be read: {path}: {error}"}
    return {"summary": summary(found), **found.as_dict()}


def summary(found: "UsageReport") -> str:
    """Return the periods of a report, one line each."""
    lines = []
    for name, figures in found.periods.items():
        money = (
            ", ".join(f"{amount:.3f} {currency}" for currency, amount in figures.money.items()) or "no money"
        )
        share = (
            ""
            if figures.accepted_share is None
            else f", {100 * figures.accepted_share:.0f} % of {figures.shown:,} accepted"
        )
        lines.append(f"{name}: {money}, {figures.paid_calls:,} calls{share}")
    return "\n".join(lines)
