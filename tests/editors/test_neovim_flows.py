"""Everyday use of Neovim: repeat, count and record accepted text, split windows, edit in bulk."""

import time

import psutil
import pytest

from tests.editors.bench import Bench, until
from tests.editors.conftest import Start
from tests.editors.neovim import SETUP, Neovim, Way

AUTO = [Way("neovim", "auto"), Way("neovim-0.10", "auto")]
NATIVE = SETUP % "native"


@pytest.fixture(scope="module", params=AUTO, ids=lambda way: way.editor)
def started(request: pytest.FixtureRequest, start_neovim: Start) -> Neovim:
    way: Way = request.param
    return start_neovim(way.editor, SETUP % way.ghost)


@pytest.fixture(autouse=True)
def fresh(bench: Bench) -> None:
    bench.upstream.reset()


@pytest.fixture
def nvim(started: Neovim) -> Neovim:
    started.clear()
    started.command("silent! only | set autoindent& textwidth& formatoptions& wrap&")
    return started


def test_own_drawing_is_the_default(nvim: Neovim) -> None:
    """Neovim's own inline completion is used only on request."""
    assert nvim.lua("return require('midfill.config').ghost()") == "own"


@pytest.mark.parametrize("way", [*AUTO, Way("neovim", "native")], ids=lambda way: f"{way.editor}-{way.ghost}")
def test_first_line(start_neovim: Start, bench: Bench, name: str, way: Way) -> None:
    """Text that is typed before the server has started causes a request afterwards."""
    nvim = start_neovim(way.editor, SETUP % way.ghost)
    bench.upstream.behave(text="first")
    nvim.command(f"edit {bench.file(name, f'# {name}')}")
    nvim.type("Govalue = ")
    nvim.shows("first")


def test_repeat(nvim: Neovim, bench: Bench, name: str) -> None:
    """`.` repeats typed and accepted text, with its indentation."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    nvim.edit(bench.file(name, f"# {name}\ndef f():\n    \n\n# end\n"))
    nvim.command("set formatoptions+=ro textwidth=20")
    nvim.type("3GAreturn ")
    nvim.shows("sum(\n        [a, b]\n    )")
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "def f():", "    return sum(", "        [a, b]", "    )", "", "# end")
    nvim.type("<Esc>G.")
    nvim.has(
        *(f"# {name}", "def f():", "    return sum(", "        [a, b]", "    )", ""),
        *("# endreturn sum(", "        [a, b]", "    )"),
    )


def test_count(nvim: Neovim, bench: Bench, name: str) -> None:
    """A count before the insertion repeats all of it."""
    bench.upstream.behave(text="value")
    nvim.edit(bench.file(name, f"# {name}\n\n"))
    nvim.type("2G3Aa = ")
    nvim.shows("value")
    nvim.type("<Tab>;<Esc>")
    nvim.has(f"# {name}", "a = value;a = value;a = value;")


def test_macro(nvim: Neovim, bench: Bench, name: str) -> None:
    """A macro replays the accepted text, with any suggestion meanwhile, and other Tabs as Tabs."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    nvim.edit(bench.file(name, f"# {name}\ndef f():\n    \n\n# end\n"))
    nvim.type("3GqqAreturn ")
    nvim.shows("sum(\n        [a, b]\n    )")
    nvim.type("<Tab>;<C-v><Tab><Esc>q")
    whole = ["    return sum(", "        [a, b]", "    );\t"]
    nvim.has(f"# {name}", "def f():", *whole, "", "# end")
    bench.upstream.behave(text="other")
    nvim.type("G2@q")
    again = ["return sum(", "        [a, b]", "    );\t"]
    nvim.has(
        *(f"# {name}", "def f():", *whole, "", "# end" + again[0], again[1], again[2] + again[0], *again[1:])
    )


def test_one_undo(nvim: Neovim, bench: Bench, name: str) -> None:
    """An accepted word is undone separately."""
    bench.upstream.behave(text="first.second")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Govalue = ")
    nvim.shows("first.second")
    nvim.type("<M-Right>")
    nvim.has(f"# {name}", "value = first")
    nvim.type("<M-Right>")
    nvim.has(f"# {name}", "value = first.")
    nvim.type("<Esc>u")
    nvim.has(f"# {name}", "value = first")


def test_one_window(nvim: Neovim, bench: Bench, name: str) -> None:
    """Only the window with the cursor shows the suggestion, not another one on the same file."""
    bench.upstream.behave(text="only(\n        here\n    )\n")
    nvim.edit(bench.file(name, f"# {name}\ndef f():\n    \n\n# end\n"))
    nvim.command("split")
    nvim.type("3GAreturn ")
    nvim.shows("only(\n        here\n    )")
    assert [row for row in nvim.screen if "only" in row] == ["    return only("]
    assert [row for row in nvim.screen if "here" in row] == ["        here"]
    nvim.type("<Esc><C-w>j")
    nvim.type("3GA")
    nvim.shows("only(\n        here\n    )")
    assert [row for row in nvim.screen if "only" in row] == ["    return only("]


