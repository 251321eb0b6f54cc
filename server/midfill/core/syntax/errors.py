"""The number of syntax errors of a text, which decides between the candidates for a completion."""

from functools import lru_cache

from midfill.core.syntax.grammars import Node, parser
from midfill.core.syntax.indentation import indentation_errors
from midfill.core.syntax.language import Language
from midfill.core.syntax.scan import PARTNER, lexemes


@lru_cache(maxsize=64)
def error_count(text: str, language: Language) -> int:
    """Return the number of places where `text` violates the rules of `language`.

    With a grammar, these are the errors and missing tokens that tree-sitter reports; without one, the brackets without
    a partner and the strings without an end. Lines at a forbidden column count too, if the language has a rule for
    them.
    """
    parse = parser(language.grammar)
    misindented = indentation_errors(text, language)
    if parse is None:
        return unbalanced_count(text, language) + misindented
    return _tree_error_count(parse(text)) + misindented


def _tree_error_count(root: Node) -> int:
    """Return the number of error nodes and missing nodes of a tree.

    A missing token that the grammar hides is not a node, such as the line break of Python in `return []x = 1`. The
    deepest node that has an error and no child with one counts for it.
    """
    count, pending = 0, [root] if root.has_error else []
    while pending:
        node = pending.pop()
        broken = [child for child in node.children if child.has_error or child.is_missing]
        count += node.is_error or node.is_missing or not broken
        pending.extend(broken)
    return count


def unbalanced_count(text: str, language: Language) -> int:
    """Return the number of brackets without a partner and of strings without an end."""
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
