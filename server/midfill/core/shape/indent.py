"""Indents an answer like the document: with its tabs or spaces, and to the depth of its block."""

from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.lines import indent_width, indentation

DEFAULT_STEP_SPACES = 4
"""Spaces of a step of indentation if neither the document nor the answer shows another number (PEP 8's)."""

_FOURS_SHARE = 0.75
"""Share of the indented lines with a multiple of four spaces, above which a step has four (our own choice)."""

MIN_INDENTED_LINES = 3
"""Minimum lines of the document that are indented by tabs, or by spaces, to convert an answer to them."""


def indented(text: str, syntax: CursorSyntax) -> str:
    r"""Return `text` with the lines after its first one indented like the document.

    >>> accepted('if ok:▮\n', '\nrun()')
    'if ok:\n    run()\n'
    """
    if "\n" not in text:
        return text
    first, *lines = text.split("\n")
    return "\n".join([first, *_deepened(_converted(lines, syntax), first, syntax)])


def indent_step(syntax: CursorSyntax) -> str:
    """Return one step of indentation: a tab, or four or two spaces, of which most lines around have a multiple."""
    tabs, spaces = _observed_indents(syntax)
    if tabs > len(spaces) or syntax.language.recipes:
        return "\t"
    fours = sum(size % DEFAULT_STEP_SPACES == 0 for size in spaces)
    return " " * (DEFAULT_STEP_SPACES if fours > _FOURS_SHARE * len(spaces) or not spaces else 2)


def _observed_indents(syntax: CursorSyntax) -> tuple[int, list[int]]:
    """Return how many lines around are indented by tabs, and the spaces of those indented by two or more."""
    indents = [
        indentation(line) for line in (*syntax.above, syntax.head, *syntax.below) if line[:1] in {" ", "\t"}
    ]
    tabs = sum("\t" in indent for indent in indents)
    return tabs, [len(indent) for indent in indents if indent.startswith("  ") and "\t" not in indent]


def _converted(lines: list[str], syntax: CursorSyntax) -> list[str]:
    """Return `lines` with tabs for spaces or vice versa, if the document has only the other kind.

    The first indented line determines the answer's spaces per step, so that later lines of a stream change nothing.
    """
    first = next((line for line in lines if line.strip() and line[0] in " \t"), "")
    if not first:
        return lines
    tabs, spaces = _observed_indents(syntax)
    if syntax.language.recipes:
        return [_with_tabs(line, len(indentation(first))) for line in lines]
    if "\t" in indentation(first):
        if tabs or len(spaces) < MIN_INDENTED_LINES:
            return lines
        return [_with_spaces(line, len(indent_step(syntax))) for line in lines]
    if spaces or tabs < MIN_INDENTED_LINES:
        return lines
    size = DEFAULT_STEP_SPACES if len(indentation(first)) % DEFAULT_STEP_SPACES == 0 else 2
    return [_with_tabs(line, size) for line in lines]


def _with_spaces(line: str, size: int) -> str:
    indent = indentation(line)
    return indent.replace("\t", " " * size) + line[len(indent) :]


def _with_tabs(line: str, size: int) -> str:
    indent = indentation(line)
    spaces = len(indent)
    return "\t" * (spaces // size) + " " * (spaces % size) + line[spaces:] if set(indent) == {" "} else line


def _deepened(lines: list[str], first: str, syntax: CursorSyntax) -> list[str]:
    """Return `lines`, indented one step more if they are the block under the cursor's line but are level with it."""
    body = next((line for line in lines if line.strip()), "")
    header = syntax.head + first
    if not body or first.strip() or syntax.enclosing or header.rstrip()[-1:] in {"(", "["}:
        return lines
    if not syntax.opens_block(header) or indent_width(body) > syntax.statement_indent:
        return lines
    if (
        syntax.language.block_is_optional
        and indent_width(body) in syntax.open_levels
        and body.lstrip()[0] != "-"
    ):
        return lines
    if {*indentation(body)} - {*syntax.indentation} and syntax.indentation:
        return lines
    if syntax.closes_block(body) or syntax.is_branch(body) or syntax.is_label(body):
        return lines
    if syntax.is_label(syntax.head) or syntax.opens_unindented_block(syntax.head):
        return lines
    missing = syntax.indentation[len(indentation(body)) :] + indent_step(syntax)
    return [missing + line if line.strip() else line for line in lines]
