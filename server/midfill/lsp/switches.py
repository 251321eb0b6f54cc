"""The user's temporary switches, set by commands."""


class Switches:
    """Switches completion on or off: for all languages, for one, or for some minutes."""

    def __init__(self) -> None:
        self._off = False
        self._languages: set[str] = set()
        self._until = 0.0
        self._until_clock = ""

    def toggle(self, language: str = "") -> bool:
        """Switch completion, or that of one language; return whether it is on now."""
        if language:
            self._languages ^= {language}
            return language not in self._languages
        self._off = not self._off
        return not self._off

    def snooze(self, minutes: float, now: float, until: str) -> None:
        """Pause for some minutes from `now` (seconds) to `until`, a time of day; zero or less ends the pause."""
        self._until = now + minutes * 60 if minutes > 0 else 0.0
        self._until_clock = until

    def reason(self, language: str, now: float) -> str:
        """Return why there are no suggestions in this language at `now` (seconds); empty if they are possible."""
        if self._off:
            return "completion is switched off"
        if now < self._until:
            return f"completion is snoozed until {self._until_clock}"
        if language and language in self._languages:
            return f"completion is switched off for {language}"
        return ""
