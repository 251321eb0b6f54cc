vim9script
# The connection to the language server: its process, open documents, requests and notifications.

var job: job
var ready = false
var failed = false # The server has exited, and the user was notified.
var status: dict<any> = {}
var versions: dict<number> = {} # Document versions of the open buffers.
var lengths: dict<number> = {} # Their numbers of lines in the server.
var listeners: dict<number> = {}

# Opens a file in the server; starts the server for the first file.
export def Open(buf: number)
  if !IsFile(buf) || has_key(versions, buf)
    return
  endif
  if !Running()
    if !failed
      Start()
    endif
  elseif ready
    DidOpen(buf)
  endif
enddef

export def Close(buf: number)
  if has_key(versions, buf)
    listener_remove(remove(listeners, buf))
    remove(versions, buf)
    remove(lengths, buf)
    Notify('textDocument/didClose', {textDocument: {uri: Uri(buf)}})
  endif
enddef

export def Serves(buf: number): bool
  return Running() && has_key(versions, buf)
enddef

# Returns the latest status of the server; {} if it does not run.
export def Status(): dict<any>
  return Running() ? status : {}
enddef

# Sends a request and returns its ID; calls `OnResult` with the ID and the result, which is null after an error.
export def Request(method: string, params: dict<any>, OnResult: func(number, any)): number
  listener_flush()
  var request = ch_sendexpr(job_getchannel(job), {method: method, params: params}, {
    callback: (_, answer) => OnResult(answer.id, get(answer, 'result', null)),
  })
  return get(request, 'id', -1)
enddef

export def Notify(method: string, params: dict<any>)
  if Running()
    ch_sendexpr(job_getchannel(job), {method: method, params: params})
  endif
enddef

# Runs one of the server's commands, and shows what it returns.
export def Execute(command: string, arguments: list<any> = [])
  if !Running()
    Complain('it does not run; is there a file open? Else try :Midfill restart')
    return
  endif
  Request('workspace/executeCommand', {command: command, arguments: arguments}, (_, result) => {
    if type(result) == v:t_dict
      echomsg 'midfill:' join(split(get(result, 'summary', ''), "\n"), '; ')
    endif
  })
enddef

export def Restart()
  Stop()
  failed = false
  Start()
enddef

export def Stop()
  if Running()
    job_setoptions(job, {exit_cb: ''})
    ch_evalexpr(job_getchannel(job), {method: 'shutdown'}, {timeout: 500})
    Notify('exit', {})
  endif
  Forget()
enddef

# Returns an open document's URI and version.
export def Identifier(buf: number): dict<any>
  listener_flush(buf)
  return {uri: Uri(buf), version: versions[buf]}
enddef

export def Uri(buf: number): string
  var path = fnamemodify(bufname(buf), ':p')
  if empty(bufname(buf))
    return $'untitled:{buf}'
  endif
  path = substitute(path, '\\', '/', 'g')
  var escaped = substitute(path, '[^A-Za-z0-9/._~:-]', (found) => Percent(found[0]), 'g')
  return 'file://' .. (escaped[0] == '/' ? '' : '/') .. escaped
enddef

def Start()
  var command = Command()
  if !executable(command[0])
    failed = true
    Complain($'there is no program {command[0]}; install it (uv tool install midfill), unpack an archive of the release'
      .. $' so that {Archive()} is the program, or set g:midfill_cmd')
    return
  endif
  job = job_start(command, {
    in_mode: 'lsp',
    out_mode: 'lsp',
    err_io: 'null',
    noblock: true,
    callback: OnMessage,
    exit_cb: OnExit,
  })
  Request('initialize', InitializeParams(), (_, _) => {
    ready = true
    OnStatus({state: 'ready'})
    Notify('initialized', {})
    for buffer in getbufinfo({bufloaded: true})
      Open(buffer.bufnr)
    endfor
    midfill#ghost#OnReady()
  })
enddef

# Returns the server's command line: the user's, `midfill` on the PATH, or the program of an unpacked archive.
export def Command(): list<string>
  var command = get(g:, 'midfill_cmd', ['midfill', 'serve'])
  return command[0] != 'midfill' || executable('midfill') || !executable(Archive())
    ? command
    : [Archive()] + command[1 :]
enddef

def Archive(): string
  var data = $XDG_DATA_HOME ?? '~/.local/share'
  if has('win32')
    data = $LOCALAPPDATA ?? '~/AppData/Local'
  elseif has('mac')
    data = '~/Library/Application Support'
  endif
  return expand(data) .. '/midfill/server/midfill' .. (has('win32') ? '.exe' : '')
enddef

