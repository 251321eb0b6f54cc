"""The text and the syntax around a cursor."""

import re
from functools import cached_property, lru_cache
from itertools import islice, takewhile

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.shape.embedded_language import part_at
from midfill.core.shape.line_syntax import LineSyntax
from midfill.core.shape.lines import indent_width, indentation
from midfill.core.syntax.errors import error_count
from midfill.core.syntax.language import pattern
from midfill.core.syntax.scan import CLOSING, PARTNER, Lexeme, lexemes, open_lexeme
from midfill.core.syntax.window import lines_above, lines_below

MAX_NEXT_LINES = 12
"""Maximum lines with text below the cursor that a completion is compared with (our own limit)."""

_HEADER_CONTINUATION = re.compile(
    r"(?:extends|implements|throws|where|with|permits|requires|noexcept|override|returns)\b|:(?!:)"
)
"""The start of a line that continues the header of a type or function above it."""
_OPEN_HEADER = re.compile(r"\b(?:class|struct|interface|enum|extension|protocol|object|record)\b.*:$")
"""The header of a type whose supertypes are on the next line."""

MAX_PARAGRAPH_LINES = 20
"""Maximum lines above that are searched for the opener of a bracket in prose (our own limit)."""

_MAX_STATEMENT_LINES = 12
"""Maximum lines above a line that are searched for the start of its statement (our own limit)."""


