"""What an editor does with brackets and quotes by itself while its user types.

It closes what is opened, lets a closer be typed over that stands there already, and Enter between two brackets puts
the closing one on a line of its own. So the text behind the cursor changes, though the user has only typed.
"""

from itertools import takewhile

_CLOSERS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}
_CLOSING = frozenset(_CLOSERS.values())
MOST_CLOSERS = 3
"""Closers that an editor has put in and nobody has typed over yet, at most."""
_RECOGNIZABLE = 40
"""Characters by which a suffix is known again."""


def same_suffix(old: str, new: str, typed: str) -> bool:
    """Whether two suffixes are the same, but for what an editor changes by itself while `typed` is typed.

    Closers that were typed over have left the old one; those that came with an opener stand before the new one.
    """
    if same(old, new):
        return True
    left = _without(new, unclosed(typed)[:MOST_CLOSERS], entered="\n" in typed)
    for count in range(MOST_CLOSERS + 1):
        over, rest = old[:count], old[count:]
        if not (set(over) <= _CLOSING and _typed_over(over, typed)):
            return False
        if same(rest, new) or same(rest, left):
            return True
        if "\n" in typed and any(_moved(rest, behind) for behind in (new, left)):
            return True
    return False


def same(old: str, new: str) -> bool:
    """Whether two suffixes differ in nothing but how far they reach, which depends on the budget."""
    if old == new:
        return True
    shorter, longer = sorted((old, new), key=len)
    return len(shorter) >= _RECOGNIZABLE and longer.startswith(shorter)


def repeated(text: str, behind: str) -> int:
    """Return how many closers at the head of `behind` come again, in their order, in `text`, and may be replaced.

    What `text` closes of its own does not count.
    """
    letters = iter(unopened(text))
    return len(tuple(takewhile(lambda char: char in letters, behind)))


def unclosed(typed: str) -> str:
    """Return the closers that an editor would have put in while `typed` was typed, innermost first."""
    stack: list[str] = []
    for char in typed:
        if stack and char == stack[-1]:
            stack.pop()
        elif char in _CLOSERS:
            stack.append(_CLOSERS[char])
    return "".join(reversed(stack))


def unopened(text: str) -> str:
    """Return the closing brackets of `text` that close nothing in it, in order; and all quotes, which tell nothing."""
    depths: dict[str, int] = dict.fromkeys(")]}", 0)
    found: list[str] = []
    for char in text:
        if char in "([{":
            depths[_CLOSERS[char]] += 1
        elif depths.get(char):
            depths[char] -= 1
        elif char in _CLOSING:
            found.append(char)
    return "".join(found)


def _typed_over(closers: str, typed: str) -> bool:
    """Whether `closers`, which stood behind the cursor, have been typed over, in their order, while `typed` was typed.

    A single one may also have been taken for one in a part of a suggestion that was accepted.
    """
    if len(closers) == 1 and closers in typed:
        return True
    letters = iter(unopened(typed))
    return all(closer in letters for closer in closers)


def _without(suffix: str, closers: str, *, entered: bool) -> str:
    """Return `suffix` without those of `closers` that it begins with; Enter puts them on lines of their own."""
    for closer in closers:
        behind = suffix.lstrip() if entered else suffix
        if behind.startswith(closer):
            suffix = behind[1:]
    return suffix


def _moved(old: str, new: str) -> bool:
    """Whether Enter between two brackets has put the closing one, which `old` begins with, on a line of its own."""
    return old[:1] in _CLOSING and new[:1] == "\n" and same(old, new.lstrip())
