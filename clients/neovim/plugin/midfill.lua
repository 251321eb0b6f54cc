-- :Midfill {action}, which loads the plugin on first use.
local actions = { 'toggle', 'snooze', 'stats', 'trigger', 'next', 'previous', 'dismiss', 'toggle_edits', 'snooze_edits' }

vim.api.nvim_create_user_command('Midfill', function(command)
  local action, minutes = unpack(command.fargs)
  if vim.tbl_contains(actions, action) then
    require('midfill')[action](tonumber(minutes))
  else
    vim.notify(('midfill: there is no %q, only %s'):format(action, table.concat(actions, ', ')), vim.log.levels.ERROR)
  end
end, {
  nargs = '+',
  desc = 'midfill: inline code completion',
  complete = function(lead)
    return vim.tbl_filter(function(action)
      return vim.startswith(action, lead)
    end, actions)
  end,
})
