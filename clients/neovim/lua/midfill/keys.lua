--- The keys of insert mode. Without a suggestion a key keeps its previous function.
local config = require('midfill.config')

local M = {}

--- Maps the keys of the options.
function M.map()
  local keys = config.options.keys
  for action, key in pairs(keys or {}) do
    if key then
      M._map(action, key)
    end
  end
end

---@param action midfill.Action
---@param key string
function M._map(action, key)
  local otherwise = M._before(action, key)
  vim.keymap.set('i', key, function()
    local done = require('midfill')[action]()
    return done == false and otherwise or ''
  end, { expr = true, remap = true, desc = 'midfill: ' .. action:gsub('_', ' ') })
end

--- Returns the keys for a key's previous function: its mapping under another name, or the key itself.
---@param action midfill.Action
---@param key string
---@return string
function M._before(action, key)
  local mapping = vim.fn.maparg(key, 'i', false, true)
  if mapping.buffer == 1 then
    return key
  elseif vim.startswith(mapping.desc or '', 'midfill: ') then
    mapping = vim.fn.maparg(M._name(action), 'i', false, true)
  end
  if vim.tbl_isempty(mapping) then
    return key
  end
  local name = M._name(action)
  mapping.lhs, mapping.lhsraw, mapping.lhsrawalt = name, vim.keycode(name), nil
  vim.fn.mapset(mapping)
  return name
end

function M._name(action)
  return ('<Plug>(midfill-before-%s)'):format(action)
end

return M
