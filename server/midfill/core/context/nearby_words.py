"""The words and names around a cursor, for searches."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from midfill.core.credentials import without_credentials
from midfill.core.cursor import Cursor
from midfill.core.words import name_parts

SEARCHED_LINES_ABOVE, SEARCHED_LINES_BELOW = 8, 3
"""Lines above and below the cursor whose words are searched for."""
NAMED_LINES_ABOVE = 40
"""Lines above the cursor whose names are looked up."""
MAX_WORDS = 48
"""Maximum number of words to search for."""
MAX_NAMES = 32
"""Maximum number of names to look up in the index."""
MAX_POSITIONS = 16
"""Maximum number of names to look up in the editor's language servers."""
_MAX_LINE_LENGTH = 500
"""Maximum characters of a line that is searched; longer ones are data or generated."""
_IMPORT_LINES = 120
"""Number of first lines of a file that are searched for imports."""

NAME = re.compile(r"[^\W\d]\w{2,}")
_IMPORT = re.compile(
    r"\s*(?:import|from|use|using|#\s*include|require|export\b.*\bfrom|@import|package)\b"
    r"|.*\brequire\(|\s*[\"`][\w./-]+[\"`]\s*$"
)
_DEFINED = re.compile(
    r"\b(?:def|class|func|fn|function|type|struct|enum|trait|interface|const|let|var|static|macro_rules!)\s+"
    r"(?:\([^)]*\)\s*)?([^\W\d]\w+)"
)


_KEYWORDS = """
abstract and any array async await bool boolean break byte case catch chan char class const constructor
continue crate debugger def default defer del delete double elif else end enum except export extends extern
false final finally float for foreach from func function global goto if impl implements import include
instanceof int interface internal lambda let local long loop match mod module mut namespace new nil none None
nonlocal not null number object override package pass print private protected pub public raise range readonly
ref require return sealed select self Self short signed sizeof static str string struct super switch then this
throw trait true True False try type typedef typeof undefined union unless unsafe unsigned until use using val
var virtual void volatile when where while with yield
"""
KEYWORDS = frozenset(_KEYWORDS.split())
"""Keywords, which have no declaration."""


class NamePosition(NamedTuple):
    """A name in a document: its row, and the number of characters before it in its line."""

    name: str
    row: int
    column: int


def words_near(cursor: Cursor) -> list[str]:
    """Return the words of the lines around the cursor, the rarest of the file first: whole names and their parts.

    Of equally rare words, the nearest to the cursor come first. Lines that resemble a key are skipped.
    """
    own = [cursor.near_rest, cursor.near_head]
    near = [
        *own,
        *_short(reversed(cursor.above[-SEARCHED_LINES_ABOVE:]), cursor.below[:SEARCHED_LINES_BELOW]),
    ]
    counts = Counter(_words((*_short(cursor.above), *own, *_short(cursor.below))))
    found = dict.fromkeys(_words(line for line in near if without_credentials(line) == line))
    return sorted(found, key=counts.__getitem__)[:MAX_WORDS]


def names_near(cursor: Cursor) -> list[str]:
    """Return the names to look up: those near the cursor, then the imported ones.

    Names that the document declares itself are left out, because the model reads them anyway.
    """
    return list(islice(_names_near(cursor), MAX_NAMES))


def name_positions(cursor: Cursor) -> list[NamePosition]:
    """Return the positions of those names, each nearest to the cursor, without keywords."""
    names = _names_near(cursor)
    return list(islice((at for name, at in names.items() if name not in KEYWORDS), MAX_POSITIONS))


def _names_near(cursor: Cursor) -> dict[str, NamePosition]:
    top = cursor.row - len(cursor.above)
    above = [(row, line) for row, line in enumerate(cursor.above, top) if len(line) <= _MAX_LINE_LENGTH]
    omitted, head = cursor.column - len(cursor.near_head), cursor.near_head
    lines = [*above, (cursor.row, head)]
    near = (
        (row, line)
        for row, line in reversed(lines[-NAMED_LINES_ABOVE - 1 :])
        if without_credentials(line) == line
    )
    imports = ((row, line) for row, line in lines[:_IMPORT_LINES] if _IMPORT.match(line))
    own = {name for line in _short(cursor.above, cursor.below) for name in _DEFINED.findall(line)}
    found: dict[str, NamePosition] = {}
    for row, line in (*near, *imports):
        for name in NAME.finditer(line):
            if name[0] not in own:
                before = name.start() + omitted * (row == cursor.row)
                found.setdefault(name[0], NamePosition(name[0], row, before))
    return found


def _short(*parts: Iterable[str]) -> Iterator[str]:
    """Yield the lines that people write."""
    return (line for lines in parts for line in lines if len(line) <= _MAX_LINE_LENGTH)


def _words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for name in NAME.findall(line):
            yield from name_parts(name)
