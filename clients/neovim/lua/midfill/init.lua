--- midfill: inline code completion (ghost text), with your own API key.
local config = require('midfill.config')
local server = require('midfill.server')
local typed = require('midfill.typed')

local M = {}

--- Starts the server for every opened file, and maps the keys.
---@param options? midfill.Options
function M.setup(options)
  config.set(options)
  server.enable()
  M.surface().enable()
  require('midfill.edits').enable()
  require('midfill.keys').map()
end

--- Returns whether a suggestion is shown.
---@return boolean
function M.visible()
  return M.surface().visible()
end

--- Jumps to the next edit, or accepts it if the cursor is there.
---@return boolean done false if no edit is shown
function M.next_edit()
  return require('midfill.edits').take()
end

--- Inserts the suggestion as if it was typed. It is safe in `expr` mappings, because the text changes after them.
---@return boolean accepted false if no suggestion is shown
function M.accept()
  return typed.follows() or M.surface().accept('all') or require('midfill.edits').take()
end

--- Inserts the suggestion's next word, and keeps the rest.
---@return boolean accepted
function M.accept_word()
  return typed.follows() or M.surface().accept('word')
end

--- Inserts the rest of the suggestion's current line, and keeps the lines below it.
---@return boolean accepted
function M.accept_line()
  return typed.follows() or M.surface().accept('line')
end

--- Shows the next alternative, and requests alternatives if there is only one suggestion.
function M.next()
  M.surface().cycle(1)
end

--- Shows the previous alternative.
function M.previous()
  M.surface().cycle(-1)
end

--- Dismisses the suggestion.
---@return boolean dismissed false if no suggestion is shown
function M.dismiss()
  if not M.visible() then
    return require('midfill.edits').drop()
  end
  M.surface().clear()
  server.execute('midfill.dismissed', { vim.uri_from_bufnr(0) })
  return true
end

--- Sends a manual request, even where automatic suggestions are off.
function M.trigger()
  M.surface().trigger()
end

--- Repeats the request for a partial suggestion that can grow.
---@param uri string
function M.refresh(uri)
  if uri == vim.uri_from_bufnr(0) and M.visible() then
    M.surface().refresh()
  end
end

--- Switches suggestions off or on.
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

--- Switches next edits off or on.
function M.toggle_edits()
  require('midfill.edits').clear()
  server.execute('midfill.toggleEdits')
end

--- Switches next edits off for some time.
---@param minutes? integer
function M.snooze_edits(minutes)
  require('midfill.edits').clear()
  server.execute('midfill.snoozeEdits', { minutes })
end

--- Shows what completion cost today, in 7 and in 30 days, and the accepted share.
function M.stats()
  server.execute('midfill.stats', nil, function(figures)
    vim.notify('midfill: ' .. figures.summary)
  end)
end

--- Returns the text for the status line; empty if the server does not run.
---@return string
function M.statusline()
  local status = server.status()
  return status and ('%s %s'):format(config.options.icon, status.state) or ''
end

--- Returns the renderer of suggestions: the plugin's own, or Neovim's inline completion.
---@return midfill.Surface
function M.surface()
  return require(config.ghost() == 'native' and 'midfill.native' or 'midfill.ghost')
end

return M
