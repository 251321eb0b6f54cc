"""The automatic brackets and quotes of editors.

An editor inserts a closer after an opener. The user can type over a closer that the editor inserted. Enter between
two brackets moves the closing one to its own line. Each of these changes the text after the cursor while the user
only types.
"""

from itertools import takewhile

_CLOSERS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}
_CLOSING = frozenset(_CLOSERS.values())
MAX_CLOSERS = 3
"""Maximum number of inserted closers that the user has not yet typed over."""
_MIN_COMMON_CHARACTERS = 40
"""Minimum common characters that identify a suffix (our own choice)."""


def differs_by_pairs(old: str, new: str, typed: str) -> bool:
    """Whether two suffixes differ only by the editor's automatic changes while the user types `typed`.

    Closers that were typed over are missing from the new suffix. Closers of typed openers precede it.
    """
    if is_same_suffix(old, new):
        return True
    without_inserted = _without_closers(new, closers_of(typed)[:MAX_CLOSERS], entered="\n" in typed)
    for count in range(MAX_CLOSERS + 1):
        typed_over, rest = old[:count], old[count:]
        if not (set(typed_over) <= _CLOSING and _typed_over(typed_over, typed)):
            return False
        if is_same_suffix(rest, new) or is_same_suffix(rest, without_inserted):
            return True
        if "\n" in typed and any(_moved_to_own_line(rest, suffix) for suffix in (new, without_inserted)):
            return True
    return False


def is_same_suffix(old: str, new: str) -> bool:
    """Whether two suffixes differ only in length, which depends on the budget."""
    if old == new:
        return True
    shorter, longer = sorted((old, new), key=len)
    return len(shorter) >= _MIN_COMMON_CHARACTERS and longer.startswith(shorter)


def repeated_closers(text: str, after: str) -> int:
    """Return the number of closers at the start of `after` that `text` has in the same order, and so may replace.

    Closers of brackets that `text` opens itself do not count.
    """
    characters = iter(unmatched_closers(text))
    return len(tuple(takewhile(lambda char: char in characters, after)))


def closers_of(typed: str) -> str:
    """Return the closers that an editor inserts while the user types `typed`, the innermost first."""
    stack: list[str] = []
    for char in typed:
        if stack and char == stack[-1]:
            stack.pop()
        elif char in _CLOSERS:
            stack.append(_CLOSERS[char])
    return "".join(reversed(stack))


def unmatched_closers(text: str) -> str:
    """Return the closing brackets of `text` without an opener in it, and all quotes, in order."""
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
    """Whether typing `typed` types over `closers`, which followed the cursor, in order.

    A single closer may also match any closer in an accepted part of a suggestion.
    """
    if len(closers) == 1 and closers in typed:
        return True
    characters = iter(unmatched_closers(typed))
    return all(closer in characters for closer in closers)


def _without_closers(suffix: str, closers: str, *, entered: bool) -> str:
    """Return `suffix` without the `closers` at its start; after Enter each may be on its own line."""
    for closer in closers:
        after = suffix.lstrip() if entered else suffix
        if after.startswith(closer):
            suffix = after[1:]
    return suffix


def _moved_to_own_line(old: str, new: str) -> bool:
    """Whether Enter between two brackets moved the closing one, at the start of `old`, to its own line."""
    return old[:1] in _CLOSING and new[:1] == "\n" and is_same_suffix(old, new.lstrip())
