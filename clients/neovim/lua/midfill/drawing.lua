--- Draws the rest of a suggestion in the window with the cursor, within its width.
local M = {}

local scoped ---@type integer? The window that Neovim 0.10 shows the namespace in.

---@class midfill.Space
---@field width? integer Cells of a row; nil if lines do not wrap.
---@field room integer Rows below the cursor.

--- Returns the extmarks for the rest of a suggestion.
---@param rest midfill.Rest
---@param namespace integer
---@return vim.api.keyset.set_extmark[]
function M.marks(rest, namespace)
  local lines = vim.tbl_map(M._untabbed, vim.split(rest.text, '\n', { plain = true }))
  local first, position = lines[1], 'inline'
  if rest.replaced ~= '' then
    if #lines == 1 and vim.endswith(rest.text, rest.replaced) then
      first = M._untabbed(rest.text:sub(1, -#rest.replaced - 1))
    else
      position = 'overlay'
    end
  end
  local line = vim.api.nvim_get_current_line()
  if not vim.wo.wrap and rest.col == #line then
    position = 'overlay' -- Neovim would scroll to the end of inline text.
  end
  local before = vim.fn.strdisplaywidth(line:sub(1, rest.col))
  local kept = position == 'inline' and vim.fn.strdisplaywidth(line:sub(rest.col + 1)) or 0
  local space = M._space(before + vim.fn.strdisplaywidth(first) + kept)
  local rows = {}
  if position == 'overlay' then
    -- Overlaid virtual text does not wrap.
    rows = space.width and M._wrapped(first, space.width, before % space.width) or { first }
    first = table.remove(rows, 1)
    first = first .. (' '):rep(vim.fn.strdisplaywidth(rest.replaced) - vim.fn.strdisplaywidth(first))
  end
  for number = 2, #lines do
    vim.list_extend(rows, space.width and M._wrapped(lines[number], space.width, 0) or { lines[number] })
  end
  local common = { hl_mode = 'combine', scoped = M._in_this_window(namespace) or nil }
  local marks = { vim.tbl_extend('error', common, {
    virt_text = { { first, 'MidfillGhost' } },
    virt_text_pos = position,
    virt_lines = #rows > 0 and vim.tbl_map(M._row, rows) or nil,
    virt_lines_overflow = vim.fn.has('nvim-0.11') == 1 and 'scroll' or nil,
  }) }
  if #rows > space.room then
    local more = { { ('↓%d'):format(#rows - space.room), 'MidfillGhost' } }
    marks[2] = vim.tbl_extend('error', common, { virt_text = more, virt_text_pos = 'eol' })
  end
  return marks
end

--- Returns the space of the window, when the cursor's line has a width of `cells`.
---@param cells integer
---@return midfill.Space
function M._space(cells)
  local window = vim.fn.getwininfo(vim.api.nvim_get_current_win())[1]
  local width = math.max(1, window.width - window.textoff)
  local from = vim.fn.winline()
  if vim.wo.wrap then
    from = from - math.floor((vim.fn.virtcol('.') - 1) / width) + math.floor(math.max(0, cells - 1) / width)
  end
  -- The window has not scrolled yet.
  local below = math.min(vim.wo.scrolloff, vim.api.nvim_buf_line_count(0) - vim.api.nvim_win_get_cursor(0)[1])
  return { width = vim.wo.wrap and width or nil, room = math.max(below, window.height - window.winbar - from) }
end

--- Splits a line where the window ends; virtual lines are cut there.
---@param line string
---@param width integer
---@param used integer Cells of the first row that are used.
---@return string[]
function M._wrapped(line, width, used)
  local rows, row = {}, {}
  for _, char in ipairs(vim.fn.split(line, '\\zs')) do
    local cells = vim.fn.strdisplaywidth(char)
    if used + cells > width then
      table.insert(rows, table.concat(row))
      row, used = {}, 0
    end
    table.insert(row, char)
    used = used + cells
  end
  table.insert(rows, table.concat(row))
  return rows
end

--- Shows the namespace in the current window only; returns whether its extmarks have to be marked for that.
---@param namespace integer
---@return boolean
function M._in_this_window(namespace)
  local window = vim.api.nvim_get_current_win()
  if vim.api.nvim__ns_set then
    vim.api.nvim__ns_set(namespace, { wins = { window } })
    return false
  elseif not vim.api.nvim__win_add_ns then
    return false
  elseif window ~= scoped then
    if scoped and vim.api.nvim_win_is_valid(scoped) then
      vim.api.nvim__win_del_ns(scoped, namespace)
    end
    vim.api.nvim__win_add_ns(window, namespace)
    scoped = window
  end
  return true
end

---@param row string
function M._row(row)
  return { { row, 'MidfillGhost' } }
end

--- Virtual text shows a tab as one cell.
---@param line string
---@return string
function M._untabbed(line)
  return (line:gsub('\t', (' '):rep(vim.bo.tabstop)))
end

return M
