"""`midfill stats`: the figures in a terminal, as JSON and as a page."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from midfill.cli.stats.formatting import amount, milliseconds, share
from midfill.cli.stats.page import page
from midfill.cli.stats.plots import _round_up
from midfill.ledger.figures import UsageFigures, UsageReport, report
from midfill.ledger.store import Store
from tests.cli.command import Command
from tests.ledger.records import NOON
from tests.ledger.test_figures import call, suggestion
from tests.loopback.client import Loopback

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def found(tmp_path: Path) -> UsageReport:
    """The report on a month with some calls on every third day."""
    store = Store.open(tmp_path / "ledger.sqlite3")
    for number in range(1, 11):
        days = 3 * (number - 1)
        language = "<img src=x onerror=alert(1)>" if number == 5 else "python"
        store.write(
            [
                call(number, days, language=language, price=0.01 * number),
                suggestion(number, number, days, whole=number % 2 == 0, accepted=7 * number),
            ]
        )
    store.close()
    return report(tmp_path / "ledger.sqlite3", NOON)


def test_stats_are_empty_at_first(midfill: Command) -> None:
    """Before the first completion, every format is empty."""
    assert "nothing is recorded yet" in midfill.run("stats").out
    assert json.loads(midfill.run("stats", "--json").out)["periods"]["today"]["calls"] == 0
    done = midfill.run("stats", "--html", "usage.html")
    assert (done.code, "wrote usage.html" in done.err) == (0, True)
    assert "Nothing is recorded yet" in Path(midfill.folder, "usage.html").read_text("utf-8")


def test_completion_of_the_command_is_counted(deepseek: Command, loopback: Loopback) -> None:
    """It is recorded like any other call, with the provider's tokens."""
    loopback.behave(text="fetch()")
    deepseek.file("app.py", "value = \n")
    assert deepseek.run("complete", "app.py:1:9").raw == b"fetch()"
    (billed,) = loopback.log(path="/completions")
    today = json.loads(deepseek.run("stats", "--json", "--days", "7").out)
    figures = today["periods"]["today"]
    assert figures["paid_calls"] == figures["shown"] == 1
    assert figures["output"] == billed["usage"]["completion_tokens"]
    assert list(today["by"]["editor"]) == ["command line"]
    assert len(today["daily"]) == 7
    out = deepseek.run("stats").out
    assert re.search(r"^paid calls +1 +1 +1$", out, re.MULTILINE)
    assert "command line" in out


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999", "1e3"])
def test_wrong_number_of_days_is_reported(midfill: Command, days: str) -> None:
    done = midfill.run("stats", f"--days={days}")
    assert (done.code, "is not a number of days" in done.err) == (2, True)


def test_unwritable_page_is_reported(midfill: Command) -> None:
    done = midfill.run("stats", "--html", "no/such/folder.html")
    assert (done.code, "cannot be written" in done.err) == (2, True)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href"}]


def test_page_has_no_external_parts(found: UsageReport) -> None:
    """No script, no link, no address; names from outside are text."""
    html = page(found)
    links = _Links()
    links.feed(html)
    assert links.links == []
    assert not links.tags & {"script", "img", "link", "iframe", "object"}
    assert "://" not in html
    assert "default-src 'none'" in html
    assert html.count("<svg") == 4
    assert html.count("<rect") == 10 + 10 + 30 + 10


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
@pytest.mark.parametrize("dark", [False, True])
def test_page_is_drawn_in_a_browser(found: UsageReport, tmp_path: Path, dark: bool) -> None:
    """The page is drawn in light and dark mode, without errors."""
    assert CHROMIUM is not None
    (tmp_path / "usage.html").write_text(page(found), "utf-8")
    flags = ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] if dark else []
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=800,900", *flags,
        f"--user-data-dir={tmp_path / 'profile'}", f"--screenshot={tmp_path / 'usage.png'}", "--enable-logging=stderr",
        (tmp_path / "usage.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert "CONSOLE" not in done.stderr
    assert (tmp_path / "usage.png").stat().st_size > 20_000


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1.0), (1, 1), (37, 50), (100, 100), (101, 200), (0.011, 0.02), (0.5, 0.5), (6e6, 1e7)],
)
def test_scales_are_round(value: float, top: float) -> None:
    """A scale is 1, 2 or 5 times a power of ten, not below the value."""
    assert _round_up(value) == pytest.approx(top)


def test_small_amounts_are_precise() -> None:
    """Small amounts of money are shown to a hundredth of a cent."""
    assert amount(0.00123, "USD") == "$0.0012"
    assert amount(12.345, "CNY") == "¥12.35"
    assert share(None) == "–"
    assert milliseconds((250.4, 1_234.5)) == "250 / 1,234 ms"
    assert UsageFigures().accepted_share is None
