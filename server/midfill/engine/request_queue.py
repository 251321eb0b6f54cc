"""The requests that wait for a call to end before their own can start."""

from midfill.engine.waiting_request import WaitingRequest


class RequestQueue:
    """Waiting requests; the newest is served first, because the user is there."""

    def __init__(self) -> None:
        self._waiting: list[WaitingRequest] = []

    def __len__(self) -> int:
        return len(self._waiting)

    async def wait(self, waiting: WaitingRequest, seconds: float) -> None:
        """Wait until it is this request's turn, it is superseded, or `seconds` have passed."""
        self._waiting.append(waiting)
        try:
            await waiting.wait(seconds)
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            else:
                self._pass_on(waiting)

    def wake_next(self) -> None:
        """Wake the newest request: a call may be possible now."""
        if self._waiting:
            self._waiting.pop().wake()

    def _pass_on(self, waiting: WaitingRequest) -> None:
        """Wake the next request, in place of one that no longer waits."""
        if waiting.superseded:
            self.wake_next()
