"""The lines around a cursor that decide what fits there: near ones all, far ones only as an outline."""

from collections.abc import Sequence

from midfill.core.syntax.languages import Language, pattern

NEAR_ABOVE, NEAR_BELOW = 120, 80
"""Lines kept whole on either side; parsing these 200 takes 0.3 to 1 ms, and holds the interpreter lock for it."""

MOST_CHARACTERS = 10_000
"""Characters kept on either side, whatever their lines."""


def lines_above(above: Sequence[str], language: Language) -> list[str]:
    """Return the lines above a cursor, the far ones thinned to the headers of the blocks that are still open.

    A header is the nearest line above that is indented less: a parser that starts in the middle of a class would
    take its closing bracket for an error. The same goes for the middle of a string or comment, which is left out.
    """
    near = _near(above[: -NEAR_ABOVE - 1 : -1])[::-1]
    far = above[: len(above) - len(near)]
    if not far:
        return near
    opening, closing = _unclosed("".join(far), language)
    if closing:
        end = next((at for at, line in enumerate(near) if pattern(closing).search(line)), None)
        near = [opening, *near] if end is None else near[end + 1 :]
    return [*reversed(_outline(far[::-1], near)), *near]


def _unclosed(text: str, language: Language) -> tuple[str, str]:
    """Return the delimiters of the string or comment over lines that `text` ends in, judged by counting them."""
    for opening, closing in (*language.long_quotes, *language.block_comments):
        plain = opening.replace("\\", "")
        if opening == closing and text.count(plain) % 2:
            return plain, closing
        if opening != closing and text.rfind(plain) > text.rfind(closing.replace("\\", "")):
            return plain, closing
    return "", ""


def lines_below(below: Sequence[str]) -> list[str]:
    """Return the lines below a cursor, the far ones thinned to the ends of the blocks that are still open."""
    near = _near(below[:NEAR_BELOW])
    return [*near, *_outline(below[len(near) :], near[::-1])]


def _near(lines: Sequence[str]) -> list[str]:
    """Return the first of `lines`, without their ends, that are not too long together."""
    kept: list[str] = []
    left = MOST_CHARACTERS
    for line in lines:
        left -= len(line)
        if left < 0:
            break
        kept.append(line.rstrip("\r\n"))
    return kept


def _outline(far: Sequence[str], near: Sequence[str]) -> list[str]:
    """Return the lines of `far`, in walking order, that are indented less than every line before them."""
    first = next((line for line in near if line.strip()), "")
    least = _indent(first)
    kept = []
    for line in far:
        if not least:
            break
        if _indent(line) < least and len(line) < 1_000 and line.strip():
            least = _indent(line)
            kept.append(line.rstrip("\r\n"))
    return kept


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
