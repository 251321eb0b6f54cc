vim9script
# The next edit: the user's last edit, shown where it fits next. Tab jumps there, and Tab again accepts it.

import autoload './ghost.vim'
import autoload './server.vim'

const METHOD = 'midfill/nextEdit'
const TYPES = {
  MidfillEditAdded: 'DiffAdd',
  MidfillEditRemoved: 'DiffDelete',
  MidfillEditJump: 'Comment',
}

var offer: dict<any> = {} # The server's edit; {} if there is none.
var pending = -1 # The ID of the pending request.
var asked = [0, 0] # The buffer and its b:changedtick at the latest request.
var drawn = 0 # The buffer that shows something of it.
var popup = 0 # The window that shows the changed lines of a place that is not on the screen.
const POPUP_LINES = 8

for [type, linked] in items(TYPES)
  execute 'highlight default link' type linked
  prop_type_add(type, {highlight: type, override: true, priority: 100})
endfor

# Handles a text change. Vim 9.0 also reports an earlier one when insert mode begins.
export def OnText()
  if asked != [bufnr(), b:changedtick]
    Ask()
  endif
enddef

# Requests the next edit. The server answers when the user pauses.
export def Ask()
  Clear()
  var buf = bufnr()
  asked = [buf, b:changedtick]
  if !server.Serves(buf)
    return
  endif
  pending = server.Request(METHOD, {
    textDocument: server.Identifier(buf),
    position: {line: line('.') - 1, character: col('.') - 1},
  }, (id, result) => {
    if id == pending
      pending = -1
      OnAnswer(type(result) == v:t_dict ? get(result, 'edits', []) : [])
    endif
  })
enddef

# Returns whether an edit is shown, in this buffer or as a jump to another one.
export def Visible(): bool
  return !empty(offer) && empty(ghost.Rest())
enddef

# Jumps to the edit; accepts it if the cursor is on its line.
export def Take()
  if !Visible()
    return
  elseif IsHere()
    Apply()
  else
    Jump()
  endif
enddef

# Drops the edit, which is not offered again; returns false if none is shown.
export def Drop(): bool
  if !Visible()
    return false
  endif
  var command = offer.command
  Clear()
  server.Execute('midfill.editRefused', command.arguments)
  return true
enddef

export def Clear()
  if pending >= 0
    server.Notify('$/cancelRequest', {id: pending})
    pending = -1
  endif
  if !empty(offer)
    offer = {}
    Draw()
  endif
enddef

# Draws the edit at its place, and its direction at the cursor.
export def Draw()
  Erase()
  if !Visible()
    return
  endif
  drawn = bufnr()
  if InThisBuffer()
    DrawChange()
  endif
  if !IsHere()
    DrawJump()
  endif
  if !IsOnScreen()
    OpenPopup()
  endif
enddef

def OnAnswer(edits: list<any>)
  if empty(edits) || !empty(ghost.Rest())
    return
  endif
  offer = edits[0]
  Draw()
  server.Notify('textDocument/didShowInlineEdit', {item: {command: offer.command}})
enddef

def Path(): string
  var path = substitute(offer.textDocument.uri, '^file://', '', '')
  path = substitute(path, '%\(\x\x\)', (found) => eval($'"\x{found[1]}"'), 'g')
  return fnamemodify(has('win32') ? path[1 :] : path, ':p')
enddef

def InThisBuffer(): bool
  return expand('%:p') ==# Path()
enddef

def IsHere(): bool
  return InThisBuffer() && line('.') == offer.range.start.line + 1
enddef

def IsOnScreen(): bool
  var lnum = offer.range.start.line + 1
  return InThisBuffer() && lnum >= line('w0') && lnum <= line('w$')
enddef

def Jump()
  normal! m'
  if !InThisBuffer()
    execute 'hide edit' fnameescape(Path())
  endif
  cursor(offer.range.start.line + 1, offer.range.start.character + 1)
  Draw()
enddef

# Makes the edit; the change requests the next one.
def Apply()
  var edit = offer
  ghost.Typed() # The completion of what the edit changes is not asked for.
  Clear()
  var place = getcurpos()
  Replace(edit.range.start, edit.range.end, split(Text(edit), "\n", true))
  setpos('.', place)
  server.Execute(edit.command.command, edit.command.arguments)
