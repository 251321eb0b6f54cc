"""The engine's state of one open document."""

from dataclasses import dataclass, field, replace

from midfill.core.edit import Edit
from midfill.core.model import Prompt
from midfill.engine.document_context import DocumentContext
from midfill.engine.earlier_answers import EarlierAnswers
from midfill.engine.suggestion import Suggestions
from midfill.engine.waiting_request import WaitingRequest


@dataclass
class DocumentState:
    """The waiting requests, the last edit and the suggestions of one document."""

    waiting_requests: set[WaitingRequest] = field(default_factory=set)
    edit: Edit | None = None
    typed_at: float = 0.0
    """Time of the last edit, in seconds of the engine's clock."""
    suggestions: Suggestions = field(default_factory=Suggestions)
    context: DocumentContext = field(default_factory=DocumentContext)
    earlier_answers: EarlierAnswers = field(default_factory=EarlierAnswers)
    model_request: WaitingRequest | None = None
    """The request that waits for a model's answer, while the embedded engine's is shown."""
    last_prompt: Prompt | None = None
    """The prompt of the last call."""

    def edited(self, edit: Edit, at: float) -> None:
        """Record the user's edit at `at` seconds, and mark it if it inserts a suggestion."""
        self.edit = self.suggestions.edited(edit)
        self.typed_at = at

    def mark_accepted(self, prompt: Prompt) -> None:
        """Mark the last edit as accepted if `prompt` shows that it inserted a suggestion."""
        if self.edit is not None:
            self.edit = self.suggestions.mark_accepted(self.edit, prompt)

    def begin(self, prompt: Prompt) -> WaitingRequest:
        """Return a new waiting request, and supersede all requests with another prompt.

        Two requests with the same prompt are both answered: one key can cause a popup and an inline request.
        """
        self.end_model_request()
        self.supersede(prompt)
        waiting = WaitingRequest(prompt)
        self.waiting_requests.add(waiting)
        return waiting

    def supersede(self, prompt: Prompt | None = None) -> None:
        """Supersede all waiting requests, except those with `prompt`."""
        for waiting in self.waiting_requests:
            if waiting.prompt != prompt:
                waiting.supersede()

    def end_model_request(self) -> None:
        """End the wait for a model's answer in place of the embedded engine's."""
        if self.model_request is not None:
            self.model_request.supersede()
            self.model_request = None

    def hide(self, prompt: Prompt) -> None:
        """Hide the suggestion: no call is allowed at `prompt`. Supersede the waiting requests with another one.

        A manual request with the same prompt is answered nevertheless.
        """
        self.supersede(prompt)
        self.end_model_request()
        self.suggestions.expire()

    def close(self) -> None:
        """Supersede all requests, cancel the collection of the context, and expire the suggestions."""
        self.supersede()
        self.end_model_request()
        self.suggestions.expire()
        self.context.cancel()

    def detached(self) -> "DocumentState":
        """Return a state of the same document whose suggestions are not the shown ones."""
        return replace(self, suggestions=replace(self.suggestions, shown=None, alternatives=[]))
