vim9script
# The shown suggestions: requests, drawing, accept and dismiss.

import autoload './server.vim'
import autoload './suggestion.vim'
import autoload './typed.vim'

const METHOD = 'textDocument/inlineCompletion'
const INVOKED = 1 # lsp.InlineCompletionTriggerKind of LSP 3.18.
const AUTOMATIC = 2

var suggestions: list<dict<any>> = []
var index = 0
var invoked = false # Whether the shown suggestion comes from a manual request.
var place: list<any> = [0, ''] # The cursor's line, and the text before the cursor in it, at the latest change.
var pending = -1 # The ID of the pending request.

prop_type_add('MidfillGhost', {highlight: 'MidfillGhost', override: true})

# Handles the start of insert mode.
export def OnEnter()
  Typed()
  Draw()
  Ask(AUTOMATIC)
enddef

# Handles the start of the server, which has not received the earlier keys.
export def OnReady()
  if mode() =~ '^i'
    Ask(AUTOMATIC)
  endif
enddef

# Handles a text change. A suggestion that agrees stays shown while the server is asked for more text.
export def OnText()
  Draw()
  # A change by a formatter or another plugin causes no request.
  if Typed() || pumvisible()
    Ask(AUTOMATIC)
  endif
enddef

# Repeats the request for a suggestion that can grow, unless a request is pending: its answer has all text.
export def Refresh(uri: string)
  if pending < 0 && uri ==# server.Uri(bufnr()) && !empty(Rest())
    Ask(AUTOMATIC)
  endif
enddef

export def Trigger()
  Ask(INVOKED)
enddef

# Shows another alternative; requests alternatives if there are none.
export def Cycle(count: number)
  if empty(suggestions) || (len(suggestions) == 1 && !invoked)
    Ask(INVOKED, count)
  else
    Select(index + count)
  endif
enddef

# Dismisses the suggestion for the user; returns false if none is shown.
export def Dismiss(): bool
  if empty(Rest())
    return false
  endif
  Clear()
  server.Execute('midfill.dismissed', [server.Uri(bufnr())])
  return true
enddef

# Hides the suggestion.
export def Clear()
  Cancel()
  suggestions = []
  index = 0
  invoked = false
  Draw()
enddef

# Inserts a part of the suggestion ('all', 'word' or 'line') with the next keys, and notifies the server after them.
export def Insert(part: string)
  var rest = Rest()
  if empty(rest)
    return
  endif
  var shown = suggestions[index]
  var piece = suggestion.Piece(rest.text, part)
  if piece ==# rest.text
    Clear()
    typed.Insert(piece, rest.replaced, () => TellAccepted(shown))
  else
    var accepted = strlen(shown.text) - strlen(rest.text) + strlen(piece)
    typed.Insert(piece, '', () => TellPart(shown, accepted))
  endif
enddef

# Returns the rest of the suggestion at the cursor; {} if there is none.
export def Rest(): dict<string>
  return empty(suggestions) ? {} : suggestion.Rest(suggestions[index])
enddef

export def Draw()
  prop_remove({type: 'MidfillGhost', all: true})
  var rest = Rest()
  # A selected entry of the completion menu is already in the buffer; the suggestion applies to the text without it.
  if empty(rest) || (pumvisible() && complete_info(['selected']).selected >= 0)
    return
  endif
  var lines = split(rest.text, "\n", true)
  if len(lines) == 1 && Ends(lines[0], rest.replaced)
    lines[0] = strpart(lines[0], 0, strlen(lines[0]) - strlen(rest.replaced))
  endif
  if !empty(lines[0])
    prop_add(line('.'), col('.'), {type: 'MidfillGhost', text: Untabbed(lines[0])})
  endif
  for line in lines[1 :]
    # Vim 9.0 draws the lines after an empty line incorrectly.
    var text = empty(line) ? ' ' : Untabbed(line)
    prop_add(line('.'), 0, {type: 'MidfillGhost', text: text, text_align: 'below'})
  endfor
enddef

def TellAccepted(shown: dict<any>)
  var command = get(shown.item, 'command', {})
  if !empty(command)
    server.Execute(command.command, get(command, 'arguments', []))
  endif
enddef

def TellPart(shown: dict<any>, length: number)
  server.Notify('textDocument/didPartiallyAcceptCompletion', {
    item: shown.item,
    acceptedLength: strchars(strpart(shown.text, 0, length)),
  })
enddef

# Whether the text before the cursor grew or shrank, as it does by typing.
export def Typed(): bool
  var [lnum, text] = place
  place = [line('.'), strpart(getline('.'), 0, col('.') - 1)]
  return place[0] != lnum || (place[1] !=# text && (Begins(place[1], text) || Begins(text, place[1])))
enddef

# Sends a request, and shows the suggestion at offset `ahead` from the first.
def Ask(kind: number, ahead = 0)
  Cancel()
  if !server.Serves(bufnr())
    return
  endif
  var asked = {buf: bufnr(), lnum: line('.'), col: col('.') - 1, line: getline('.')}
  pending = server.Request(METHOD, {
    textDocument: {uri: server.Uri(asked.buf)},
    position: {line: asked.lnum - 1, character: asked.col},
    context: {triggerKind: kind},
  }, (id, result) => {
    if id == pending
      pending = -1
      OnAnswer(kind, asked, result)
      Select(index + ahead)
    endif
  })
enddef

def OnAnswer(kind: number, asked: dict<any>, result: any)
  if mode() !~ '^i'
    return
  endif
  var items = type(result) == v:t_dict ? get(result, 'items', []) : type(result) == v:t_list ? result : []
  if empty(items) && !empty(Rest())
    return
  endif
  suggestions = mapnew(items, (_, item) => suggestion.New(item, asked))
  index = 0
  invoked = kind == INVOKED
  if !empty(Rest())
    midfill#edits#Clear()
    server.Notify('textDocument/didShowCompletion', {item: items[0]})
  endif
enddef

# Shows one of the suggestions; the number wraps around.
def Select(number: number)
  var count = len(suggestions)
  index = count > 0 ? (number % count + count) % count : 0
  Draw()
enddef

def Cancel()
  if pending >= 0
    server.Notify('$/cancelRequest', {id: pending})
    pending = -1
  endif
enddef

def Begins(text: string, start: string): bool
  return strpart(text, 0, strlen(start)) ==# start
enddef

def Ends(text: string, end: string): bool
  return strpart(text, strlen(text) - strlen(end)) ==# end
enddef

# Virtual text shows a tab as ^I.
export def Untabbed(text: string): string
  return substitute(text, "\t", repeat(' ', &tabstop), 'g')
enddef
