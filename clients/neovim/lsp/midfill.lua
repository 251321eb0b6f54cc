-- The language server, for `vim.lsp.enable('midfill')` (Neovim 0.11 and later). Without filetypes it serves every file.

-- Neovim before 0.12 does not announce inline completions, because it cannot show them; this plugin can.
local capabilities = vim.lsp.protocol.make_client_capabilities()
capabilities.textDocument.inlineCompletion = { dynamicRegistration = false }
-- The client repeats the request when the server reports more text, and asks other language servers for definitions.
capabilities.experimental = { midfill = { refresh = true, definitions = true } }

local command = require('midfill.config').command()

---@type vim.lsp.Config
return {
  cmd = command,
  -- Buffers that cannot be changed (help is one) are not attached.
  root_dir = function(buf, attach)
    if vim.bo[buf].modifiable then
      attach(vim.fs.root(buf, { '.midfill.toml', '.git' }))
    end
  end,
  capabilities = capabilities,
  -- Each edit is sent at once: the server measures its debounce from it, and needs single edits.
  flags = { debounce_text_changes = 0 },
  handlers = {
    ['window/showMessage'] = function(_, told)
      -- An error is shown as a warning: after an error Neovim 0.10 interrupts the typing and waits for Enter.
      vim.notify(told.message, told.type <= 2 and vim.log.levels.WARN or vim.log.levels.INFO)
    end,
    ['midfill/status'] = function(_, status, context)
      require('midfill.server').on_status(status, context.client_id)
    end,
    ['midfill/definitions'] = function(_, asked, context)
      return require('midfill.definitions').answer(asked, vim.lsp.get_client_by_id(context.client_id))
    end,
    ['midfill/refresh'] = function(_, told)
      require('midfill').refresh(told.uri)
    end,
  },
}
