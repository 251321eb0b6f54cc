"""The Neovim plugin's loading, its keys with other mappings, its server's start and end."""

import shutil

import psutil
import pytest

from tests.editors.bench import Bench, until
from tests.editors.conftest import Start
from tests.editors.neovim import PLUGIN, SETUP, WAYS, Way


@pytest.fixture(autouse=True)
def fresh(bench: Bench) -> None:
    bench.upstream.reset()


def test_plain_config(start_neovim: Start, bench: Bench, name: str) -> None:
    """Neovim 0.12's own functions need only the plugin's lsp/midfill.lua."""
    nvim = start_neovim(
        "neovim",
        "vim.lsp.config('midfill', { cmd = { Program, 'serve' } })",
        "vim.lsp.enable('midfill')",
        "vim.lsp.inline_completion.enable()",
    )
    bench.upstream.behave(text="native")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Govalue = ")
    nvim.shows("native")
    nvim.lua("vim.lsp.inline_completion.get()")
    nvim.has(f"# {name}", "value = native")


@pytest.mark.parametrize("editor", ["neovim", "neovim-0.10"])
def test_package(start_neovim: Start, bench: Bench, name: str, editor: str) -> None:
    """As a package (vim.pack, packadd) the plugin loads late, attaches to open files and has its help."""
    nvim = start_neovim(
        editor,
        "vim.opt.rtp:remove(Plugin)",
        "local site = vim.fn.stdpath('data') .. '/site'",
        "vim.opt.packpath:prepend(site)",
    )
    packed = shutil.copytree(PLUGIN, bench.home / f".local/share/nvim/site/pack/{name}/opt/midfill")
    bench.upstream.behave(text="packed")
    nvim.command(f"edit {bench.file(name, f'# {name}')}")
    nvim.command("packadd midfill")
    nvim.lua(SETUP % "auto")
    nvim.attached()
    nvim.type("Govalue = ")
    nvim.shows("packed")
    nvim.type("<Esc>")
    nvim.command(f"helptags {packed / 'doc'}")
    nvim.command("help midfill-options")
    assert any("midfill-options" in line for line in nvim.lines)


@pytest.mark.parametrize("editor", ["neovim", "neovim-0.10"])
def test_health(start_neovim: Start, bench: Bench, name: str, editor: str) -> None:
    """:checkhealth reports no problem of a working set-up, and names what is missing in a broken one."""
    nvim = start_neovim(editor, SETUP % "auto")
    nvim.edit(bench.file(name, f"# {name}"))
    nvim.command("checkhealth midfill")
    report = "\n".join(nvim.lines)
    assert "the server runs" in report
    assert "accepts" in report
    assert "ERROR" not in report
    assert "WARNING" not in report
    nvim.lua("require('midfill.config').options.cmd = { 'no-such-program' }")
    nvim.command("checkhealth midfill")
    assert "no program `no-such-program`" in "\n".join(nvim.lines)


def test_mapped_by_others(start_neovim: Start, bench: Bench, name: str) -> None:
    """A mapping of the buffer, as blink.cmp creates it, can let midfill accept first."""
    nvim = start_neovim("neovim", SETUP % "auto", _OTHERS_TAB)
    bench.upstream.behave(text="accepted")
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.lua("MapTab()")
    nvim.type("Govalue = ")
    nvim.shows("accepted")
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "value = accepted")
    nvim.type("<Tab>")
    nvim.has(f"# {name}", "value = acceptedmenu")


@pytest.mark.parametrize("editor", ["neovim", "neovim-0.10"])
def test_archive(start_neovim: Start, bench: Bench, name: str, editor: str) -> None:
    """Without `midfill` on the PATH the program of an unpacked archive is used, and :checkhealth says so."""
    bench.unpack()
    nvim = start_neovim(editor, "vim.env.PATH = '/nowhere'", "require('midfill').setup()")
    nvim.edit(bench.file(name, f"# {name}"))
    nvim.command("checkhealth midfill")
    assert "server/midfill, an unpacked archive)" in "\n".join(nvim.lines)


_OTHERS_TAB = """
function MapTab()
  vim.keymap.set('i', '<Tab>', function()
    return require('midfill').accept() and '' or 'menu'
  end, { buffer = true, expr = true })
end
"""


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.editor}-{way.ghost}")
def test_end(start_neovim: Start, bench: Bench, name: str, way: Way) -> None:
    """An error is shown once; other mappings of the accept key still work; the server ends with the editor."""
    nvim = start_neovim(way.editor, "vim.keymap.set('i', '<Tab>', 'mapped')", SETUP % way.ghost)
    bench.upstream.fail("401", times=0)
    nvim.edit(bench.file(name, f"# {name}\n"))
    nvim.type("Goone = <Tab>")
    nvim.has(f"# {name}", "one = mapped")
    until(lambda: "does not accept" in nvim.messages, "the message about the key")
    nvim.type("<CR>two = ")
    nvim.type("<CR>three = ")
    assert nvim.messages.count("does not accept") == 1
    server = psutil.Process(nvim.server())
    nvim.close()
    server.wait(timeout=60)


def test_killed(start_neovim: Start, bench: Bench, name: str) -> None:
    """The server ends when Neovim is killed, too."""
    nvim = start_neovim("neovim", SETUP % "auto")
    nvim.edit(bench.file(name, f"# {name}\n"))
    server = psutil.Process(nvim.server())
    nvim.kill()
    server.wait(timeout=60)
