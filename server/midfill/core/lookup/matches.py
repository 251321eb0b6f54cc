"""The places that end like the text before the cursor, in the document and in the memories.

They are found by n-grams: the last tokens before the cursor, first eight of them, then fewer.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import AnyStr, NamedTuple

from midfill.core.lookup.document_text import DocumentText
from midfill.core.lookup.memory import SORT_KEY_BYTES, Memory

NGRAM_SIZES = (8, 4, 3, 2, 1)
"""Tokens of the n-grams that are searched for, in order of search."""
MAX_NGRAM_LENGTH = 100
"""Maximum characters of an n-gram, which bounds the time of a search."""
MAX_PLACES_PER_NGRAM = 48
"""Maximum places per text and n-gram; with twice as many places in total, no shorter n-gram is tried."""
QUERY_LENGTH = 400
"""Number of characters before the cursor's line that are compared with other places."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\n")


class Match(NamedTuple):
    """A place that ends like the text before the cursor."""

    source: DocumentText | Memory
    offset: int
    """Offset of the continuation in the text: in characters of a document, in bytes of a memory."""
    match_length: int
    """Number of common whole tokens before the place and the cursor; the unfinished word counts as one."""

    @property
    def in_document(self) -> bool:
        """Whether the place is in the open document."""
        return isinstance(self.source, DocumentText)


class LookupQuery:
    """The text before the cursor as a search query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.bytes = text.encode("utf-8", "replace")
        self.token_starts = [token.start() for token in _TOKEN.finditer(text)]
        self._token_starts_in_bytes = self.token_starts
        if len(self.bytes) != len(text):
            self._token_starts_in_bytes = [
                len(text[:start].encode("utf-8", "replace")) for start in self.token_starts
            ]

    def ngrams(self) -> Iterator[str]:
        """Yield the n-grams to search for, the longest first."""
        for count in (count for count in NGRAM_SIZES if count <= len(self.token_starts)):
            ngram = self.text[self.token_starts[-count] :][-MAX_NGRAM_LENGTH:]
            if count == 1 and not (len(ngram) > 1 and ngram[-2:].isidentifier()):
                return  # A bracket or a single letter occurs everywhere and predicts nothing.
            yield ngram

    def match_length(self, source: DocumentText | Memory, offset: int) -> int:
        """Return the number of whole tokens at the end of both the query and the text before a place."""
        if isinstance(source, DocumentText):
            tail = source.text_before(offset, len(self.text) + 1)
            return _tokens_from(self.token_starts, _common_suffix_start(self.text, tail))
        tail_bytes = source.text_before(offset, len(self.bytes) + 1)
        return _tokens_from(self._token_starts_in_bytes, _common_suffix_start(self.bytes, tail_bytes))


def matches(
    query: LookupQuery, above: DocumentText, below: DocumentText, memories: Sequence[Memory]
) -> Iterator[Match]:
    """Yield each place that ends like `query` once, from longer to shorter n-grams."""
    seen: set[tuple[int, int]] = set()
    for ngram in query.ngrams():
        for source, offset in _places(ngram, above, below, memories):
            key = (id(source), offset)
            if key not in seen and (match_length := query.match_length(source, offset)):
                seen.add(key)
                yield Match(source, offset, match_length)
        if len(seen) >= 2 * MAX_PLACES_PER_NGRAM:
            return


def _places(
    ngram: str, above: DocumentText, below: DocumentText, memories: Sequence[Memory]
) -> Iterator[tuple[DocumentText | Memory, int]]:
    for source in (above, below):
        for offset in source.offsets_after(ngram, MAX_PLACES_PER_NGRAM, from_end=source is above):
            yield source, offset
    encoded = ngram.encode("utf-8", "replace")
    for memory in memories if len(encoded) <= SORT_KEY_BYTES else ():
        for offset in memory.offsets_after(encoded, MAX_PLACES_PER_NGRAM):
            yield memory, offset


def _tokens_from(token_starts: Sequence[int], offset: int) -> int:
    """Return the number of tokens that start at an offset or later."""
    return len(token_starts) - bisect_left(token_starts, offset)


def _common_suffix_start(query: AnyStr, tail: AnyStr) -> int:
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
