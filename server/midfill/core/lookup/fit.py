"""What can stand between the text before the cursor and the text behind it, on one line."""

_PAIRS = {")": "(", "]": "[", "}": "{"}


def fitting(text: str, rest: str) -> str | None:
    """Return what of `text` stands before the place where it meets `rest`, or None if it does not meet it.

    `rest` is the text behind the cursor without white space around it. They meet where `text` goes on like
    it, or where `text` closes a bracket that it did not open and `rest` begins with that bracket.
    """
    if not rest:
        return text
    depth = 0
    for at, char in enumerate(text):
        if depth == 0 and char == rest[0] and (char in _PAIRS or text.startswith(rest, at)):
            return text[:at]
        depth += (char in "([{") - (char in _PAIRS)
        if depth < 0:
            return None
    return None


def closes_in_order(head: str, text: str) -> bool:
    """Return whether `text` closes the brackets that `head` opens in their order.

    Where `head` opens none, anything may be closed, for the bracket may stand on a line above.
    """
    opened: list[str] = []
    for char in head:
        if char in "([{":
            opened.append(char)
        elif char in _PAIRS and opened:
            opened.pop()
    for char in text if opened else "":
        if char in "([{":
            opened.append(char)
        elif char in _PAIRS and opened and opened.pop() != _PAIRS[char]:
            return False
    return True
