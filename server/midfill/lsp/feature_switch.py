"""A switch of completions or next edits, which the user sets by commands; it lasts as long as the server."""

from datetime import datetime, timedelta

SNOOZE_MINUTES = 10.0
"""Minutes of a pause without an argument."""
MAX_SNOOZE_MINUTES = 525_600.0
"""Maximum minutes of a pause (a year); a longer one is shown with the end of this one."""


class FeatureSwitch:
    """Switches a feature on or off: for all languages, for one, or for some minutes.

    Args:
        feature: the feature and its verb for messages, as in "completion is".
    """

    def __init__(self, feature: str) -> None:
        self._feature = feature
        self._off = False
        self._languages: set[str] = set()
        self._until = 0.0
        self._until_clock = ""

    def toggle(self, language: str = "") -> bool:
        """Switch the feature, or that of one language; return whether it is on now."""
        if language:
            self._languages ^= {language}
            return language not in self._languages
        self._off = not self._off
        return not self._off

    def snooze(self, minutes: float, now: float) -> None:
        """Pause for some minutes from `now` (seconds); zero or less ends the pause."""
        end = datetime.now().astimezone() + timedelta(minutes=min(minutes, MAX_SNOOZE_MINUTES))
        self._until = now + minutes * 60 if minutes > 0 else 0.0
        self._until_clock = f"{end:%H:%M}"

    def reason(self, language: str, now: float) -> str:
        """Return why there are no suggestions in this language at `now` (seconds); empty if they are possible."""
        if self._off:
            return f"{self._feature} switched off"
        if now < self._until:
            return f"{self._feature} snoozed until {self._until_clock}"
        if language and language in self._languages:
            return f"{self._feature} switched off for {language}"
        return ""


def minutes_of(arguments: tuple[object, ...]) -> float:
    """Return the minutes in a snooze command's arguments; raises ValueError or TypeError for anything but a number."""
    return float(arguments[0]) if arguments and arguments[0] is not None else SNOOZE_MINUTES  # type: ignore[arg-type]
