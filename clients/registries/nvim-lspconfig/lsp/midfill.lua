---@brief
---
--- https://github.com/OWNER/midfill
---
--- Inline code completion (ghost text) for any language, on your own key or from your own files.
---
--- It serves every file type. Neovim 0.12 shows its suggestions with `:help lsp-inline_completion`:
---
--- ```lua
--- vim.lsp.inline_completion.enable()
--- vim.keymap.set('i', '<Tab>', function()
---   if not vim.lsp.inline_completion.get() then
---     return '<Tab>'
---   end
--- end, { expr = true, desc = 'LSP: accept inline completion' })
--- ```

---@type vim.lsp.Config
return {
  cmd = { 'midfill', 'serve' },
  root_markers = { '.midfill.toml', '.git' },
}
