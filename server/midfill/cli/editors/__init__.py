"""The supported editors, for `midfill setup` and `midfill doctor`.

The modules in reading order: `editor` (the editors and their versions), `config_files` (their configuration files),
`recipe` and `helix` (the lines for these files), `config_block` (the edit of a file), `checks` (common configuration
errors).
"""
