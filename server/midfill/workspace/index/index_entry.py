"""The index data of one file."""

from hashlib import blake2b
from typing import NamedTuple

from midfill.core.credentials import MASK, without_credentials, without_private_keys
from midfill.core.cursor import normalized_line_ends
from midfill.core.definitions import Definition, definitions
from midfill.core.language_ids import language_id
from midfill.core.words import words
from midfill.workspace.index.database import CHUNK_LINES
from midfill.workspace.text import decoded

MAX_LINE_LENGTH = 500
"""Maximum characters of a hand-written line; a longer one is data, and is neither indexed nor shown."""


class IndexEntry(NamedTuple):
    """The words of each ten lines of a file, and its definitions."""

    chunks: list[set[str]]
    definitions: list[Definition]


def digest(data: bytes) -> bytes:
    """Return a digest that changes with a file's content."""
    return blake2b(data, digest_size=12).digest()


def index_entry(path: str, data: bytes) -> IndexEntry:
    """Return the index data of a file; empty if it is binary or in an unknown encoding."""
    text = decoded(data)
    if text is None:
        return IndexEntry([], [])
    lines = indexable_lines(text)
    chunks = [words("\n".join(lines[at : at + CHUNK_LINES])) for at in range(0, len(lines), CHUNK_LINES)]
    return IndexEntry(chunks, definitions("\n".join(lines), language_id(path)))


def indexable_lines(text: str) -> list[str]:
    """Return the lines of a text without keys, tokens and data."""
    lines = without_private_keys(normalized_line_ends(text)).split("\n")
    short = "\n".join(line if len(line) <= MAX_LINE_LENGTH else "" for line in lines)
    return without_credentials(short).replace(MASK, " ").split("\n")
