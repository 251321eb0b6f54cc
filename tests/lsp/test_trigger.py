"""Distinguishes manual requests, for clients of both numberings."""

import pytest

from midfill.lsp.trigger import AUTOMATIC, AUTOMATIC_WITHIN_S, INVOKED, OLD_CLIENT_REQUESTS, Trigger

URI = "file:///a.py"


class Client:
    """A client whose requests come `later` seconds after a change."""

    def __init__(self) -> None:
        self._trigger = Trigger()
        self._now = 100.0

    def asks(
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


def test_the_numbers_of_the_protocol() -> None:
    """1 is manual and 2 is automatic; so is a request without a kind."""
    client = Client()
    assert client.asks(INVOKED)
    assert not client.asks(AUTOMATIC, later=QUICK)
    assert not client.asks(None)


def test_a_zero_gives_an_old_client_away() -> None:
    """It counts from 0: from then on 0 is manual, and 1 automatic."""
    client = Client()
    assert client.asks(0)
    assert not client.asks(INVOKED)
    assert client.asks(0)


def test_requests_faster_than_a_hand_give_an_old_client_away() -> None:
    """Several 1 in a row, each right after a change, are automatic."""
    client = Client()
    told = [client.asks(INVOKED, later=QUICK) for _ in range(OLD_CLIENT_REQUESTS + 1)]
    assert told == [True] * (OLD_CLIENT_REQUESTS - 1) + [False, False]
    assert not client.asks(INVOKED)


@pytest.mark.parametrize("later", [AUTOMATIC_WITHIN_S * 1.5, AUTOMATIC_WITHIN_S * 20])
def test_a_hand_is_slower(later: float) -> None:
    """Any number of requests that a human can have made stay manual."""
    client = Client()
    assert all(client.asks(INVOKED, later=later) for _ in range(3 * OLD_CLIENT_REQUESTS))


def test_only_requests_in_a_row_tell() -> None:
    """A slower one between them resets the count."""
    client = Client()
    for _ in range(4):
        assert all(client.asks(INVOKED, later=QUICK) for _ in range(OLD_CLIENT_REQUESTS - 1))
        assert client.asks(INVOKED)


def test_a_client_that_has_sent_a_two_knows_the_numbers() -> None:
    """For any typing speed."""
    client = Client()
    client.asks(AUTOMATIC)
    assert all(client.asks(INVOKED, later=QUICK) for _ in range(3 * OLD_CLIENT_REQUESTS))


def test_where_nothing_was_changed_a_request_is_by_hand() -> None:
    """Only typing causes automatic requests."""
    client = Client()
    assert all(client.asks(INVOKED, later=0, changes=False) for _ in range(3 * OLD_CLIENT_REQUESTS))


def test_a_popup_is_never_by_hand() -> None:
    """Most clients open the popup automatically, and report it as invoked; nothing is inferred from it."""
    client = Client()
    assert not any(client.asks(INVOKED, later=QUICK, popup=True) for _ in range(3 * OLD_CLIENT_REQUESTS))
    assert client.asks(INVOKED)
