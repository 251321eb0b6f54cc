"""The quality of suggestions at the cursor.

`sources` gives real files, `holes` takes a piece out of one, `defects` writes the piece with a defect of models,
`cases` puts these together, `judge` looks at what shaping makes of it, and `report` prints the tables:

    uv run python -m tests.quality [--seed N] [--cases N] [--json] [--wire N]
"""
