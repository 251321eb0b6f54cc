"""Indentation as the document has it: its tabs or spaces, and as deep as the block it is in."""

from midfill.core.shape.lines import TAB, indentation, width
from midfill.core.shape.spot import Spot

SAMPLE = 60
"""Lines around a cursor that show how a document indents."""


def indented(text: str, spot: Spot) -> str:
    """Return `text` with the lines behind its first one indented as the document does it."""
    if "\n" not in text:
        return text
    first, *lines = text.split("\n")
    return "\n".join([first, *_deepened(_converted(lines, spot), first, spot)])


def step(spot: Spot) -> str:
    """Return one step of indentation: a tab, or as many spaces as the lines around differ by."""
    sample = [line for line in (*spot.above[-SAMPLE:], *spot.below[:SAMPLE]) if line.strip()]
    indents = [indentation(line) for line in sample]
    tabs = sum(indent.startswith("\t") for indent in indents)
    spaces = [len(indent) for indent in indents if indent.startswith("  ")]
    if tabs > len(spaces):
        return "\t"
    if not spaces:
        return "\t" if tabs else " " * TAB
    return " " * (TAB if sum(size % TAB == 0 for size in spaces) > 0.75 * len(spaces) else 2)


def _converted(lines: list[str], spot: Spot) -> list[str]:
    """Return `lines` with tabs for spaces or spaces for tabs, if the document has only the other kind."""
    first = next((line for line in lines if line.strip() and line[0] in " \t"), "")
    if not first:
        return lines
    one = step(spot)
    if one != "\t":
        return (
            [_with_spaces(line, len(one)) for line in lines]
            if any(line[:1] == "\t" for line in lines)
            else lines
        )
    if first[0] == "\t" or not _has_tabs(spot):
        return lines
    size = TAB if len(indentation(first)) % TAB == 0 else 2
    return [_with_tabs(line, size) for line in lines]


def _has_tabs(spot: Spot) -> bool:
    return any(line.startswith("\t") for line in (*spot.above[-SAMPLE:], *spot.below[:SAMPLE], spot.head))


def _with_spaces(line: str, size: int) -> str:
    indent = indentation(line)
    return indent.replace("\t", " " * size) + line[len(indent) :]


def _with_tabs(line: str, size: int) -> str:
    indent = indentation(line)
    spaces = len(indent)
    return "\t" * (spaces // size) + " " * (spaces % size) + line[spaces:] if set(indent) == {" "} else line


def _deepened(lines: list[str], first: str, spot: Spot) -> list[str]:
    """Return `lines`, set deeper if they are to be the block under the cursor's line but stand beside it."""
    body = next((line for line in lines if line.strip()), "")
    header = spot.head + first
    if not body or first.strip() or not spot.opens(header) or width(body) > spot.outset:
        return lines
    if spot.closes(body) or spot.branches(body) or spot.labels(body) or spot.labels(spot.head):
        return lines
    missing = spot.indent[len(indentation(body)) :] + step(spot)
    return [missing + line if line.strip() else line for line in lines]
