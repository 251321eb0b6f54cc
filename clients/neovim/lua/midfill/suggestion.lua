--- One suggestion of the server, compared with the current buffer.
---
--- A suggestion has a fixed anchor at the position of its request. The text between the anchor and the cursor was typed
--- since. While it agrees with the suggestion's text, the rest is shown.

local typed = require('midfill.typed')

---@class midfill.Suggestion
---@field client_id integer
---@field item lsp.InlineCompletionItem The server's item.
---@field buf integer
---@field row integer Zero-based line of the anchor.
---@field col integer Byte in that line.
---@field kept integer Bytes at the end of the cursor's line that are not replaced.
---@field text string The whole text, with "\n" line ends.
local Suggestion = {}
Suggestion.__index = Suggestion

---@class midfill.Rest
---@field text string The rest to insert at the cursor.
---@field row integer Zero-based line of the cursor.
---@field col integer Byte of the cursor.
---@field replaced string The text after the cursor that `text` replaces.

---@alias midfill.Part 'all'|'word'|'line'

local M = {}

--- Creates a suggestion from an item of the server.
---@param client vim.lsp.Client
---@param item lsp.InlineCompletionItem
---@param asked { buf: integer, row: integer, col: integer, line: string } The cursor of the request.
---@return midfill.Suggestion
function M.new(client, item, asked)
  local from, to = asked.col, asked.col
  if item.range then
    from = M.byte(asked.line, item.range.start.character, client.offset_encoding)
    to = M.byte(asked.line, item.range['end'].character, client.offset_encoding)
  end
  return M.at({
    client_id = client.id,
    item = item,
    buf = asked.buf,
    row = asked.row,
    col = from,
    kept = #asked.line - to,
    text = M.text(item.insertText),
  })
end

--- Creates a suggestion with a known anchor.
---@param fields table The fields of a midfill.Suggestion.
---@return midfill.Suggestion
function M.at(fields)
  return setmetatable(fields, Suggestion)
end

--- Returns the rest of the suggestion at the cursor; nil if the typed text does not agree with it.
---@return midfill.Rest?
function Suggestion:rest()
  if vim.api.nvim_get_current_buf() ~= self.buf then
    return
  end
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  if row < self.row or (row == self.row and col < self.col) then
    return
  end
  local typed = table.concat(vim.api.nvim_buf_get_text(self.buf, self.row, self.col, row, col, {}), '\n')
  local line = vim.api.nvim_get_current_line()
  local replaced = line:sub(col + 1, math.max(col, #line - self.kept))
  local text = self.text:sub(#typed + 1)
  if self.text:sub(1, #typed) ~= typed or text == '' or text == replaced then
    return
  end
  return { text = text, row = row, col = col, replaced = replaced }
end

--- Inserts a part of the rest with the next keys, and notifies the server.
---@param part midfill.Part
---@return boolean whole whether the whole rest is inserted
function Suggestion:insert(part)
  local rest = self:rest()
  if not rest then
    return true
  end
  local piece = M.piece(rest.text, part)
  local whole = piece == rest.text
  typed.insert(piece, whole and rest.replaced or '')
  vim.schedule(function()
    self:_tell(whole, #self.text - #rest.text + #piece)
  end)
  return whole
end

--- Notifies the server of an accept: `length` is in bytes of the text.
function Suggestion:_tell(whole, length)
  local server = require('midfill.server')
  local client = vim.lsp.get_client_by_id(self.client_id)
  local command = self.item.command
  if not client then
    return
  elseif not whole then
    local accepted = vim.str_utfindex(self.text, length)
    server.notify(client, 'textDocument/didPartiallyAcceptCompletion', {
      item = self.item,
      acceptedLength = type(accepted) == 'number' and accepted or length,
    })
  elseif command then
    local params = { command = command.command, arguments = command.arguments }
    server.request(client, 'workspace/executeCommand', params, function() end, self.buf)
  end
end

--- Returns the first word, the first line, or all of a text, with leading white space and line ends.
---@param text string
---@param part midfill.Part
---@return string
function M.piece(text, part)
  if part == 'word' then
    return text:match('^%s*[%w_\128-\255]+') or text:match('^%s*[^%w_%s\128-\255]+') or text
  elseif part == 'line' then
    return text:match('^\n*[^\n]+') or text
  end
  return text
end

--- Returns the plain text of an `insertText`, which may be a snippet, with "\n" line ends; the buffer writes its own.
---@param inserted string|lsp.StringValue
---@return string
function M.text(inserted)
  return ((type(inserted) == 'string' and inserted or inserted.value):gsub('\r\n?', '\n'))
end

--- Converts a character offset of the server to a byte offset in a line.
---@param line string
---@param character integer
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return integer
function M.byte(line, character, encoding)
  if encoding == 'utf-8' then
    return math.min(character, #line)
  elseif vim.fn.has('nvim-0.11') == 1 then
    return vim.str_byteindex(line, encoding, character, false)
  end
  local ends, utf16_ends = vim.str_utfindex(line)
  local is_utf16 = encoding == 'utf-16'
  return vim.str_byteindex(line, math.min(character, is_utf16 and utf16_ends or ends), is_utf16)
end

return M
