"""The figures as one self-contained HTML page: without scripts, fonts and network."""

import time
from collections.abc import Mapping, Sequence
from html import escape

from midfill.cli.stats.formatting import GROUP_ROWS, ROWS, amount, balance, count, label, notes
from midfill.cli.stats.plots import Layer, plot, stacked
from midfill.cli.stats.style import STYLE
from midfill.ledger.figures import UsageFigures, UsageReport

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(report: UsageReport) -> str:
    """Return the page."""
    at = time.strftime("%d %B %Y, %H:%M", time.localtime(report.at))
    longest = max(report.periods.values(), key=lambda figures: figures.calls)
    balances = [
        balance(row, time.strftime("%d %B, %H:%M", time.localtime(row.at))) for row in report.balances
    ]
    remarks = "".join(f"<p>{escape(note)}</p>" for note in [*balances, *notes(longest)])
    groups = "".join(_group(name, found) for name, found in report.by.items() if found)
    empty = "" if longest.calls or longest.shown else "<p>Nothing is recorded yet.</p>"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>midfill: usage</title><style>{STYLE}</style></head><body><main>"
        f"<header><h1>midfill</h1><p>The cost and use of completion, {escape(at)}</p></header>"
        f"{empty}{_periods(report)}{_plots(report)}{groups}<footer>{remarks}"
        f"<p>All of this is on this machine only. Prices are those of DeepSeek's list by date and hour, or yours.</p>"
        f"</footer></main></body></html>\n"
    )


def _periods(report: UsageReport) -> str:
    head = ["", *report.periods]
    rows = [[row.name, *(row.value(figures) for figures in report.periods.values())] for row in ROWS]
    return f"<section>{_table(head, rows)}</section>"


def _group(name: str, groups: Mapping[str, UsageFigures]) -> str:
    rows = [[label(key), *(row.value(figures) for row in GROUP_ROWS)] for key, figures in groups.items()]
    return f"<section><h2>By {escape(name)}</h2>{_table(['', *(row.name for row in GROUP_ROWS)], rows)}</section>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def _plots(report: UsageReport) -> str:
    days, daily = list(report.daily), list(report.daily.values())
    plots = [_suggestions(days, daily), _money(days, daily), _tokens(days, daily), _latency(days, daily)]
    return f'<section class="plots">{"".join(plots)}</section>'


def _suggestions(days: Sequence[str], daily: Sequence[UsageFigures]) -> str:
    names = (("accepted", "one"), ("not accepted", "faint"))
    layers = stacked(names, [(figures.accepted, figures.shown - figures.accepted) for figures in daily])
    return plot("Suggestions shown", days, layers, lambda value: count(round(value)))


def _money(days: Sequence[str], daily: Sequence[UsageFigures]) -> str:
    currencies = {
        currency: sum(figures.money.get(currency, 0) for figures in daily)
        for day in daily
        for currency in day.money
    }
    currency = max(currencies, key=lambda name: currencies[name], default="USD")
    layers = stacked(((currency, "two"),), [(figures.money.get(currency, 0.0),) for figures in daily])
    return plot("Money", days, layers, lambda value: amount(value, currency))


def _tokens(days: Sequence[str], daily: Sequence[UsageFigures]) -> str:
    names = (("written", "one"), ("read anew", "two"), ("read from the cache", "faint"))
    layers = stacked(names, [(figures.output, figures.missed, figures.cached) for figures in daily])
    return plot("Tokens", days, layers, lambda value: count(round(value)))


def _latency(days: Sequence[str], daily: Sequence[UsageFigures]) -> str:
    bars = Layer("p50 to p95", "one", [figures.first_ms for figures in daily])
    return plot("First text", days, [bars], lambda value: f"{value:,.0f} ms")
