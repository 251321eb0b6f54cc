vim9script
# The functions for keys, commands and status lines.

import autoload './midfill/ghost.vim'
import autoload './midfill/server.vim'
import autoload './midfill/typed.vim'

const KEYS = { # The keys of copilot.vim.
  accept: '<Tab>',
  accept_word: '<M-Right>',
  accept_line: '<M-C-Right>',
  next: '<M-]>',
  previous: '<M-[>',
  dismiss: '<C-]>',
  trigger: '<M-Bslash>',
}
const ACTIONS = ['dismiss', 'next', 'previous', 'restart', 'snooze', 'stats', 'toggle', 'trigger']

# Maps the keys of insert mode, except where g:midfill_keys overrides them.
export def MapKeys()
  for [action, key] in items(extendnew(KEYS, get(g:, 'midfill_keys', {})))
    if !empty(key)
      Map(action, key)
    endif
  endfor
enddef

# Returns whether a suggestion is shown.
export def Visible(): bool
  return !empty(ghost.Rest())
enddef

# For mappings with <expr>: accepts a part ('all', 'word', 'line'), or returns `otherwise`.
export def Accept(part: string, otherwise: string): string
  if typed.Follows()
    return ''
  endif
  # Vim looks for mappings before it has inserted the keys that came with this one.
  return Visible() ? $"\<Cmd>call midfill#Insert('{part}')\<CR>" : otherwise
enddef

# Inserts a part of the suggestion with the next keys.
export def Insert(part: string)
  ghost.Insert(part)
enddef

# For mappings with <expr>: dismisses the suggestion, or returns `otherwise`.
export def Dismiss(otherwise: string): string
  return ghost.Dismiss() ? '' : otherwise
enddef

# Returns the status line text; empty if the server does not run.
export def StatusLine(): string
  var status = server.Status()
  return empty(status) ? '' : 'midfill ' .. status.state
enddef

# Runs :Midfill.
export def Command(action: string, argument = '')
  if index(ACTIONS, action) < 0
    echohl ErrorMsg | echomsg $'midfill: there is no "{action}", only {join(ACTIONS, ", ")}' | echohl None
    return
  endif
  var Do = {
    dismiss: () => ghost.Dismiss(),
    next: () => ghost.Cycle(1),
    previous: () => ghost.Cycle(-1),
    restart: () => server.Restart(),
    snooze: () => server.Execute('midfill.snooze', empty(argument) ? [] : [str2nr(argument)]),
    stats: () => server.Execute('midfill.stats'),
    toggle: () => server.Execute('midfill.toggle'),
    trigger: () => ghost.Trigger(),
  }[action]
  Do()
enddef

export def Complete(_: string, _: string, _: number): string
  return join(ACTIONS, "\n")
enddef

def Map(action: string, key: string)
  var before = Before(action, key)
  var calls = {
    accept: $"midfill#Accept('all', {before})",
    accept_word: $"midfill#Accept('word', {before})",
    accept_line: $"midfill#Accept('line', {before})",
    dismiss: $'midfill#Dismiss({before})',
  }
  if has_key(calls, action)
    execute 'imap <silent> <expr>' key calls[action]
  else
    execute $'inoremap <silent> {key} <Cmd>Midfill {action}<CR>'
  endif
enddef

# Returns a key's previous function as an expression: its mapping under another name, or the key itself.
def Before(action: string, key: string): string
  var mapping = maparg(key, 'i', false, true)
  var name = $'<Plug>(midfill-before-{action})'
  if empty(mapping) || mapping.buffer
    name = key
  elseif stridx(mapping.rhs, 'midfill#') < 0
    mapping.lhs = name
    mapping.lhsraw = eval($'"\{name}"')
    mapset('i', false, mapping)
  endif
  return $'"\{name}"'
enddef