enddef

# Replaces the text between two places; the line after the last one is empty for the server, and does not exist in Vim.
def Replace(from: dict<number>, to: dict<number>, lines: list<string>)
  lines[0] = strpart(getline(from.line + 1), 0, from.character) .. lines[0]
  lines[-1] ..= strpart(getline(to.line + 1), to.character)
  var gone = to.line - from.line + 1
  if to.line >= line('$')
    remove(lines, -1)
    gone -= 1
  endif
  var kept = min([gone, len(lines)])
  if kept > 0
    setline(from.line + 1, lines[: kept - 1])
  endif
  if gone > kept
    deletebufline('%', from.line + 1 + kept, from.line + gone)
  else
    append(from.line + kept, lines[kept :])
  endif
enddef

def Text(edit: dict<any>): string
  return substitute(edit.text, "\r\n\\?", "\n", 'g')
enddef

def Erase()
  if popup > 0
    popup_close(popup)
    popup = 0
  endif
  if bufexists(drawn)
    for type in keys(TYPES)
      prop_remove({type: type, all: true, bufnr: drawn})
    endfor
  endif
enddef

# Draws the removed text, and the inserted text after it: on the same line, or on separate lines.
def DrawChange()
  var from = offer.range.start
  var to = offer.range.end
  var whole = to.character == 0 && to.line > from.line
  var last = whole ? to.line : min([to.line + 1, line('$')])
  var end = whole ? strlen(getline(last)) : to.character
  if from != to
    prop_add(from.line + 1, from.character + 1, {type: 'MidfillEditRemoved', end_lnum: last, end_col: end + 1})
  endif
  var lines = split(Text(offer), "\n", true)
  if len(lines) == 1
    if !empty(lines[0])
      prop_add(last, end + 1, {type: 'MidfillEditAdded', text: ghost.Untabbed(lines[0])})
    endif
    return
  endif
  var anchor = from == to && from.character == 0 ? max([1, from.line]) : last
  for line in empty(lines[-1]) ? lines[: -2] : lines
    # Vim 9.0 draws the lines after an empty line incorrectly.
    var text = empty(line) ? ' ' : ghost.Untabbed(line)
    prop_add(anchor, 0, {type: 'MidfillEditAdded', text: text, text_align: 'below'})
  endfor
enddef

# Shows at the end of the cursor's line where the edit is.
def DrawJump()
  var lnum = offer.range.start.line + 1
  var where = InThisBuffer()
    ? (lnum < line('.') ? '↑' : '↓') .. $' line {lnum}'
    : $'→ {fnamemodify(Path(), ":t")}:{lnum}'
  prop_add(line('.'), 0, {type: 'MidfillEditJump', text: $'  Tab {where}', text_align: 'after'})
enddef

# Shows below the cursor's line the edited lines.
def OpenPopup()
  var from = offer.range.start
  var lines = split(Text(offer), "\n", true)
  var first = {col: from.character + 1, length: strlen(lines[0]), type: 'MidfillEditAdded'}
  lines[0] = strpart(LineThere(from.line), 0, from.character) .. lines[0]
  lines[-1] ..= strpart(LineThere(offer.range.end.line), offer.range.end.character)
  var shown = mapnew(lines[: POPUP_LINES - 1], (_, line) => ({text: line, props: []}))
  shown[0].props = first.length > 0 ? [first] : []
  popup = popup_create(shown, {
    title: $' {fnamemodify(Path(), ":t")}:{from.line + 1} ',
    line: 'cursor+1',
    col: 'cursor',
    pos: 'topleft',
    border: [],
    highlight: 'Normal',
    wrap: false,
    maxwidth: &columns - 4,
  })
enddef

# Returns a line of the file that the edit is in, counted from 0.
def LineThere(row: number): string
  var path = Path()
  var lines = bufloaded(path) ? getbufline(path, row + 1) : filereadable(path) ? readfile(path, '', row + 1)[row :] : []
  return get(lines, 0, '')
enddef
