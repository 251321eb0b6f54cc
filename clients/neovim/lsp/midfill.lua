-- The language server, for `vim.lsp.enable('midfill')` (Neovim 0.11 and later). No filetypes: it serves every file.

-- Neovim before 0.12 shows no inline completions, hence does not announce them; this plugin shows them there.
local capabilities = vim.lsp.protocol.make_client_capabilities()
capabilities.textDocument.inlineCompletion = { dynamicRegistration = false }

---@type vim.lsp.Config
return {
  cmd = { 'midfill', 'serve' },
  root_markers = { '.midfill.toml', '.git' },
  capabilities = capabilities,
  handlers = {
    ['midfill/status'] = function(_, status, context)
      require('midfill.server').on_status(status, context.client_id)
    end,
  },
}