def test_not_attached(nvim: Neovim, bench: Bench, name: str) -> None:
    """Help pages and read-only buffers are no documents of the server."""
    clients = "return #vim.lsp.get_clients({ bufnr = 0 })"
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.command("help help")
    assert nvim.lua(clients) == 0
    nvim.command("close")
    nvim.command("enew | setlocal nomodifiable | set filetype=python")
    assert nvim.lua("return vim.bo.modifiable") is False
    time.sleep(0.2)
    assert nvim.lua(clients) == 0


def test_wide(nvim: Neovim, bench: Bench, name: str) -> None:
    """Lines wider than the window wrap if its text does, otherwise end at its edge."""
    head = "build(width=1920, height=1080, depth=24, title='Wonderful pictures', fps=60,"
    body = "        comment='The quick brown fox jumps over the lazy dog, and then home', left=7, top=8"
    bench.upstream.behave(text=f"{head}\n{body}\n    )\n")
    nvim.edit(bench.file(name, f"# {name}\ndef f():\n    \n\n# end\n"))
    nvim.type("3GAreturn ")
    nvim.shows(f"{head}\n{body[:80]}\n{body[80:]}\n    )")
    line = f"    return {head}"
    assert nvim.screen[2:9] == [line[:80].rstrip(), line[80:], body[:80], body[80:], "    )", "", "# end"]
    nvim.type("<Esc>")
    nvim.command("set nowrap")
    nvim.type("A")
    until(lambda: nvim.screen[3] == body[:80], "cut lines", lambda: nvim.screen)
    assert nvim.screen[4] == "    )"


def test_at_the_bottom(nvim: Neovim, bench: Bench, name: str) -> None:
    """The number of lines that do not fit below the cursor is shown."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    nvim.edit(bench.file(name, "#\n" * 20 + "def f():\n    \n\n" + "# end\n" * 20))
    nvim.type("22GAreturn ")
    nvim.shows("sum(\n        [a, b]\n    )")
    nvim.type("<Esc>zbA")
    height = nvim.lua("return vim.api.nvim_win_get_height(0)")
    until(lambda: "sum(" in nvim.screen[height - 1], "the first line", lambda: nvim.screen)
    assert nvim.screen[height - 1] == "    return sum( ↓2"
    nvim.type("<Esc>zb<C-e>A")
    until(lambda: nvim.screen[height - 2] == "    return sum( ↓1", "one more line", lambda: nvim.screen)
    assert nvim.screen[height - 1] == "        [a, b]"


def test_edit_without_typing_causes_no_request(nvim: Neovim, bench: Bench, name: str) -> None:
    """An edit that the user did not type causes no request until the next key."""
    bench.upstream.behave(text="asked")
    nvim.edit(bench.file(name, f"# {name}\none\none\none\n"))
    nvim.command("%s/one/two/")
    nvim.command("g/two/normal Ax")
    nvim.type("A<Esc>")
    nvim.command("%s/twox/three/")
    nvim.type("ggA")
    nvim.lua("vim.api.nvim_buf_set_lines(0, 0, 1, true, { '# formatted' })")
    nvim.type("<C-o>:%s/three/four/<CR>")
    time.sleep(0.5)
    assert not bench.sent("# formatted")  # Requests of the typed keys may come late.
    nvim.type("<C-o>G<End><CR>value = ")
    nvim.shows("asked")


def test_large_file(nvim: Neovim, bench: Bench, name: str) -> None:
    """In a file of 200,000 lines the plugin and the server take little time for the first suggestion."""
    bench.upstream.behave(text="answered(1)\n")
    lines = (f"def function_{number}(a, b):\n    return a + b * {number}\n" for number in range(100_000))
    nvim.edit(bench.file(name, "".join(lines)))
    nvim.type("Go")
    both = [psutil.Process(pid) for pid in (nvim.pid, nvim.server())]
    before = sum(sum(process.cpu_times()[:2]) for process in both)
    nvim.type("value = ")
    nvim.shows("answered(1)")
    assert sum(sum(process.cpu_times()[:2]) for process in both) - before < 0.3


def test_native_manual_request(start_neovim: Start, bench: Bench, name: str) -> None:
    """With Neovim's own drawing, the request keys work: in the middle of a line, and for alternatives."""
    nvim = start_neovim("neovim", NATIVE)
    bench.upstream.behave(text="first")
    nvim.edit(bench.file(name, f"# {name}\nvalue =  + other\n"))
    nvim.type("2G0f=lli")
    time.sleep(0.5)
    assert nvim.ghost == ""
    nvim.type("<M-Bslash>")
    nvim.shows("first")
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "value = first + other")
    nvim.type("<Esc>ox = ")
    nvim.shows("first")
    bench.upstream.behave(text="second")
    nvim.type("<M-]>")
    nvim.shows("second")
    nvim.type("<M-[>")
    nvim.shows("first")


def test_native_menu(start_neovim: Start, bench: Bench, name: str) -> None:
    """Neovim's own drawing leaves no old suggestion after a word of the menu."""
    nvim = start_neovim("neovim", NATIVE)
    bench.upstream.behave(text="abetic + 1")
    nvim.edit(bench.file(name, "alphabet = 1\nalphabetic = 2\n"))
    nvim.type("Goalph")
    nvim.shows("abetic + 1")
    nvim.type("<C-n>")
    until(lambda: nvim.lua("return vim.fn.pumvisible()") == 1, "the menu")
    assert nvim.ghost == ""
