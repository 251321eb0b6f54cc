--- The plugin's own ghost text.
---
--- It has advantages over Neovim 0.12's: it compares typed text with the suggestion and never shows a wrong one, it shows
--- more text while the user types, it cancels obsolete requests, and it supports manual requests.
local server = require('midfill.server')
local suggestion = require('midfill.suggestion')
local typed = require('midfill.typed')

---@class midfill.Surface
---@field enable fun()
---@field visible fun(): boolean
---@field accept fun(part: midfill.Part): boolean
---@field cycle fun(count: integer)
---@field clear fun()
---@field trigger fun()
---@field refresh fun()
local M = {}

local METHOD = 'textDocument/inlineCompletion'
local AUTOMATIC, INVOKED = 2, 1 -- lsp.InlineCompletionTriggerKind of LSP 3.18.
local namespace = vim.api.nvim_create_namespace('midfill')

---@type midfill.Suggestion[]
local suggestions = {}
local index = 1
local drawn ---@type integer? The buffer that shows a suggestion.
local pending ---@type { client: vim.lsp.Client, id: integer }?
local invoked = false ---@type boolean Whether the shown suggestion comes from a manual request.
local pressed = false ---@type boolean Whether a key was pressed since the latest change of the text.

function M.enable()
  local group = vim.api.nvim_create_augroup('midfill.ghost', {})
  vim.api.nvim_set_hl(0, 'MidfillGhost', { link = 'Comment', default = true })
  vim.api.nvim_create_autocmd({ 'InsertEnter', 'TextChangedI', 'TextChangedP' }, {
    group = group,
    callback = M._on_text,
  })
  vim.api.nvim_create_autocmd({ 'CursorMovedI', 'CompleteChanged' }, { group = group, callback = M._draw })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, { group = group, callback = M.clear })
  server.on_attach(group, M.refresh)
  vim.on_key(function(_, key)
    pressed = pressed or key ~= ''
  end, namespace)
end

function M.visible()
  return M._rest() ~= nil
end

function M.accept(part)
  if not M.visible() then
    return false
  end
  -- Neovim looks for mappings before it has inserted the keys that came with this one.
  typed.call(("require('midfill.ghost').insert('%s')"):format(part))
  return true
end

---@param part midfill.Part
function M.insert(part)
  if M.visible() and suggestions[index]:insert(part) then
    M.clear()
  end
end

function M.cycle(count)
  if #suggestions == 0 or (#suggestions == 1 and not invoked) then
    return M._ask(INVOKED, count)
  end
  M._select(index + count)
end

function M.clear()
  M._cancel()
  suggestions, index, invoked = {}, 1, false
  M._draw()
end

function M.trigger()
  M._ask(INVOKED)
end

--- Sends an automatic request, unless one is pending: its answer has all text.
function M.refresh()
  if not pending then
    M._ask(AUTOMATIC)
  end
end

--- Handles a text change. A suggestion that agrees stays shown while the server is asked for more text.
function M._on_text()
  M._draw()
  -- A change by a formatter or another plugin causes no request.
  if pressed then
    M._ask(AUTOMATIC)
  end
  pressed = false
end

---@param kind 1|2
---@param ahead? integer Offset of the suggestion to show from the first one.
function M._ask(kind, ahead)
  M._cancel()
  local client = server.client()
  if not client or not client.server_capabilities.inlineCompletionProvider then
    return
  end
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local buf = vim.api.nvim_get_current_buf()
  local asked = { buf = buf, row = row - 1, col = col, line = vim.api.nvim_get_current_line() }
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.context = { triggerKind = kind }
  local id
  id = server.request(client, METHOD, params, function(err, result)
    if pending and pending.id == id then
      pending = nil
      M._on_answer(client, kind, asked, err, result)
      M._select(index + (ahead or 0))
    end
  end, buf)
  pending = id and { client = client, id = id } or nil
end

function M._on_answer(client, kind, asked, err, result)
  if err or not vim.startswith(vim.api.nvim_get_mode().mode, 'i') then
    return
  end
  local items = result and result ~= vim.NIL and (result.items or result) or {}
  if #items == 0 and M.visible() then
    return
  end
  index, invoked = 1, kind == INVOKED
  suggestions = vim.tbl_map(function(item)
    return suggestion.new(client, item, asked)
  end, items)
  if M.visible() then
    server.notify(client, 'textDocument/didShowCompletion', { item = suggestions[index].item })
  end
end

---@param number integer Counted from 1; it wraps around after the last suggestion.
function M._select(number)
  index = #suggestions > 0 and (number - 1) % #suggestions + 1 or 1
  M._draw()
end

function M._cancel()
  if pending then
    server.cancel(pending.client, pending.id)
    pending = nil
  end
end

---@return midfill.Rest?
function M._rest()
  local shown = suggestions[index]
  return shown and shown:rest()
end

function M._draw()
  if drawn and vim.api.nvim_buf_is_valid(drawn) then
    vim.api.nvim_buf_clear_namespace(drawn, namespace, 0, -1)
  end
  local rest = M._rest()
  -- A selected entry of the completion menu is already in the buffer; the suggestion applies to the text without it.
  if rest and (vim.fn.pumvisible() == 0 or vim.fn.complete_info({ 'selected' }).selected == -1) then
    drawn = vim.api.nvim_get_current_buf()
    for _, mark in ipairs(require('midfill.drawing').marks(rest, namespace)) do
      vim.api.nvim_buf_set_extmark(drawn, namespace, rest.row, rest.col, mark)
    end
  end
end

return M
