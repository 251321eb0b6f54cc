"""The supported editors, for `midfill setup` and `midfill doctor`.

The modules in reading order: `editor` (the editors and their versions), `config_files` (their configuration files),
`config_block` (the edit of a file), `helix` and `recipe` (the lines for these files), `plugins` (the lines for plugin
managers), `checks` (common configuration errors).
"""
