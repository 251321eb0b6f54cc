"""A bare pygls server that always gives the same answer: the baseline of the measurements.

Run it with `python -m tests.bench.echo`; it speaks LSP on standard input and output.
"""

from lsprotocol import types
from pygls.lsp.server import LanguageServer

TEXT = "value_of(item)"

server = LanguageServer("echo", "1")


# Without options pygls 2.1 does not announce inline completion.
@server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
def complete(ls: LanguageServer, params: types.InlineCompletionParams) -> types.InlineCompletionList:
    """Look the document up and return the constant."""
    ls.workspace.get_text_document(params.text_document.uri)
    return types.InlineCompletionList(items=[types.InlineCompletionItem(insert_text=TEXT)])


if __name__ == "__main__":
    server.start_io()
