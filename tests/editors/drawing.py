"""Draws a terminal's screen as SVG."""

import re
from html import escape
from itertools import product
from typing import NamedTuple

CELL, ROW = 8.4, 18
"""Pixels that a character is wide and a line is high, at a font size of 14."""
TEXT, PAPER = "#dadada", "#1c1c1c"

_SEQUENCE = re.compile(r"\x1b\[([\d;]*)m")
_FIRST = [f"#{red:02x}{green:02x}{blue:02x}" for blue, green, red in product((0, 205), repeat=3)]
_BRIGHT = [f"#{red:02x}{green:02x}{blue:02x}" for blue, green, red in product((127, 255), repeat=3)]
_STEPS = (0, 95, 135, 175, 215, 255)
_PALETTE = [
    *_FIRST,
    *_BRIGHT,
    *(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(_STEPS, repeat=3)),
    *(f"#{level:02x}{level:02x}{level:02x}" for level in range(8, 248, 10)),
]
"""The 256 colours of xterm, the first 16 approximately."""


class Style(NamedTuple):
    """The style of a run of characters."""

    color: str = TEXT
    ground: str = ""
    bold: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    struck: bool = False


def svg(screen: str) -> str:
    """Return the picture of a screen of 80 columns; its colours are escape sequences (SGR)."""
    rows = screen.rstrip("\n").split("\n")
    width, height = 82 * CELL, (len(rows) + 1) * ROW
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-size="14"',
            '  font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace">',
            f'<rect width="100%" height="100%" rx="6" fill="{PAPER}"/>',
            *(_row(number, row) for number, row in enumerate(rows, 1)),
            "</svg>\n",
        ]
    )


def _row(number: int, row: str) -> str:
    """Return one line of the screen: its backgrounds and its text."""
    parts, column, style = [], 0, Style()
    for index, piece in enumerate(_SEQUENCE.split(row)):
        if index % 2:
            style = _styled(style, [int(code or 0) for code in piece.split(";")])
        elif piece:
            parts.append(_run(style, column, number, piece))
            column += len(piece)
    return "".join(parts)


def _run(style: Style, column: int, row: int, text: str) -> str:
    x, y = (column + 1) * CELL, row * ROW
    size = len(text) * CELL
    color, ground = style.color, style.ground
    if style.reverse:
        color, ground = ground or PAPER, color
    behind = f'<rect x="{x:g}" y="{y - 13:g}" width="{size:g}" height="{ROW}" fill="{ground}"/>'
    lines = " ".join(["underline"] * style.underline + ["line-through"] * style.struck)
    looks = ' font-weight="bold"' * style.bold + ' font-style="italic"' * style.italic
    looks += f' text-decoration="{lines}"' * bool(lines)
    # The length aligns columns in any font; blanks would be collapsed.
    kept = escape(text).replace(" ", "\N{NO-BREAK SPACE}")
    place = f'x="{x:g}" y="{y:g}" textLength="{size:g}"'
    shown = f'<text {place} fill="{color}"{looks}>{kept}</text>'
    return behind * bool(ground) + shown * bool(text.strip())


def _styled(style: Style, codes: list[int]) -> Style:
    """Return a style after an SGR sequence."""
    while codes:
        match codes:
            case [(38 | 48) as code, 2, red, green, blue, *codes]:
                style = _colored(style, f"#{red:02x}{green:02x}{blue:02x}", behind=code == 48)
            case [(38 | 48) as code, 5, number, *codes]:
                style = _colored(style, _PALETTE[number], behind=code == 48)
            case [0, *codes]:
                style = Style()
            case [39, *codes]:
                style = style._replace(color=TEXT)
            case [49, *codes]:
                style = style._replace(ground="")
            case [code, *codes]:
                style = _changed(style, code)
    return style


def _colored(style: Style, color: str, *, behind: bool) -> Style:
    return style._replace(ground=color) if behind else style._replace(color=color)


def _changed(style: Style, code: int) -> Style:
    """Return a style after one code: a switch or one of the first 16 colours; others change nothing."""
    match code:
        case 1 | 22:
            return style._replace(bold=code == 1)
        case 3 | 23:
            return style._replace(italic=code == 3)
        case 4 | 24:
            return style._replace(underline=code == 4)
        case 7 | 27:
            return style._replace(reverse=code == 7)
        case 9 | 29:
            return style._replace(struck=code == 9)
    for first, offset in ((30, 0), (90, 8), (40, 0), (100, 8)):
        if first <= code < first + 8:
            return _colored(style, _PALETTE[code - first + offset], behind=first in (40, 100))
    return style
