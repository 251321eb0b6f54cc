"""The message in the body of an API's error, whatever its shape."""

from typing import Any, Final

import msgspec

from midfill.backends.api_identity import ApiIdentity

DECODE_ERRORS: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""The exceptions of decoding a document that is invalid JSON, has another shape, or is nested too deeply."""

_MAX_SEARCHED_CHARACTERS: Final = 4096
"""Maximum characters of a server's text that are searched."""


class _Named(msgspec.Struct):
    message: str | None = None


class _Body(msgspec.Struct):
    error: _Named | str | None = None
    detail: Any = None
    message: str | None = None


def message_in(body: bytes, identity: ApiIdentity) -> str:
    """Return the message in an error response, without the key: from its JSON, whatever the media type, or its text."""
    if is_html(body):
        return ""
    return identity.masked(_error_text(body))[:_MAX_SEARCHED_CHARACTERS]


def _error_text(body: bytes) -> str:
    text = body.decode("utf-8", "replace").strip()
    try:
        fields = msgspec.json.decode(body, type=_Body)
    except DECODE_ERRORS:
        return text
    named = fields.error.message if isinstance(fields.error, _Named) else fields.error
    return named or fields.message or as_text(fields.detail) or text


def as_text(value: Any) -> str:
    """Return a part of a document as text; empty if it is nested too deeply."""
    try:
        return str(value or "")
    except RecursionError:
        return ""


def is_html(body: bytes) -> bool:
    """Whether a body is a web page, as a proxy or a login page sends it."""
    return body[:1024].lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"<")
