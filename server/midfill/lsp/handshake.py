"""The first message on standard input, answered before the server is imported.

An editor waits for the answer to `initialize`, which depends on little: what the client can do, and whether a setting
puts completions into the popup. All that is read here is handed on: `Server` takes the same bytes afterwards.
"""

import json
import os
import select
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from midfill.locations import user_file
from midfill.lsp.client import Client
from midfill.lsp.framing import BrokenLineError, Framing
from midfill.lsp.greeting import greeting

PATIENCE_S: Final = 0.05
"""Seconds that the first message is waited for, before the server is imported without it."""
LARGEST_FILE: Final = 256 * 1024
"""Bytes of a settings file that are looked at; a larger one is not read by anybody."""
SETTING: Final = "popup"
"""The one setting that the answer depends on."""

_INPUT, _OUTPUT = 0, 1
_FAULTS = (AttributeError, LookupError, OSError, TypeError, ValueError, RecursionError)
"""What is raised at a message or a file of another shape; the server itself tells what is wrong with it."""


@dataclass(frozen=True)
class Heard:
    """What was read of standard input."""

    data: bytes = b""
    greeted: bool = False
    """Its first message is an `initialize` that has been answered."""


def shake_hands(environ: Mapping[str, str]) -> Heard:
    """Answer the first message if it is an `initialize` that needs nothing more; return all that was read."""
    if not hasattr(select, "poll"):
        return Heard()  # Windows: pipes cannot be waited for.
    data = b""
    try:
        for part in _parts():
            data += part
            body = next(Framing().feed(data), None)
            if body is not None:
                return Heard(data, _answer(body, environ))
    except (BrokenLineError, OSError):
        pass
    return Heard(data)


def _parts() -> Iterator[bytes]:
    """Yield what comes within the time. Raises OSError."""
    until = time.monotonic() + PATIENCE_S
    poll = select.poll()
    poll.register(_INPUT, select.POLLIN)
    while poll.poll(max(0, until - time.monotonic()) * 1000):
        part = os.read(_INPUT, 1 << 16)
        if not part:
            return
        yield part


def _answer(body: bytes, environ: Mapping[str, str]) -> bool:
    """Answer a message; return whether that was possible."""
    try:
        message = json.loads(body)
        params = message["params"]
        number = message["id"]
        asked = message["jsonrpc"] == "2.0" and message["method"] == "initialize"
        if not asked or isinstance(number, bool) or not isinstance(number, str | int | float):
            return False
        if _may_be_set(params, environ):
            return False
        result = greeting(params, popup=Client.from_params(params).wants_popup("auto"))
        answer = json.dumps({"jsonrpc": "2.0", "id": number, "result": result}).encode()
        _write(b"Content-Length: %d\r\n\r\n%b" % (len(answer), answer))
    except _FAULTS:
        return False
    return True


def _may_be_set(params: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Whether anything may say where completions are shown: then the settings have to be read first.

    A workspace may not.
    """
    if SETTING in json.dumps(params.get("initializationOptions")):
        return True
    return _mentions(user_file(environ))


def _mentions(path: Path) -> bool:
    """Whether a settings file may set it; in a text, a key can be spelt with escapes. Raises OSError, ValueError."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return True  # Opening a pipe would wait for ever.
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return SETTING.encode() in content or b"\\" in content or len(content) > LARGEST_FILE


def _write(data: bytes) -> None:
    """Write all of it. Raises OSError."""
    while data:
        try:
            data = data[os.write(_OUTPUT, data) :]
        except BlockingIOError:
            select.select([], [_OUTPUT], [])
