"""What the engine knows of one open document."""

from dataclasses import dataclass, field

from midfill.core.edit import Edit
from midfill.core.model import Prompt
from midfill.engine.suggestion import Suggestions
from midfill.engine.waiter import Waiter


@dataclass
class Session:
    """One document's waiting requests, its last edit, and its suggestions."""

    waiters: set[Waiter] = field(default_factory=set)
    edit: Edit | None = None
    typed_at: float = 0.0
    """When the last edit came, in seconds of the engine's clock."""
    suggestions: Suggestions = field(default_factory=Suggestions)

    def edited(self, edit: Edit, at: float) -> None:
        """Take note of the user's edit at `at` seconds; one that puts in a suggestion is no paste."""
        self.edit = self.suggestions.edited(edit)
        self.typed_at = at

    def recognise(self, prompt: Prompt) -> None:
        """Find out at `prompt` whether the last edit has put in a suggestion."""
        if self.edit is not None:
            self.edit = self.suggestions.recognise(self.edit, prompt)

    def begin(self, prompt: Prompt) -> Waiter:
        """Return the waiter of a new request, and supersede all requests for another place: the newest wins.

        Two requests for the same place (a popup's and an inline one, for one key) are both served.
        """
        for waiter in self.waiters:
            if waiter.prompt != prompt:
                waiter.end()
        waiter = Waiter(prompt)
        self.waiters.add(waiter)
        return waiter

    def supersede(self) -> None:
        """Supersede all requests: the newest one needs no waiting, or the document is closed."""
        for waiter in self.waiters:
            waiter.end()
