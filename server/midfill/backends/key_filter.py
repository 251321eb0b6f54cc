"""Withholds API keys from the text of an answer."""

from midfill.keys import MIN_LENGTH


class KeyFilter:
    """Passes on the text of a streamed answer up to the first of these keys, wherever the pieces are cut.

    At most the first `MIN_LENGTH` - 1 characters of a key are passed on. A shorter key is no secret.
    """

    def __init__(self, *keys: str) -> None:
        self._keys = {key for key in keys if len(key) >= MIN_LENGTH}
        self._text = ""
        self._passed = 0
        self.found = False
        """Whether the answer contains a key; nothing more is passed on then."""

    def release(self, text: str, *, last: bool = False) -> str:
        """Return what may be passed on after the next piece; `last` means that no other one follows."""
        if not self._keys or self.found:
            return "" if self.found else text
        self._text += text
        until = self._until(last)
        known, self._passed = self._passed, max(self._passed, until)
        return self._text[known : self._passed]

    def _until(self, last: bool) -> int:
        """Return the number of characters of the answer that may be passed on."""
        places = (self._text.find(key, max(0, self._passed - len(key))) for key in self._keys)
        if found := [at for at in places if at >= 0]:
            self.found = True
            return min(found)
        begun = 0 if last else max(map(self._prefix_length, self._keys))
        return len(self._text) - max(0, begun - MIN_LENGTH + 1)

    def _prefix_length(self, key: str) -> int:
        """Return how many characters at the text's end may begin a key."""
        most = min(len(self._text), len(key) - 1)
        return next((n for n in range(most, MIN_LENGTH - 1, -1) if self._text.endswith(key[:n])), 0)
