"""The lines around a cursor that shaping uses: all near ones, and far ones as an outline."""

from collections.abc import Sequence

from midfill.core.syntax.language import Language, pattern

NEAR_ABOVE, NEAR_BELOW = 120, 80
"""Number of lines kept whole on either side; parsing these 200 takes 0.3 to 1 ms and holds the interpreter lock."""

MAX_CHARACTERS = 10_000
"""Maximum characters kept on either side."""

_MAX_LINE = 1_000


def lines_above(above: Sequence[str], language: Language) -> list[str]:
    """Return the lines above a cursor, the far ones reduced to the headers of blocks that are still open.

    A header is the nearest line above with less indentation: a parser that starts in the middle of a class would report
    its closing bracket as an error. For the same reason, the rest of a started string or comment is left out.
    """
    near = _near(above[: -NEAR_ABOVE - 1 : -1])[::-1]
    far = above[: len(above) - len(near)]
    if not far:
        return near
    opening, closing = _unclosed("".join(far), language)
    if closing:
        end = next((at for at, line in enumerate(near) if pattern(closing).search(line)), None)
        near = [opening, *near] if end is None else near[end + 1 :]
    first = next((line for line in near if line.strip()), "").strip()
    inside = bool(pattern(language.closer).match(first) or pattern(language.label).match(first))
    return [*_headers(far, _indent(near) + inside), *near]


def lines_below(below: Sequence[str], language: Language) -> list[str]:
    """Return the lines below a cursor, the far ones reduced to the ends of blocks that are still open."""
    near = _near(below[:NEAR_BELOW])
    last = next((line for line in reversed(near) if line.strip()), "").strip()
    inside = bool(pattern(language.opener).search(last) or pattern(language.label).match(last))
    return [*near, *_ends(below[len(near) :], _indent(near[::-1]) + inside, language)]


def _near(lines: Sequence[str]) -> list[str]:
    """Return the first of `lines`, without line ends, up to the maximum size."""
    kept: list[str] = []
    left = MAX_CHARACTERS
    for line in lines:
        left -= len(line)
        if left < 0:
            break
        kept.append(line.rstrip("\r\n"))
    return kept


def _headers(far: Sequence[str], least: int) -> list[str]:
    """Return the lines of `far`, the nearest last, that are indented less than all after them.

    Of a header that ends another arm first (`} else {`), only the opening bracket is kept.
    """
    kept: list[str] = []
    for line in reversed(far):
        if not least:
            break
        text = line.lstrip(" \t")
        if len(line) - len(text) < least and len(line) < _MAX_LINE and text.strip():
            least = len(line) - len(text)
            kept.append(" " * least + "{" if text[0] in "})]" else line.rstrip("\r\n"))
    return kept[::-1]


def _ends(far: Sequence[str], least: int, language: Language) -> list[str]:
    """Return the lines of `far` that end a block, each indented less than all before it."""
    closer, opener = pattern(language.closer), pattern(language.opener)
    kept: list[str] = []
    for line in far:
        if not least:
            break
        text = line.strip()
        indent = len(line) - len(line.lstrip(" \t"))
        if indent < least and len(line) < _MAX_LINE and closer.match(text) and not opener.search(text):
            least = indent
            kept.append(" " * indent + text)
    return kept


def _indent(lines: Sequence[str]) -> int:
    """Return the leading blanks and tabs of the first of `lines` with text."""
    first = next((line for line in lines if line.strip()), "")
    return len(first) - len(first.lstrip(" \t"))


def _unclosed(text: str, language: Language) -> tuple[str, str]:
    """Return the delimiters of the multi-line string or comment that `text` ends in; they are counted, not parsed."""
    for opening, closing in (*language.long_quotes, *language.block_comments):
        plain = opening.replace("\\", "")
        if opening == closing and text.count(plain) % 2:
            return plain, closing
        if opening != closing and text.rfind(plain) > text.rfind(closing.replace("\\", "")):
            return plain, closing
    return "", ""
