"""Markdown fences that a model wraps around its answer."""

import re

from midfill.core.shape.context import CursorContext
from midfill.core.shape.lines import indent_width

_OPENING = re.compile(r"\s*```([\w+#.-]*)[ \t]*(?:\n|\Z)|\s*```(?=\S)")
_PROSE_FENCES = {"markdown", "md", "text", "plaintext"}
"""Names of fences that wrap prose as an answer; any other fence is part of the answer."""

_CLOSING = re.compile(r"\n[ \t]*`{1,3}[ \t]*(?:\n|\Z)|```[ \t]*(?:\n|\Z)")

_SEARCHED_CHARACTERS = 2_000
"""Characters before the cursor that are searched for the document's own fences."""


def without_fence(text: str, context: CursorContext) -> str:
    r"""Return the text between the fences of `text`, or before a closing one; a document with fences keeps them.

    >>> accepted('total = ▮', '```python\n1 + 2\n```')
    'total = 1 + 2'
    """
    if "`" not in text or "```" in context.text_before[-_SEARCHED_CHARACTERS:]:
        return text
    opening = _OPENING.match(text)
    if context.language.prose and not (
        opening and (opening.group(1) in _PROSE_FENCES or not context.at_line_start)
    ):
        return text
    body = text[opening.end() :] if opening else text
    closing = _CLOSING.search(body)
    if opening is None and (closing is None or closing.group().count("`") < 3):
        return text
    body = body[: closing.start()] if closing else body
    return _on_own_line(body, context) if opening else body


def _on_own_line(body: str, context: CursorContext) -> str:
    """Return `body` on its own line if the cursor's line is complete: the fence may stand for that line break."""
    if context.at_line_start or context.head[-1].isspace():
        return body
    if not body.strip() or body.startswith("\n"):
        return body
    return "\n" + body if _begins_line(body, context) else body


def _begins_line(body: str, context: CursorContext) -> bool:
    """Whether `body` cannot continue the cursor's line: by its indentation, or because two words would merge."""
    if body[0] in " \t":
        return indent_width(body) > 1 and (
            indent_width(body) > context.indent_width or not context.text_follows
        )
    if context.text_follows:
        return context.head[-1] == "{" and "\n" in body.strip()
    last, first = _found(context.head, r"\w*\Z"), _found(body, r"\w*")
    if _found(body, r"\S+") == _found(context.head.lstrip(), r"\S+"):
        return True
    if not last or not first:
        return bool(first) and (
            context.head[-1] in ";{})]" or (context.head[-1] in "\"'`" and not context.open_quote)
        )
    if last.isdigit():
        return first[0].isalpha()
    return len(last) > 3 and context.contains_word(last) and not context.contains_word(last + first)


def _found(text: str, expression: str) -> str:
    found = re.search(expression, text)
    return found.group() if found else ""
