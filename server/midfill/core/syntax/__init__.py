"""The surface and the grammar of the languages that completions are written in."""

from midfill.core.syntax.languages import Language, language

__all__ = ["Language", "language"]
