"""The words and names around a cursor that a search can begin with."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from midfill.core.context.masking import looks_secret
from midfill.core.cursor import Cursor

BEFORE, BEHIND = 8, 3
"""Lines around the cursor whose words are searched for."""
NEAR = 40
"""Lines above the cursor whose names are looked up."""
MOST_WORDS = 48
MOST_NAMES = 32
_HEAD = 120
"""First lines of a file that are looked through for imports."""

NAME = re.compile(r"[^\W\d]\w{2,}")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")
_IMPORT = re.compile(
    r"\s*(?:import|from|use|using|#\s*include|require|export\b.*\bfrom|@import|package)\b"
    r"|.*\brequire\(|\s*[\"`][\w./-]+[\"`]\s*$"
)
_DEFINED = re.compile(
    r"\b(?:def|class|func|fn|function|type|struct|enum|trait|interface|const|let|var|static|macro_rules!)\s+"
    r"(?:\([^)]*\)\s*)?([^\W\d]\w+)"
)


def split(name: str) -> list[str]:
    """Return the words of a name, in lower case: `parseHTTPHeader` is `parse`, `http` and `header`."""
    return [part.lower() for part in _PART.findall(name) if len(part) > 2]


def words_near(cursor: Cursor) -> list[str]:
    """Return the words of the lines around the cursor, the rarest of the file first: whole names and their parts.

    Of equally rare words the nearest to the cursor come first. Lines that look like a key are not searched for.
    """
    near = [cursor.rest, cursor.head, *reversed(cursor.above[-BEFORE:]), *cursor.below[:BEHIND]]
    counts = Counter(_words((*cursor.above, *near[:2], *cursor.below)))
    found = dict.fromkeys(_words(line for line in near if not looks_secret(line)))
    return sorted(found, key=counts.__getitem__)[:MOST_WORDS]


def names_near(cursor: Cursor) -> list[str]:
    """Return the names whose declarations help here: those near the cursor, then the imported ones.

    Names that the document declares itself are left out: the model sees them anyway.
    """
    near = [line for line in (cursor.head, *reversed(cursor.above[-NEAR:])) if not looks_secret(line)]
    imports = (line for line in cursor.above[:_HEAD] if _IMPORT.match(line))
    own = {name for line in (*cursor.above, *cursor.below) for name in _DEFINED.findall(line)}
    names = (name for line in (*near, *imports) for name in NAME.findall(line))
    return list(islice((name for name in dict.fromkeys(names) if name not in own), MOST_NAMES))


def _words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for name in NAME.findall(line):
            parts = split(name)
            if len(parts) != 1 or parts[0] != name.lower():
                yield name.lower()
            yield from parts
