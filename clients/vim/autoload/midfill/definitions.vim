vim9script
# Requests definitions of names from the language servers that the plugin vim-lsp runs.

const LIMIT_MS = 1500

# Returns whether a language server can be asked.
export def Known(): bool
  return exists('g:lsp_loaded')
enddef

# Calls `OnFound` with one location (or null) for each position in a buffer; late answers are left out.
export def Find(buf: number, positions: list<any>, OnFound: func(list<any>))
  var servers = Servers(buf)
  var search = {found: mapnew(positions, (_, _) => null), left: len(servers) * len(positions), OnFound: OnFound}
  for server in servers
    for index in range(len(positions))
      Ask(server, buf, positions[index], index, search)
    endfor
  endfor
  if search.left == 0
    OnFound(search.found)
  else
    timer_start(LIMIT_MS, (_) => End(search))
  endif
enddef

# This is a separate function, because in Vim all closures of a loop share its variable.
def Ask(server: string, buf: number, position: dict<any>, index: number, search: dict<any>)
  call('lsp#send_request', [server, {
    method: 'textDocument/definition',
    params: {textDocument: {uri: call('lsp#utils#get_buffer_uri', [buf])}, position: InUtf16(buf, position)},
    bufnr: buf,
    on_notification: (answer) => Take(answer, index, search),
  }])
enddef

def Take(answer: dict<any>, index: number, search: dict<any>)
  if search.found[index] == null
    search.found[index] = First(get(get(answer, 'response', {}), 'result', null))
  endif
  search.left -= 1
  if search.left == 0
    End(search)
  endif
enddef

def End(search: dict<any>)
  if has_key(search, 'OnFound')
    var OnFound: func(list<any>) = remove(search, 'OnFound')
    OnFound(search.found)
  endif
enddef

def Servers(buf: number): list<any>
  if !Known() || !bufloaded(buf)
    return []
  endif
  return filter(call('lsp#get_allowed_servers', [buf]),
    (_, name) => name != 'midfill' && call('lsp#capabilities#has_definition_provider', [name]))
enddef

# Converts midfill's position, which counts bytes, to the encoding of vim-lsp's servers.
def InUtf16(buf: number, position: dict<any>): dict<any>
  var before = strpart(get(getbufline(buf, position.line + 1), 0, ''), 0, position.character)
  return {line: position.line, character: len(substitute(before, '[^\x00-\uFFFF]', 'xx', 'g')->split('\zs'))}
enddef

# Returns the first location of an answer: a location, links, or locations.
def First(result: any): any
  var first = type(result) == v:t_list ? get(result, 0, null) : result
  if type(first) != v:t_dict
    return null
  endif
  return has_key(first, 'targetUri')
    ? {uri: first.targetUri, range: first.targetSelectionRange}
    : {uri: get(first, 'uri', ''), range: get(first, 'range', {})}
enddef
