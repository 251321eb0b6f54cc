"""Draws the pictures of editors in a terminal that the pages show: real editors, as tmux has them, written as SVG.

python -m tests.editors.picture neovim clients/neovim/neovim.svg

The scenes are `neovim` (ghost text), and `neovim-edit`, `vim-edit` and `emacs-edit` (a next edit).
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.editors.bench import CLIENTS, Bench
from tests.editors.drawing import svg
from tests.editors.fetch import launcher
from tests.editors.terminal import Terminal
from tests.loopback.client import Loopback

_NEOVIM = """
set termguicolors number noswapfile nohlsearch
lua vim.opt.fillchars = { eob = ' ' }
colorscheme habamax
set runtimepath^=PLUGIN
set laststatus=2 statusline=%f%=%{v:lua.require'midfill'.statusline()}
lua require('midfill').setup({ cmd = { 'PROGRAM', 'serve' } })
"""
_VIM = """
set nocompatible termguicolors number noswapfile nohlsearch background=dark t_Co=256
let &t_8f = "\\<Esc>[38;2;%lu;%lu;%lum"
let &t_8b = "\\<Esc>[48;2;%lu;%lu;%lum"
syntax on
filetype plugin indent on
colorscheme habamax
let &fillchars = 'eob: '
set runtimepath^=PLUGIN
let g:midfill_cmd = ['PROGRAM', 'serve']
set laststatus=2 statusline=%f%=%{midfill#StatusLine()}
"""
_EMACS = """
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil
      native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil)
(menu-bar-mode -1)
(load-theme 'modus-vivendi t)
(set-face-background 'default "unspecified-bg")
(add-to-list 'load-path "PLUGIN")
(require 'midfill)
(setq midfill-command '("PROGRAM" "serve"))
(global-midfill-mode)
"""
_COUNTED = '''"""Words and how often they occur."""

from collections import Counter
from pathlib import Path


def most_common(path: Path, number: int = 10) -> list[tuple[str, int]]:
    """Return the most frequent words of a file."""
    words = path.read_text().lower().split()
    \n
'''
_ANSWER = "unter(\n        word.strip('.,;:!?') for word in words\n    ).most_common(number)\n"
_ORDER = '''"""The price of an order."""


def total(items, tax):
    return sum(item.price for item in items) * tax


def receipt(items, tax):
    lines = [f"{item.name}: {item.price}" for item in items]
    return [*lines, total(items, tax)]


def average(items, tax):
    return total(items, tax) / len(items)
'''
"""A function that a scene renames at two places; the third is the next edit."""


def main(scene: str, target: Path) -> None:
    """Write the picture of a scene to `target`."""
    with TemporaryDirectory() as folder, Loopback() as upstream:
        target.write_text(svg(SCENES[scene](Bench(Path(folder), upstream))))


def neovim(bench: Bench) -> str:
    """Return the screen of a Neovim with a suggestion, with its colours as escape sequences."""
    bench.upstream.behave(text=_ANSWER)
    file = bench.file("words.py", _COUNTED)
    return _seen(bench, _in_neovim(bench, file), ("10GS", "return Co"), ").most_common(number)")


def neovim_edit(bench: Bench) -> str:
    """Return the screen of a Neovim that shows a next edit."""
    file = bench.file("order.py", _ORDER)
    return _seen(bench, _in_neovim(bench, file), _RENAMED_BY_VI, "Tab ↓ line 14")


def vim_edit(bench: Bench) -> str:
    """Return the screen of a Vim that shows a next edit."""
    config = _config(bench, "vimrc", _VIM, "vim")
    file = bench.file("order.py", _ORDER)
    command = [str(launcher("vim")), "-N", "-u", str(config), "-i", "NONE", file.name]
    return _seen(bench, command, _RENAMED_BY_VI, "Tab ↓ line 14")


def emacs_edit(bench: Bench) -> str:
    """Return the screen of an Emacs that shows a next edit."""
    config = _config(bench, "init.el", _EMACS, "emacs")
    file = bench.file("order.py", _ORDER)
    command = [str(launcher("emacs")), "-nw", "-Q", "-l", str(config), file.name]
    return _seen(bench, command, _RENAMED_BY_EMACS, "TAB ↓ line 14", ready="midfill:ready")


SCENES: dict[str, Callable[[Bench], str]] = {
    "neovim": neovim,
    "neovim-edit": neovim_edit,
    "vim-edit": vim_edit,
    "emacs-edit": emacs_edit,
}
_RENAMED_BY_VI = ("4G0wcwprice_of\x1b", "10G0/total\n", "cwprice_of\x1b:echo\n")
_RENAMED_BY_EMACS = (
    ("M-g", "g", "4", "Enter", "M-f", "M-d"),
    " price_of",
    ("M-g", "g", "1", "0", "Enter", "M-f", "M-f", "C-f", "C-f", "M-d"),
    "price_of",
)


def _in_neovim(bench: Bench, file: Path) -> list[str]:
    """Return the commands of Neovim and of its interface: an unpacked Neovim cannot start the interface."""
    config = _config(bench, "init.vim", _NEOVIM, "neovim")
    program, socket = launcher("neovim"), config.with_name("neovim")
    core = f"{program} --headless --listen {socket} --clean -n -u {config} {file.name}"
    interface = f"until [ -S {socket} ]; do sleep 0.1; done; {program} --remote-ui --server {socket}"
    return ["sh", "-c", f"{core} & {interface}"]


def _config(bench: Bench, name: str, text: str, client: str) -> Path:
    config = bench.home / name
    config.write_text(text.replace("PLUGIN", str(CLIENTS / client)).replace("PROGRAM", bench.program))
    return config


def _seen(
    bench: Bench,
    command: list[str],
    keys: tuple[str | tuple[str, ...], ...],
    shown: str,
    ready: str = "midfill ready",
) -> str:
    """Return the screen of an editor after these texts and keys, once it shows a suggestion."""
    terminal = Terminal(launcher("tmux"), bench.workspace, command, bench.environment)
    try:
        terminal.shows(ready)
        for some in keys:
            terminal.type(some) if isinstance(some, str) else terminal.press(*some)
        terminal.shows(shown)
        return terminal.colored
    finally:
        terminal.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.editors.picture", description=__doc__)
    parser.add_argument("scene", choices=sorted(SCENES))
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    main(options.scene, options.target)
