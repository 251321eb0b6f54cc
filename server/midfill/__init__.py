"""Inline code completion for any editor, on your own key.

In reading order, each part importing only from those before it:

- `core`: decisions, and the data they are taken on. `cursor` and `document` are where the user is; `policy` says
  whether to ask there, `prompt` what the model reads, `answers` what it has said, `shape` what of that is shown;
  `syntax` and `lookup` know code, `rhythm` the typist, `health` a failing backend, `privacy` what is nobody's business.
- `settings` and `keys`: what the user has set, and where.
- `workspace`: the files beside the open one.
- `backends`: who answers. DeepSeek over HTTP, or the embedded engine.
- `engine`: the only place that waits. From a request to its reply.
- `lsp`: the language server.
- `cli`: the command.
"""

__version__ = "0.1.0"
