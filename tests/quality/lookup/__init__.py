"""The embedded engine on real commits: the shares of answers, of right ones, and of saved characters.

    uv run python -m tests.quality.lookup REPOSITORY... [--commits N] [--share S] [--fit]

A repository is a folder with a `.git`, or a bare one. `places` are in its latest commits, `measure` asks the engine at
each, `fit` finds the weights of its confidence: fit them on some repositories, and measure on others.
"""
