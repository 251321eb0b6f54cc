vim9script
# midfill: inline code completion (ghost text), with your own API key. See :help midfill.

if exists('g:loaded_midfill') || !has('patch-9.0.0185') || !has('job') || !has('textprop')
  finish
endif
g:loaded_midfill = true

import autoload 'midfill.vim'
import autoload 'midfill/edits.vim'
import autoload 'midfill/ghost.vim'
import autoload 'midfill/server.vim'

highlight default link MidfillGhost Comment

augroup midfill
  autocmd!
  autocmd FileType,BufEnter * server.Open(str2nr(expand('<abuf>')))
  autocmd BufFilePre,BufUnload * server.Close(str2nr(expand('<abuf>')))
  autocmd VimLeavePre * server.Stop()
  autocmd InsertEnter * ghost.OnEnter()
  autocmd TextChangedI,TextChangedP * ghost.OnText()
  autocmd CursorMovedI,CompleteChanged * ghost.Draw()
  autocmd InsertLeave,BufLeave * ghost.Clear()
  autocmd TextChanged,TextChangedI * edits.OnText()
  autocmd InsertLeave * edits.Ask()
  autocmd CursorMoved,CursorMovedI,BufEnter * edits.Draw()
augroup END

command! -nargs=+ -complete=custom,midfill#Complete Midfill midfill.Command(<f-args>)

# Map the keys after the user's mappings, which apply when no suggestion is shown.
autocmd midfill VimEnter * ++once midfill.MapKeys()
if v:vim_did_enter
  midfill.MapKeys()
endif
