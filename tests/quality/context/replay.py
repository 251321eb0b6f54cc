"""Commits written again line by line: the available context at each line, and the names that the line needs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from keyword import kwlist
from typing import NamedTuple

from midfill.core.context import (
    EDITOR,
    SOURCES,
    ContextInputs,
    ContextSizes,
    PromptContext,
    RecentRanges,
    Snippet,
    is_new_place,
    with_declarations,
)
from midfill.core.context.far_lines import DOCUMENT
from midfill.core.context.gather import far_parts, found_by_source, selected_snippets
from midfill.core.context.nearby_words import NAME
from midfill.core.cursor import Cursor
from midfill.core.edit import Span
from midfill.core.prompt import Budget, prompt_at
from tests.quality.context.history import Commit, History, Hunk, language
from tests.quality.context.postings import Postings

WARM_UP_COMMITS = 5
"""Commits that are replayed before the first measured one."""
MAX_CHARACTERS = 256 * 1024
"""Characters of a file in the index."""
LINES = 16
"""Lines of a commit that are measured, evenly spread."""
_WORDS = frozenset(
    [
        *kwlist,
        *[
            "func",
            "fn",
            "let",
            "const",
            "var",
            "type",
            "struct",
            "interface",
            "enum",
            "impl",
            "pub",
            "mod",
            "use",
            "match",
            "loop",
            "mut",
            "self",
            "Self",
            "ref",
            "package",
            "range",
            "defer",
            "switch",
            "case",
            "default",
            "break",
            "continue",
            "return",
            "if",
            "else",
            "for",
            "while",
            "do",
            "new",
            "this",
            "null",
            "undefined",
            "true",
            "false",
            "nil",
            "void",
            "int",
            "char",
            "float",
            "double",
            "long",
            "short",
            "unsigned",
            "signed",
            "static",
            "extern",
            "sizeof",
            "typedef",
            "union",
            "goto",
            "inline",
            "bool",
            "string",
            "byte",
            "rune",
            "error",
            "function",
            "export",
            "extends",
            "implements",
            "throw",
            "try",
            "catch",
            "finally",
            "typeof",
            "instanceof",
            "public",
            "private",
            "protected",
            "readonly",
            "namespace",
            "declare",
            "abstract",
            "async",
            "await",
            "yield",
            "number",
            "boolean",
            "any",
            "unknown",
            "never",
            "object",
            "symbol",
            "include",
            "define",
            "ifdef",
            "ifndef",
            "endif",
            "where",
            "dyn",
            "crate",
            "super",
            "box",
            "str",
            "usize",
            "isize",
            "chan",
            "select",
            "map",
        ],
    ]
)
_NOISE = re.compile(
    r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|//.*|/\*.*?(?:\*/|$)|(?<![\w\"'])#(?!include|define|if|\[).*|^\s*\*.*"
)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A variant of making prompts."""

    name: str
    budget: Budget
    sizes: ContextSizes = field(default_factory=ContextSizes)
    sources: Sequence[str] = ()
    asks: bool = False
    """In the first pause at a place an editor returns definitions; here the names alone find them."""


class Stop(NamedTuple):
    """The next line to write."""

    path: str
    cursor: Cursor
    line: str
    move_to: bool
    """Whether the writer has just reached this hunk."""
    measured: bool


