--- Neovim 0.12's inline completion, extended by partial accept, dismiss and manual requests.
---
--- Neovim shows suggestions, and the plugin inserts accepted text. Neovim itself would replace the original range, and
--- duplicate characters typed since the request (neovim/neovim#36529). Neovim has no function for a manual request:
--- the plugin sends it, and draws the answer until the next key.
local ghost = require('midfill.ghost')
local server = require('midfill.server')
local suggestion = require('midfill.suggestion')

---@type midfill.Surface
local M = {}

function M.enable()
  vim.lsp.inline_completion.enable()
  local group = vim.api.nvim_create_augroup('midfill.native', {})
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'TextChangedP', 'InsertLeave', 'BufLeave' }, {
    group = group,
    callback = ghost.clear,
  })
  -- A selected entry of the completion menu is already in the buffer; Neovim would show the suggestion after it.
  vim.api.nvim_create_autocmd('CompleteChanged', { group = group, callback = M._hide })
  -- Neovim's part is attached after this event.
  server.on_attach(group, vim.schedule_wrap(M.refresh))
end

function M.visible()
  return ghost.visible() or M._visible()
end

function M._visible()
  local namespace = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion']
  return namespace ~= nil and #vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { limit = 1 }) > 0
end

function M.accept(part)
  return ghost.accept(part) or vim.lsp.inline_completion.get({
    on_accept = function(item)
      local taken = M._suggestion(item)
      if taken then
        taken:insert(part)
      else
        return item
      end
    end,
  })
end

function M.cycle(count)
  M._by_hand(function()
    ghost.cycle(count)
  end)
end

function M.clear()
  ghost.clear()
  M._hide()
end

function M.trigger()
  M._by_hand(ghost.trigger)
end

--- Neovim removes its suggestion a little later, and then cancels all requests.
---@param ask fun()
function M._by_hand(ask)
  M._hide()
  vim.schedule(ask)
end

--- Makes Neovim send an automatic request: it does so 200 ms after a CursorMovedI event.
function M.refresh()
  vim.api.nvim_exec_autocmds('CursorMovedI', { buffer = vim.api.nvim_get_current_buf(), modeline = false })
end

function M._hide()
  vim.lsp.inline_completion.get({ on_accept = function() end })
end

--- Returns the suggestion of a Neovim item; nil for items of other servers.
---@param item vim.lsp.inline_completion.Item
---@return midfill.Suggestion?
function M._suggestion(item)
  local client = vim.lsp.get_client_by_id(item.client_id)
  if not client or client.name ~= 'midfill' or not item.range then
    return
  end
  local row, from, _, to = item.range:to_extmark()
  local buf, after = vim.api.nvim_get_current_buf(), vim.api.nvim_win_get_cursor(0)[2]
  return suggestion.at({
    client_id = client.id,
    item = { insertText = item.insert_text, command = item.command },
    buf = buf,
    row = row,
    col = from,
    kept = #vim.api.nvim_get_current_line() - after - (to - from),
    text = suggestion.text(item.insert_text),
  })
end

return M
