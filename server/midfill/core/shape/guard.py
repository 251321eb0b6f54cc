"""Compares the syntax errors of a file with and without an answer, or a part of it."""

from midfill.core.completion import Completion
from midfill.core.shape.brackets import balance
from midfill.core.shape.context import CursorContext
from midfill.core.shape.fit import fitted


def adds_no_errors(shown: Completion, context: CursorContext) -> bool:
    """Whether `shown` adds no errors to the file; a complete text is not parsed."""
    if not shown.text or _is_complete(shown.text, context):
        return True
    return context.error_count(shown) <= context.error_count(Completion())


def guarded(shown: Completion, text: str, context: CursorContext) -> Completion:
    r"""Return `shown`, or all of the `text` that it is a part of if only that adds no errors to the file.

    >>> accepted('▮', 'if ok; then\nrun\nfi', 'shellscript')
    'if ok; then\nrun\nfi'
    """
    full_text = text.rstrip()
    if (
        not full_text
        or not shown.text
        or shown.text == full_text
        or context.text_follows
        or _is_complete(shown.text, context)
    ):
        return shown
    errors = context.error_count(shown)
    if errors == 0 or errors <= context.error_count(Completion(full_text)):
        return shown
    return Completion(full_text)


def longest_part_without_errors(shown: Completion, context: CursorContext) -> Completion:
    """Return the longest start of `shown`, in lines, that adds no errors to the file; empty if there is none."""
    if not shown.text:
        return shown
    present_errors = context.error_count(Completion())
    lines = shown.text.split("\n")
    parts = (fitted("\n".join(lines[:keep]), context) for keep in range(len(lines) - 1, 0, -1))
    for part in (shown, *parts):
        if context.error_count(part) <= present_errors:
            return part
    return Completion()


def lacks_block(shown: Completion, context: CursorContext) -> bool:
    """Whether `shown` ends with the header of a block that indentation ends, and the file lacks the block."""
    if not context.language.indented_blocks or not context.opens_block(shown.text.rpartition("\n")[2]):
        return False
    return context.error_count(shown) > context.error_count(Completion())


def _is_complete(text: str, context: CursorContext) -> bool:
    """Whether `text` closes what it opens, and does not end with a header."""
    found = balance(text, context)
    if found.unmatched or found.unclosed or found.ends_in_string:
        return False
    return not context.opens_block(text.rpartition("\n")[2]) or context.language.prose
