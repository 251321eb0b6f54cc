vim9script
# Inserts text as if the user had typed it: `.`, counts and macros repeat it together with the keys around it.

const UNDO_BREAK = "\<C-G>u"
# 'paste' disables indentation, mappings and abbreviations for the text.
const BEGIN = "\<Cmd>set paste\<CR>"
const END = "\<Cmd>set nopaste\<CR>"
# `.` types the text without 'paste': a line loses the comment leader and the indentation that Vim gives it.
const LINE = "\nx\<C-U>0\<C-D>"

# Replaces `replaced` after the cursor by `text`, as the next keys and as one undo step; then calls `Then`.
export def Insert(text: string, replaced: string, Then: func())
  var keys = repeat("\<Del>", strchars(replaced, true)) .. substitute(text, "\n", LINE, 'g')
  # A macro records typed keys.
  feedkeys(UNDO_BREAK .. BEGIN .. keys .. END, empty(reg_recording()) ? 'ni' : 'nit')
  timer_start(0, (_) => Then())
enddef

# Returns whether a macro that runs has the text after the key that accepted it.
export def Follows(): bool
  return !empty(reg_executing()) && getchar(1) == char2nr(UNDO_BREAK[0])
enddef
