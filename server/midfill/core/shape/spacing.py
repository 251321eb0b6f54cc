"""The blanks between the cursor and an answer."""

import re

from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.lines import indent_width

_OPERATOR_AT_END = re.compile(r"[\w)\]}\"'] (?:=|==|===|!=|!==|<=|>=|\+=|-=|:=|&&|\|\||=>|->)\Z")
"""An operator with a space before it, which also needs one after it."""

_OPERAND_START = re.compile(r"[\w\"'(\[{]")
"""The first character of an operand or a list item."""


def with_spacing(text: str, syntax: CursorSyntax) -> str:
    r"""Return `text` without blanks that are already before the cursor, and with a required one.

    >>> accepted('total = ▮', ' 1 + 2')
    'total = 1 + 2'
    """
    if syntax.at_line_start:
        return _at_line_start(text, syntax)
    if _lacks_line_break(text, syntax):
        return "\n" + text
    if syntax.head.endswith("  "):
        return text  # The user aligns columns, and the answer may continue this.
    if syntax.head[-1] in " \t":
        return text.lstrip(" \t")
    return " " + text if _misses_space(text, syntax) else text


def _lacks_line_break(text: str, syntax: CursorSyntax) -> bool:
    """Whether `text` is the body of the header that ends at the cursor, without the line break."""
    body = text.strip(" \t")
    is_indented = indent_width(text) > 1 and syntax.language.indented_blocks
    after_header = syntax.head.rstrip().endswith(":") and not syntax.text_follows
    return is_indented and after_header and bool(body) and not body.startswith(("#", "\n"))


def _at_line_start(text: str, syntax: CursorSyntax) -> str:
    """Return `text` for a line with only indentation: without leading blank lines and without that indentation.

    Models often repeat the indentation. An answer that starts on a later line and further left leaves the block, and
    keeps its line break.
    """
    if not syntax.head:
        return text
    code = text.lstrip(" \t\n")
    whitespace = text[: len(text) - len(code)]
    first_indent = whitespace.rpartition("\n")[2]
    if "\n" in whitespace and code and indent_width(first_indent) < syntax.indent_width:
        return text
    return _deeper_indentation(first_indent, syntax) + code


def _deeper_indentation(indent: str, syntax: CursorSyntax) -> str:
    """Return the part of `indent` beyond the indentation of the cursor's line, if the cursor starts a block."""
    header = syntax.previous_code_line
    starts_block = syntax.opens_block(header) and syntax.indent_width <= indent_width(header)
    return indent[len(syntax.head) :] if starts_block and indent.startswith(syntax.head) else ""


def _misses_space(text: str, syntax: CursorSyntax) -> bool:
    """Whether a space is missing between the cursor's line, which ends with an operator or comma, and `text`."""
    if not _OPERAND_START.match(text):
        return False
    if syntax.open_quote:
        return False
    return bool(_OPERATOR_AT_END.search(syntax.head)) or (
        syntax.head[-1] == "," and _spaces_commas(syntax.head[:-1])
    )


def _spaces_commas(line: str) -> bool:
    """Whether `line` has a comma, and a space after every comma."""
    return ", " in line and not re.search(r",\S", line)
