"""Faults in the transfer of an answer: delays, cuts, splits and foreign lines."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count, takewhile

from tests.loopback.behaviour import Fault
from tests.loopback.errors import MESSAGES, error_body
from tests.loopback.script import Script, Step
from tests.loopback.wire import DONE


def _keep_alive(script: Script, fault: Fault) -> Script:
    return _waiting(script, fault, b": keep-alive\n\n")


def _blank_lines(script: Script, fault: Fault) -> Script:
    return _waiting(script, fault, b"\n")


def _garbage(script: Script, fault: Fault) -> Script:
    lines = (
        b"data: {not json}\n\n",
        b"data:\n\n",
        b"event: surprise\nid: 7\nretry: 100\n\n",
        b"\xff\xfe\n\n",
        b'data: [1, "a"]\n\n',
    )
    before, behind = _parted(script, fault.after)
    due = before[-1].due if before else script.due
    return _rewritten(script, (*before, *(Step(due, line) for line in lines), *behind))


def _error_event(script: Script, fault: Fault) -> Script:
    """Return `script` with an error instead of the next token, after a status of 200."""
    before, behind = _parted(script, fault.after)
    body = error_body("server_error", fault.message or MESSAGES[500])
    due = behind[0].due if behind else script.due
    return _rewritten(script, (*before, Step(due, b"data: " + body + b"\n\n")))


def _no_done(script: Script, fault: Fault) -> Script:
    return _rewritten(script, (step for step in script.steps if step.data != DONE))


def _bytes(script: Script, fault: Fault) -> Script:
    """Return `script` with each byte of its body in a separate HTTP chunk."""
    steps: list[Step] = []
    for step in script.steps:
        steps += (Step(step.due, step.data[at : at + 1]) for at in range(len(step.data) - 1))
        steps.append(step._replace(data=step.data[-1:]))
    return replace(script, steps=tuple(steps))


def _crlf(script: Script, fault: Fault) -> Script:
    """Return `script` with the other line end of server-sent events."""
    return _rewritten(
        script, (step._replace(data=step.data.replace(b"\n", b"\r\n")) for step in script.steps)
    )


def _stall(script: Script, fault: Fault) -> Script:
    return replace(script, steps=_until(script, fault), ending="stall")


def _cut(script: Script, fault: Fault) -> Script:
    return replace(script, steps=_until(script, fault), ending="close")


def _mid_chunk(script: Script, fault: Fault) -> Script:
    """Return `script` cut in the middle of an HTTP chunk, and of an event within it."""
    _, behind = _parted(script, fault.after)
    event = next((step.data for step in behind if step.data), DONE)
    tail = b"%x\r\n" % len(event) + event[: len(event) // 2]
    return replace(script, steps=_until(script, fault), tail=tail, ending="close")


def _reset(script: Script, fault: Fault) -> Script:
    return replace(script, steps=_until(script, fault), ending="reset")


def _waiting(script: Script, fault: Fault, line: bytes) -> Script:
    """Return `script` that starts `fault.ms` later, with repeated `line`s before."""
    dues = takewhile(lambda due: due < script.due + fault.ms, count(script.due, max(1.0, fault.interval_ms)))
    later = (step._replace(due=step.due + fault.ms) for step in script.steps)
    return _rewritten(script, (*(Step(due, line) for due in dues), *later))


def _rewritten(script: Script, steps: Iterable[Step]) -> Script:
    """Return `script` without a header for the body's length."""
    headers = tuple(header for header in script.headers if header[0] != "content-length")
    return replace(script, headers=headers, steps=tuple(steps))


def _until(script: Script, fault: Fault) -> tuple[Step, ...]:
    """Return the steps before the fault: the set number of tokens, or all except `[DONE]`."""
    if fault.final:
        return tuple(step for step in script.steps if step.data != DONE)
    return _parted(script, fault.after)[0]


def _parted(script: Script, after: int) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return the steps with the first `after` tokens (and keep-alives among them), and the others."""
    tokens = 0
    for at, step in enumerate(script.steps):
        if tokens + step.tokens > after or (tokens == after and step.data.startswith(b"data:")):
            return script.steps[:at], script.steps[at:]
        tokens += step.tokens
    return script.steps[:-1], script.steps[-1:]


DISTURBANCES: Mapping[str, Callable[[Script, Fault], Script]] = {
    "error-event": _error_event,
    "keep-alive": _keep_alive,
    "blank-lines": _blank_lines,
    "garbage": _garbage,
    "no-done": _no_done,
    "bytes": _bytes,
    "crlf": _crlf,
    "stall": _stall,
    "cut": _cut,
    "mid-chunk": _mid_chunk,
    "reset": _reset,
}
