"""The index of a workspace: which lines share words with a text, and where a name is defined.

In reading order: `visibility` and `listing` (which files are indexed), `index_entry` (what is stored of a file),
`database`, `index_location`, `lock` and `update` (how it is stored), `memory_file`, `memory_update` and
`memory_reader` (the memory of the embedded engine), `search`, `open_document` and `reader` (how it is searched),
`git_state`, `update_process` and `index` (how it is kept up to date).

How the index works:

`workspace/index` finds lines that share rare words with a text, and definitions by name.

1. `Index.open` starts a thread, which starts a child process (`midfill index update --background`), so that an
   update never holds the interpreter lock. The child ends when its standard input closes.
2. `listed_files` asks git for the files, or walks the folders. `Visibility` excludes secret, ignored and
   switched-off files, both when a file is indexed and when it is used for an answer.
3. `update` reads changed files (by time and size, then content) under a lock. `index_entry` masks keys and tokens,
   and returns the words of each ten lines and the definitions.
4. `WatchedFiles` handles saved and changed files; `IndexProgress` shows a long update on the client's progress bar.
5. `IndexReader.search` looks up the rows of the 12 rarest words in FTS5 and scores them by BM25. The text comes from
   the file, or from the open document.

The same update writes the *memory* of the embedded engine, one file for each family of languages: the text of its
files and a suffix array over their tokens (`memory_file`), mapped by all servers. `update_memories` writes later
changes into a second, small file, until that is a tenth of the first. `Memories` adds the unsaved text of other open
documents.
"""
