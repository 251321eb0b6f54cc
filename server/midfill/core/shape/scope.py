"""The extent of a completion: the line, the statement, or the block that it starts."""

import re

from midfill.core.model import AnswerLimits
from midfill.core.shape.brackets import bracket_depths, rows_in_strings
from midfill.core.shape.context import CursorContext
from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import indent_width, squeezed
from midfill.core.syntax.language import pattern

_COMPLETE_FIRST_WORD = re.compile(
    r"[ \t]*(?!(?:case|default|public|private|protected)\b)[A-Za-z_]\w+(?:[^\w\s:]|\s+[^\s:])"
)
"""A first word, and after it a character that shows that it is complete."""


def scope(lines: list[str], context: CursorContext, limits: AnswerLimits) -> Cut | None:
    r"""Return the cut after the first piece of `lines`, as soon as a line shows that the piece has ended.

    >>> accepted('▮', 'if ok:\n    run()\nstop()\n')
    'if ok:\n    run()'
    """
    start = _first_text(lines)
    if start == len(lines):
        return None
    if limits.scope == "line" or context.language.prose:
        return Cut(start + 1, start + 1)
    if limits.scope == "statement":
        return _statement(lines, start, context, with_block=False)
    header = context.previous_code_line if context.at_line_start else context.head
    if context.opens_unindented_block(header) and (context.at_line_start or start > 0):
        return _unindented_block(lines, start, context)
    header_indent = _header_indent(lines, start, context)
    if header_indent is None:
        return _statement(lines, start, context)
    return _block(lines, header_indent, context)


def _first_text(lines: list[str]) -> int:
    """Return the index of the first line that is not blank; the number of lines if there is none."""
    return next((at for at, line in enumerate(lines) if line.strip()), len(lines))


def first_line_end(lines: list[str], context: CursorContext) -> int:
    """Return the end of the first line with text, as an index of `lines`, if it is a statement alone; 0 if it is not.

    `lines` are the complete ones of a stream.
    """
    start = _first_text(lines)
    if start == len(lines):
        return 0
    line = _document_line(lines, start, context)
    if context.opens_block(line) or context.is_bare_header(line):
        return 0
    if context.is_incomplete(line) or context.precedes_statement(line):
        return 0
    with_next = [*lines[: start + 1], ""]
    if bracket_depths(with_next, context)[-1] or start + 1 in rows_in_strings(with_next, context):
        return 0
    return start + 1


def determines_scope(last: str, before: list[str], context: CursorContext) -> bool:
    """Whether `last`, the start of an incomplete line, determines the scope like the complete line.

    Its first word must be complete and must not start a label. The line must not be the start of a line below or before
    it, because only complete lines show a repetition.
    """
    needs_complete_lines = (
        context.text_follows or context.brackets_are_text or bool(context.language.terminator)
    )
    if needs_complete_lines or not _COMPLETE_FIRST_WORD.match(last) or not any(map(str.strip, before)):
        return False
    squeezed_line = squeezed(last)
    others = (squeezed(line) for line in (*context.next_lines, *before, context.head))
    return not any(other.startswith(squeezed_line) for other in others)


def is_block_body(lines: list[str], context: CursorContext) -> bool:
    """Whether `lines` are the body of a block that starts right before the cursor."""
    start = _first_text(lines)
    if start == len(lines) or context.language.prose:
        return False
    return _header_indent(lines, start, context) is not None


def _header_indent(lines: list[str], start: int, context: CursorContext) -> int | None:
    """Return the indentation, in columns, of the header whose block the text fills; None if there is none."""
    if start > 0 and context.opens_block(context.head):
        return context.statement_indent
    starts_statement = context.at_line_start or (start > 0 and context.precedes_statement(context.head))
    if not starts_statement or context.text_follows or not context.opens_block(context.previous_code_line):
        return None
    outer, inner = context.previous_statement_indent, indent_width(_document_line(lines, start, context))
    is_label = context.is_label(lines[start])
    below = context.next_lines[0] if context.next_lines else ""
    has_no_body = not below or indent_width(below) < inner or (is_label and context.closes_block(below))
    return outer if has_no_body and (outer < inner or (outer == inner and is_label)) else None


def _block(lines: list[str], header_indent: int, context: CursorContext) -> Cut | None:
    """Return the cut after the block of a header with this indentation, and after its closer if none is below."""
    in_strings = rows_in_strings(lines, context)
    closed_below = _closed_below(header_indent, context)
    is_closed = False
    for at in range(1, len(lines)):
        line = lines[at]
        if not line.strip() or indent_width(line) > header_indent or at in in_strings:
            continue
        if context.is_label(line) and not is_closed:
            continue
        closes, branches = context.closes_block(line), context.is_branch(line)
        if indent_width(line) < header_indent or closed_below or not (branches or (closes and not is_closed)):
            return Cut(_blanks_start(lines, at), at + 1)
        is_closed = is_closed or (closes and not context.opens_block(line))
    return None


