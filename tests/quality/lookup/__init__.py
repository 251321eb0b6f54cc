"""The embedded engine on real commits: how often it speaks, how often it is right, and what that saves.

    uv run python -m tests.quality.lookup REPOSITORY... [--commits N] [--share S] [--fit]

A repository is a folder with a `.git`, or a bare one. `places` are in its latest commits, `measure` asks the engine at
each, `fit` finds the weights of its confidence: fit them on some repositories, and measure on others.
"""
