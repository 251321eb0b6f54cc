"""Checks that a text fits between the text before and after the cursor on one line."""

_PAIRS = {")": "(", "]": "[", "}": "{"}


def text_before_rest(text: str, rest: str) -> str | None:
    """Return the part of `text` before the place where it meets `rest`; None if it does not meet it.

    `rest` is the text after the cursor without surrounding whitespace. `text` meets `rest` where `text` continues
    with it, or where `text` closes a bracket that it did not open and `rest` begins with that bracket.
    """
    if not rest:
        return text
    depth = 0
    for at, char in enumerate(text):
        if depth == 0 and char == rest[0] and (char in _PAIRS or _continues(text, at, rest)):
            return text[:at]
        depth += (char in "([{") - (char in _PAIRS)
        if depth < 0:
            return None
    return None


def _continues(text: str, at: int, rest: str) -> bool:
    """Return whether `text` continues with `rest` at `at`, and `at` is not inside a word."""
    return text.startswith(rest, at) and not (text[:at][-1:].isidentifier() and rest[0].isidentifier())


def open_brackets(head: str) -> str:
    """Return the brackets that `head` opens and does not close, without regard to strings and comments."""
    opened: list[str] = []
    for char in head:
        if char in "([{":
            opened.append(char)
        elif char in _PAIRS and opened:
            opened.pop()
    return "".join(opened)


def closes_in_order(opened: str, text: str) -> bool:
    """Return whether `text` closes the brackets `opened` before it from the last to the first.

    Further closers may be of any kind, because their openers may be on a line above.
    """
    for char in text if opened else "":
        if char in "([{":
            opened += char
        elif char in _PAIRS and opened:
            if opened[-1] != _PAIRS[char]:
                return False
            opened = opened[:-1]
    return True
