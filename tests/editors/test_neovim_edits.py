"""The next edit in real Neovims: drawn, jumped to, accepted, dismissed, and hidden behind ghost text."""

import pytest

from tests.editors.bench import Bench, until
from tests.editors.conftest import Start
from tests.editors.neovim import OWN, SETUP, Neovim, Way

DRAWN = """
local namespace = vim.api.nvim_get_namespaces()['midfill.edits']
local found = {}
for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
  local texts = { mark[4].virt_text or {}, unpack(mark[4].virt_lines or {}) }
  for _, chunks in ipairs(texts) do
    for _, chunk in ipairs(chunks) do
      table.insert(found, (mark[2] + 1) .. ':' .. chunk[1])
    end
  end
end
return found
"""
TEXT = "total = 0\nprint(total)\nsave(total)\nx = 1\nload(total)\n"


@pytest.fixture(scope="module", params=OWN, ids=lambda way: way.editor)
def started(request: pytest.FixtureRequest, start_neovim: Start) -> Neovim:
    way: Way = request.param
    return start_neovim(way.editor, SETUP % way.ghost)


@pytest.fixture
def nvim(started: Neovim, bench: Bench) -> Neovim:
    bench.upstream.reset()
    started.clear()
    return started


def draws(nvim: Neovim, *texts: str) -> None:
    """Wait until exactly this is drawn, with line numbers."""
    until(lambda: nvim.lua(DRAWN) == list(texts), str(texts), lambda: (nvim.lua(DRAWN), nvim.messages))


def rename(nvim: Neovim, bench: Bench, name: str) -> None:
    nvim.edit(bench.file(name, TEXT))
    nvim.type("1Gcwamount<Esc>")
    nvim.type("2Gftcwamount<Esc>")


def test_tab_jumps_and_tab_accepts(nvim: Neovim, bench: Bench, name: str) -> None:
    """The change is drawn at its place, its direction at the cursor; after an acceptance the next one is ready."""
    rename(nvim, bench, name)
    draws(nvim, "2:  Tab ↓ line 3", "3:amount")
    nvim.type("<Tab>")
    draws(nvim, "3:amount")
    nvim.type("<Tab>")
    nvim.has("amount = 0", "print(amount)", "save(amount)", "x = 1", "load(total)")
    draws(nvim, "3:  Tab ↓ line 5", "5:amount")
    nvim.type("<Tab>")
    nvim.type("<Tab>")
    nvim.has("amount = 0", "print(amount)", "save(amount)", "x = 1", "load(amount)")
    draws(nvim)
    nvim.type("u")
    nvim.has("amount = 0", "print(amount)", "save(amount)", "x = 1", "load(total)")


def test_escape_dismisses(nvim: Neovim, bench: Bench, name: str) -> None:
    """A dismissed edit is gone, and does not return with the next change."""
    rename(nvim, bench, name)
    draws(nvim, "2:  Tab ↓ line 3", "3:amount")
    nvim.type("<Esc>")
    draws(nvim)
    assert nvim.lua("return vim.fn.maparg('<Tab>', 'n')") == ""


def test_typing_removes_the_edit(nvim: Neovim, bench: Bench, name: str) -> None:
    """A key removes the drawing, and Tab has its usual function if nothing is offered."""
    rename(nvim, bench, name)
    draws(nvim, "2:  Tab ↓ line 3", "3:amount")
    nvim.type("Goy")
    draws(nvim)
