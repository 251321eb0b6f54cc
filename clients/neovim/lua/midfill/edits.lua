--- The next edit: the user's last edit, shown where it fits next. Tab jumps there, and Tab again accepts it.
local server = require('midfill.server')

local M = {}

local METHOD = 'midfill/nextEdit'
local namespace = vim.api.nvim_create_namespace('midfill.edits')

---@class midfill.Offer
---@field text string
---@field range lsp.Range
---@field textDocument { uri: string, version?: integer }
---@field command lsp.Command

local offer ---@type midfill.Offer?
local mapped ---@type integer? The buffer in which the keys of normal mode are mapped.
local pending ---@type { client: vim.lsp.Client, id: integer }?

function M.enable()
  local group = vim.api.nvim_create_augroup('midfill.edits', {})
  vim.api.nvim_set_hl(0, 'MidfillEditAdded', { link = 'DiffAdd', default = true })
  vim.api.nvim_set_hl(0, 'MidfillEditRemoved', { link = 'DiffDelete', default = true })
  vim.api.nvim_set_hl(0, 'MidfillEditJump', { link = 'Comment', default = true })
  vim.api.nvim_create_autocmd({ 'TextChanged', 'TextChangedI', 'InsertLeave' }, { group = group, callback = M.ask })
  vim.api.nvim_create_autocmd({ 'CursorMoved', 'CursorMovedI', 'BufEnter' }, { group = group, callback = M._draw })
end

--- Returns whether an edit is shown, in this buffer or as a jump to another one.
---@return boolean
function M.visible()
  return offer ~= nil and not require('midfill').visible()
end

--- Requests the next edit. The server answers when the user pauses.
function M.ask()
  M.clear()
  local client = server.client()
  if not client then
    return
  end
  local buf = vim.api.nvim_get_current_buf()
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.textDocument.version = vim.lsp.util.buf_versions[buf]
  local id
  id = server.request(client, METHOD, params, function(err, result)
    if pending and pending.id == id then
      pending = nil
      M._on_answer(client, not err and result and result.edits and result.edits[1] or nil)
    end
  end, buf)
  pending = id and { client = client, id = id } or nil
end

--- Jumps to the edit; accepts it if the cursor is there. It is safe in `expr` mappings, because it runs after them.
---@return boolean done false if no edit is shown
function M.take()
  if not M.visible() then
    return false
  end
  vim.schedule(function()
    if offer and M._is_here() then
      M._apply(offer)
    elseif offer then
      M._jump(offer)
    end
  end)
  return true
end

--- Drops the edit: it is not offered again.
---@return boolean dropped false if no edit is shown
function M.drop()
  if not M.visible() then
    return false
  end
  local dropped = offer --[[@as midfill.Offer]]
  M.clear()
  server.execute('midfill.editRefused', dropped.command.arguments)
  return true
end

function M.clear()
  if pending then
    server.cancel(pending.client, pending.id)
    pending = nil
  end
  offer = nil
  M._draw()
end

function M._on_answer(client, edit)
  local buf = edit and vim.uri_to_bufnr(edit.textDocument.uri)
  local version = buf and vim.lsp.util.buf_versions[buf]
  if not edit or (version and edit.textDocument.version ~= version) then
    return
  end
  offer = edit
  M._draw()
  if M.visible() then
    server.notify(client, 'textDocument/didShowInlineEdit', { item = { command = edit.command } })
  end
end

--- Returns whether the cursor is on the line of the edit.
function M._is_here()
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  return M._in_this_buffer() and row == offer.range.start.line
end

function M._in_this_buffer()
  return vim.uri_from_bufnr(0) == offer.textDocument.uri
end

---@param edit midfill.Offer
function M._jump(edit)
  vim.cmd("normal! m'") -- Ctrl-O leads back.
  if not M._in_this_buffer() then
    vim.cmd.edit(vim.fn.fnameescape(vim.uri_to_fname(edit.textDocument.uri)))
  end
  local row = math.min(edit.range.start.line, vim.api.nvim_buf_line_count(0) - 1)
  vim.api.nvim_win_set_cursor(0, { row + 1, M._column(row, edit.range.start.character) })
  offer = edit
  M._draw()
end

