"""The cursor's context for shaping."""

import re
from functools import cached_property, lru_cache
from itertools import islice

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.shape.embedded import part_at
from midfill.core.shape.lines import indentation, width
from midfill.core.syntax.errors import errors
from midfill.core.syntax.language import pattern
from midfill.core.syntax.region import lines_above, lines_below
from midfill.core.syntax.scan import Lexeme, lexemes, unended

NEAR = 12
"""Number of lines with text below the cursor that a completion is compared with."""


class CursorContext:
    """The context of a cursor, computed on demand and cached."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.head = cursor.near_head
        self.rest = cursor.near_rest
        self.endless = len(cursor.rest) > len(self.rest)
        """The rest of the line is too long to be repeated."""
        self.language, self._above, self._below = part_at(cursor)

    @property
    def fresh(self) -> bool:
        """Whether only indentation precedes the cursor on its line."""
        return not self.head.strip()

    @property
    def inline(self) -> bool:
        """Whether text follows the cursor on its line."""
        return bool(self.rest.strip())

    @property
    def base(self) -> int:
        """The indentation of the cursor's line, in columns."""
        return width(self.head)

    @property
    def indent(self) -> str:
        """The leading blanks of the cursor's line."""
        return indentation(self.head)

    @cached_property
    def above(self) -> list[str]:
        """The lines above the cursor's line, distant ones as an outline."""
        return lines_above(self._above, self.language)

    @cached_property
    def below(self) -> list[str]:
        """The lines below the cursor's line, distant ones as an outline."""
        return lines_below(self._below, self.language)

    @cached_property
    def near(self) -> list[str]:
        """The next lines with text that a completion may run into; the cursor's own if the completion precedes it."""
        own = [self.head + self.rest] if self.fresh and self.inline else []
        return [*own, *islice((line for line in self.below if line.strip()), NEAR)]

    @cached_property
    def before(self) -> str:
        """The last line above with code; empty if there is none."""
        return self.above[self._last] if self._last >= 0 else ""

    @cached_property
    def _last(self) -> int:
        rows = range(len(self.above) - 1, -1, -1)
        return next((row for row in rows if self.above[row].strip() and self.code(self.above[row])), -1)

    @cached_property
    def origin(self) -> str:
        """The text from the first line above to the cursor."""
        return "\n".join([*self.above, self.head])

    @cached_property
    def ending(self) -> str:
        """The text from the end of the cursor's line to the last line below."""
        return "\n".join(["", *self.below])

    @cached_property
    def inside(self) -> Lexeme | None:
        """The string or comment that contains the cursor, if any; its offsets refer to `origin`."""
        return unended(self.origin, self.language)

    @property
    def quote(self) -> str:
        """The delimiter of the string that contains the cursor, if it ends on its line."""
        opening = self.origin[self.inside.start : self.inside.start + 1] if self.inside else ""
        return opening if self.inside and self.inside.kind == "string" and opening in "\"'`" else ""

    @property
    def brackets_are_text(self) -> bool:
        """Whether brackets have no meaning at the cursor: in prose, comments, long strings and values of YAML."""
        if self.inside is None:
            return self.language.prose or self.language.grammar == "yaml"
        long = self.origin.startswith(('"""', "'''"), self.inside.start)
        return self.inside.kind == "comment" or long or self.inside.start < len(self.origin) - len(self.head)

    @property
    def ends_by_word(self) -> bool:
        """Whether blocks of this language end with a word or a tag."""
        return bool(pattern("[a-z<]").search(self.language.closer))

    def errors(self, shown: Completion) -> int:
        """Return the syntax errors of the lines around the cursor when `shown` is inserted."""
        text = self.origin + shown.text + self.rest[shown.replace :] + self.ending
        return errors(text, self.language)

    @cached_property
    def statement_indent(self) -> int:
        """The indentation of the first line of the statement that the cursor's line ends."""
        return self._statement_indent(self.head, self.above)

    @cached_property
    def previous_statement_indent(self) -> int:
        """The indentation of the first line of the statement that `before` ends."""
        return self._statement_indent(self.before, self.above[: max(self._last, 0)])

    def _statement_indent(self, line: str, above: list[str]) -> int:
        waiting = self._closes_more(line)
        if waiting > 0:
            for earlier in reversed(above[-NEAR:]):
                waiting += self._closes_more(earlier)
                if waiting <= 0:
                    return width(earlier)
        return width(line)

    def _closes_more(self, line: str) -> int:
        """Return how many more brackets `line` closes than it opens."""
        kinds = [lexeme.kind for lexeme in lexemes(line, self.language)]
        return kinds.count("close") - kinds.count("open")

    def knows(self, word: str) -> bool:
        """Whether the lines around the cursor contain `word`, apart from the one at the cursor."""
        before = self.origin.removesuffix(word)
        return any(re.search(rf"\b{re.escape(word)}\b", text) for text in (before, self.rest + self.ending))

    @cached_property
    def indents(self) -> bool:
        """Whether any line around the cursor shows the step of indentation."""
        return any(
            line.strip() and line[0] in " \t" for line in (*self.above, self.head, *self.below) if line
        )

    @cached_property
    def levels(self) -> list[int]:
        """The indentations, in columns, of the blocks open at the cursor's line, the outermost first."""
        line = self.before if self.fresh else self.head
        found = (
            [*self.item_level(line), self.previous_statement_indent if self.fresh else self.statement_indent]
            if line
            else []
        )
        for line in reversed(self.above):
            if found and found[-1] == 0:
                break
            counts = line.strip() and not self.continues(line) and self.code(line)
            if counts and (not found or width(line) < found[-1]):
                found += [*self.item_level(line), width(line)]
        return found[::-1] or [0]

    @cached_property
    def floor(self) -> int:
        """The minimum indentation, in columns, of a line after the cursor's that closes no block."""
        column = 0 if self.language.offside or self.language.recipes else self.statement_indent
        for line in reversed(self.above):
            if not column:
                break
            if line.strip() and width(line) < column and not self.continues(line) and self.code(line):
                if self.opens(line):
                    return column
                column = width(line)
        return column

    def item_level(self, line: str) -> list[int]:
        """Return the level of the keys after the dash of a YAML list item; empty for any other line."""
        item = re.match(r"[ \t]*-[ ]+(?=[^\s#])", line) if self.language.grammar == "yaml" else None
        return [width(line) + item.end() - len(indentation(line))] if item else []

    def opens(self, line: str) -> bool:
        """Whether a block starts at the end of `line`; a recipe's line starts none."""
        if self.language.recipes and line.startswith("\t"):
            return False
        return bool(pattern(self.language.opener).search(self.code(line)))

    def heads(self, line: str) -> bool:
        """Whether `line` is a header whose block starts on the next line."""
        return bool(pattern(self.language.heading).search(self.code(line)))

    def closes(self, line: str) -> bool:
        """Whether `line` starts with the end of a block."""
        return bool(pattern(self.language.closer).match(line.lstrip()))

    def branches(self, line: str) -> bool:
        """Whether `line` is another arm of the block above it, or the body of the header above it."""
        return bool(pattern(self.language.branch).match(line.lstrip()))

    def labels(self, line: str) -> bool:
        """Whether `line` is in a block although it is not indented more (a `case`, a preprocessor line)."""
        return bool(pattern(self.language.label).match(line.lstrip()))

    def leads(self, line: str) -> bool:
        """Whether `line` belongs to the statement below it: a decorator or a comment on its own line."""
        text = line.strip()
        return bool(text) and (not self.code(line) or bool(pattern(self.language.lead).match(text)))

    def continues(self, line: str) -> bool:
        """Whether `line` continues the statement above it although it is not indented more."""
        return bool(pattern(self.language.continues).match(line.lstrip()))

    def nests(self, line: str) -> bool:
        """Whether `line` cannot be at the margin (`return`)."""
        return bool(pattern(self.language.nested).match(line.lstrip()))

    def flat(self, line: str) -> bool:
        """Whether the block that `line` starts is not indented (a namespace)."""
        return bool(pattern(self.language.flat).match(line.lstrip()))

    def goes_on(self, line: str) -> bool:
        """Whether the statement on `line` is incomplete."""
        return bool(pattern(self.language.goes_on).search(self.code(line)))

    def code(self, line: str) -> str:
        """Return `line` without comments and surrounding blanks."""
        kept = line
        for lexeme in reversed([item for item in lexemes(line, self.language) if item.kind == "comment"]):
            kept = kept[: lexeme.start] + kept[lexeme.end :]
        return kept.strip()


@lru_cache(maxsize=4)
def context_at(cursor: Cursor) -> CursorContext:
    """Return the context of `cursor`; repeated calls during a stream return the same object."""
    return CursorContext(cursor)
