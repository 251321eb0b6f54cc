"""The figures of the command `midfill.stats`."""

from pathlib import Path

from midfill.ledger.figures import UsageFigures, UsageReport
from midfill.lsp.usage import summary, usage


def test_summary_has_a_line_for_each_period() -> None:
    """Without money or suggestions it says so, or leaves the share out."""
    periods = {
        "today": UsageFigures(paid_calls=1_234, money={"USD": 0.1234, "CNY": 2}, shown=1_000, accepted=333),
        "7 days": UsageFigures(paid_calls=2, accepted=0, shown=5),
        "30 days": UsageFigures(),
    }
    report = UsageReport(at=0, days=30, periods=periods, by={}, daily={})
    assert summary(report).split("\n") == [
        "today: 0.123 USD, 2.000 CNY, 1,234 calls, 33 % of 1,000 accepted",
        "7 days: no money, 2 calls, 0 % of 5 accepted",
        "30 days: no money, 0 calls",
    ]


def test_without_a_ledger_nothing_is_recorded() -> None:
    """The settings switch it off."""
    assert usage(None) == {"summary": "nothing is recorded"}


def test_ledger_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """With its path; a ledger that does not exist yet is an empty one."""
    broken = tmp_path / "usage.db"
    broken.write_bytes(b"x" * 5_000)
    assert usage(broken)["summary"].startswith(f"the ledger cannot be read: {broken}: ")
    found = usage(tmp_path / "none.db")
    assert found["summary"].splitlines()[0] == "today: no money, 0 calls"
    assert found["periods"]["today"]["paid_calls"] == 0
