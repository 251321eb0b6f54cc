--- The connection to the language server: its start, its requests and its latest status.
local config = require('midfill.config')

local M = {}

---@class midfill.Status
---@field state 'ready'|'busy'|'offline'|'paused'|'error'
---@field message? string
---@field backend? string

---@type table<integer, midfill.Status> by client id
local statuses = {}

--- Attaches the server to all open files and all files opened later.
function M.enable()
  local options = config.options
  local command = config.command()
  local settings = { cmd = command, init_options = options.settings, settings = { midfill = options.settings } }
  if vim.lsp.config then
    vim.lsp.config('midfill', settings)
    vim.lsp.enable('midfill')
  else
    M._enable_by_autocmd(settings)
  end
end

--- Returns the client of a buffer.
---@param buf? integer
---@return vim.lsp.Client?
function M.client(buf)
  return vim.lsp.get_clients({ bufnr = buf or 0, name = 'midfill' })[1]
end

--- Calls a function when the server attaches to the buffer in which the user types: it has not received the earlier keys.
---@param group integer
---@param callback fun()
function M.on_attach(group, callback)
  local function typing(event)
    local client = M.client(event.buf)
    local here = event.buf == vim.api.nvim_get_current_buf()
    if client and client.id == event.data.client_id and here and vim.startswith(vim.api.nvim_get_mode().mode, 'i') then
      callback()
    end
  end
  vim.api.nvim_create_autocmd('LspAttach', { group = group, callback = vim.schedule_wrap(typing) })
end

--- Returns the latest status of the server; nil if it does not run.
---@param buf? integer
---@return midfill.Status?
function M.status(buf)
  local client = M.client(buf)
  return client and (statuses[client.id] or { state = client.initialized and 'ready' or 'starting' })
end

---@param status midfill.Status
---@param client_id integer
function M.on_status(status, client_id)
  statuses[client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'MidfillStatus', data = status, modeline = false })
  vim.cmd.redrawstatus()
end

--- Sends a request, and returns its ID; nil if the request failed to send.
---@param client vim.lsp.Client
---@param handler fun(err?: table, result: any)
---@return integer?
function M.request(client, method, params, handler, buf)
  local sent, id
  if vim.fn.has('nvim-0.11') == 1 then
    sent, id = client:request(method, params, handler, buf)
  else
    sent, id = client.request(method, params, handler, buf)
  end
  return sent and id or nil
end

--- Cancels a request.
---@param client vim.lsp.Client
---@param id integer
function M.cancel(client, id)
  if vim.fn.has('nvim-0.11') == 1 then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

--- Sends a notification.
---@param client vim.lsp.Client
function M.notify(client, method, params)
  if vim.fn.has('nvim-0.11') == 1 then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

--- Runs one of the server's commands.
---@param command string
---@param arguments? any[]
---@param on_result? fun(result: any)
function M.execute(command, arguments, on_result)
  local client = M.client()
  if not client then
    vim.notify('midfill does not run for this file; see :checkhealth midfill', vim.log.levels.WARN)
    return
  end
  M.request(client, 'workspace/executeCommand', { command = command, arguments = arguments }, function(err, result)
    if err then
      vim.notify('midfill: ' .. err.message, vim.log.levels.ERROR)
    elseif on_result then
      on_result(result)
    end
  end, 0)
end

--- Neovim 0.10 has no `vim.lsp.enable`.
function M._enable_by_autocmd(settings)
  local file = vim.api.nvim_get_runtime_file('lsp/midfill.lua', false)[1]
  local base = vim.tbl_extend('force', dofile(file), settings, { name = 'midfill' })
  local function attach(buf)
    if vim.bo[buf].buftype == '' then
      base.root_dir(buf, function(root)
        vim.lsp.start(vim.tbl_extend('force', base, { root_dir = root or false }), { bufnr = buf })
      end)
    end
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('midfill.server', {}),
    callback = function(event)
      attach(event.buf)
    end,
  })
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buf) and vim.bo[buf].filetype ~= '' then
      attach(buf)
    end
  end
end

return M
