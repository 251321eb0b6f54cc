"""Draws the picture of Neovim that the README shows: a real terminal, as tmux has it, written as SVG.

python -m tests.editors.picture clients/neovim/neovim.svg
"""

import re
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.editors.bench import CLIENTS, Bench
from tests.editors.fetch import launcher
from tests.editors.terminal import Terminal
from tests.loopback.client import Loopback

CELL, ROW = 8.4, 18
"""Pixels that a character is wide and a line is high, at a font size of 14."""

_CONFIG = """
set termguicolors number noswapfile
lua vim.opt.fillchars = {{ eob = ' ' }}
colorscheme habamax
set runtimepath^={plugin}
set laststatus=2 statusline=%f%=%{{v:lua.require'midfill'.statusline()}}
lua require('midfill').setup({{ cmd = {{ '{program}', 'serve' }} }})
"""
_FILE = '''"""Words and how often they occur."""

from collections import Counter
from pathlib import Path


def most_common(path: Path, number: int = 10) -> list[tuple[str, int]]:
    """Return the most frequent words of a file."""
    words = path.read_text().lower().split()
    \n
'''
_ANSWER = "unter(\n        word.strip('.,;:!?') for word in words\n    ).most_common(number)\n"
_SEQUENCE = re.compile(r"\x1b\[([\d;]*)m")


class Style(NamedTuple):
    """How a run of characters looks."""

    color: str = "#dadada"
    ground: str = ""
    bold: bool = False
    italic: bool = False


def main(target: Path) -> None:
    """Write the picture to `target`."""
    with TemporaryDirectory() as folder, Loopback() as upstream:
        bench = Bench(Path(folder), upstream)
        upstream.behave(text=_ANSWER)
        target.write_text(svg(photographed(bench)))


def photographed(bench: Bench) -> str:
    """Return the screen of a Neovim that suggests something, with its colours as escape sequences."""
    config = bench.home / "init.vim"
    config.write_text(_CONFIG.format(plugin=CLIENTS / "neovim", program=bench.program))
    file = bench.file("words.py", _FILE)
    terminal = Terminal(launcher("tmux"), bench.workspace, _command(config, file), bench.environment)
    try:
        terminal.shows("midfill ready")
        terminal.type("10GS")
        terminal.type("return Co")
        terminal.shows(").most_common(number)")
        return terminal.colored
    finally:
        terminal.close()


def _command(config: Path, file: Path) -> list[str]:
    """Return the command of a Neovim and of its interface: one that is unpacked cannot start the other itself."""
    neovim, socket = launcher("neovim"), config.with_name("neovim")
    core = f"{neovim} --headless --listen {socket} --clean -n -u {config} {file.name}"
    interface = f"until [ -S {socket} ]; do sleep 0.1; done; {neovim} --remote-ui --server {socket}"
    return ["sh", "-c", f"{core} & {interface}"]


def svg(screen: str) -> str:
    """Return a terminal's screen as a picture."""
    rows = screen.rstrip("\n").split("\n")
    width, height = 82 * CELL, (len(rows) + 1) * ROW
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-size="14"',
            '  font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace">',
            '<rect width="100%" height="100%" rx="6" fill="#1c1c1c"/>',
            *(_row(number, row) for number, row in enumerate(rows, 1)),
            "</svg>\n",
        ]
    )


def _row(number: int, row: str) -> str:
    """Return one line of the screen: its grounds, and its text upon them."""
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
    ground = f'<rect x="{x:g}" y="{y - 13:g}" width="{size:g}" height="{ROW}" fill="{style.ground}"/>'
    looks = ' font-weight="bold"' * style.bold + ' font-style="italic"' * style.italic
    # The length keeps columns under each other whatever the font; blanks would run together.
    kept = escape(text).replace(" ", "\N{NO-BREAK SPACE}")
    place = f'x="{x:g}" y="{y:g}" textLength="{size:g}"'
    shown = f'<text {place} fill="{style.color}"{looks}>{kept}</text>'
    return ground * bool(style.ground) + shown * bool(text.strip())


def _styled(style: Style, codes: list[int]) -> Style:
    """Return a style after an SGR sequence: what a true-colour terminal is sent."""
    while codes:
        match codes:
            case [38, 2, red, green, blue, *codes]:
                style = style._replace(color=f"#{red:02x}{green:02x}{blue:02x}")
            case [48, 2, red, green, blue, *codes]:
                style = style._replace(ground=f"#{red:02x}{green:02x}{blue:02x}")
            case [0, *codes]:
                style = Style()
            case [39, *codes]:
                style = style._replace(color=Style().color)
            case [49, *codes]:
                style = style._replace(ground="")
            case [(1 | 22) as code, *codes]:
                style = style._replace(bold=code == 1)
            case [(3 | 23) as code, *codes]:
                style = style._replace(italic=code == 3)
            case [_, *codes]:
                pass
    return style


if __name__ == "__main__":
    main(Path(sys.argv[1]))
