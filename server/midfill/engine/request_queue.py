"""The requests that wait for a call to end before their own can start."""

from midfill.engine.waiter import Waiter


class RequestQueue:
    """Waiting requests; the newest is served first, because the user is there."""

    def __init__(self) -> None:
        self._waiters: list[Waiter] = []

    def __len__(self) -> int:
        return len(self._waiters)

    async def wait(self, waiter: Waiter, seconds: float) -> None:
        """Wait until it is this request's turn, it is superseded, or `seconds` have passed."""
        self._waiters.append(waiter)
        try:
            await waiter.wait(seconds)
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            else:
                self._pass_on(waiter)

    def wake_next(self) -> None:
        """Wake the newest request: a call may be possible now."""
        if self._waiters:
            self._waiters.pop().wake()

    def _pass_on(self, waiter: Waiter) -> None:
        """Wake the next request, in place of one that no longer waits."""
        if waiter.superseded:
            self.wake_next()
