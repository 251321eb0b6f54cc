"""The lines around a cursor that shaping uses: near ones as they are, and far ones as an outline."""

from collections.abc import Sequence

from midfill.core.syntax.language import Language, pattern

MAX_WHOLE_ABOVE, MAX_WHOLE_BELOW = 120, 80
"""Maximum near lines on either side; parsing these 200 takes 0.3 to 1 ms and holds the interpreter lock."""

MAX_NEAR_CHARACTERS = 10_000
"""Maximum characters of near lines on either side."""

_MAX_HEADER = 1_000
"""Characters from which a far line is left out: such lines are minified scripts or data."""


def lines_above(above: Sequence[str], language: Language) -> list[str]:
    """Return the lines above a cursor, the far ones reduced to the headers of blocks that are still open.

    A header is the nearest line above with less indentation. Without it, a parser that starts in the middle of a class
    would report the closing bracket as an error. For the same reason, the end of a string or comment that starts in far
    lines is left out.
    """
    near = _up_to_limit(above[: -MAX_WHOLE_ABOVE - 1 : -1])[::-1]
    far = above[: len(above) - len(near)]
    if not far:
        return near
    opening, closing = _open_delimiters("".join(far), language)
    if closing:
        end = next((at for at, line in enumerate(near) if pattern(closing).search(line)), None)
        near = [opening, *near] if end is None else near[end + 1 :]
    first = next((line for line in near if line.strip()), "").strip()
    within = bool(pattern(language.closer).match(first) or pattern(language.label).match(first))
    return [*_open_headers(far, _indent_length(near) + within, language), *near]


def lines_below(below: Sequence[str], language: Language) -> list[str]:
    """Return the lines below a cursor, the far ones reduced to the ends of blocks that are still open."""
    near = _up_to_limit(below[:MAX_WHOLE_BELOW])
    last = next((line for line in reversed(near) if line.strip()), "").strip()
    within = bool(pattern(language.opener).search(last) or pattern(language.label).match(last))
    return [*near, *_block_ends(below[len(near) :], _indent_length(near[::-1]) + within, language)]


def _up_to_limit(lines: Sequence[str]) -> list[str]:
    """Return the first of `lines`, without line ends, up to `MAX_NEAR_CHARACTERS`."""
    kept: list[str] = []
    left = MAX_NEAR_CHARACTERS
    for line in lines:
        left -= len(line)
        if left < 0:
            break
        kept.append(line.rstrip("\r\n"))
    return kept


def _open_headers(far: Sequence[str], min_indent: int, language: Language) -> list[str]:
    """Return the lines of `far` that are indented less than all after them, in their order.

    Of a header that first ends another branch (`} else {`), only the opening bracket is kept. A line of a string or
    comment over several lines is no header.
    """
    kept: list[str] = []
    for row in reversed(range(len(far))):
        if not min_indent:
            break
        line, text = far[row], far[row].lstrip(" \t")
        is_outer = len(line) - len(text) < min_indent and len(line) < _MAX_HEADER and text.strip()
        if is_outer and not _is_in_delimiters(far, row, language):
            min_indent = len(line) - len(text)
            kept.append(" " * min_indent + "{" if text[0] in "})]" else line.rstrip("\r\n"))
    return kept[::-1]


def _is_in_delimiters(lines: Sequence[str], row: int, language: Language) -> bool:
    """Whether a string or comment over several lines contains a part of the line `row`."""
    before = "".join(lines[:row])
    return any(_open_delimiters(text, language)[0] for text in (before, before + lines[row]))


def _block_ends(far: Sequence[str], min_indent: int, language: Language) -> list[str]:
    """Return the lines of `far` that end a block, each indented less than all before it."""
    closer, opener = pattern(language.closer), pattern(language.opener)
    kept: list[str] = []
    for line in far:
        if not min_indent:
            break
        text = line.strip()
        indent = len(line) - len(line.lstrip(" \t"))
        if indent < min_indent and len(line) < _MAX_HEADER and closer.match(text) and not opener.search(text):
            min_indent = indent
            kept.append(" " * indent + text)
    return kept


def _indent_length(lines: Sequence[str]) -> int:
    """Return the leading blanks and tabs of the first of `lines` with text."""
    first = next((line for line in lines if line.strip()), "")
    return len(first) - len(first.lstrip(" \t"))


def _open_delimiters(text: str, language: Language) -> tuple[str, str]:
    """Return the delimiters of the multi-line string or comment that is open at the end of `text`; empty if none is.

    They are counted, not parsed.
    """
    for opening, closing in (*language.multiline_quotes, *language.block_comments):
        plain = opening.replace("\\", "")
        if opening == closing and text.count(plain) % 2:
            return plain, closing
        if opening != closing and text.rfind(plain) > text.rfind(closing.replace("\\", "")):
            return plain, closing
    return "", ""
