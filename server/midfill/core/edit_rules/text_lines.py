"""The lines of a text: their starts, their ends and their leading blanks."""


def line_start(text: str, at: int) -> int:
    """Return the start of the line that contains an offset; a line end belongs to the line before it."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Return the offset of the next line end, or of the last character of the text."""
    end = text.find("\n", at)
    return end if end >= 0 else len(text) - 1


def indent_at(text: str, at: int) -> str:
    """Return the leading blanks of the line that contains an offset."""
    start = line_start(text, at)
    end = start
    while end < len(text) and text[end] in " \t":
        end += 1
    return text[start:end]
