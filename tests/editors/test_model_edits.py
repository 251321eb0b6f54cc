"""The model's next edit in real editors: they draw and accept it like one without a model."""

from collections.abc import Iterator

import pytest

from tests.editors import test_emacs as emacs
from tests.editors import test_vim as vims
from tests.editors.bench import Bench, until
from tests.editors.conftest import Open, Start
from tests.editors.neovim import OWN, SETUP
from tests.editors.test_neovim_edits import draws

SETTINGS = '[trigger]\nmode = "manual"\n[edits]\nbackend = "deepseek"\n'
"""Settings without completions while typing, because the same model would answer them."""
TEXT = "def area(width, height):\n    return width * height\n\nprint(area(1, 2))\n"
TYPED = TEXT.replace("height)", "height, depth)")
NEW = TYPED.replace("width * height", "width * height * depth")


@pytest.fixture(autouse=True)
def _settings(bench: Bench) -> Iterator[None]:
    bench.configure(SETTINGS)
    bench.upstream.reset()
    bench.upstream.behave(text=f"{NEW}```")
    yield
    bench.configure()


def asked(bench: Bench) -> list[str]:
    """Return the paths of the model's calls."""
    return [call["path"] for call in bench.upstream.log(idle=True) if "completions" in call["path"]]


@pytest.mark.parametrize("vim", ["vim", "vim-9.0"])
def test_vim(open_terminal: Open, bench: Bench, vim: str) -> None:
    file = bench.file(f"{vim}_model.py", TEXT)
    terminal = vims.started(open_terminal, bench, vim, file)
    terminal.type("f)i, depth\x1b")
    terminal.shows("height, depth):  Tab ↓ line 2\n    return width * height * depth\n")
    terminal.press("Tab", "Tab")
    vims.saved(terminal, file, NEW)
    assert asked(bench) == ["/beta/chat/completions"]


def test_emacs(open_terminal: Open, bench: Bench) -> None:
    file = bench.file("emacs_model.py", TEXT)
    terminal = emacs.started(open_terminal, emacs.written(bench, "model.el", emacs.OWN), file)
    terminal.press("C-e", "Left", "Left")
    terminal.type(", depth")
    terminal.shows("height, depth):  TAB ↓ line 2\n    return width * height * depth\n")
    terminal.press("Tab", "Tab")
    emacs.saved(terminal, file, NEW)
    assert asked(bench) == ["/beta/chat/completions"]


@pytest.mark.parametrize("editor", [way.editor for way in OWN])
def test_neovim(start_neovim: Start, bench: Bench, editor: str) -> None:
    nvim = start_neovim(editor, SETUP % "own")
    nvim.edit(bench.file(f"{editor}_model.py".replace("-", "_"), TEXT))
    nvim.type("1Gf)i, depth<Esc>")
    draws(nvim, "1:  Tab ↓ line 2", "2: * depth")
    nvim.type("<Tab>")
    nvim.type("<Tab>")
    nvim.has(*NEW.splitlines())
    until(lambda: asked(bench) == ["/beta/chat/completions"], "one call", lambda: asked(bench))
