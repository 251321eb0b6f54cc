"""The index of a workspace: which lines share words with a text, and where a name is defined.

In reading order: `visible` and `listing` (which files are indexed), `entry` (what is stored of a file), `database`,
`place`, `lock` and `update` (how it is stored), `memory_file`, `memory_update` and `memory_reader` (the memory of the
embedded engine), `search`, `opened` and `reader` (how it is searched), `head`, `background` and `index` (how it is kept
up to date).
"""
