--- Neovim 0.12's inline completion, extended by partial accept and dismiss.
---
--- Neovim shows and cycles suggestions, and the plugin inserts accepted text. Neovim itself would replace the original
--- range, and duplicate characters typed since the request (neovim/neovim#36529).
local suggestion = require('midfill.suggestion')

---@type midfill.Surface
local M = {}

function M.enable()
  vim.lsp.inline_completion.enable()
end

function M.visible()
  local namespace = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion']
  return namespace ~= nil and #vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { limit = 1 }) > 0
end

function M.accept(part)
  return vim.lsp.inline_completion.get({
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
  vim.lsp.inline_completion.select({ count = count })
end

function M.clear()
  vim.lsp.inline_completion.get({ on_accept = function() end })
end

--- Neovim has no function to send a request; it sends one 200 ms after a CursorMoved event.
function M.trigger()
  vim.api.nvim_exec_autocmds('CursorMovedI', { buffer = vim.api.nvim_get_current_buf(), modeline = false })
end

M.refresh = M.trigger

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
