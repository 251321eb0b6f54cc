"""Markdown fences that a model wraps around its answer."""

import re

from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.lines import indent_width

_OPENING = re.compile(r"\s*```([\w+#.-]*)[ \t]*(?:\n|\Z)|\s*```(?=\S)")
_PROSE_FENCES = {"markdown", "md", "text", "plaintext"}
"""Names of fences that wrap prose as an answer; any other fence is part of the answer."""

_CLOSING = re.compile(r"\n[ \t]*`{1,3}[ \t]*(?:\n|\Z)|```[ \t]*(?:\n|\Z)")

_SEARCHED_CHARACTERS = 2_000
"""Characters before the cursor that are searched for the document's own fences."""


def without_fence(text: str, syntax: CursorSyntax) -> str:
    r"""Return the text between the fences of `text`, or before a closing one; a document with fences keeps them.

    >>> accepted('total = ▮', '```python\n1 + 2\n```')
    'total = 1 + 2'
    """
    if "`" not in text or "```" in syntax.text_before[-_SEARCHED_CHARACTERS:]:
        return text
    opening = _OPENING.match(text)
    if syntax.language.prose and not (
        opening and (opening.group(1) in _PROSE_FENCES or not syntax.at_line_start)
    ):
        return text
    body = text[opening.end() :] if opening else text
    closing = _CLOSING.search(body)
    if opening is None and (closing is None or closing.group().count("`") < 3):
        return text
    body = body[: closing.start()] if closing else body
    return _on_own_line(body, syntax) if opening else body


def _on_own_line(body: str, syntax: CursorSyntax) -> str:
    """Return `body` on its own line if the cursor's line is complete: the fence may stand for that line break."""
    if syntax.at_line_start or syntax.head[-1].isspace():
        return body
    if not body.strip() or body.startswith("\n"):
        return body
    return "\n" + body if _begins_line(body, syntax) else body


def _begins_line(body: str, syntax: CursorSyntax) -> bool:
    """Whether `body` cannot continue the cursor's line: by its indentation, or because two words would merge."""
    if body[0] in " \t":
        return indent_width(body) > 1 and (
            indent_width(body) > syntax.indent_width or not syntax.text_follows
        )
    if syntax.text_follows:
        return syntax.head[-1] == "{" and "\n" in body.strip()
    last, first = _found(syntax.head, r"\w*\Z"), _found(body, r"\w*")
    if _found(body, r"\S+") == _found(syntax.head.lstrip(), r"\S+"):
        return True
    if not last or not first:
        return bool(first) and (
            syntax.head[-1] in ";{})]" or (syntax.head[-1] in "\"'`" and not syntax.open_quote)
        )
    if last.isdigit():
        return first[0].isalpha()
    return len(last) > 3 and syntax.contains_word(last) and not syntax.contains_word(last + first)


def _found(text: str, expression: str) -> str:
    found = re.search(expression, text)
    return found.group() if found else ""
