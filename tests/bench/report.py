"""The report: a table and verdicts for people, JSON for machines, an exit code for scripts."""

import json
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.bench.figures import Columns, Verdict, table


@dataclass(frozen=True, kw_only=True)
class UsageReport:
    """The results of one run of a tool."""

    rows: Mapping[str, str]
    """The labels of the measures, in the order in which they are printed."""
    columns: Columns
    verdicts: Sequence[Verdict]
    setting: Mapping[str, Any]
    """The options of the command line."""
    remarks: Sequence[str] = ()
    runs: Sequence[Any] = ()
    """The single runs that the columns sum up, for the JSON file alone."""

    def publish(self, path: Path | None = None) -> None:
        """Print it, write it to `path`, and end the process: with 1 if a bar was not passed."""
        print(table(self.columns, self.rows))
        print(f"machine: {', '.join(f'{name} {value}' for name, value in _machine().items())}")
        print(*_lines(self.verdicts), *self.remarks, sep="\n")
        if path:
            path.write_text(json.dumps(self._document(), indent=1, default=str) + "\n", encoding="utf-8")
        sys.exit(0 if all(verdict.passed for verdict in self.verdicts) else 1)

    def _document(self) -> dict[str, Any]:
        summary = {
            name: {row: spread._asdict() for row, spread in rows.items()}
            for name, rows in self.columns.items()
        }
        return {
            "setting": dict(self.setting),
            "machine": _machine(),
            "summary": summary,
            "bars": [verdict._asdict() for verdict in self.verdicts],
            "remarks": list(self.remarks),
            "runs": list(self.runs),
        }


def _lines(verdicts: Iterable[Verdict]) -> list[str]:
    return [f"{'PASS' if verdict.passed else 'FAIL'}  {verdict.text}" for verdict in verdicts]


def _machine() -> dict[str, Any]:
    """Return what the figures depend on, and nothing that identifies the machine.

    The load is that of the last minute: above the number of cores, times depend on other processes.
    """
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": psutil.cpu_count(),
        "load": round(psutil.getloadavg()[0], 1),
    }
