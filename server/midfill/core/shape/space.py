"""The blanks between the cursor and an answer."""

import re

from midfill.core.shape.context import CursorContext
from midfill.core.shape.lines import indent_width

_OPERATOR_AT_END = re.compile(r"[\w)\]}\"'] (?:=|==|===|!=|!==|<=|>=|\+=|-=|:=|&&|\|\||=>|->)\Z")
"""An operator with a blank before it, which also needs one after it."""

_OPERAND_START = re.compile(r"[\w\"'(\[{]")
"""The first character of an operand or a list item."""


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
        return text  # The user aligns columns, and the answer may continue this.
    if context.head[-1] in " \t":
        return text.lstrip(" \t")
    return " " + text if _misses_blank(text, context) else text


def _lacks_line_break(text: str, context: CursorContext) -> bool:
    """Whether `text` is the body of the header that ends at the cursor, without the line break."""
    body = text.strip(" \t")
    is_indented = indent_width(text) > 1 and context.language.indented_blocks
    after_header = context.head.rstrip().endswith(":") and not context.text_follows
    return is_indented and after_header and bool(body) and not body.startswith(("#", "\n"))


def _at_line_start(text: str, context: CursorContext) -> str:
    """Return `text` for a line with only indentation: without leading blank lines and without that indentation.

    Models often repeat the indentation. An answer that starts on a later line and further left leaves the block, and
    keeps its line break.
    """
    if not context.head:
        return text
    code = text.lstrip(" \t\n")
    blanks = text[: len(text) - len(code)]
    first_indent = blanks.rpartition("\n")[2]
    if "\n" in blanks and code and indent_width(first_indent) < context.indent_width:
        return text
    return _deeper_indentation(first_indent, context) + code


def _deeper_indentation(indent: str, context: CursorContext) -> str:
    """Return the part of `indent` beyond the indentation of the cursor's line, if the cursor starts a block."""
    header = context.previous_code_line
    starts_block = context.opens_block(header) and context.indent_width <= indent_width(header)
    return indent[len(context.head) :] if starts_block and indent.startswith(context.head) else ""


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
