"""The brackets and strings of a text that continues at a cursor."""

from collections import deque
from typing import NamedTuple

from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.syntax.language import Language
from midfill.core.syntax.scan import PARTNER, Lexeme, lexemes

_BRACKETS = Language(quotes="")
"""A language with brackets and without strings, for prose and comments."""

_MAX_LEXEMES = 40
"""Maximum lexemes at the end of the cursor's line that are read with each answer (our own limit)."""


class BracketBalance(NamedTuple):
    """The brackets and strings that a text leaves open, and those it closes without opening them."""

    unmatched: tuple[int, ...]
    """The positions of closing brackets without a partner, and of the quote that ends the cursor's own string."""
    unclosed: int
    """The number of brackets that the text opens and does not close."""
    ends_in_string: bool
    """The text ends inside a string."""


def balance(text: str, syntax: CursorSyntax) -> BracketBalance:
    """Return the balance of `text`, which continues at the cursor."""
    start = _start_text(syntax)
    full_text, shift = start + text, len(start)
    stack: list[str] = []
    unmatched: list[int] = []
    ends_in_string = False
    for lexeme in _lexemes_of(text, syntax):
        char = full_text[lexeme.start + shift]
        if lexeme.kind == "open":
            stack.append(char)
        elif lexeme.kind == "close" and stack and stack[-1] == PARTNER[char]:
            stack.pop()
        elif lexeme.kind == "close":
            unmatched.append(lexeme.start)
        elif lexeme.kind == "string" and lexeme.start < 0 and lexeme.closed:
            is_long = full_text.startswith(('"""', "'''"), lexeme.start + shift)
            unmatched += [] if is_long else [lexeme.end - 1]  # A long string ends with three quotes.
        ends_in_string = ends_in_string or (lexeme.kind == "string" and not lexeme.closed)
    return BracketBalance(tuple(unmatched), len(stack), ends_in_string)


def bracket_depths(lines: list[str], syntax: CursorSyntax) -> list[int]:
    """Return the number of brackets of the text that are open before each of `lines`."""
    steps = {
        lexeme.start: 1 if lexeme.kind == "open" else -1
        for lexeme in _lexemes_of("\n".join(lines), syntax)
        if lexeme.kind in {"open", "close"}
    }
    depths, depth, line_start = [], 0, 0
    brackets = deque(sorted(steps))
    for line in lines:
        while brackets and brackets[0] < line_start:
            depth = max(depth + steps[brackets.popleft()], 0)
        depths.append(depth)
        line_start += len(line) + 1
    return depths


def rows_in_strings(lines: list[str], syntax: CursorSyntax) -> set[int]:
    """Return which of `lines` start inside a string that the text itself has opened."""
    text = "\n".join(lines)
    strings = [
        lexeme for lexeme in _lexemes_of(text, syntax) if lexeme.kind == "string" and lexeme.start >= 0
    ]
    spans = [(text.count("\n", 0, lexeme.start), text.count("\n", 0, lexeme.end)) for lexeme in strings]
    return {row for first, last in spans for row in range(first + 1, last + 1)}


def _lexemes_of(text: str, syntax: CursorSyntax) -> list[Lexeme]:
    """Return the lexemes that reach into `text`, with offsets relative to it (negative before it)."""
    start = _start_text(syntax)
    shift = len(start)
    found = lexemes(start + text, _BRACKETS if syntax.brackets_are_text else syntax.language)
    return [
        item._replace(start=item.start - shift, end=item.end - shift) for item in found if item.end > shift
    ]


def _start_text(syntax: CursorSyntax) -> str:
    """Return the text before the cursor with which an answer is read: its line, or its whole string.

    A line is left out if it is misread alone, because it ends a string from above.
    """
    if syntax.brackets_are_text:
        return ""  # Each bracket is plain text.
    if syntax.enclosing:
        return syntax.text_before[syntax.enclosing.start :]
    found = lexemes(syntax.head, syntax.language)
    if found and found[-1].kind == "string" and not found[-1].closed:
        return ""
    return syntax.head[found[-_MAX_LEXEMES].start :] if len(found) > _MAX_LEXEMES else syntax.head
