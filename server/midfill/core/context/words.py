"""The words and names around a cursor that a search can begin with."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from midfill.core.credentials import masked
from midfill.core.cursor import Cursor
from midfill.core.words import split

BEFORE, BEHIND = 8, 3
"""Lines around the cursor whose words are searched for."""
NEAR = 40
"""Lines above the cursor whose names are looked up."""
MOST_WORDS = 48
MOST_NAMES = 32
_HEAD = 120
"""First lines of a file that are looked through for imports."""

NAME = re.compile(r"[^\W\d]\w{2,}")
_IMPORT = re.compile(
    r"\s*(?:import|from|use|using|#\s*include|require|export\b.*\bfrom|@import|package)\b"
    r"|.*\brequire\(|\s*[\"`][\w./-]+[\"`]\s*$"
)
_DEFINED = re.compile(
    r"\b(?:def|class|func|fn|function|type|struct|enum|trait|interface|const|let|var|static|macro_rules!)\s+"
    r"(?:\([^)]*\)\s*)?([^\W\d]\w+)"
)


def words_near(cursor: Cursor) -> list[str]:
    """Return the words of the lines around the cursor, the rarest of the file first: whole names and their parts.

    Of equally rare words the nearest to the cursor come first. Lines that look like a key are not searched for.
    """
    near = [cursor.rest, cursor.head, *reversed(cursor.above[-BEFORE:]), *cursor.below[:BEHIND]]
    counts = Counter(_words((*cursor.above, *near[:2], *cursor.below)))
    found = dict.fromkeys(_words(line for line in near if masked(line) == line))
    return sorted(found, key=counts.__getitem__)[:MOST_WORDS]


def names_near(cursor: Cursor) -> list[str]:
    """Return the names whose declarations help here: those near the cursor, then the imported ones.

    Names that the document declares itself are left out: the model sees them anyway.
    """
    near = [line for line in (cursor.head, *reversed(cursor.above[-NEAR:])) if masked(line) == line]
    imports = (line for line in cursor.above[:_HEAD] if _IMPORT.match(line))
    own = {name for line in (*cursor.above, *cursor.below) for name in _DEFINED.findall(line)}
    names = (name for line in (*near, *imports) for name in NAME.findall(line))
    return list(islice((name for name in dict.fromkeys(names) if name not in own), MOST_NAMES))


def _words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for name in NAME.findall(line):
            yield from split(name)
