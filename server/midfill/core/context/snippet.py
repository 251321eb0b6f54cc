"""A piece of a file that the model may read besides the document."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    r"""Some lines of a file, with `\n` line ends; `line` counts from 0, and a higher `score` is more relevant.

    `source` is its origin: `document`, `search`, `declarations`, `recent`, `editor` or `notes`.
    """

    path: str
    line: int
    text: str
    source: str
    score: float
