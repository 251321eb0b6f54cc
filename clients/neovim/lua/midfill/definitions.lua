--- Requests definitions of names from the language servers that run in the editor.
local server = require('midfill.server')

local M = {}

local METHOD = 'textDocument/definition'
local LIMIT_MS = 1500

--- Answers `midfill/definitions`; to be called in a coroutine. Late answers are left out.
---@param params { uri: string, positions: lsp.Position[] }
---@param midfill vim.lsp.Client
---@return table[] one location for each position, or vim.NIL
function M.answer(params, midfill)
  local buf, waiting = vim.uri_to_bufnr(params.uri), coroutine.running()
  local left, found = 0, vim.tbl_map(function()
    return vim.NIL
  end, params.positions)
  local function resume()
    if waiting then
      local thread = waiting
      waiting = nil
      coroutine.resume(thread)
    end
  end
  local function ask(client, index, position)
    local asked = { textDocument = { uri = vim.uri_from_bufnr(buf) }, position = position }
    left = left + 1
    local sent = server.request(client, METHOD, asked, function(_, result)
      found[index] = found[index] ~= vim.NIL and found[index] or M._first(result) or vim.NIL
      left = left - 1
      if left == 0 then
        resume()
      end
    end, buf)
    left = sent and left or left - 1
  end
  for _, client in ipairs(M._others(buf)) do
    for index, position in ipairs(params.positions) do
      if client.offset_encoding == midfill.offset_encoding or M._is_ascii(buf, position.line) then
        ask(client, index, position)
      end
    end
  end
  if left > 0 then
    vim.defer_fn(resume, LIMIT_MS)
    coroutine.yield()
  end
  return found
end

--- Returns the language servers of a buffer that know definitions.
---@return vim.lsp.Client[]
function M._others(buf)
  return vim.tbl_filter(function(client)
    return client.name ~= 'midfill'
  end, vim.lsp.get_clients({ bufnr = buf, method = METHOD }))
end

--- Returns the first location of an answer: a location, links, or locations.
function M._first(result)
  local first = result and (result.uri and result or result[1])
  if first and first.targetUri then
    return { uri = first.targetUri, range = first.targetSelectionRange }
  end
  return first and { uri = first.uri, range = first.range }
end

--- Whether positions in a line are the same in every encoding.
function M._is_ascii(buf, row)
  local line = vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1] or ''
  return not line:find('[\128-\255]')
end

return M
