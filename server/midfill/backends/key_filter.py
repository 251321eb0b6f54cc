"""Withholds the API key from the text of an answer."""

from midfill.keys import MIN_LENGTH


class KeyFilter:
    """Passes on the text of a streamed answer up to the key, wherever the pieces are cut.

    At most the first `MIN_LENGTH` - 1 characters of the key are passed on. A shorter key is no secret.
    """

    def __init__(self, key: str) -> None:
        self._key = key if len(key) >= MIN_LENGTH else ""
        self._text = ""
        self._passed = 0
        self.found = False
        """Whether the answer contains the key; nothing more is passed on then."""

    def release(self, text: str, *, last: bool = False) -> str:
        """Return what may be passed on after the next piece; `last` means that no other one follows."""
        if not self._key or self.found:
            return "" if self.found else text
        self._text += text
        until = self._until(last)
        known, self._passed = self._passed, max(self._passed, until)
        return self._text[known : self._passed]

    def _until(self, last: bool) -> int:
        """Return the number of characters of the answer that may be passed on."""
        at = self._text.find(self._key, max(0, self._passed - len(self._key)))
        if at >= 0:
            self.found = True
            return at
        begun = 0 if last else self._key_prefix_length()
        return len(self._text) - max(0, begun - MIN_LENGTH + 1)

    def _key_prefix_length(self) -> int:
        """Return how many characters at the text's end may begin the key."""
        most = min(len(self._text), len(self._key) - 1)
        return next((n for n in range(most, MIN_LENGTH - 1, -1) if self._text.endswith(self._key[:n])), 0)
