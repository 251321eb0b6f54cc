vim9script
# One suggestion of the server, compared with the current buffer.
#
# A suggestion has a fixed anchor at the position of its request. The text between the anchor and the cursor is the text
# typed since. While it agrees with the suggestion's text, the rest is shown.
#
# Its fields: buf, lnum and col (bytes, from 0) of the anchor; kept, the bytes at the end of the cursor's line that are
# not replaced; text, with "\n" line ends; item, the server's item.

# Creates a suggestion from an item; `asked` (buf, lnum, col, line) is the cursor of the request.
export def New(item: dict<any>, asked: dict<any>): dict<any>
  var range = get(item, 'range', {})
  var from = empty(range) ? asked.col : range.start.character
  var to = empty(range) ? asked.col : range.end.character
  var inserted = item.insertText
  var text = type(inserted) == v:t_string ? inserted : inserted.value
  return {
    item: item,
    buf: asked.buf,
    lnum: asked.lnum,
    col: from,
    kept: strlen(asked.line) - to,
    text: substitute(text, "\r\n\\?", "\n", 'g'),
  }
enddef

# Returns the rest to insert at the cursor, and the text after it that the rest replaces; {} if the typed text does not
# agree.
export def Rest(suggestion: dict<any>): dict<string>
  var lnum = line('.')
  var col = col('.') - 1
  if bufnr() != suggestion.buf || lnum < suggestion.lnum || (lnum == suggestion.lnum && col < suggestion.col)
    return {}
  endif
  var typed = Between(suggestion, lnum, col)
  var line = getline('.')
  var replaced = strpart(line, col, max([0, strlen(line) - suggestion.kept - col]))
  var text = strpart(suggestion.text, strlen(typed))
  if strpart(suggestion.text, 0, strlen(typed)) !=# typed || empty(text) || text ==# replaced
    return {}
  endif
  return {text: text, replaced: replaced}
enddef

# Returns the first word, the first line, or all of a text, with leading white space and line ends.
export def Piece(text: string, part: string): string
  var found = ''
  if part == 'word'
    found = matchstr(text, '^\_s*\%(\k\+\|\%(\k\@!\S\)\+\)')
  elseif part == 'line'
    found = matchstr(text, "^\n*[^\n]\\+")
  endif
  return empty(found) ? text : found
enddef

def Between(suggestion: dict<any>, lnum: number, col: number): string
  if lnum == suggestion.lnum
    return strpart(getline('.'), suggestion.col, col - suggestion.col)
  endif
  var first = strpart(getline(suggestion.lnum), suggestion.col)
  var middle = getline(suggestion.lnum + 1, lnum - 1)
  return join([first] + middle + [strpart(getline('.'), 0, col)], "\n")
enddef
