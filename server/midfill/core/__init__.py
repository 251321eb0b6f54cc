"""Decisions, and the data they are taken on: no I/O, no clock, no asyncio, no logging, no LSP types.

Nothing in here fails: any text, any position and any model output give a value, perhaps an empty one.
"""
