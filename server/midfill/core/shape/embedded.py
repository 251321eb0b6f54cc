"""The part of a document with several languages that contains the cursor."""

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
_MAX_SECTION = 2_000
"""Number of lines above the cursor that are searched for such a tag."""


class Part(NamedTuple):
    """A language, and its lines above and below the cursor."""

    language: Language
    above: Sequence[str]
    below: Sequence[str]


def part_at(cursor: Cursor) -> Part:
    """Return the fenced block of Markdown or the script or style sheet of HTML around the cursor, or the whole."""
    whole = Part(language(cursor.language), cursor.above, cursor.below)
    if whole.language.prose:
        return _fenced(whole)
    return _section(whole, cursor.near_head) if whole.language.grammar == "html" else whole


def _fenced(whole: Part) -> Part:
    """Return the fenced block, in the language that its fence names."""
    marks = [at for at, line in enumerate(whole.above) if line.startswith(FENCE)]
    if len(marks) % 2 == 0:
        return whole
    name = whole.above[marks[-1]].strip().lstrip("`").split(" ")[0]
    end = next((at for at, line in enumerate(whole.below) if line.startswith(FENCE)), len(whole.below))
    return Part(language(name), whole.above[marks[-1] + 1 :], whole.below[:end])


def _section(whole: Part, head: str) -> Part:
    """Return the script or style sheet, in its own language; Vue and Svelte name it by `lang`."""
    last = len(whole.above) - 1
    near = range(last, max(-1, last - _MAX_SECTION), -1)
    found = next(((at, tag) for at in near if (tag := _SECTION.search(whole.above[at]))), None)
    if found is None or found[1]["end"] or _SECTION.search(head):
        return whole
    at, tag = found
    stated = _SECTION_LANGUAGE.search(tag.group())
    name = stated[1] if stated else {"style": "css", "script": "javascript"}[tag["tag"]]
    close = f"</{tag['tag']}"
    end = next((row for row, line in enumerate(whole.below) if close in line), len(whole.below))
    return Part(language(name), whole.above[at + 1 :], whole.below[:end])
