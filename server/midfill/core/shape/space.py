"""The blanks between the cursor and an answer: exactly as many as needed."""

import re

from midfill.core.shape.context import CursorContext
from midfill.core.shape.lines import indent_width

_OPERATOR_AT_END = re.compile(r"[\w)\]}\"'] (?:=|==|===|!=|!==|<=|>=|\+=|-=|:=|&&|\|\||=>|->)\Z")
"""An operator with a blank before it also needs one after it."""

_OPERAND_START = re.compile(r"[\w\"'(\[{]")


def spaced(text: str, context: CursorContext) -> str:
    r"""Return `text` without blanks that are already before the cursor, and with a required one.

    >>> accepted('total = ▮', ' 1 + 2')
    'total = 1 + 2'
    """
    if context.at_line_start:
        return _at_line_start(text, context)
    if _lacks_line_break(text, context):
        return "\n" + text
    if context.head.endswith("  "):
        return text  # Columns are being aligned, and the answer may continue that.
    if context.head[-1] in " \t":
        return text.lstrip(" \t")
    return " " + text if _misses_blank(text, context) else text


def _lacks_line_break(text: str, context: CursorContext) -> bool:
    """Whether `text` is the body of the header that ends at the cursor, without the line break."""
    body = text.strip(" \t")
    indented = (
        indent_width(text) > 1 and context.language.indented_blocks and context.head.rstrip().endswith(":")
    )
    return indented and not context.text_follows and bool(body) and not body.startswith(("#", "\n"))


def _at_line_start(text: str, context: CursorContext) -> str:
    """Return `text` for a line with only indentation: without leading blank lines and without that indentation.

    The model may have repeated the indentation, usually all of it. An answer that starts on a later line and further
    left leaves the block, and keeps its line break.
    """
    if not context.head:
        return text
    after = text.lstrip(" \t\n")
    first = text[: len(text) - len(after)].rpartition("\n")[2]
    if "\n" in text[: len(text) - len(after)] and after and indent_width(first) < context.indent_width:
        return text
    return _deeper_indentation(first, context) + after


def _deeper_indentation(first: str, context: CursorContext) -> str:
    """Return the indentation of `first` beyond that of the cursor's line, if a block has just started."""
    begun = context.opens_block(context.previous_code_line) and context.indent_width <= indent_width(
        context.previous_code_line
    )
    return first[len(context.head) :] if begun and first.startswith(context.head) else ""


def _misses_blank(text: str, context: CursorContext) -> bool:
    """Whether a blank is missing between the cursor's line, which ends with an operator or comma, and `text`."""
    if not _OPERAND_START.match(text):
        return False
    if context.open_quote:
        return False
    return bool(_OPERATOR_AT_END.search(context.head)) or (
        context.head[-1] == "," and _spaces_commas(context.head[:-1])
    )


def _spaces_commas(line: str) -> bool:
    """Whether `line` has a comma, and a blank after every comma."""
    return ", " in line and not re.search(r",\S", line)
