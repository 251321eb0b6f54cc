"""Suggestions in real Neovims, drawn in every available way."""

import pytest

from tests.editors.bench import Bench, until
from tests.editors.conftest import Start
from tests.editors.neovim import OWN, SETUP, WAYS, Neovim, Way
from tests.editors.rpc import RpcError


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: f"{way.editor}-{way.ghost}")
def started(request: pytest.FixtureRequest, start_neovim: Start) -> Neovim:
    way: Way = request.param
    return start_neovim(way.editor, SETUP % way.ghost)


@pytest.fixture(autouse=True)
def fresh(bench: Bench) -> None:
    bench.upstream.reset()


@pytest.fixture
def nvim(started: Neovim) -> Neovim:
    """A Neovim with the plugin set up by its user, and no file."""
    started.clear()
    return started


def test_suggestion_is_shown_and_accepted(nvim: Neovim, bench: Bench, name: str) -> None:
    """A suggestion appears, stays while it is typed along, Tab accepts it, and one undo removes it."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    nvim.edit(bench.file(name, f"# {name}\ndef add(a, b):\n    \n\nprint(add)\n"))
    nvim.type("3GAreturn ")
    nvim.shows("sum(\n        [a, b]\n    )")
    nvim.type("sum")
    nvim.shows("(\n        [a, b]\n    )")
    assert not bench.called_after("return s")
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "def add(a, b):", "    return sum(", "        [a, b]", "    )", "", "print(add)")
    assert nvim.cursor == (5, len("    )"))
    nvim.type("<Esc>u")
    nvim.has(f"# {name}", "def add(a, b):", "    return sum", "", "print(add)")


def test_parts_are_accepted(nvim: Neovim, bench: Bench, name: str) -> None:
    """A word or a line can be accepted, and the rest stays suggested without another call."""
    bench.upstream.behave(text="first(\n        second\n    )\n")
    nvim.edit(bench.file(name, f"# {name}\ndef parts():\n    \n"))
    nvim.type("3GAzero = ")
    nvim.shows("first(\n        second\n    )")
    nvim.type("<M-Right>")
    nvim.has(f"# {name}", "def parts():", "    zero = first")
    nvim.shows("(\n        second\n    )")
    nvim.type("<M-C-Right>")
    nvim.has(f"# {name}", "def parts():", "    zero = first(")
    nvim.shows("\n        second\n    )")
    nvim.type("<M-C-Right>")
    nvim.has(f"# {name}", "def parts():", "    zero = first(", "        second")
    nvim.shows("\n    )")
    assert not bench.called_after("zero = f")
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "def parts():", "    zero = first(", "        second", "    )")


def test_incomplete_line_grows(nvim: Neovim, bench: Bench, name: str) -> None:
    """A partial suggestion that is shown during a burst is completed without another key."""
    bench.upstream.behave(text="first + second + third", first_token_ms=100, token_ms=100)
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Govalue = ")
    nvim.shows("first + second + third")
    bench.upstream.behave(first_token_ms=0, token_ms=0)


def test_inside_brackets(nvim: Neovim, bench: Bench, name: str) -> None:
    """Between auto-closed brackets the suggestion fills them, and the closer is not doubled."""
    bench.upstream.behave(text="1, 2")
    nvim.edit(bench.file(name, f"# {name}\nresult = foo\n"))
    nvim.type("2GA()<Left>")
    until(lambda: "1, 2" in nvim.screen[1], "the suggestion to be drawn")
    assert nvim.screen[1] == "result = foo(1, 2)"
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "result = foo(1, 2)")
    assert nvim.cursor == (2, len("result = foo(1, 2"))


def test_wide_characters(nvim: Neovim, bench: Bench, name: str) -> None:
    """Characters of four bytes before the cursor shift nothing."""
    bench.upstream.behave(text="wave)")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Goprint('👋🏽 naïve', ")
    nvim.shows("wave)")
    nvim.type("wa<Tab>")
    nvim.has(f"# {name}", "print('👋🏽 naïve', wave)")


def test_windows_line_ends(nvim: Neovim, bench: Bench, name: str) -> None:
    r"""A file with \r\n keeps it, and no \r is shown or inserted."""
    bench.upstream.behave(text="max(\n        2\n    )\n")
    file = bench.file(name, f"# {name}\r\ndef f():\r\n    \r\n")
    nvim.edit(file)
    nvim.type("3GAone = ")
    nvim.shows("max(\n        2\n    )")
    assert nvim.screen[2:5] == ["    one = max(", "        2", "    )"]
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "def f():", "    one = max(", "        2", "    )")
    nvim.type("<Esc>")
    nvim.command("write")
    assert file.read_bytes().split(b"def f():")[1] == b"\r\n    one = max(\r\n        2\r\n    )\r\n"


def test_dismiss(nvim: Neovim, bench: Bench, name: str) -> None:
    """A dismissed suggestion is gone, and the accept key has its usual function."""
    bench.upstream.behave(text="unwanted")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Govalue = ")
    nvim.shows("unwanted")
    nvim.type("<C-]>")
    nvim.shows("")
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "value =     ")


def test_disagreement(nvim: Neovim, bench: Bench, name: str) -> None:
    """Typed text that differs from the suggestion removes it, and it can no longer be accepted."""
    bench.upstream.behave(text="right")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Govalue = ")
    nvim.shows("right")
    bench.upstream.behave(text="")
    nvim.type("wr<Tab>")
    until(lambda: nvim.lines[-1].startswith("value = wr"), "the typed text")
    assert "ght" not in nvim.lines[-1]
    nvim.shows("")


def test_toggle(nvim: Neovim, bench: Bench, name: str) -> None:
    """When it is switched off, midfill requests nothing; when it is switched on, it continues."""
    bench.upstream.behave(text="suggested")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.command("Midfill toggle")
    nvim.says("midfill paused")
    nvim.type("Govalue = <Esc>")
    nvim.command("Midfill toggle")
    nvim.says("midfill ready")
    assert not bench.called_after("value")
    nvim.type("oother = ")
    nvim.shows("suggested")


def test_commands(nvim: Neovim, bench: Bench, name: str) -> None:
    """`:Midfill` snoozes and shows the statistics; other words are rejected."""
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.command("Midfill snooze 5")
    nvim.says("midfill paused")
    nvim.command("Midfill snooze 0")
    nvim.says("midfill ready")
    nvim.command("Midfill stats")
    until(lambda: "midfill: " in nvim.messages, "the numbers", lambda: nvim.messages)
    with pytest.raises(RpcError, match='there is no "nonsense", only toggle'):
        nvim.command("Midfill nonsense")


@pytest.mark.parametrize("way", OWN, ids=lambda way: way.editor)
def test_alternatives(start_neovim: Start, bench: Bench, name: str, way: Way) -> None:
    """With the key for the next suggestion our own ghost text requests alternatives, and cycles through them."""
    nvim = start_neovim(way.editor, SETUP % way.ghost)
    bench.upstream.behave(text="first")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Govalue = ")
    nvim.shows("first")
    bench.upstream.behave(text="second")
    nvim.type("<M-]>")
    nvim.shows("second")
    nvim.type("<M-[>")
    nvim.shows("first")


@pytest.mark.parametrize("way", OWN, ids=lambda way: way.editor)
def test_menu(start_neovim: Start, bench: Bench, name: str, way: Way) -> None:
    """While an entry of the completion menu is selected nothing else is shown; afterwards suggestions continue."""
    nvim = start_neovim(way.editor, SETUP % way.ghost)
    bench.upstream.behave(text="")
    nvim.edit(bench.file(name, "alphabet = 1\nalphabetic = 2\n"))
    nvim.type("Goalp")
    bench.upstream.behave(text=" + 3")
    nvim.type("<C-n>")
    until(lambda: nvim.lua("return vim.fn.pumvisible()") == 1, "the menu")
    nvim.shows("")
    nvim.type("<C-y> ")
    nvim.shows("+ 3")


@pytest.mark.parametrize("way", OWN, ids=lambda way: way.editor)
def test_cancels(start_neovim: Start, bench: Bench, name: str, way: Way) -> None:
    """Our own ghost text cancels a request that a keystroke has superseded."""
    nvim = start_neovim(way.editor, SETUP % way.ghost, _COUNT_CANCELS)
    bench.upstream.behave(text="late")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Goval")
    until(lambda: nvim.lua("return Cancels") > 0, "a cancelled request")


_COUNT_CANCELS = """
Cancels = 0
vim.api.nvim_create_autocmd('LspRequest', {
  callback = function(event)
    Cancels = Cancels + (event.data.request.type == 'cancel' and 1 or 0)
  end,
})
"""
