"""The overlap of a text with the lines below the cursor."""

from midfill.core.shape.brackets import balance, bracket_depths
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import indent_width, is_distinctive, without_whitespace
from midfill.core.syntax.scan import CLOSING


def repetition_cut(lines: list[str], syntax: CursorSyntax) -> Cut | None:
    r"""Return the cut before the first line that starts to repeat the lines below, whatever its indentation.

    A single line has to be distinctive, at the column of the one below. Otherwise the next line has to agree too.

    >>> accepted('def f():\n    ▮\n    return total', 'total = 1\n    return total')
    'def f():\n    total = 1\n    return total'
    """
    if not syntax.next_lines:
        return None
    first = without_whitespace(syntax.next_lines[0])
    for at in range(0 if syntax.at_line_start else 1, len(lines)):
        if without_whitespace(lines[at]) != first or _is_before_rest(lines, at, syntax):
            continue
        if seen := _lines_to_recognise(lines, at, syntax):
            return Cut(at, seen)
    return None


def _is_before_rest(lines: list[str], at: int, syntax: CursorSyntax) -> bool:
    """Whether line `at` is in the block that the rest of the cursor's line closes, and so above the lines below."""
    if syntax.rest.lstrip()[:1] not in {*CLOSING} or syntax.brackets_are_text:
        return False
    is_deeper = indent_width(lines[at]) > syntax.indent_width
    return is_deeper and not balance("\n".join(lines[:at]), syntax).unmatched


def _lines_to_recognise(lines: list[str], at: int, syntax: CursorSyntax) -> int:
    """Return how many lines show that line `at` starts to repeat the lines below; 0 if it does not."""
    same_column = _column_of(lines, at, syntax) == indent_width(syntax.next_lines[0])
    if same_column and is_distinctive(lines[at]) and not _may_be_coincidence(lines, at, syntax):
        return at + 1
    pairs = [(row, line) for row, line in enumerate(lines[at:], at) if line.strip()]
    is_known = is_distinctive(lines[at])
    for (row, line), below in zip(pairs[1:], syntax.next_lines[1:], strict=False):
        if without_whitespace(line) != without_whitespace(below):
            return 0
        is_known = is_known or is_distinctive(line)
        if same_column or (is_known and not _closes_own_bracket(lines, at, syntax)):
            return row + 1
    return 0


def _may_be_coincidence(lines: list[str], at: int, syntax: CursorSyntax) -> bool:
    """Whether line `at` may equal a line below by chance: the first line, a decorator, the header of a block."""
    line = lines[at]
    return (
        not any(map(str.strip, lines[:at]))
        or syntax.precedes_statement(line)
        or syntax.opens_block(line)
        or syntax.is_incomplete(line)
    )


def _closes_own_bracket(lines: list[str], at: int, syntax: CursorSyntax) -> bool:
    """Whether line `at` closes a bracket that the text itself has opened."""
    return syntax.closes_block(lines[at]) and bracket_depths(lines[: at + 1], syntax)[at] > 0


def _column_of(lines: list[str], at: int, syntax: CursorSyntax) -> int:
    """Return the column of line `at` in the document."""
    return indent_width(syntax.head + lines[0]) if at == 0 else indent_width(lines[at])


def without_repeated_tail(lines: list[str], syntax: CursorSyntax) -> list[str]:
    r"""Return `lines`, which are complete, without the last ones that repeat the lines below, even partly.

    >>> accepted('def f():\n    ▮\n    return total', 'total = 1\n    return to')
    'def f():\n    total = 1\n    return total'
    """
    for at in range(0 if syntax.at_line_start else 1, len(lines)):
        tail = [without_whitespace(line) for line in lines[at:] if line.strip()]
        if not tail or not lines[at].strip() or len(tail) > len(syntax.next_lines):
            continue
        below = [without_whitespace(line) for line in syntax.next_lines[: len(tail)]]
        if (
            not _is_before_rest(lines, at, syntax)
            and tail[:-1] == below[:-1]
            and below[-1].startswith(tail[-1])
            and _is_repetition(tail, below, lines, at, syntax)
        ):
            return lines[:at]
    return lines


def _is_repetition(
    tail: list[str], below: list[str], lines: list[str], at: int, syntax: CursorSyntax
) -> bool:
    """Whether a tail is a repetition: it is long enough, or consists of closers in the same column.

    A single line in another column may be the missing body of the line above (`return None`).
    """
    if any(is_distinctive(line) for line in tail[:-1]):
        return True
    if _column_of(lines, at, syntax) == indent_width(syntax.next_lines[0]):
        if len(tail) == 1 and tail != below and syntax.precedes_statement(lines[at]):
            return False
        return tail == below or len(tail) > 1 or len(tail[0]) >= 2
    before = [syntax.head + lines[0], *lines[1:at]] if at else []
    last = next((line for line in reversed(before) if line.strip()), "")
    return tail == below and is_distinctive(tail[-1]) and not syntax.opens_block(last)
