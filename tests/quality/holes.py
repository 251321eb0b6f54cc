"""Holes: pieces of a file at places where a user would type them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from midfill.core.syntax.languages import language
from midfill.core.syntax.scan import lexemes
from tests.quality.sources import Source

MAX_LINES, MAX_CHARACTERS = 12, 700

_BODIES = {
    "module", "program", "source_file", "translation_unit", "chunk", "block", "statement_block",
    "compound_statement", "class_body", "declaration_list", "body_statement", "compilation_unit", "function_body",
    "statements", "do_group", "field_declaration_list", "enum_body", "interface_body", "namespace_body",
    "stylesheet", "element", "document", "object", "block_mapping", "table", "declaration_block", "switch_body",
    "constructor_body", "then", "enum_member_declaration_list", "body",
}  # fmt: skip
"""Nodes whose children are statements (or the equivalent in a data file)."""

_INDENTED = {"block", "body_statement", "then", "do_group", "body", "block_mapping"}
"""Those of them that no bracket encloses."""

_QUOTED = re.compile(r"(?<![\w\"'`])([\"'`])([^\"'`\\\n]{1,60})\1(?![\"'`])")
_COMMENT = re.compile(r"^\s*(?:#|//|--|\*)\s+\S.{12,}$")
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+|[^\w\s]+")


@dataclass(frozen=True)
class Hole:
    """A place in a file, and the text that is missing there.

    `extra` is a closer that the editor inserted after the cursor; the finished file does not have it there.
    """

    source: Source
    kind: str
    start: int
    end: int
    extra: str = ""

    @property
    def before(self) -> str:
        return self.source.text[: self.start]

    @property
    def middle(self) -> str:
        """The text that the user writes next."""
        return self.source.text[self.start : self.end]

    @property
    def after(self) -> str:
        return self.source.text[self.end :]

    @property
    def head(self) -> str:
        """The text left of the cursor on its line."""
        return self.before.rpartition("\n")[2]

    @property
    def document(self) -> str:
        """The file while the user types."""
        return self.before + self.extra + self.after

    @property
    def truth(self) -> str:
        """The finished file."""
        return self.source.text


@lru_cache(maxsize=4)
def holes(source: Source) -> dict[str, list[Hole]]:
    """Return every possible hole of a file, by kind."""
    found: dict[str, list[Hole]] = {}
    for hole in (*_in_lines(source), *_in_tree(source)):
        lines = hole.middle.strip().count("\n") + 1
        if hole.middle.strip() and lines <= MAX_LINES and len(hole.middle) <= MAX_CHARACTERS:
            found.setdefault(hole.kind, []).append(hole)
    return found


def _in_lines(source: Source) -> Iterator[Hole]:
    """Yield holes inside of lines."""
    at = 0
    for line in source.text.split("\n"):
        if line.strip() and len(line) < 200:
            yield from _in_line(source, at, line)
        at += len(line) + 1


def _in_line(source: Source, at: int, line: str) -> Iterator[Hole]:
    """Yield holes in one line, which begins at `at`."""
    end = at + len(line.rstrip())
    tokens = [match for match in _TOKEN.finditer(line) if match.start() > len(line) - len(line.lstrip())]
    strings = [
        item for item in lexemes(line, language(source.language)) if item.kind in {"string", "comment"}
    ]
    for number, token in enumerate(tokens):
        place = at + token.start()
        if end - place > 2 and re.search(r"\w", line[token.start() :]):
            blank = number % 3 == 0 and source.text[place - 1] == " " and line[: token.start()].strip()
            yield Hole(source, "end of line", place - bool(blank), end)
        if len(token.group()) > 4 and token.group().isidentifier():
            yield Hole(source, "inside a word", place + 2, end)
        later = tokens[number + 1 : number + 6]
        if len(later) > 3 and re.search(r"\w", line[later[3].start() :]):
            yield Hole(source, "middle of line", place, at + later[2].start())
        if not any(string.start < token.end() < string.end for string in strings):
            yield from _in_brackets(source, place, token.group(), end)
    for quoted in _QUOTED.finditer(line):
        yield Hole(source, "quotes", at + quoted.start(2), at + quoted.end(2))
    if _COMMENT.match(line):
        yield Hole(source, "comment", at + max(len(line) // 2, len(line) - len(line.lstrip()) + 3), end)


def _in_brackets(source: Source, place: int, token: str, end: int) -> Iterator[Hole]:
    """Yield the holes after an opening bracket at `place`: up to its partner, and to the end of the line."""
    if token[-1] not in "([{":
        return
    start = place + len(token)
    partner = {"(": ")", "[": "]", "{": "}"}[token[-1]]
    close = _partner(source.text, start, token[-1], partner)
    if close is None or close == start:
        return
    if close < end:
        yield Hole(source, "brackets", start, close)
        if re.search(r"\w", source.text[close:end]):
            yield Hole(source, "closed by the editor", start, end, extra=partner)
    elif source.text.count("\n", start, close) <= MAX_LINES and source.text[start] == "\n":
        yield Hole(source, "brackets over lines", start, close)


def _partner(text: str, start: int, opening: str, closing: str) -> int | None:
    """Return the position of the closer of the bracket before `start`; strings are ignored."""
    depth = 1
    for at in range(start, min(len(text), start + MAX_CHARACTERS)):
        depth += (text[at] == opening) - (text[at] == closing)
        if depth == 0:
            return at
    return None


def _in_tree(source: Source) -> Iterator[Hole]:
    """Yield the holes of a syntax tree: statements and bodies of blocks."""
    root = source.tree()
    if root is None:
        yield from _paragraphs(source)
        return
    place = _Places(source.text)
    stack = [root]
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        if node.type in _BODIES:
            yield from _statements(source, node, place)
            yield from _bodies(source, node, place)


class _Places:
    """Turns the byte offsets of a tree into offsets of characters."""

    def __init__(self, text: str) -> None:
        self.ascii = text.isascii()
        self.starts: list[int] = []
        at = 0
        for char in "" if self.ascii else text:
            self.starts.append(at)
            at += len(char.encode())

    def __call__(self, offset: int) -> int:
        return offset if self.ascii else bisect_right(self.starts, offset - 1) if offset else 0


def _statements(source: Source, body: Node, place: _Places) -> Iterator[Hole]:
    """Yield the statements of a body that have their own lines."""
    text = source.text
    named = [node for node in body.named_children if not re.search("comment|_tag$", node.type)]
    for number, node in enumerate(named):
        start, end = place(node.start_byte), place(node.end_byte)
        end = len(text[:end].rstrip())
        while text[end : end + 1] in tuple(",;"):
            end += 1
        line = text.rfind("\n", 0, start) + 1
        if text[line:start].strip() or text[end : end + 1] not in ("\n", ""):
            continue
        yield Hole(source, "statement", start, end)
        above = text[:line].rstrip("\n")
        if (
            number
            and len(above) == line - 1
            and above.endswith(text[: place(named[number - 1].end_byte)][-3:].rstrip())
        ):
            yield Hole(source, "next line", line - 1, end)
        indent = text[line:start]
        if re.match(rf"\n{indent}\S", text[end:]):
            yield Hole(source, "before a statement", start, end + 1 + len(indent))


def _bodies(source: Source, body: Node, place: _Places) -> Iterator[Hole]:
    """Yield the inside of a block, from the end of its first line and from the line below it."""
    text = source.text
    start, end = place(body.start_byte), place(body.end_byte)
    braced = text[start : start + 1] == "{" and text[end - 1 : end] == "}"
    inside = text[start + 1 : end - 1] if braced else text[start:end]
    if not (inside.startswith("\n") if braced else body.type in _INDENTED):
        return
    line = start + 1 if braced else text.rfind("\n", 0, start)
    if line <= 0 or (not braced and text[line:start].strip()):
        return
    close = len(text[: end - 1].rstrip()) if braced else len(text[:end].rstrip())
    first = line + 1 + len(text[line + 1 : end]) - len(text[line + 1 : end].lstrip(" \t"))
    if close <= first or not text[text.rfind("\n", 0, line) + 1 : line].strip():
        return
    yield Hole(source, "block", line, close)
    yield Hole(source, "block, from its first line", first, close)
    if braced and text[end : end + 1] in ("\n", ""):
        yield Hole(source, "block and its end", line, end)


def _paragraphs(source: Source) -> Iterator[Hole]:
    """Yield the lines of a text that has no grammar."""
    at = 0
    for line in source.text.split("\n"):
        if line.strip():
            start = at + len(line) - len(line.lstrip())
            yield Hole(source, "statement", start, at + len(line))
        at += len(line) + 1
