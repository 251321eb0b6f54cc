"""The part of a document with several languages that is in the cursor's language."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from midfill.core.cursor import Cursor
from midfill.core.syntax.language import Language
from midfill.core.syntax.languages import language

FENCE = "```"

_SECTION = re.compile(r"<(?P<end>/)?(?P<tag>script|style)\b[^>]*>(?!.*</(?P=tag)\b)")
"""The tag that starts or ends a part in another language."""
_SECTION_LANGUAGE = re.compile(r"\blang=[\"']?(\w+)")
_MAX_SECTION_LINES = 2_000
"""Maximum lines above the cursor that are searched for such a tag (our own limit)."""


class Part(NamedTuple):
    """A language, and its lines above and below the cursor."""

    language: Language
    above: Sequence[str]
    below: Sequence[str]


def part_at(cursor: Cursor) -> Part:
    """Return the fenced block of Markdown or the script or style sheet of HTML around the cursor; else all lines."""
    document = Part(language(cursor.language), cursor.above, cursor.below)
    if document.language.prose:
        return _fenced(document)
    return _section(document, cursor.near_head) if document.language.grammar == "html" else document


def _fenced(document: Part) -> Part:
    """Return the fenced block, in the language that its fence names."""
    fence_rows = [at for at, line in enumerate(document.above) if line.startswith(FENCE)]
    if len(fence_rows) % 2 == 0:
        return document
    name = document.above[fence_rows[-1]].strip().lstrip("`").split(" ")[0]
    end = next((at for at, line in enumerate(document.below) if line.startswith(FENCE)), len(document.below))
    return Part(language(name), document.above[fence_rows[-1] + 1 :], document.below[:end])


def _section(document: Part, head: str) -> Part:
    """Return the script or style sheet, in its own language; Vue and Svelte name it by `lang`."""
    last = len(document.above) - 1
    near = range(last, max(-1, last - _MAX_SECTION_LINES), -1)
    found = next(((at, tag) for at in near if (tag := _SECTION.search(document.above[at]))), None)
    if found is None or found[1]["end"] or _SECTION.search(head):
        return document
    at, tag = found
    stated = _SECTION_LANGUAGE.search(tag.group())
    name = stated[1] if stated else {"style": "css", "script": "javascript"}[tag["tag"]]
    close = f"</{tag['tag']}"
    end = next((row for row, line in enumerate(document.below) if close in line), len(document.below))
    return Part(language(name), document.above[at + 1 :], document.below[:end])
