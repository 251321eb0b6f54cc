--- Inserts text as if the user had typed it: `.`, counts and macros repeat it together with the keys around it.
local M = {}

local UNDO_BREAK = vim.keycode('<C-G>u')
local DELETE = vim.keycode('<Del>')
-- 'paste' disables indentation, mappings and abbreviations for the text.
local BEGIN, END = vim.keycode('<Cmd>set paste<CR>'), vim.keycode('<Cmd>set nopaste<CR>')
-- `.` types the text without 'paste': a line loses the comment leader and the indentation that the editor gives it.
local LINE = '\n' .. vim.keycode('x<C-U>0<C-D>')

local pasted = ''

--- Replaces `replaced` after the cursor by `text`, as the next keys and as one undo step.
---@param text string
---@param replaced string
function M.insert(text, replaced)
  local keys, mode = UNDO_BREAK .. DELETE:rep(vim.fn.strchars(replaced, true)), 'ni'
  if vim.fn.reg_recording() == '' and vim.fn.has('nvim-0.11') == 1 then
    pasted = text
    keys = keys .. M._calling("require('midfill.typed').paste()")
  else
    -- Neovim before 0.11 does not repeat what is pasted, and no version records what Lua pastes.
    keys = keys .. BEGIN .. text:gsub('\n', LINE) .. END
    mode = vim.fn.reg_recording() == '' and mode or mode .. 't'
  end
  vim.api.nvim_feedkeys(keys, mode, true)
end

--- Calls Lua code in place of the next key.
---@param code string
function M.call(code)
  vim.api.nvim_feedkeys(M._calling(code), 'ni', true)
end

function M._calling(code)
  return vim.keycode(('<Cmd>lua %s<CR>'):format(code))
end

function M.paste()
  vim.api.nvim_paste(pasted, false, -1)
end

--- Returns whether a macro that runs has the text after the key that accepted it.
---@return boolean
function M.follows()
  return vim.fn.reg_executing() ~= '' and vim.fn.getchar(1) == UNDO_BREAK:byte()
end

return M
