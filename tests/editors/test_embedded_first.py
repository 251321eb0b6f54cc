"""The model's suggestion replaces the embedded engine's in real editors without a gap."""

import time
from collections.abc import Callable

import pytest

from tests.editors.bench import Bench, until
from tests.editors.conftest import Open, Start
from tests.editors.neovim import SETUP, WAYS, Way
from tests.editors.test_emacs import OWN as EMACS
from tests.editors.test_emacs import started as started_emacs
from tests.editors.test_emacs import written
from tests.editors.test_vim import started as started_vim

BODY = "def total(rows):\n    return sum(row.amount for row in rows)\n\n\n" * 3
EMBEDDED, MODEL = "sum(row.amount for row in rows)", "math.fsum(row.amount for row in rows)"
LAST = BODY.count("\n") + 2
"""The line on which the last function's body is typed."""


@pytest.fixture(autouse=True)
def embedded_first(bench: Bench) -> None:
    bench.configure("[completion]\nembedded_first = true\n")
    bench.upstream.reset()
    bench.upstream.behave(text=f"{MODEL}\n", first_token_ms=2000)


def seen(look: Callable[[], str]) -> list[str]:
    """Return the shown suggestions in order, up to the model's."""
    found = [""]
    end = time.monotonic() + 10
    while found[-1] != MODEL and time.monotonic() < end:
        if (now := look()) != found[-1]:
            found.append(now)
    return found


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.editor}-{way.ghost}")
def test_neovim(start_neovim: Start, bench: Bench, name: str, way: Way) -> None:
    nvim = start_neovim(way.editor, SETUP % way.ghost)
    nvim.edit(bench.file(name, f"{BODY}def total(rows):\n    \n"))
    nvim.type(f"{LAST}GAreturn ")
    assert seen(lambda: nvim.ghost) == ["", EMBEDDED, MODEL]


def on_screen(screen: str) -> str:
    """Return the screen's text of the file's last line that is not empty."""
    shown = [line for line in screen.split("\n") if line.startswith("    return ")][-1]
    return shown.removeprefix("    return ")


@pytest.mark.parametrize("editor", ["vim", "vim-9.0"])
def test_vim(open_terminal: Open, bench: Bench, name: str, editor: str) -> None:
    terminal = started_vim(open_terminal, bench, editor, bench.file(name, f"{BODY}def total(rows):\n    \n"))
    terminal.type(f"{LAST}GAreturn ")
    until(lambda: on_screen(terminal.screen) == EMBEDDED, EMBEDDED, lambda: terminal.screen)
    assert seen(lambda: on_screen(terminal.screen))[-2:] == [EMBEDDED, MODEL]


def test_emacs(open_terminal: Open, bench: Bench, name: str) -> None:
    file = bench.file(name, f"{BODY}def total(rows):\n    \n")
    terminal = started_emacs(open_terminal, written(bench, "embedded_first.el", EMACS), file)
    terminal.press("M->", "C-b")
    terminal.type("return ")
    until(lambda: on_screen(terminal.screen) == EMBEDDED, EMBEDDED, lambda: terminal.screen)
    assert seen(lambda: on_screen(terminal.screen))[-2:] == [EMBEDDED, MODEL]
