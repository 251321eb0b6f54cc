"""The extent of a completion: the line, the statement, or the block that it starts."""

import re

from midfill.core.model import AnswerLimits
from midfill.core.shape.brackets import bracket_depths, rows_in_strings
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import indent_width, without_whitespace
from midfill.core.syntax.language import pattern

_COMPLETE_FIRST_WORD = re.compile(
    r"[ \t]*(?!(?:case|default|public|private|protected)\b)[A-Za-z_]\w+(?:[^\w\s:]|\s+[^\s:])"
)
"""A first word, and after it a character that shows that it is complete."""


def scope_cut(lines: list[str], syntax: CursorSyntax, limits: AnswerLimits) -> Cut | None:
    r"""Return the cut after the first piece of `lines`, as soon as a line shows that the piece has ended.

    >>> accepted('▮', 'if ok:\n    run()\nstop()\n')
    'if ok:\n    run()'
    """
    start = _first_text(lines)
    if start == len(lines):
        return None
    if limits.scope == "line" or syntax.language.prose:
        return Cut(start + 1, start + 1)
    if limits.scope == "statement":
        return _statement(lines, start, syntax, with_block=False)
    header = syntax.previous_code_line if syntax.at_line_start else syntax.head
    if syntax.opens_unindented_block(header) and (syntax.at_line_start or start > 0):
        return _unindented_block(lines, start, syntax)
    header_indent = _header_indent(lines, start, syntax)
    if header_indent is None:
        return _statement(lines, start, syntax)
    return _block(lines, header_indent, syntax)


def _first_text(lines: list[str]) -> int:
    """Return the index of the first line that is not blank; the number of lines if there is none."""
    return next((at for at, line in enumerate(lines) if line.strip()), len(lines))


def first_line_end(lines: list[str], syntax: CursorSyntax) -> int:
    """Return the end of the first line with text, as an index of `lines`, if it is a statement alone; 0 if it is not.

    `lines` are the complete ones of a stream.
    """
    start = _first_text(lines)
    if start == len(lines):
        return 0
    line = _document_line(lines, start, syntax)
    if syntax.opens_block(line) or syntax.is_bare_header(line):
        return 0
    if syntax.is_incomplete(line) or syntax.precedes_statement(line):
        return 0
    with_next = [*lines[: start + 1], ""]
    if bracket_depths(with_next, syntax)[-1] or start + 1 in rows_in_strings(with_next, syntax):
        return 0
    return start + 1


def determines_scope(last: str, before: list[str], syntax: CursorSyntax) -> bool:
    """Whether `last`, the start of an incomplete line, determines the scope like the complete line.

    Its first word must be complete and must not start a label. The line must not be the start of a line below or before
    it, because only complete lines show a repetition.
    """
    needs_complete_lines = syntax.text_follows or syntax.brackets_are_text or bool(syntax.language.terminator)
    if needs_complete_lines or not _COMPLETE_FIRST_WORD.match(last) or not any(map(str.strip, before)):
        return False
    squeezed_line = without_whitespace(last)
    others = (without_whitespace(line) for line in (*syntax.next_lines, *before, syntax.head))
    return not any(other.startswith(squeezed_line) for other in others)


def is_block_body(lines: list[str], syntax: CursorSyntax) -> bool:
    """Whether `lines` are the body of a block that starts right before the cursor."""
    start = _first_text(lines)
    if start == len(lines) or syntax.language.prose:
        return False
    return _header_indent(lines, start, syntax) is not None


def _header_indent(lines: list[str], start: int, syntax: CursorSyntax) -> int | None:
    """Return the indentation, in columns, of the header whose block the text fills; None if there is none."""
    if start > 0 and syntax.opens_block(syntax.head):
        return syntax.statement_indent
    starts_statement = syntax.at_line_start or (start > 0 and syntax.precedes_statement(syntax.head))
    if not starts_statement or syntax.text_follows or not syntax.opens_block(syntax.previous_code_line):
        return None
    outer, inner = syntax.previous_statement_indent, indent_width(_document_line(lines, start, syntax))
    is_label = syntax.is_label(lines[start])
    below = syntax.next_lines[0] if syntax.next_lines else ""
    has_no_body = not below or indent_width(below) < inner or (is_label and syntax.closes_block(below))
    return outer if has_no_body and (outer < inner or (outer == inner and is_label)) else None


def _block(lines: list[str], header_indent: int, syntax: CursorSyntax) -> Cut | None:
    """Return the cut after the block of a header with this indentation, and after its closer if none is below."""
    in_strings = rows_in_strings(lines, syntax)
    closed_below = _closed_below(header_indent, syntax)
    is_closed = False
    for at in range(1, len(lines)):
        line = lines[at]
        if not line.strip() or indent_width(line) > header_indent or at in in_strings:
            continue
        if syntax.is_label(line) and not is_closed:
            continue
        closes, branches = syntax.closes_block(line), syntax.is_branch(line)
        if indent_width(line) < header_indent or closed_below or not (branches or (closes and not is_closed)):
            return Cut(_blank_lines_start(lines, at), at + 1)
        is_closed = is_closed or (closes and not syntax.opens_block(line))
    return None


