--- What the user can set.
local M = {}

---@class midfill.Options
---@field cmd? string[] The server's command line.
---@field settings? table The server's settings: the tree that config.toml has (see `midfill config show`).
---@field ghost? 'auto'|'native'|'own' What draws suggestions: Neovim 0.12's inline completion, or this plugin's.
---@field icon? string What the status line text begins with.
---@field keys? table<midfill.Action, string|false>|false Keys in insert mode; false maps none.

---@alias midfill.Action 'accept'|'accept_word'|'accept_line'|'next'|'previous'|'dismiss'|'trigger'|'toggle'

---@type midfill.Options
local defaults = {
  cmd = { 'midfill', 'serve' },
  settings = {},
  ghost = 'auto',
  icon = 'midfill',
  keys = { -- Those of copilot.vim, which fingers know.
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
  -- Lists are merged by index: a shorter command would keep the longer one's end.
  M.options.cmd = options.cmd or defaults.cmd
end

--- What draws suggestions in this Neovim.
---@return 'native'|'own'
function M.ghost()
  local wanted = M.options.ghost
  if not vim.lsp.inline_completion or wanted == 'own' then
    return 'own'
  end
  return 'native'
end

return M
