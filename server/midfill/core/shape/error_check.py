"""Compares the syntax errors of a file with and without an answer, or a part of it."""

from midfill.core.completion import Completion
from midfill.core.shape.brackets import balance
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.fit import fitted_to_line


def adds_no_errors(shown: Completion, syntax: CursorSyntax) -> bool:
    """Whether `shown` adds no errors to the file; a complete text is not parsed."""
    if not shown.text or _is_complete(shown.text, syntax):
        return True
    return syntax.error_count(shown) <= syntax.error_count(Completion())


def whole_if_fewer_errors(shown: Completion, text: str, syntax: CursorSyntax) -> Completion:
    r"""Return `shown`, or all of the `text` that it is a part of if only that adds no errors to the file.

    >>> accepted('▮', 'if ok; then\nrun\nfi', 'shellscript')
    'if ok; then\nrun\nfi'
    """
    full_text = text.rstrip()
    if (
        not full_text
        or not shown.text
        or shown.text == full_text
        or syntax.text_follows
        or _is_complete(shown.text, syntax)
    ):
        return shown
    errors = syntax.error_count(shown)
    if errors == 0 or errors <= syntax.error_count(Completion(full_text)):
        return shown
    return Completion(full_text)


def longest_part_without_errors(shown: Completion, syntax: CursorSyntax) -> Completion:
    """Return the longest start of `shown`, in lines, that adds no errors to the file; empty if there is none."""
    if not shown.text:
        return shown
    present_errors = syntax.error_count(Completion())
    lines = shown.text.split("\n")
    parts = (fitted_to_line("\n".join(lines[:keep]), syntax) for keep in range(len(lines) - 1, 0, -1))
    for part in (shown, *parts):
        if syntax.error_count(part) <= present_errors:
            return part
    return Completion()


def lacks_block(shown: Completion, syntax: CursorSyntax) -> bool:
    """Whether `shown` ends with the header of a block that indentation ends, and the file lacks the block."""
    if not syntax.language.indented_blocks or not syntax.opens_block(shown.text.rpartition("\n")[2]):
        return False
    return syntax.error_count(shown) > syntax.error_count(Completion())


def _is_complete(text: str, syntax: CursorSyntax) -> bool:
    """Whether `text` closes what it opens, and does not end with a header."""
    found = balance(text, syntax)
    if found.unmatched or found.unclosed or found.ends_in_string:
        return False
    return not syntax.opens_block(text.rpartition("\n")[2]) or syntax.language.prose