def _unindented_block(lines: list[str], start: int, syntax: CursorSyntax) -> Cut | None:
    """Return the cut before the bracket that ends a block without indentation."""
    open_before = bracket_depths(lines, syntax)
    for at in range(start, len(lines)):
        if syntax.closes_block(lines[at]) and not open_before[at]:
            return Cut(_blank_lines_start(lines, at), at + 1)
    return None


def _closed_below(header_indent: int, syntax: CursorSyntax) -> bool:
    """Whether the lines below continue or end the block of a header with this indentation.

    If words end blocks, an `else` belongs to the lines above it. If brackets do, it needs a bracket before it.
    """
    if not syntax.next_lines:
        return False
    line = syntax.next_lines[0]
    ends_block = syntax.closes_block(line) or (syntax.is_branch(line) and syntax.blocks_end_with_word)
    return indent_width(line) > header_indent or (indent_width(line) == header_indent and ends_block)


def _statement(lines: list[str], start: int, syntax: CursorSyntax, *, with_block: bool = True) -> Cut | None:
    """Return the cut after one statement with its leading comments and decorators."""
    header = _header(lines, start, syntax)
    header_indent = _statement_indent(lines, header, syntax)
    in_strings, open_before = rows_in_strings(lines, syntax), bracket_depths(lines, syntax)
    closed_below = syntax.text_follows or _closed_below(header_indent, syntax)
    header_only = not with_block and syntax.opens_block(_document_line(lines, header, syntax))
    for at in range(header + 1, len(lines)):
        if not lines[at].strip() or at in in_strings:
            continue
        in_brackets = open_before[at] > 0
        is_inner = indent_width(lines[at]) > header_indent or (in_brackets and not closed_below)
        is_inner = is_inner or _is_in_statement(lines, header, at, in_brackets, syntax)
        if not is_inner or (header_only and not in_brackets):
            return Cut(_blank_lines_start(lines, at), at + 1)
    return None


def _statement_indent(lines: list[str], header: int, syntax: CursorSyntax) -> int:
    """Return the indentation of the statement whose header is line `header`; it may have started above the cursor."""
    line = _document_line(lines, header, syntax)
    continued = syntax.continued_indent(line) if header == 0 else None
    return indent_width(line) if continued is None else min(continued, indent_width(line))


def _header(lines: list[str], start: int, syntax: CursorSyntax) -> int:
    """Return the index of the first line that is not a comment or decorator directly above a statement."""
    header_indent = indent_width(_document_line(lines, start, syntax))
    for at in range(start, len(lines) - 1):
        if at == 0 and not syntax.at_line_start:
            return at
        if not syntax.precedes_statement(_document_line(lines, at, syntax)):
            return at
        if not lines[at + 1].strip() or indent_width(lines[at + 1]) != header_indent:
            return at
    return len(lines) - 1


def _is_in_statement(lines: list[str], header: int, at: int, in_brackets: bool, syntax: CursorSyntax) -> bool:
    """Whether line `at`, indented no more than the statement's header, is part of the statement."""
    before = lines[header:at]
    if indent_width(lines[at]) < indent_width(_document_line(lines, header, syntax)):
        return False
    if _continues_unindented(before, syntax):
        return True
    return _continues_statement(lines[at], in_brackets or _lacks_end_word(before, syntax), syntax)


def _continues_statement(line: str, is_open: bool, syntax: CursorSyntax) -> bool:
    """Whether `line`, indented like the statement above it, is part of it; `is_open`: the statement lacks its end."""
    return (
        syntax.is_branch(line)
        or syntax.is_continuation(line)
        or (is_open and (syntax.closes_block(line) or syntax.is_label(line)))
    )


def _continues_unindented(before: list[str], syntax: CursorSyntax) -> bool:
    """Whether the statement of the lines `before` continues without indentation, as in SQL or after `#if`."""
    language = syntax.language
    if language.unindented_span[0] and pattern(language.unindented_span[0]).match(before[0].lstrip()):
        starts, ends = (
            sum(bool(pattern(expression).match(line.lstrip())) for line in before)
            for expression in language.unindented_span
        )
        return starts > ends
    last = next((line for line in reversed(before) if line.strip()), "")
    if pattern(language.incomplete_at_any_indentation).search(syntax.without_comments(last)):
        return True
    if language.terminator:
        return not pattern(language.terminator).search(syntax.without_comments(last))
    return bool(
        language.group_header and pattern(language.group_header).match(before[0]) and before[-1].strip()
    )


def _lacks_end_word(before: list[str], syntax: CursorSyntax) -> bool:
    """Whether the statement of the lines `before` lacks the word that ends its block (`end`, `fi`, `done`)."""
    if not syntax.blocks_end_with_word or not before or not syntax.opens_block(before[0]):
        return False
    return not any(
        syntax.closes_block(line) for line in before[1:] if indent_width(line) <= indent_width(before[0])
    )


def _document_line(lines: list[str], at: int, syntax: CursorSyntax) -> str:
    """Return line `at` as it will appear in the document."""
    return syntax.head + lines[at] if at == 0 else lines[at]


def _blank_lines_start(lines: list[str], at: int) -> int:
    """Return the index of the first of the blank lines directly before line `at`; `at` if there are none."""
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    return at
