"""The index of a workspace: which lines share words with a text, and where a name is defined.

In reading order: `visibility` and `listing` (which files are indexed), `index_entry` (what is stored of a file),
`database`, `index_location`, `lock` and `update` (how it is stored), `memory_file`, `memory_update` and `memory_reader`
(the memory of the embedded engine), `search`, `open_document` and `reader` (how it is searched), `git_state`,
`update_process` and `index` (how it is kept up to date).
"""
