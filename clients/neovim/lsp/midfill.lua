-- The language server, for `vim.lsp.enable('midfill')` (Neovim 0.11 and later). No filetypes: it serves every file.

-- Neovim before 0.12 shows no inline completions, hence does not announce them; this plugin shows them there.
local capabilities = vim.lsp.protocol.make_client_capabilities()
capabilities.textDocument.inlineCompletion = { dynamicRegistration = false }
-- It asks again when it is told that more can be shown than is.
capabilities.experimental = { midfill = { refresh = true } }

---@type vim.lsp.Config
return {
  cmd = { 'midfill', 'serve' },
  root_markers = { '.midfill.toml', '.git' },
  capabilities = capabilities,
  -- Each key is told as it is pressed: the server counts its pause from there, and sees one edit, not several.
  flags = { debounce_text_changes = 0 },
  handlers = {
    ['window/showMessage'] = function(_, told)
      -- As a warning at most: after an error Neovim 0.10 waits for Enter, in the middle of typing.
      vim.notify(told.message, told.type <= 2 and vim.log.levels.WARN or vim.log.levels.INFO)
    end,
    ['midfill/status'] = function(_, status, context)
      require('midfill.server').on_status(status, context.client_id)
    end,
    ['midfill/refresh'] = function(_, told)
      require('midfill').refresh(told.uri)
    end,
  },
}
