"""The number of syntax errors of a text, which decides between two endings of a completion."""

from functools import lru_cache

from midfill.core.syntax.grammars import Node, parser
from midfill.core.syntax.indentation import indentation_errors
from midfill.core.syntax.language import Language
from midfill.core.syntax.scan import PARTNER, lexemes


@lru_cache(maxsize=64)
def errors(text: str, language: Language) -> int:
    """Return the number of places where `text` violates the rules of `language`.

    They include lines at an illegal level, if the language has a rule for that.

    With a grammar, these are the errors and missing tokens that tree-sitter reports; without one, the brackets without
    a partner and the strings without an end.
    """
    parse = parser(language.grammar)
    misplaced = indentation_errors(text, language)
    if parse is None:
        return unbalanced(text, language) + misplaced
    return _broken(parse(text)) + misplaced


def _broken(root: Node) -> int:
    """Return the error nodes and missing nodes of a tree.

    A missing token that the grammar hides (the line break of Python in `return []x = 1`) is not a node: the deepest
    node with an invisible error counts for it.
    """
    count, left = 0, [root] if root.has_error else []
    while left:
        node = left.pop()
        broken = [child for child in node.children if child.has_error or child.is_missing]
        count += node.is_error or node.is_missing or not broken
        left.extend(broken)
    return count


def unbalanced(text: str, language: Language) -> int:
    """Return the brackets without a partner and the strings without an end."""
    stack: list[str] = []
    count = 0
    for lexeme in lexemes(text, language):
        char = text[lexeme.start]
        if lexeme.kind == "open":
            stack.append(char)
        elif lexeme.kind == "close" and stack and stack[-1] == PARTNER[char]:
            stack.pop()
        elif lexeme.kind == "close" or (lexeme.kind == "string" and not lexeme.closed):
            count += 1
    return count + len(stack)
