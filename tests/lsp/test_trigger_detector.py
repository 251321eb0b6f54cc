"""Distinguishes manual requests, for clients of both numberings."""

import pytest

from midfill.core.timing import AUTOMATIC_WITHIN_S
from midfill.lsp.trigger_detector import (
    AUTOMATIC,
    INVOKED,
    OLD_CLIENT_REQUESTS,
    TriggerDetector,
)

URI = "file:///a.py"


class Client:
    """A client whose requests come `later` seconds after a change."""

    def __init__(self) -> None:
        self._trigger = TriggerDetector()
        self._now = 100.0

    def request_is_manual(
        self, kind: int | None, *, later: float = 10.0, changes: bool = True, popup: bool = False
    ) -> bool:
        """Return whether a request counts as manual."""
        self._now += 60
        if changes:
            self._trigger.changed(URI, self._now)
        context = {} if kind is None else {"context": {"triggerKind": kind}}
        params = {"textDocument": {"uri": URI}, **context}
        return self._trigger.is_manual(params, self._now + later, popup=popup)


QUICK = AUTOMATIC_WITHIN_S / 2


def test_trigger_kinds_of_the_protocol() -> None:
    """1 is manual and 2 is automatic; so is a request without a kind."""
    client = Client()
    assert client.request_is_manual(INVOKED)
    assert not client.request_is_manual(AUTOMATIC, later=QUICK)
    assert not client.request_is_manual(None)


def test_zero_identifies_an_old_client() -> None:
    """It counts from 0: from then on 0 is manual, and 1 automatic."""
    client = Client()
    assert client.request_is_manual(0)
    assert not client.request_is_manual(INVOKED)
    assert client.request_is_manual(0)


def test_fast_invoked_requests_identify_an_old_client() -> None:
    """Several 1 in a row, each right after a change, are automatic."""
    client = Client()
    manual = [client.request_is_manual(INVOKED, later=QUICK) for _ in range(OLD_CLIENT_REQUESTS + 1)]
    assert manual == [True] * (OLD_CLIENT_REQUESTS - 1) + [False, False]
    assert not client.request_is_manual(INVOKED)


@pytest.mark.parametrize("later", [AUTOMATIC_WITHIN_S * 1.5, AUTOMATIC_WITHIN_S * 20])
def test_slow_requests_stay_manual(later: float) -> None:
    """Requests at a human speed stay manual, in any number."""
    client = Client()
    assert all(client.request_is_manual(INVOKED, later=later) for _ in range(3 * OLD_CLIENT_REQUESTS))


def test_slow_request_resets_the_count() -> None:
    """Only consecutive requests count."""
    client = Client()
    for _ in range(4):
        assert all(client.request_is_manual(INVOKED, later=QUICK) for _ in range(OLD_CLIENT_REQUESTS - 1))
        assert client.request_is_manual(INVOKED)


def test_two_identifies_a_client_of_the_protocol() -> None:
    """The typing speed makes no difference."""
    client = Client()
    client.request_is_manual(AUTOMATIC)
    assert all(client.request_is_manual(INVOKED, later=QUICK) for _ in range(3 * OLD_CLIENT_REQUESTS))


def test_request_without_a_change_is_manual() -> None:
    """Only typing causes automatic requests."""
    client = Client()
    assert all(
        client.request_is_manual(INVOKED, later=0, changes=False) for _ in range(3 * OLD_CLIENT_REQUESTS)
    )


def test_popup_request_is_never_manual() -> None:
    """Most clients open the popup automatically, and report it as invoked; nothing is inferred from it."""
    client = Client()
    assert not any(
        client.request_is_manual(INVOKED, later=QUICK, popup=True) for _ in range(3 * OLD_CLIENT_REQUESTS)
    )
    assert client.request_is_manual(INVOKED)
