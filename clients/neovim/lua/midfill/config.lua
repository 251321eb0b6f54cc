--- The user's options.
local M = {}

---@class midfill.Options
---@field cmd? string[] The server's command line.
---@field settings? table The server's settings, with the structure of config.toml (see `midfill config show`).
---@field ghost? 'auto'|'native'|'own' The renderer of suggestions: this plugin, or Neovim 0.12's inline completion.
---@field icon? string The prefix of the status line text.
---@field keys? table<midfill.Action, string|false>|false Keys in insert mode; false maps none.

---@alias midfill.Action 'accept'|'accept_word'|'accept_line'|'next'|'previous'|'dismiss'|'trigger'|'toggle'

local PROGRAM = 'midfill'

---@type midfill.Options
local defaults = {
  cmd = { PROGRAM, 'serve' },
  settings = {},
  ghost = 'auto',
  icon = 'midfill',
  keys = { -- The keys of copilot.vim.
    accept = '<Tab>',
    accept_word = '<M-Right>',
    accept_line = '<M-C-Right>',
    next = '<M-]>',
    previous = '<M-[>',
    dismiss = '<C-]>',
    trigger = '<M-Bslash>',
    toggle = false,
  },
}

M.options = defaults

---@param options? midfill.Options
function M.set(options)
  options = options or {}
  for name, value in pairs(options) do
    local known = defaults[name]
    local right = type(value) == type(known) or (name == 'keys' and value == false)
    assert(known ~= nil, ("midfill: there is no option '%s', see :help midfill-options"):format(name))
    assert(right, ("midfill: the option '%s' is a %s, see :help midfill-options"):format(name, type(known)))
  end
  M.options = vim.tbl_deep_extend('force', defaults, options)
  -- Lists are merged by index, and a shorter command would keep the end of a longer one.
  M.options.cmd = options.cmd or defaults.cmd
end

--- Returns the command line of the server, and where its program is from.
---@return string[] command
---@return 'options'|'PATH'|'archive'|'nowhere' from
function M.command()
  local command = M.options.cmd
  if command[1] ~= PROGRAM then
    return command, 'options'
  elseif vim.fn.executable(PROGRAM) == 1 then
    return command, 'PATH'
  elseif vim.fn.executable(M.archive()) == 1 then
    return vim.list_extend({ M.archive() }, command, 2), 'archive'
  end
  return command, 'nowhere'
end

--- Returns the place of the program of an unpacked archive, in the user's data folder.
---@return string
function M.archive()
  local data = vim.env.XDG_DATA_HOME or '~/.local/share'
  if vim.fn.has('win32') == 1 then
    data = vim.env.LOCALAPPDATA or '~/AppData/Local'
  elseif vim.fn.has('mac') == 1 then
    data = '~/Library/Application Support'
  end
  return vim.fs.normalize(data .. '/midfill/server/midfill') .. (vim.fn.has('win32') == 1 and '.exe' or '')
end

--- Returns the renderer of suggestions in this Neovim.
---@return 'native'|'own'
function M.ghost()
  return M.options.ghost == 'native' and vim.lsp.inline_completion and 'native' or 'own'
end

return M