---@param edit midfill.Offer
function M._apply(edit)
  local client = server.client()
  if not client then
    return
  end
  M.clear()
  local change = { range = edit.range, newText = edit.text }
  vim.lsp.util.apply_text_edits({ change }, vim.api.nvim_get_current_buf(), client.offset_encoding)
  server.execute(edit.command.command, edit.command.arguments, M.ask)
end

--- Returns the byte offset of a column of the server.
function M._column(row, character)
  local line = vim.api.nvim_buf_get_lines(0, row, row + 1, false)[1] or ''
  local encoding = server.client().offset_encoding
  if encoding == 'utf-8' then
    return math.min(character, #line)
  elseif vim.fn.has('nvim-0.11') == 1 then
    return vim.str_byteindex(line, encoding, character, false)
  end
  return vim.lsp.util._str_byteindex_enc(line, character, encoding)
end

function M._draw()
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  end
  local shown = M.visible()
  M._map(shown and vim.api.nvim_get_current_buf() or nil)
  if not shown then
    return
  elseif M._in_this_buffer() then
    M._draw_change()
  end
  if not M._is_here() then
    M._draw_jump()
  end
end

--- Draws the removed and the inserted text at their place, and a sign in the sign column.
function M._draw_change()
  local from, to = offer.range.start, offer.range['end']
  local last = vim.api.nvim_buf_line_count(0) - 1
  if from.line > last then
    return
  end
  local row, col = from.line, M._column(from.line, from.character)
  local until_row = math.min(to.line, last)
  local until_col = to.line > last and -1 or M._column(until_row, to.character)
  if until_col == -1 then
    until_col = #vim.api.nvim_buf_get_lines(0, until_row, until_row + 1, false)[1]
  end
  local lines = vim.split(offer.text, '\n', { plain = true })
  local mark = { end_row = until_row, end_col = until_col, hl_group = 'MidfillEditRemoved', sign_text = '▸ ' }
  mark.sign_hl_group = 'MidfillEditJump'
  vim.api.nvim_buf_set_extmark(0, namespace, row, col, mark)
  if #lines == 1 and offer.text ~= '' then
    local added = { virt_text = { { offer.text, 'MidfillEditAdded' } }, virt_text_pos = 'inline' }
    vim.api.nvim_buf_set_extmark(0, namespace, until_row, until_col, added)
  elseif offer.text ~= '' then
    if lines[#lines] == '' then
      table.remove(lines)
    end
    local rows = vim.tbl_map(function(line)
      return { { line, 'MidfillEditAdded' } }
    end, lines)
    vim.api.nvim_buf_set_extmark(0, namespace, row, 0, { virt_lines = rows, virt_lines_above = row > 0 })
  end
end

--- Shows at the end of the cursor's line where the edit is.
function M._draw_jump()
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local line = offer.range.start.line
  local where = ('%s line %d'):format(line < row and '↑' or '↓', line + 1)
  if not M._in_this_buffer() then
    where = ('→ %s:%d'):format(vim.fn.fnamemodify(vim.uri_to_fname(offer.textDocument.uri), ':t'), line + 1)
  end
  local hint = { { ('  Tab %s'):format(where), 'MidfillEditJump' } }
  vim.api.nvim_buf_set_extmark(0, namespace, row, 0, { virt_text = hint, virt_text_pos = 'eol' })
end

--- Maps Tab and Escape in normal mode as long as an edit is shown; then restores other mappings of the buffer.
---@param buf? integer
function M._map(buf)
  if mapped == buf then
    return
  end
  if mapped and vim.api.nvim_buf_is_valid(mapped) then
    for key, before in pairs(vim.b[mapped].midfill_keys or {}) do
      pcall(vim.keymap.del, 'n', key, { buffer = mapped })
      if before.buffer == 1 then
        vim.api.nvim_buf_call(mapped, function()
          vim.fn.mapset('n', false, before)
        end)
      end
    end
  end
  mapped = buf
  if buf then
    local before = {}
    for key, action in pairs({ ['<Tab>'] = M.take, ['<Esc>'] = M.drop }) do
      before[key] = vim.fn.maparg(key, 'n', false, true)
      vim.keymap.set('n', key, action, { buffer = buf, desc = 'midfill: next edit' })
    end
    vim.b[buf].midfill_keys = vim.tbl_map(function(mapping)
      mapping.callback = nil -- A function cannot be kept in a variable of a buffer.
      return mapping
    end, before)
  end
end

return M
