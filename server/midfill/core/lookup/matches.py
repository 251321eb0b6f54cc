"""The places that end like the text before the cursor, in the document and in the memories."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import AnyStr, NamedTuple

from midfill.core.lookup.memory import COMPARED, Memory
from midfill.core.lookup.source import DocumentText

ANCHORS = (8, 4, 3, 2, 1)
"""Token counts of the anchors that are searched for, in order of search."""
ANCHOR_LIMIT = 100
"""Maximum characters of an anchor, which bounds the time of a search."""
REACH = 48
"""Maximum places per text and anchor; with twice as many places in total, no shorter anchor is tried."""
CONTEXT = 400
"""Characters before the cursor that are compared with other places."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\n")


class Match(NamedTuple):
    """A place that ends like the text before the cursor."""

    source: DocumentText | Memory
    place: int
    """Offset of the continuation in the source's text."""
    agreed: int
    """Common whole tokens before the place and the cursor; an unfinished word before the cursor counts as one."""

    @property
    def in_document(self) -> bool:
        """Whether the place is in the open document."""
        return isinstance(self.source, DocumentText)


class LookupQuery:
    """The text before the cursor as a search query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.bytes = text.encode("utf-8", "replace")
        self.starts = [token.start() for token in _TOKEN.finditer(text)]
        self._byte_starts = self.starts
        if len(self.bytes) != len(text):
            self._byte_starts = [len(text[:start].encode("utf-8", "replace")) for start in self.starts]

    def anchors(self) -> Iterator[str]:
        """Yield the anchors to search for, the longest first."""
        for count in (count for count in ANCHORS if count <= len(self.starts)):
            anchor = self.text[self.starts[-count] :][-ANCHOR_LIMIT:]
            if count == 1 and not (len(anchor) > 1 and anchor[-2:].isidentifier()):
                return  # A bracket or a single letter occurs everywhere and predicts nothing.
            yield anchor

    def agreed(self, source: DocumentText | Memory, place: int) -> int:
        """Return the number of whole tokens at the end of both the query and the text before a place."""
        if isinstance(source, DocumentText):
            tail = source.before(place, len(self.text) + 1)
            return len(self.starts) - bisect_left(self.starts, _first_common(self.text, tail))
        tail_bytes = source.before(place, len(self.bytes) + 1)
        return len(self._byte_starts) - bisect_left(self._byte_starts, _first_common(self.bytes, tail_bytes))


def matches(
    query: LookupQuery, above: DocumentText, below: DocumentText, memories: Sequence[Memory]
) -> Iterator[Match]:
    """Yield each place that ends like `query` once, from longer to shorter anchors."""
    seen: set[tuple[int, int]] = set()
    for anchor in query.anchors():
        for source, place in _places(anchor, above, below, memories):
            key = (id(source), place)
            if key not in seen and (agreed := query.agreed(source, place)):
                seen.add(key)
                yield Match(source, place, agreed)
        if len(seen) >= 2 * REACH:
            return


def _places(
    anchor: str, above: DocumentText, below: DocumentText, memories: Sequence[Memory]
) -> Iterator[tuple[DocumentText | Memory, int]]:
    for source in (above, below):
        for place in source.ends(anchor, REACH, from_end=source is above):
            yield source, place
    encoded = anchor.encode("utf-8", "replace")
    for memory in memories if len(encoded) <= COMPARED else ():
        for place in memory.ends(encoded, REACH):
            yield memory, place


def _first_common(query: AnyStr, tail: AnyStr) -> int:
    """Return the offset in `query` from which it equals the end of `tail` without cutting a word of `tail`."""
    low, high = 0, min(len(tail), len(query))
    while low < high:  # Bisect the longest common end: comparing slices is faster than characters.
        middle = (low + high + 1) // 2
        if query.endswith(tail[-middle:]):
            low = middle
        else:
            high = middle - 1
    edge = tail[len(tail) - low - 1 : len(tail) - low + 1] if 0 < low < len(tail) else tail[:0]
    letters = edge if isinstance(edge, str) else edge.decode("latin-1")
    return len(query) - low + letters.replace("_", "a").isalnum()
