"""What the user has switched off for now, by command."""


class Switches:
    """Completion on or off: altogether, for a language, or for some minutes."""

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
        """Keep quiet for some minutes from `now` (seconds), which is `until` by the clock; zero or less wakes up."""
        self._until = now + minutes * 60 if minutes > 0 else 0.0
        self._until_clock = until

    def reason(self, language: str, now: float) -> str:
        """Return why nothing is suggested in this language at `now` (seconds); empty if nothing is in the way."""
        if self._off:
            return "completion is switched off"
        if now < self._until:
            return f"completion is snoozed until {self._until_clock}"
        if language and language in self._languages:
            return f"completion is switched off for {language}"
        return ""
