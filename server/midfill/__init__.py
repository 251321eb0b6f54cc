"""Inline code completion for any editor, with the user's own API key.

The parts in reading order; each imports only from the parts before it:

- `core`: decisions and their data. `cursor` and `document` hold the cursor and its text. `policy` decides whether to
  request a completion, `prompt` what the model reads, and `shape` what is shown of an answer. `answer_cache` caches
  answers. `syntax` and `lookup` analyse code. `typing_rhythm` models the typist, and `circuit_breaker` a failing
  backend. `privacy` excludes private text.
- `locations`, `settings` and `keys`: the settings, their files and other sources, and the API keys.
- `workspace`: the files near the open one, and the index.
- `backends`: DeepSeek and other providers over HTTP, and the embedded engine.
- `llama`: llama.cpp's server for the user's own model file, in a child process.
- `ledger`: the records of calls and suggestions, and the day's spending.
- `engine`: the path from a request to its reply, with all waits.
- `lsp`: the language server.
- `gateway`: completion endpoints for editors without LSP inline completion.
- `cli`: the command line.
"""

__version__ = "0.1.0"
