"""The names of the next line in the prompt, and the cost, on real commits.

    uv run python -m tests.quality.context [REPOSITORY...] [--commits N] [--cost] [--json FILE]

`history` reads the commits, `postings` is an index of them, `replay` writes them anew and makes the prompts, `measure`
counts the names and records the requests, `cost` knows the provider's cache, `typed` the typist of the typing replay.
"""