@dataclass
class Writer:
    """Replays commits; keeps the server's state for each variant."""

    history: History
    index: Postings
    recent: RecentRanges = field(default_factory=RecentRanges)
    working: dict[str, list[str]] = field(default_factory=dict)
    """The lines of the files that the commit has touched so far, by path."""
    _found: tuple[Stop | None, dict[str, list[Snippet]]] = (None, {})

    def lines(self, path: str, first: int, last: int) -> str | None:
        """Return lines of a file that is being written."""
        lines = self.working.get(path)
        return None if lines is None else "\n".join(lines[first:last])

    def found(self, stop: Stop) -> dict[str, list[Snippet]]:
        """Return the results of the sources at a stop that are the same for all variants."""
        if self._found[0] is not stop:
            self._found = (stop, found_by_source(self.facts(stop), self.index))
        return self._found[1]

    def facts(self, stop: Stop, sources: Sequence[str] = SOURCES) -> ContextInputs:
        """Return the inputs for the context at a stop."""
        recent = self.recent.snippets(stop.path, self.lines, str)
        return ContextInputs(cursor=stop.cursor, path=stop.path, recent=recent, sources=sources)

    def stops(self, commit: Commit, *, measured: bool = True) -> Iterator[Stop]:
        """Replay a commit; stop at each added line."""
        tree = self.history.tree(commit.parent)
        self.index.show(
            {path: blob for path, blob in tree.items() if len(self.history.text(blob)) < MAX_CHARACTERS}
        )
        for path in self.working:
            self.recent.closed(path, self.lines)
        self.working = {}
        total = sum(len(hunk.added) for hunk in commit.hunks)
        step, count = max(1.0, total / LINES), 0
        for hunk in commit.hunks:
            lines = self._opened(hunk.path, tree)
            if hunk.row > len(lines):
                continue  # The file is too large to be read.
            del lines[hunk.row : hunk.row + hunk.removed]
            self.recent.edited(hunk.path, Span(hunk.row, hunk.removed, 0, None))
            for number, line in enumerate(hunk.added):
                row = hunk.row + number
                lines.insert(row, "")
                count += 1
                taken = measured and int(count / step) > int((count - 1) / step)
                yield Stop(hunk.path, _cursor(hunk, lines, row, line), line, number == 0, taken)
                lines[row] = line
                self.recent.edited(hunk.path, Span(row, 0, 1, None))

    def _opened(self, path: str, tree: dict[str, str]) -> list[str]:
        if path not in self.working:
            self.working[path] = self.history.text(tree[path]).split("\n") if path in tree else [""]
        return self.working[path]


class Prompter:
    """A variant's state: the context of each document, collected at each new place."""

    def __init__(self, variant: Variant, writer: Writer) -> None:
        self.variant = variant
        self._writer = writer
        self._blocks: dict[str, PromptContext] = {}
        self._rows: dict[str, int] = {}
        self._asks: set[str] = set()

    def move_to(self, stop: Stop) -> None:
        """Collect the context if the stop is another place."""
        sources, path = self.variant.sources, stop.path
        if sources and is_new_place(self._rows.get(path), stop.cursor):
            found = {
                source: snippets for source, snippets in self._writer.found(stop).items() if source in sources
            }
            sizes = self.variant.sizes.at(stop.cursor)
            found |= far_parts(self._writer.facts(stop, sources), sizes.text)
            prompt_context = self._blocks.get(path, PromptContext(path=path)).without(DOCUMENT)
            self._blocks[path] = prompt_context.extended(
                selected_snippets(found, prompt_context, sizes), sizes.budget
            )
            self._rows[path] = stop.cursor.row
            self._asks.add(path)
        elif self.variant.asks and path in self._asks:
            self._asks.discard(path)
            snippets = self._writer.found(stop)["declarations"]
            prompt_context, sizes = self._blocks[path], self.variant.sizes
            self._blocks[path] = with_declarations(
                [replace(snippet, source=EDITOR) for snippet in snippets], path, prompt_context, sizes
            )

    def prompt(self, cursor: Cursor, path: str) -> tuple[str, str]:
        """Return the prompt at a cursor: the text before and after it."""
        window = prompt_at(cursor, self.variant.budget)
        prompt_context = self._blocks.get(path)
        return (prompt_context.prompt_text if prompt_context else "") + window.prefix, window.suffix


def needed(line: str) -> list[str]:
    """Return the names of a line of code."""
    return [name for name in dict.fromkeys(NAME.findall(_NOISE.sub(" ", line))) if name not in _WORDS]


def _cursor(hunk: Hunk, lines: list[str], row: int, line: str) -> Cursor:
    indent = line[: len(line) - len(line.lstrip())]
    return Cursor(
        uri=hunk.path,
        language=language(hunk.path),
        row=row,
        above=tuple(text + "\n" for text in lines[max(0, row - 2_000) : row]),
        head=indent,
        below=tuple(text + "\n" for text in lines[row + 1 : row + 2_001]),
        end="\n",
    )