def _unindented_block(lines: list[str], start: int, context: CursorContext) -> Cut | None:
    """Return the cut before the bracket that ends a block without indentation."""
    open_before = bracket_depths(lines, context)
    for at in range(start, len(lines)):
        if context.closes_block(lines[at]) and not open_before[at]:
            return Cut(_blanks_start(lines, at), at + 1)
    return None


def _closed_below(header_indent: int, context: CursorContext) -> bool:
    """Whether the lines below continue or end the block of a header with this indentation.

    If words end blocks, an `else` belongs to the lines above it. If brackets do, it needs a bracket before it.
    """
    if not context.next_lines:
        return False
    line = context.next_lines[0]
    ends_block = context.closes_block(line) or (context.is_branch(line) and context.blocks_end_with_word)
    return indent_width(line) > header_indent or (indent_width(line) == header_indent and ends_block)


def _statement(
    lines: list[str], start: int, context: CursorContext, *, with_block: bool = True
) -> Cut | None:
    """Return the cut after one statement with its leading comments and decorators."""
    header = _header(lines, start, context)
    header_indent = _statement_indent(lines, header, context)
    in_strings, open_before = rows_in_strings(lines, context), bracket_depths(lines, context)
    closed_below = context.text_follows or _closed_below(header_indent, context)
    header_only = not with_block and context.opens_block(_document_line(lines, header, context))
    for at in range(header + 1, len(lines)):
        if not lines[at].strip() or at in in_strings:
            continue
        in_brackets = open_before[at] > 0
        is_inner = indent_width(lines[at]) > header_indent or (in_brackets and not closed_below)
        is_inner = is_inner or _is_in_statement(lines, header, at, in_brackets, context)
        if not is_inner or (header_only and not in_brackets):
            return Cut(_blanks_start(lines, at), at + 1)
    return None


def _statement_indent(lines: list[str], header: int, context: CursorContext) -> int:
    """Return the indentation of the statement whose header is line `header`; it may have started above the cursor."""
    line = _document_line(lines, header, context)
    continued = context.continued_indent(line) if header == 0 else None
    return indent_width(line) if continued is None else min(continued, indent_width(line))


def _header(lines: list[str], start: int, context: CursorContext) -> int:
    """Return the index of the first line that is not a comment or decorator directly above a statement."""
    header_indent = indent_width(_document_line(lines, start, context))
    for at in range(start, len(lines) - 1):
        if at == 0 and not context.at_line_start:
            return at
        if not context.precedes_statement(_document_line(lines, at, context)):
            return at
        if not lines[at + 1].strip() or indent_width(lines[at + 1]) != header_indent:
            return at
    return len(lines) - 1


def _is_in_statement(
    lines: list[str], header: int, at: int, in_brackets: bool, context: CursorContext
) -> bool:
    """Whether line `at`, indented no more than the statement's header, is part of the statement."""
    before = lines[header:at]
    if indent_width(lines[at]) < indent_width(_document_line(lines, header, context)):
        return False
    if _continues_unindented(before, context):
        return True
    return _continues_statement(lines[at], in_brackets or _lacks_end_word(before, context), context)


def _continues_statement(line: str, is_open: bool, context: CursorContext) -> bool:
    """Whether `line`, indented like the statement above it, is part of it; `is_open`: the statement lacks its end."""
    return (
        context.is_branch(line)
        or context.is_continuation(line)
        or (is_open and (context.closes_block(line) or context.is_label(line)))
    )


def _continues_unindented(before: list[str], context: CursorContext) -> bool:
    """Whether the statement of the lines `before` continues without indentation, as in SQL or after `#if`."""
    language = context.language
    if language.unindented_span[0] and pattern(language.unindented_span[0]).match(before[0].lstrip()):
        starts, ends = (
            sum(bool(pattern(expression).match(line.lstrip())) for line in before)
            for expression in language.unindented_span
        )
        return starts > ends
    last = next((line for line in reversed(before) if line.strip()), "")
    if pattern(language.incomplete_at_any_indentation).search(context.without_comments(last)):
        return True
    if language.terminator:
        return not pattern(language.terminator).search(context.without_comments(last))
    return bool(
        language.group_header and pattern(language.group_header).match(before[0]) and before[-1].strip()
    )


def _lacks_end_word(before: list[str], context: CursorContext) -> bool:
    """Whether the statement of the lines `before` lacks the word that ends its block (`end`, `fi`, `done`)."""
    if not context.blocks_end_with_word or not before or not context.opens_block(before[0]):
        return False
    return not any(
        context.closes_block(line) for line in before[1:] if indent_width(line) <= indent_width(before[0])
    )


def _document_line(lines: list[str], at: int, context: CursorContext) -> str:
    """Return line `at` as it will appear in the document."""
    return context.head + lines[at] if at == 0 else lines[at]


def _blanks_start(lines: list[str], at: int) -> int:
    """Return the index of the first of the blank lines directly before line `at`; `at` if there are none."""
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    return at
