"""Inline code completion for any editor, on your own key."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("midfill")
except PackageNotFoundError:  # Run from a source tree that was never installed.
    __version__ = "0+unknown"
