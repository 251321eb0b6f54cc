"""A real Neovim, driven over its RPC channel."""

from pathlib import Path
from typing import Any, NamedTuple

from tests.editors.bench import CLIENTS, Bench, until
from tests.editors.rpc import Rpc

PLUGIN = CLIENTS / "neovim"

SETUP = "require('midfill').setup({ cmd = { Program, 'serve' }, ghost = '%s' })"


class Way(NamedTuple):
    """An editor and the drawing of its suggestions."""

    editor: str
    ghost: str


WAYS = [Way("neovim", "native"), Way("neovim", "own"), Way("neovim-0.10", "own")]
OWN = WAYS[1:]

_GHOST = """
local shown = {}
for name, namespace in pairs(vim.api.nvim_get_namespaces()) do
  if name == 'midfill' or name == 'nvim.lsp.inline_completion' then
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
      local lines = { mark[4].virt_text or {}, unpack(mark[4].virt_lines or {}) }
      for _, chunks in ipairs(mark[4].virt_text_pos == 'eol' and {} or lines) do
        local texts = vim.tbl_map(function(chunk) return chunk[1] end, chunks)
        table.insert(shown, table.concat(texts))
      end
    end
  end
end
return table.concat(shown, '\\n')
"""
_ATTACHED = """
local client = vim.lsp.get_clients({ bufnr = 0, name = 'midfill' })[1]
if client == nil or client.initialized ~= true then
  return false
end
local native, buf = vim.lsp.inline_completion, vim.api.nvim_get_current_buf()
if native == nil or not native.is_enabled({ bufnr = buf }) then
  return true
end
-- Neovim's own part is attached a little later; a key before that requests nothing.
return vim.fn.exists('#nvim.lsp.inline_completion:' .. buf) == 1
"""
_SCREEN = """
vim.cmd.redraw()
local rows = {}
for row = 1, vim.o.lines do
  local cells = {}
  for column = 1, vim.o.columns do
    table.insert(cells, vim.fn.screenstring(row, column))
  end
  table.insert(rows, (table.concat(cells):gsub('%s+$', '')))
end
return rows
"""


class Neovim:
    """One Neovim with this repository's plugin, without the user's configuration."""

    def __init__(self, command: Path, bench: Bench, lua: str) -> None:
        self._bench = bench
        start = [str(command), "--clean", "--embed", "--headless", "-n", "--cmd", f"set rtp^={PLUGIN}"]
        self._call = Rpc(start, bench.environment)
        self._call("ui_attach", 80, 24, {"rgb": True})
        # Room for long messages: at a "Press ENTER" prompt Neovim answers no requests.
        self.command("set cmdheight=6")
        self.lua("Program, Plugin = ...", bench.program, str(PLUGIN))
        self.lua(lua)

    def lua(self, code: str, *arguments: object) -> Any:
        """Run Lua code in the editor, and return its result."""
        return self._call("exec_lua", code, arguments)

    def edit(self, file: Path) -> None:
        """Open a file, and wait until the server is attached."""
        self.command(f"edit {file}")
        self.attached()

    def attached(self) -> None:
        """Wait until the server is attached to the buffer."""
        until(lambda: self.lua(_ATTACHED), "the server to attach", lambda: self.messages)

    def clear(self) -> None:
        """Leave insert mode, and drop all files and messages."""
        self.type("<Esc>")
        self.command("silent! %bwipeout! | messages clear")

    def type(self, keys: str) -> None:
        """Press keys, special ones in Neovim's notation, and wait until they are processed."""
        self._call("input", keys)
        until(lambda: not self.lua("return vim.fn.getchar(1) ~= 0"), "the keys to be read")

    @property
    def ghost(self) -> str:
        """The drawn text of the suggestion: its first line, and those below."""
        return str(self.lua(_GHOST))

    def shows(self, text: str) -> None:
        """Wait until exactly `text` is suggested. Only `screen` shows carriage returns."""
        until(
            lambda: self.ghost.replace("^M", "") == text,
            f"the suggestion {text!r}",
            lambda: (self.ghost, self.messages),
        )

    def says(self, text: str) -> None:
        """Wait until the plugin's text for the status line is this."""
        status = "return require('midfill').statusline()"
        until(lambda: self.lua(status) == text, text, lambda: self.lua(status))

    @property
    def lines(self) -> list[str]:
        """The lines of the buffer."""
        return list(self._call("buf_get_lines", 0, 0, -1, False))

    def has(self, *lines: str) -> None:
        """Wait until the buffer has exactly these lines."""
        until(lambda: self.lines == list(lines), str(lines), lambda: self.lines)

    @property
    def cursor(self) -> tuple[int, int]:
        """The line, from 1, and the byte in it, from 0."""
        row, column = self._call("win_get_cursor", 0)
        return row, column

    @property
    def screen(self) -> list[str]:
        """The screen, row by row."""
        return list(self.lua(_SCREEN))

    @property
    def messages(self) -> str:
        """Neovim's messages so far."""
        return str(self._call("exec2", "messages", {"output": True})["output"])

    def command(self, command: str) -> None:
        """Run an Ex command."""
        self._call("command", command)

    @property
    def pid(self) -> int:
        """The process id of Neovim."""
        return self._call.process.pid

    def server(self) -> int:
        """Return the process id of the server that this Neovim started."""
        return int(self._call("get_proc_children", self.pid)[0])

    def kill(self) -> None:
        """Kill Neovim."""
        self._call.process.kill()

    def close(self) -> None:
        """Quit without saving, and wait for the exit."""
        self._call.close()
