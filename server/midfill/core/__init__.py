"""Decisions and their data, without I/O, clock, asyncio, logging or LSP types.

No function raises for any text, position or model output; each returns a value, which may be empty.
"""
