"""In each editor, the definitions of a real language server (pyright) are in the prompt."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.bench import CLIENTS, Bench, until
from tests.editors.conftest import Open, Start, cloned
from tests.editors.neovim import SETUP, Neovim
from tests.editors.terminal import Terminal
from tests.editors.test_emacs import OWN, started, written

SHOP = "class Basket:\n    def total_price(self, rate: float) -> float:\n        return rate\n"
TILL = "from shop import Basket\n\nbasket = Basket()\n"
DECLARED = "# shop.py\nclass Basket:\n    def total_price(self, rate: float) -> float:\n\n# "

NEOVIM = """
vim.api.nvim_create_autocmd('FileType', { pattern = 'python', callback = function()
  vim.lsp.start({ name = 'pyright', cmd = { Pyright, '--stdio' }, root_dir = Workspace })
end })
"""

EGLOT = """
(require 'eglot)
(setq eglot-stay-out-of '(flymake))
(add-to-list 'eglot-server-programs '(python-mode "{pyright}" "--stdio"))
(add-hook 'python-mode-hook #'eglot-ensure)
"""

VIM = """
set nocompatible cmdheight=6 noswapfile
cd {workspace}
set runtimepath^={clients}/vim,{plugin}
let g:midfill_cmd = ['{program}', 'serve']
let g:lsp_diagnostics_enabled = 0
autocmd User lsp_setup call lsp#register_server(#{name: 'pyright', cmd: ['{pyright}', '--stdio'],
  \\ allowlist: ['python'], root_uri: {_ -> 'file://{workspace}'}})
filetype plugin indent on
let &laststatus = 2
let &statusline = '%{midfill#StatusLine()}'
"""


@pytest.fixture(autouse=True)
def shop(bench: Bench) -> Iterator[None]:
    """A file that declares a class; only the editor's language servers know it."""
    bench.upstream.reset()
    bench.upstream.behave(text="1")
    bench.configure('[context]\nsources = ["editor"]\n')
    bench.file("shop.py", SHOP)
    bench.file("pyrightconfig.json", "{}")
    yield
    bench.configure()


@pytest.fixture
def pyright() -> Path:
    return cloned("pyright") / "node_modules/.bin/pyright-langserver"


def wait_for_definition(bench: Bench, editor: Terminal | Neovim, name: str) -> None:
    """Wait until a prompt starts with the declaration; meanwhile characters are typed."""

    def asked() -> bool:
        editor.type("x")
        time.sleep(0.7)  # The server requests definitions in a pause.
        return any(call["prompt"].startswith(f"{DECLARED}{name}\n") for call in bench.calls())

    until(asked, "the declaration in a prompt", bench.calls)


@pytest.mark.parametrize("editor", ["neovim", "neovim-0.10"])
def test_neovim(start_neovim: Start, bench: Bench, pyright: Path, editor: str) -> None:
    name = f"till_{editor[-1]}.py"
    paths = f"Pyright, Workspace = '{pyright}', '{bench.workspace}'"
    nvim = start_neovim(editor, SETUP % "own", paths, NEOVIM)
    nvim.edit(bench.file(name, TILL))
    nvim.type("Gorate = ")
    wait_for_definition(bench, nvim, name)


def test_eglot(open_terminal: Open, bench: Bench, pyright: Path) -> None:
    init = written(bench, "eglot.el", EGLOT, OWN, pyright=pyright)
    terminal = started(open_terminal, init, bench.file("till_eglot.py", TILL))
    terminal.press("M->")
    terminal.type("rate = ")
    wait_for_definition(bench, terminal, "till_eglot.py")


def test_vim_lsp(open_terminal: Open, bench: Bench, pyright: Path) -> None:
    text, places = VIM, {"clients": CLIENTS, "plugin": cloned("vim-lsp"), "program": bench.program}
    for place, value in {**places, "pyright": pyright, "workspace": bench.workspace}.items():
        text = text.replace(f"{{{place}}}", str(value))
    vimrc = bench.home / "vim_lsp.vim"
    vimrc.write_text(text)
    file = bench.file("till_vim.py", TILL)
    terminal = open_terminal("vim", ["-u", str(vimrc), str(file)])
    terminal.shows("midfill ready")
    terminal.type("Gorate = ")
    wait_for_definition(bench, terminal, "till_vim.py")
