"""Faults that replace the model's answer: errors of the API and of gateways in front of it.

Sources: DeepSeek's table of errors, and observed answers (JSON under a wrong media type, HTML of openresty).
"""

from collections.abc import Callable, Mapping

import msgspec

from tests.loopback.behaviour import Fault
from tests.loopback.errors import MESSAGES, error
from tests.loopback.script import Script, whole

HTML = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>openresty</body>\r\n</html>\r\n"


def _refusal(fault: Fault) -> Script:
    return error(int(fault.kind), fault.message, retry_after=fault.retry_after)


def _html(fault: Fault) -> Script:
    return whole(fault.status or 200, "text/html", HTML)


def _empty(fault: Fault) -> Script:
    return whole(fault.status or 200, "application/json", b"")


def _plain(fault: Fault) -> Script:
    return whole(fault.status or 503, "text/plain", (fault.message or "upstream connect error").encode())


def _json_as_text(fault: Fault) -> Script:
    status = fault.status or 400
    return error(status, fault.message, "text/plain; charset=utf-8", fault.retry_after)


def _detail(fault: Fault) -> Script:
    """Return an error in the shape of 2024."""
    body = msgspec.json.encode({"detail": fault.message or MESSAGES[402]})
    return whole(fault.status or 402, "application/json", body)


def _close(fault: Fault) -> Script:
    return Script(head=False, ending="close")


def _half_head(fault: Fault) -> Script:
    return Script(head=False, tail=b"HTTP/1.1 200 OK\r\ncontent-type: text/event-str", ending="close")


FAILURES: Mapping[str, Callable[[Fault], Script]] = {
    **dict.fromkeys(("400", "401", "402", "404", "405", "415", "422", "429", "500", "503"), _refusal),
    "html": _html,
    "empty": _empty,
    "plain": _plain,
    "json-as-text": _json_as_text,
    "detail": _detail,
    "close": _close,
    "half-head": _half_head,
}
