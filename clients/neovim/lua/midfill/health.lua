--- :checkhealth midfill
local config = require('midfill.config')
local server = require('midfill.server')

local M = {}

function M.check()
  vim.health.start('midfill')
  M._neovim()
  if M._program() then
    M._clients()
  end
  M._keys()
end

function M._neovim()
  if vim.fn.has('nvim-0.10') == 0 then
    vim.health.error('Neovim 0.10 or later is needed')
  elseif config.ghost() == 'native' then
    vim.health.ok("suggestions are drawn by Neovim's own inline completion")
  else
    vim.health.ok('suggestions are drawn by this plugin')
  end
end

local SOURCES = { options = 'set by the option `cmd`', PATH = 'on the PATH', archive = 'an unpacked archive' }

---@return boolean found
function M._program()
  local command, from = config.command()
  local program = command[1]
  if vim.fn.executable(program) == 0 then
    vim.health.error(('there is no program `%s`'):format(program), {
      'Install it: `uv tool install midfill`, `pipx install midfill` or `pip install --user midfill`',
      ('or, without Python, unpack an archive of the release: the program belongs at %s'):format(config.archive()),
      "or say where it is: `require('midfill').setup({ cmd = { '/path/to/midfill', 'serve' } })`",
    })
    return false
  end
  local done = vim.system({ program, '--version' }, { text = true, timeout = 10000 }):wait()
  if done.code == 0 then
    vim.health.ok(('%s (%s, %s)'):format(vim.trim(done.stdout), vim.fn.exepath(program), SOURCES[from]))
  else
    vim.health.error(('`%s --version` fails'):format(program), vim.split(vim.trim(done.stderr), '\n'))
  end
  return done.code == 0
end

function M._clients()
  local clients = vim.lsp.get_clients({ name = 'midfill' })
  if #clients == 0 then
    vim.health.warn('the server does not run', {
      'It starts when a file is opened.',
      "Is `require('midfill').setup()` in your configuration? Does `:LspLog` say why it ended?",
    })
  end
  for _, client in ipairs(clients) do
    local status = server.status(next(client.attached_buffers)) or {}
    local words = { client.root_dir or 'no root folder', status.backend, status.message }
    local say = status.state == 'error' and vim.health.error or vim.health.ok
    say(('the server runs, state: %s (%s)'):format(status.state or 'unknown', table.concat(words, ', ')))
  end
  vim.health.info('The key, the network and the model are checked by `midfill doctor`, in a shell.')
end

function M._keys()
  local key = config.options.keys and config.options.keys.accept
  if not key then
    return vim.health.info("no key accepts: map one to `require('midfill').accept()`")
  end
  local mapping = vim.fn.maparg(key, 'i', false, true)
  if vim.startswith(mapping.desc or '', 'midfill: ') then
    vim.health.ok(('%s accepts'):format(key))
  else
    vim.health.warn(('%s is mapped by something else'):format(key), {
      "Let that call `require('midfill').accept()` first (:help midfill-menus), or choose another key.",
    })
  end
end

return M
