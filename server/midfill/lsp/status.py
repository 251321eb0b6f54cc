"""Messages and status for the user; each message is shown once."""

from collections.abc import Iterable

from midfill.core.characters import escaped
from midfill.core.model import BackendError, ErrorKind
from midfill.lsp.client import Client
from midfill.lsp.framing import Message
from midfill.lsp.outgoing import ERROR, WARNING, Outgoing
from midfill.lsp.problem_reporter import ProblemReporter
from midfill.settings import Problem

STATUS = "midfill/status"
"""midfill's own notification, `{state, message, backend, kind, offers, usage}`, for status bars.

`kind` is the kind of the error, empty without one; `offers` are the available models if the model is wrong.
"""


class StatusReporter:
    """Messages and status to one client.

    Args:
        outgoing: sends to the client.
    """

    def __init__(self, outgoing: Outgoing) -> None:
        self.client = Client()
        self._outgoing = outgoing
        self._problems = ProblemReporter(self._problem)
        self._reported: set[ErrorKind] = set()
        self._status: Message | None = None
        self._busy = False
        self.backend = ""
        """The current backend, or the one that answered last."""
        self.paused = ""
        """Why there are no suggestions for now; empty if they are possible."""
        self.capped = ""
        """Why there are no more paid calls today; empty if they are allowed."""
        self.usage = ""
        """The day's spending and accepted suggestions, in a few words; empty without data."""
        self._error: BackendError | None = None

    def settings(self, problems: Iterable[Problem]) -> None:
        """Set the current problems with the settings."""
        self._problems.found(problems)
        self.status()

    def on_error(self, error: BackendError) -> None:
        """Show an error of the backend: one message for each kind, until the settings change."""
        self._error = error
        self.status()
        if error.kind not in self._reported:
            self._reported.add(error.kind)
            lasting = error.kind.lasting
            self._outgoing.show(ERROR if lasting else WARNING, f"midfill: {escaped(str(error))}")

    def configured(self, backend: str) -> None:
        """Handle a change of settings: `backend` is the current one, and the next error is new."""
        self._reported.clear()
        self.recovered(backend)

    def on_backend(self, backend: str) -> None:
        """Set the current backend, or the one that answered last."""
        self.backend = backend
        self.status()

    def recovered(self, backend: str) -> None:
        """Handle an answer of the current backend; an unstable service is still reported only once."""
        if self._error is not None:
            self._error, self.backend = None, backend
            self.status()

    def busy(self, busy: bool) -> None:
        """Set whether a request waits for a model."""
        if busy != self._busy:
            self._busy = busy
            self.status()

    def status(self) -> None:
        """Send the status if it has changed."""
        state, message = self._state()
        error = self._error if message and state in {"error", "offline"} else None
        kind = "settings" if self._problems.blocking else "" if error is None else error.kind.value
        status: Message = {"state": state, "message": message, "backend": self.backend, "kind": kind}
        status["offers"] = [] if error is None else list(error.offers)
        status["usage"] = self.usage
        if status != self._status and self.client.takes_status:
            self._status = status
            self._outgoing.notify(STATUS, status)

    def _state(self) -> tuple[str, str]:
        if self._problems.blocking:
            return "error", self._problems.blocking
        if self.paused:
            return "paused", self.paused
        if self._error is not None:
            return ("error" if self._error.kind.lasting else "offline"), escaped(str(self._error))
        if self.capped:
            return "offline", self.capped
        return ("busy" if self._busy else "ready"), ""

    def _problem(self, text: str, *, blocks_calls: bool) -> None:
        self._outgoing.show(ERROR if blocks_calls else WARNING, text)
