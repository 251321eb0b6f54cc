"""DeepSeek's refusals, with the observed bodies and media types."""

from collections.abc import Sequence
from uuid import uuid4

import msgspec

from tests.loopback.script import Script, whole

MESSAGES = {
    400: "Invalid max_tokens value, the valid range of max_tokens is [1, 4096]",
    402: "Insufficient Balance",
    422: "Invalid parameters: temperature",
    429: "Rate limit reached. Please pace your requests, or switch to another provider for the time being",
    500: "Internal Server Error",
    503: "Service is too busy. Please retry your request after a brief wait",
}
"""The default messages."""

_TYPES = {401: "authentication_error", 402: "unknown_error", 429: "rate_limit_error", 500: "server_error"}
_EMPTY = {404, 405}


class RefusedError(Exception):
    """A refused request; `script` is the answer."""

    def __init__(self, script: Script) -> None:
        super().__init__(script.status)
        self.script = script


def error(
    status: int, message: str = "", media_type: str = "application/json", retry_after: str = ""
) -> Script:
    """Return the documented answer of `status`, with a typical message by default."""
    headers = (("retry-after", retry_after),) if retry_after else ()
    if status in _EMPTY:
        return whole(status, "", b"", *headers)
    if status == 415:
        return whole(
            415, "text/plain; charset=utf-8", b"Expected request with `Content-Type: application/json`"
        )
    if status == 401 and not message:
        return bad_key("3750")
    body = error_body(_TYPES.get(status, "invalid_request_error"), message or MESSAGES.get(status, "Error"))
    return whole(status, media_type, body, *headers)


def error_body(type_: str, message: str) -> bytes:
    """Return the JSON of an error; `code` is the same for all errors."""
    message = f"{message} (request_id: {uuid4()})"
    error = {"message": message, "type": type_, "param": None, "code": "invalid_request_error"}
    return msgspec.json.encode({"error": error})


def bad_key(key: str) -> Script:
    """Return the answer to an unknown key, with the key's last four characters."""
    message = f"Authentication Fails, Your api key: ****{key[-4:]} is invalid"
    return whole(401, "application/json", error_body("authentication_error", message))


def no_key() -> Script:
    """Return the answer to a request without a key: plain text, and no media type."""
    return whole(401, "", b"Authentication Fails (auth header format should be Bearer sk-...)")


def unknown_model(model: str, known: Sequence[str]) -> Script:
    """Return the answer to an unknown model's name, with the known names."""
    return error(400, f"The supported API model names are {' or '.join(known)}, but you passed {model}.")
