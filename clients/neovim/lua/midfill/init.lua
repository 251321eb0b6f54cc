--- midfill: inline code completion (ghost text), on your own key.
local config = require('midfill.config')
local server = require('midfill.server')

local M = {}

--- Starts the server for every file that is opened, and maps the keys.
---@param options? midfill.Options
function M.setup(options)
  config.set(options)
  server.enable()
  M.surface().enable()
  require('midfill.keys').map()
end

--- Whether a suggestion is on the screen.
---@return boolean
function M.visible()
  return M.surface().visible()
end

--- Inserts the suggestion. Safe in `expr` mappings: the text changes right after them.
---@return boolean accepted false when there is nothing to accept
function M.accept()
  return M.surface().accept('all')
end

--- Inserts the suggestion's next word, and keeps the rest of it.
---@return boolean accepted
function M.accept_word()
  return M.surface().accept('word')
end

--- Inserts the rest of the suggestion's current line, and keeps the lines below it.
---@return boolean accepted
function M.accept_line()
  return M.surface().accept('line')
end

--- Shows the next alternative, and asks for alternatives where there is only one.
function M.next()
  M.surface().cycle(1)
end

--- Shows the previous alternative.
function M.previous()
  M.surface().cycle(-1)
end

--- Takes the suggestion off the screen.
---@return boolean dismissed false when there was none
function M.dismiss()
  if not M.visible() then
    return false
  end
  M.surface().clear()
  server.execute('midfill.dismissed', { vim.uri_from_bufnr(0) })
  return true
end

--- Asks now, also where nothing is suggested by itself.
function M.trigger()
  M.surface().trigger()
end

--- Asks again where half a suggestion stands of which there is more by now.
---@param uri string
function M.refresh(uri)
  if uri == vim.uri_from_bufnr(0) and M.visible() then
    M.surface().refresh()
  end
end

--- Switches suggestions off, and on again.
function M.toggle()
  M.surface().clear()
  server.execute('midfill.toggle')
end

--- Switches suggestions off for some time.
---@param minutes? integer
function M.snooze(minutes)
  M.surface().clear()
  server.execute('midfill.snooze', { minutes })
end

--- Tells what was asked and accepted since the server began.
function M.stats()
  server.execute('midfill.stats', nil, function(counts)
    local words = {}
    for name, count in vim.spairs(counts) do
      if count ~= 0 then
        table.insert(words, ('%s %s'):format(name, count))
      end
    end
    vim.notify('midfill: ' .. (#words > 0 and table.concat(words, ', ') or 'nothing was asked yet'))
  end)
end

--- What to show in the status line: empty where the server does not run.
---@return string
function M.statusline()
  local status = server.status()
  return status and ('%s %s'):format(config.options.icon, status.state) or ''
end

--- What draws the suggestions: Neovim's own inline completion, or ours.
---@return midfill.Surface
function M.surface()
  return require(config.ghost() == 'native' and 'midfill.native' or 'midfill.ghost')
end

return M
