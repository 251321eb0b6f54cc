--- The user's options.
local M = {}

---@class midfill.Options
---@field cmd? string[] The server's command line.
---@field settings? table The server's settings, with the structure of config.toml (see `midfill config show`).
---@field ghost? 'auto'|'native'|'own' The renderer of suggestions: Neovim 0.12's inline completion, or this plugin.
---@field icon? string The prefix of the status line text.
---@field keys? table<midfill.Action, string|false>|false Keys in insert mode; false maps none.

---@alias midfill.Action 'accept'|'accept_word'|'accept_line'|'next'|'previous'|'dismiss'|'trigger'|'toggle'

---@type midfill.Options
local defaults = {
  cmd = { 'midfill', 'serve' },
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

--- Returns the renderer of suggestions in this Neovim.
---@return 'native'|'own'
function M.ghost()
  local wanted = M.options.ghost
  if not vim.lsp.inline_completion or wanted == 'own' then
    return 'own'
  end
  return 'native'
end

return M
