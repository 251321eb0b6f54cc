"""The first message on standard input, answered before the server is imported.

The editor waits for the answer to `initialize`. The answer depends only on the capabilities of the client and on one
setting, so it needs no library. The bytes that are read here are passed on: `Server` reads the same message again.
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
from midfill.lsp.capabilities import initialize_result
from midfill.lsp.client import Client
from midfill.lsp.framing import Framing, InvalidStreamError

WAIT_S: Final = 0.05
"""Seconds to wait for the first message; after them the server is imported."""
MAX_FILE_BYTES: Final = 256 * 1024
"""Maximum bytes of the user's settings file, as `settings.bounds` allows them."""
SETTING: Final = "popup"
"""The setting that the answer depends on."""

_INPUT, _OUTPUT = 0, 1
"""The file descriptors of standard input and output."""
_INPUT_ERRORS = (AttributeError, LookupError, OSError, TypeError, ValueError, RecursionError)
"""Raised for an invalid message or settings file; the server reports the error afterwards."""


@dataclass(frozen=True)
class FirstInput:
    """The bytes that were read from standard input before the server was imported."""

    data: bytes = b""
    initialize_answered: bool = False
    """The first message is an `initialize`, and its answer has been written."""


def answer_initialize(environ: Mapping[str, str]) -> FirstInput:
    """Answer the first message if it is an `initialize` whose answer needs no settings; return all bytes read."""
    if not hasattr(select, "poll"):
        return FirstInput()  # Windows cannot wait for a pipe.
    data = b""
    try:
        for part in _parts():
            data += part
            body = next(Framing().feed(data), None)
            if body is not None:
                return FirstInput(data, _answer(body, environ))
    except (InvalidStreamError, OSError):
        pass
    return FirstInput(data)


def _parts() -> Iterator[bytes]:
    """Yield the bytes that arrive within `WAIT_S`. Raises OSError."""
    until = time.monotonic() + WAIT_S
    poll = select.poll()
    poll.register(_INPUT, select.POLLIN)
    while poll.poll(max(0, until - time.monotonic()) * 1000):
        part = os.read(_INPUT, 1 << 16)
        if not part:
            return
        yield part


def _answer(body: bytes, environ: Mapping[str, str]) -> bool:
    """Answer a message; return whether it was answered."""
    try:
        message = json.loads(body)
        params = message["params"]
        number = message["id"]
        is_initialize = message["jsonrpc"] == "2.0" and message["method"] == "initialize"
        if not is_initialize or isinstance(number, bool) or not isinstance(number, str | int | float):
            return False
        if _needs_settings(params, environ):
            return False
        result = initialize_result(params, popup=Client.from_params(params).wants_popup("auto"))
        answer = json.dumps({"jsonrpc": "2.0", "id": number, "result": result}).encode()
        _write(b"Content-Length: %d\r\n\r\n%b" % (len(answer), answer))
    except _INPUT_ERRORS:
        return False
    return True


def _needs_settings(params: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Whether the client or the user's file may contain `SETTING`; a workspace's file cannot set it."""
    if SETTING in json.dumps(params.get("initializationOptions")):
        return True
    return _may_contain_setting(user_file(environ))


def _may_contain_setting(path: Path) -> bool:
    """Whether a settings file may contain `SETTING`. Raises OSError, ValueError."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return True  # Opening a pipe would block.
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return False
    # TOML allows escapes in a key.
    return SETTING.encode() in content or b"\\" in content or len(content) > MAX_FILE_BYTES


def _write(data: bytes) -> None:
    """Write all bytes to standard output. Raises OSError."""
    while data:
        try:
            data = data[os.write(_OUTPUT, data) :]
        except BlockingIOError:
            select.select([], [_OUTPUT], [])