def InitializeParams(): dict<any>
  var folder = 'file://' .. getcwd()
  return {
    processId: getpid(),
    clientInfo: {name: 'Vim', version: string(v:versionlong)},
    rootUri: folder,
    workspaceFolders: [{uri: folder, name: fnamemodify(getcwd(), ':t')}],
    initializationOptions: get(g:, 'midfill_settings', {}),
    capabilities: {
      # Vim's columns are bytes too.
      general: {positionEncodings: ['utf-8']},
      textDocument: {inlineCompletion: {dynamicRegistration: false}},
      workspace: {configuration: true},
      # The client repeats the request when the server reports more text.
      experimental: {midfill: {refresh: true, definitions: midfill#definitions#Known()}},
    },
  }
enddef

def DidOpen(buf: number)
  versions[buf] = 0
  lengths[buf] = getbufinfo(buf)[0].linecount
  listeners[buf] = listener_add(OnChange, buf)
  Notify('textDocument/didOpen', {textDocument: {
    uri: Uri(buf),
    languageId: getbufvar(buf, '&filetype') ?? 'plaintext',
    version: 0,
    text: Text(buf, 1, '$'),
  }})
enddef

# Sends changes as the lines from the first changed one to the last. If Vim reports them during the
# next change, the number of lines does not fit, and all text is sent.
def OnChange(buf: number, _: number, _: number, _: number, changes: list<dict<number>>)
  if !has_key(versions, buf)
    return
  endif
  versions[buf] += 1
  var first = changes[0].lnum
  var end = first # The first line after the changes.
  var added = 0
  for change in changes
    end = max([end, change.end]) + change.added
    first = min([first, change.lnum])
    added += change.added
  endfor
  var content: dict<any> = {text: ''}
  if getbufinfo(buf)[0].linecount == lengths[buf] + added
    content.range = {start: {line: first - 1, character: 0}, end: {line: end - added - 1, character: 0}}
    content.text = end > first ? Text(buf, first, end - 1) : ''
  else
    content.text = Text(buf, 1, '$')
  endif
  lengths[buf] = getbufinfo(buf)[0].linecount
  Notify('textDocument/didChange', {
    textDocument: {uri: Uri(buf), version: versions[buf]},
    contentChanges: [content],
  })
enddef

# Returns lines with "\n" line ends, as Vim holds them; Vim writes the file's own line ends.
def Text(buf: number, first: number, last: any): string
  return join(getbufline(buf, first, last), "\n") .. "\n"
enddef

def OnMessage(channel: channel, message: dict<any>)
  var params = get(message, 'params', {})
  if get(message, 'method', '') == 'midfill/definitions'
    midfill#definitions#Find(BufferOf(params.uri), params.positions, (found) => {
      ch_sendexpr(channel, {id: message.id, result: found})
    })
  elseif has_key(message, 'id')
    ch_sendexpr(channel, {id: message.id, result: Answer(message.method, params)})
  elseif message.method == 'window/showMessage'
    Tell(params.message, params.type)
  elseif message.method == 'midfill/status'
    OnStatus(params)
  elseif message.method == 'midfill/refresh'
    midfill#ghost#Refresh(params.uri)
  endif
enddef

# Returns the buffer that is open in the server under a URI; -1 if there is none.
def BufferOf(uri: string): number
  return str2nr(get(filter(keys(versions), (_, buf) => Uri(str2nr(buf)) == uri), 0, '-1'))
enddef

def OnStatus(told: dict<any>)
  status = told
  if exists('#User#MidfillStatus')
    doautocmd <nomodeline> User MidfillStatus
  endif
  redrawstatus!
enddef

def Answer(method: string, params: dict<any>): any
  return method == 'workspace/configuration'
    ? mapnew(params.items, (_, _) => get(g:, 'midfill_settings', {}))
    : null
enddef

def OnExit(_: job, code: number)
  failed = true
  Forget()
  Complain($'the server has ended with code {code}; :Midfill restart starts it again')
enddef

def Forget()
  for listener in values(listeners)
    listener_remove(listener)
  endfor
  versions = {}
  lengths = {}
  listeners = {}
  status = {}
  ready = false
enddef

def Running(): bool
  return job != null_job && job_status(job) == 'run'
enddef

def IsFile(buf: number): bool
  return bufloaded(buf) && empty(getbufvar(buf, '&buftype')) && !empty(bufname(buf))
enddef

def Tell(message: string, kind: number)
  execute 'echohl' (kind == 1 ? 'ErrorMsg' : kind == 2 ? 'WarningMsg' : 'None')
  echomsg message
  echohl None
enddef

def Complain(message: string)
  Tell('midfill: ' .. message, 2)
enddef

def Percent(char: string): string
  var bytes = range(strlen(char))->mapnew((_, at) => printf('%%%02X', char2nr(strpart(char, at, 1))))
  return join(bytes, '')
enddef
