vim9script
# The functions for keys, commands and status lines.

import autoload './midfill/edits.vim'
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
  take_edit: '<Tab>', # In normal mode; not <Esc>, with which the codes of a terminal's keys begin.
  drop_edit: '<BS>',
}
const ACTIONS = ['dismiss', 'next', 'previous', 'restart', 'snooze', 'snooze_edits', 'stats', 'toggle', 'toggle_edits', 'trigger']

# Maps the keys of insert mode, and of normal mode for next edits, except where g:midfill_keys overrides them.
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
  return Visible() ? $"\<Cmd>call midfill#Insert('{part}')\<CR>" : part == 'all' ? TakeEdit(otherwise) : otherwise
enddef

# Inserts a part of the suggestion with the next keys.
export def Insert(part: string)
  ghost.Insert(part)
enddef

# For mappings with <expr>: dismisses the suggestion or drops the next edit, or returns `otherwise`.
export def Dismiss(otherwise: string): string
  return ghost.Dismiss() || edits.Drop() ? '' : otherwise
enddef

# For mappings with <expr>: jumps to the next edit, accepts it if the cursor is there, or returns `otherwise`.
export def TakeEdit(otherwise: string): string
  return edits.Visible() ? "\<Cmd>call midfill#edits#Take()\<CR>" : otherwise
enddef

# For mappings with <expr>: drops the next edit, or returns `otherwise`.
export def DropEdit(otherwise: string): string
  return edits.Drop() ? '' : otherwise
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
    snooze_edits: () => server.Execute('midfill.snoozeEdits', empty(argument) ? [] : [str2nr(argument)]),
    stats: () => server.Execute('midfill.stats'),
    toggle: () => server.Execute('midfill.toggle'),
    toggle_edits: () => server.Execute('midfill.toggleEdits'),
    trigger: () => ghost.Trigger(),
  }[action]
  Do()
enddef

export def Complete(_: string, _: string, _: number): string
  return join(ACTIONS, "\n")
enddef

def Map(action: string, key: string)
  var mode = action =~ '_edit$' ? 'n' : 'i'
  var before = Before(action, key, mode)
  var calls = {
    accept: $"midfill#Accept('all', {before})",
    accept_word: $"midfill#Accept('word', {before})",
    accept_line: $"midfill#Accept('line', {before})",
    dismiss: $'midfill#Dismiss({before})',
    take_edit: $'midfill#TakeEdit({before})',
    drop_edit: $'midfill#DropEdit({before})',
  }
  if has_key(calls, action)
    execute $'{mode}map <silent> <expr>' key calls[action]
  else
    execute $'inoremap <silent> {key} <Cmd>Midfill {action}<CR>'
  endif
enddef

# Returns a key's previous function as an expression: its mapping under another name, or the key itself.
def Before(action: string, key: string, mode: string): string
  var mapping = maparg(key, mode, false, true)
  var name = $'<Plug>(midfill-before-{action})'
  if empty(mapping) || mapping.buffer
    name = key
  elseif stridx(mapping.rhs, 'midfill#') < 0
    mapping.lhs = name
    mapping.lhsraw = eval($'"\{name}"')
    mapset(mode, false, mapping)
  endif
  return $'"\{name}"'
enddef
