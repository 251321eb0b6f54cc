"""The faults of a call, and their effect on its answer."""

from collections.abc import Sequence
from itertools import count

from tests.loopback.behaviour import Fault
from tests.loopback.corruptions import CORRUPTIONS
from tests.loopback.disturbances import DISTURBANCES
from tests.loopback.failures import FAILURES
from tests.loopback.script import Script
from tests.loopback.wire import Payload


class Faults:
    """The faults that are set, and the calls that they affect.

    Several may affect one call, but only one can replace its answer: the next one waits for the next call.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = [(fault, count(1), count(1)) for fault in faults]

    def due(self, path: str) -> list[Fault]:
        """Return the faults of the current call, whose path is `path`."""
        due: list[Fault] = []
        for fault, seen, struck in self._faults:
            if fault.path not in (path, "any") or (fault.kind in FAILURES and reply(due)):
                continue
            if next(seen) % fault.every == 0 and (not fault.times or next(struck) <= fault.times):
                due.append(fault)
        return due


def reply(faults: Sequence[Fault]) -> Script | None:
    """Return the answer of one of `faults` instead of the model's, if there is one."""
    return next((FAILURES[fault.kind](fault) for fault in faults if fault.kind in FAILURES), None)


def spoiled(payloads: list[Payload], faults: Sequence[Fault]) -> list[Payload]:
    """Return the objects of an answer as `faults` change them."""
    for fault in faults:
        if fault.kind in CORRUPTIONS:
            payloads = CORRUPTIONS[fault.kind](payloads, fault)
    return payloads


def disturbed(script: Script, faults: Sequence[Fault]) -> Script:
    """Return the sending of an answer as `faults` disturb it."""
    for fault in faults:
        if fault.kind in DISTURBANCES:
            script = DISTURBANCES[fault.kind](script, fault)
    return script
