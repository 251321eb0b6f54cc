"""What the user is told: each thing once, and never at every key."""

from collections.abc import Iterable

from midfill.core.characters import visible
from midfill.core.model import Kind, ModelError
from midfill.lsp.client import Client
from midfill.lsp.framing import Message
from midfill.lsp.outgoing import ERROR, WARNING, Outgoing
from midfill.lsp.problems import Problems
from midfill.settings import Problem

STATUS = "midfill/status"
"""Our own notification, `{state, message, backend, kind, offers, usage}`, for status bars.

`kind` is that of the trouble, empty if there is none; `offers` are the models there are, if the model is wrong.
"""


class StatusReporter:
    """Messages and status to one client.

    Args:
        outgoing: sends to the client.
    """

    def __init__(self, outgoing: Outgoing) -> None:
        self.client = Client()
        self._outgoing = outgoing
        self._problems = Problems(self._problem)
        self._told: set[Kind] = set()
        self._status: Message | None = None
        self._busy = False
        self.backend = ""
        """Who is asked, or who has answered last."""
        self.paused = ""
        """Why nothing is suggested for now; empty if nothing is in the way."""
        self.capped = ""
        """Why no calls are paid for this day any more; empty while they are."""
        self.usage = ""
        """What was spent and accepted today, in a few words; empty without anything."""
        self._error: ModelError | None = None

    def settings(self, problems: Iterable[Problem]) -> None:
        """Take note of all that is wrong with the settings as they are now."""
        self._problems.found(problems)
        self.status()

    def on_error(self, error: ModelError) -> None:
        """Tell of a trouble with the backend: one message for each kind, until the settings change."""
        self._error = error
        self.status()
        if error.kind not in self._told:
            self._told.add(error.kind)
            lasting = error.kind.lasting
            self._outgoing.show(ERROR if lasting else WARNING, f"midfill: {visible(str(error))}")

    def configured(self) -> None:
        """Take note that the settings have changed: the next trouble is new."""
        self._told.clear()
        self.recovered()

    def on_backend(self, backend: str) -> None:
        """Take note who is asked from now on, or has answered."""
        self.backend = backend
        self.status()

    def recovered(self) -> None:
        """Take note that the backend answers; a service that comes and goes is still told of only once."""
        if self._error is not None:
            self._error = None
            self.status()

    def busy(self, busy: bool) -> None:
        """Take note whether a request waits for a model."""
        if busy != self._busy:
            self._busy = busy
            self.status()

    def status(self) -> None:
        """Send the status if it has changed."""
        state, message = self._state()
        error = self._error if message and state in {"error", "offline"} else None
        kind = "settings" if self._problems.halting else "" if error is None else error.kind.value
        status: Message = {"state": state, "message": message, "backend": self.backend, "kind": kind}
        status["offers"] = [] if error is None else list(error.offers)
        status["usage"] = self.usage
        if status != self._status and self.client.takes_status:
            self._status = status
            self._outgoing.notify(STATUS, status)

    def _state(self) -> tuple[str, str]:
        if self._problems.halting:
            return "error", self._problems.halting
        if self.paused:
            return "paused", self.paused
        if self._error is not None:
            return ("error" if self._error.kind.lasting else "offline"), visible(str(self._error))
        if self.capped:
            return "offline", self.capped
        return ("busy" if self._busy else "ready"), ""

    def _problem(self, text: str, *, halts: bool) -> None:
        self._outgoing.show(ERROR if halts else WARNING, text)