class CursorSyntax(LineSyntax):
    """The text and the language around a cursor, computed on demand and cached.

    `head` and `rest` are the cursor's line before and after the cursor. A level is the indentation of a block, in
    columns.
    """

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.head = cursor.near_head
        self.rest = cursor.near_rest
        self.rest_is_too_long = len(cursor.rest) > len(self.rest)
        """The rest of the line is too long to be repeated."""
        language, self._above, self._below = part_at(cursor)
        super().__init__(language)

    @property
    def at_line_start(self) -> bool:
        """Whether only indentation precedes the cursor on its line."""
        return not self.head.strip()

    @property
    def text_follows(self) -> bool:
        """Whether text follows the cursor on its line."""
        return bool(self.rest.strip())

    @property
    def indent_width(self) -> int:
        """The indentation of the cursor's line, in columns."""
        return indent_width(self.head)

    @property
    def indentation(self) -> str:
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
    def next_lines(self) -> list[str]:
        """The next lines with text that a completion may run into; the cursor's own if the completion precedes it."""
        own_line = [self.head + self.rest] if self.at_line_start and self.text_follows else []
        return [*own_line, *islice((line for line in self.below if line.strip()), MAX_NEXT_LINES)]

    @cached_property
    def previous_code_line(self) -> str:
        """The last line above with code; empty if there is none."""
        return self.above[self._previous_code_row] if self._previous_code_row >= 0 else ""

    @cached_property
    def _previous_code_row(self) -> int:
        """The index of the last line above with code; -1 if there is none."""
        rows = range(len(self.above) - 1, -1, -1)
        return next(
            (row for row in rows if self.above[row].strip() and self.without_comments(self.above[row])), -1
        )

    @cached_property
    def text_before(self) -> str:
        """The text from the first line above to the cursor."""
        return "\n".join([*self.above, self.head])

    @cached_property
    def text_below(self) -> str:
        """The text from the end of the cursor's line to the last line below."""
        return "\n".join(["", *self.below])

    @cached_property
    def enclosing(self) -> Lexeme | None:
        """The string or comment that contains the cursor, if any; its offsets refer to `text_before`."""
        return open_lexeme(self.text_before, self.language)

    @property
    def open_quote(self) -> str:
        """The delimiter of the string that contains the cursor, if it ends on its line."""
        if self.enclosing is None or self.enclosing.kind != "string":
            return ""
        delimiter = self.text_before[self.enclosing.start : self.enclosing.start + 1]
        return delimiter if delimiter in "\"'`" else ""

    @property
    def brackets_are_text(self) -> bool:
        """Whether brackets have no meaning at the cursor: in prose, comments, long strings and values of YAML."""
        lexeme = self.enclosing
        if lexeme is None:
            return self.language.prose or self.language.grammar == "yaml"
        is_long_string = self.text_before.startswith(('"""', "'''"), lexeme.start)
        starts_above = lexeme.start < len(self.text_before) - len(self.head)
        return lexeme.kind == "comment" or is_long_string or starts_above

    @cached_property
    def rest_lacks_opener(self) -> bool:
        """Whether the rest of the line starts with a closing bracket that nothing before the cursor opens."""
        closer = self.rest.lstrip()[:1]
        is_in_string = bool(self.open_quote) and self.open_quote in self.rest
        if not closer or closer not in CLOSING or is_in_string:
            return False
        if self.brackets_are_text:
            paragraph = "".join(
                [*takewhile(str.strip, reversed(self.above[-MAX_PARAGRAPH_LINES:])), self.head]
            )
            return paragraph.count(PARTNER[closer]) <= paragraph.count(closer)
        unclosed: list[str] = []
        for lexeme in lexemes(self.text_before, self.language):
            char = self.text_before[lexeme.start]
            if lexeme.kind == "open":
                unclosed.append(char)
            elif lexeme.kind == "close" and unclosed and unclosed[-1] == PARTNER[char]:
                unclosed.pop()
        return unclosed[-1:] != [PARTNER[closer]]

    def error_count(self, shown: Completion) -> int:
        """Return the number of syntax errors of the lines around the cursor when `shown` is inserted."""
        text = self.text_before + shown.text + self.rest[shown.replace :] + self.text_below
        return error_count(text, self.language)

    @cached_property
    def statement_indent(self) -> int:
        """The indentation, in columns, of the first line of the statement that the cursor's line ends."""
        return self._statement_indent(self.head, self.above)

    @cached_property
    def previous_statement_indent(self) -> int:
        """The indentation, in columns, of the first line of the statement that `previous_code_line` ends."""
        return self._statement_indent(self.previous_code_line, self.above[: max(self._previous_code_row, 0)])

    def _statement_indent(self, line: str, above: list[str]) -> int:
        """Return the indentation of the line that opens the brackets which `line` closes; else that of `line`."""
        unopened = self.net_closers(line)
        if unopened > 0:
            for earlier in reversed(above[-_MAX_STATEMENT_LINES:]):
                unopened += self.net_closers(earlier)
                if unopened <= 0:
                    return indent_width(earlier)
        return indent_width(line)

    def continued_indent(self, line: str) -> int | None:
        """Return the indentation of the statement that `line`, the cursor's own, continues; None if it starts one.

        The line is right of that statement: after an open bracket with text after it, after an incomplete line, or
        as a further part of a header.
        """
        above, start = self.above[-_MAX_STATEMENT_LINES:], None
        while (row := self._continued_row(line, above)) is not None:
            start, line, above = self._statement_indent(above[row], above[:row]), above[row], above[:row]
        return start

    def _continued_row(self, line: str, above: list[str]) -> int | None:
        """Return the row in `above` of the line that `line` continues; None if it continues none."""
        if self.language.prose or not above or not above[-1].strip():
            return None
        row, previous = self._hanging_row(above), above[-1]
        if row is not None:
            return row
        deeper = indent_width(line) > indent_width(previous)
        header = _HEADER_CONTINUATION if not self.language.indented_blocks else pattern(r"(?!)")
        if header.match(line.lstrip()) and (deeper or header.match(previous.lstrip())):
            return len(above) - 1
        incomplete = self.is_incomplete(previous) and not self.opens_block(previous)
        open_header = not self.language.indented_blocks and _OPEN_HEADER.search(previous)
        return len(above) - 1 if deeper and (incomplete or open_header) else None

    def _hanging_row(self, above: list[str]) -> int | None:
        """Return the row of the innermost open bracket if text follows that bracket on its line, as in `f(a,`.

        A line that opens a block ends with that block, as in `f(function()` of Lua.
        """
        unclosed: list[tuple[str, int, bool]] = []
        for row, line in enumerate(above):
            for lexeme in lexemes(line, self.language):
                if lexeme.kind == "open":
                    unclosed.append((line[lexeme.start], row, bool(line[lexeme.end :].strip())))
                elif lexeme.kind == "close" and unclosed:
                    unclosed.pop()
        bracket, row, is_hanging = unclosed[-1] if unclosed else ("", 0, False)
        opens_block = is_hanging and self.opens_block(above[row]) and not self.is_incomplete(above[row])
        return row if is_hanging and not opens_block and bracket in {"(", "["} else None

    def contains_word(self, word: str) -> bool:
        """Whether the lines around the cursor contain `word`, apart from the one at the cursor."""
        before = self.text_before.removesuffix(word)
        return any(
            re.search(rf"\b{re.escape(word)}\b", text) for text in (before, self.rest + self.text_below)
        )

    @cached_property
    def has_indented_lines(self) -> bool:
        """Whether any line around the cursor is indented, and so shows the step of indentation."""
        return any(
            line.strip() and line[0] in " \t" for line in (*self.above, self.head, *self.below) if line
        )

    @cached_property
    def open_levels(self) -> list[int]:
        """The indentations, in columns, of the blocks open at the cursor's line, the outermost first."""
        line = self.previous_code_line if self.at_line_start else self.head
        innermost = self.previous_statement_indent if self.at_line_start else self.statement_indent
        found = [*self.list_item_levels(line), innermost] if line else []
        for line in reversed(self.above):
            if found and found[-1] == 0:
                break
            if self.starts_statement(line) and (not found or indent_width(line) < found[-1]):
                found += [*self.list_item_levels(line), indent_width(line)]
        return found[::-1] or [0]

    @cached_property
    def min_indent_width(self) -> int:
        """The minimum indentation, in columns, of a line after the cursor's that closes no block."""
        column = 0 if self.language.deeper_line_continues or self.language.recipes else self.statement_indent
        for line in reversed(self.above):
            if not column:
                break
            if indent_width(line) < column and self.starts_statement(line):
                if self.opens_block(line):
                    return column
                column = indent_width(line)
        return column


@lru_cache(maxsize=4)
def syntax_at(cursor: Cursor) -> CursorSyntax:
    """Return the syntax around `cursor`; repeated calls during a stream return the same object."""
    return CursorSyntax(cursor)
