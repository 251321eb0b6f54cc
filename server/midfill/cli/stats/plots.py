"""Plots as SVG for the page, which sets colours and fonts."""

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 480, 170
"""The size of a plot in SVG units."""
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 12, 24
"""The margins around the plotted area, in SVG units."""
GAP = 0.25
"""Gap between two bars, as a share of a day's width."""


class Layer(NamedTuple):
    """Bars of one kind, each from a lower to an upper value; None for no bar."""

    name: str
    style: str
    """The CSS class for its colour."""
    bars: Sequence[tuple[float, float] | None]


def plot(title: str, days: Sequence[str], layers: Sequence[Layer], written: Callable[[float], str]) -> str:
    """Return a plot by day; `written` formats a value."""
    top = _round_up(max((bar[1] for layer in layers for bar in layer.bars if bar), default=0.0))
    legend = "".join(f'<li class="{layer.style}">{escape(layer.name)}</li>' for layer in layers)
    marks = "".join(_bars(layer, days, top, written) for layer in layers)
    label = escape(f"{title}, {days[0]} to {days[-1]}, at most {written(top)}")
    return (
        f"<figure><figcaption>{escape(title)}<ul>{legend}</ul></figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f"{_scale(top, written)}{_dates(days)}{marks}</svg></figure>"
    )


def stacked(names: Sequence[tuple[str, str]], values: Sequence[Sequence[float]]) -> list[Layer]:
    """Return stacked layers: their names and styles, and the values of each day."""
    layers, floors = [], [0.0] * len(values)
    for at, (name, style) in enumerate(names):
        tops = [floor + day[at] for floor, day in zip(floors, values, strict=True)]
        bars = [(low, high) if high > low else None for low, high in zip(floors, tops, strict=True)]
        layers.append(Layer(name, style, bars))
        floors = tops
    return layers


def _bars(layer: Layer, days: Sequence[str], top: float, written: Callable[[float], str]) -> str:
    step = (WIDTH - LEFT - RIGHT) / len(days)
    marks = []
    for at, (day, bar) in enumerate(zip(days, layer.bars, strict=True)):
        if bar is None:
            continue
        low, high = _y(bar[0], top), _y(bar[1], top)
        value = written(bar[1] - bar[0]) if bar[0] == 0 or "to" not in layer.name else _range(bar, written)
        marks.append(
            f'<rect class="{layer.style}" x="{LEFT + (at + GAP / 2) * step:.1f}" y="{high:.1f}" '
            f'width="{step * (1 - GAP):.1f}" height="{max(1.0, low - high):.1f}" rx="1.5">'
            f"<title>{escape(f'{day}: {layer.name} {value}')}</title></rect>"
        )
    return "".join(marks)


def _range(bar: tuple[float, float], written: Callable[[float], str]) -> str:
    return f"{written(bar[0])} to {written(bar[1])}"


def _scale(top: float, written: Callable[[float], str]) -> str:
    lines = []
    for share in (0.0, 0.5, 1.0):
        y = _y(top * share, top)
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(written(top * share))}</text>'
        )
    return "".join(lines)


def _dates(days: Sequence[str]) -> str:
    """Return about six dates for the axis, including the last."""
    step = (WIDTH - LEFT - RIGHT) / len(days)
    every = max(1, round(len(days) / 6))
    shown = [(at, day) for at, day in enumerate(days) if (len(days) - 1 - at) % every == 0]
    return "".join(
        f'<text x="{LEFT + (at + 0.5) * step:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(day[5:])}</text>'
        for at, day in shown
    )


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value / top if top else 0))


def _round_up(value: float) -> float:
    """Return the next value of 1, 2 or 5 times a power of ten.

    >>> _round_up(37), _round_up(0.011), _round_up(0)
    (50.0, 0.02, 1.0)
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** len(str(int(value))) / 10 if value >= 1 else 1.0
    while power > value:
        power /= 10
    return next(round(power * factor, 12) for factor in (1, 2, 5, 10) if power * factor >= value)
