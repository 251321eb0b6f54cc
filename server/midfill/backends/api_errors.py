"""The errors of an API as BackendError, each with a remedy.

The HTTP status decides; DeepSeek's `error.code` is the same for most causes (live measurements of 2026-07).
"""

import re
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from midfill.backends.api_identity import ApiIdentity
from midfill.backends.error_body import as_text, is_html, message_in
from midfill.core.model import BackendError, ErrorKind
from midfill.core.providers import OLLAMA_MODELS

_MAX_RETRY_AFTER_S: Final = 3600.0
"""Maximum seconds of a Retry-After; a longer one is shortened to this."""

_NAMES = re.compile(r"supported API model names are (.+?),? but you passed")
_NO_MODEL = re.compile(
    r"model.{0,80}(not exist|not found|unknown|unsupported|not supported)|(invalid|unknown) model",
    re.IGNORECASE | re.DOTALL,
)
_NO_QUOTA = re.compile(r"insufficient.{0,20}(balance|quota|credit)", re.IGNORECASE)
_NO_MIDDLE = re.compile(
    r"does not support insert|infill is not supported|suffix is not (currently )?supported|unsupported param: suffix",
    re.IGNORECASE,
)
"""How Ollama, llama.cpp and vLLM report that they do not support FIM."""


class ErrorResponse(NamedTuple):
    """An unsuccessful answer."""

    status: int
    body: bytes = b""
    retry_after: str = ""
    """The header's value: seconds, or an HTTP date."""


def error_of(response: ErrorResponse, identity: ApiIdentity) -> BackendError:
    """Return the error for `response`."""
    message_text = message_in(response.body, identity)
    kind = _kind(response, message_text)
    if _NO_MIDDLE.search(message_text):
        advice = _cannot_fill_in(identity, identity.excerpt(message_text))
        return BackendError(ErrorKind.BAD_SETTING, advice, status=response.status)
    if kind is ErrorKind.UNKNOWN_MODEL:
        return UnknownModelError(identity, offered_names(message_text), response.status)
    if kind is ErrorKind.NETWORK:
        return BackendError(kind, _login_page(identity.host, response.status), status=response.status)
    wait = wait_seconds(response.retry_after, datetime.now(UTC)) if not kind.lasting else None
    words = _advice(kind, response.status, identity)
    quote = identity.excerpt(message_text)
    detail = f"HTTP {response.status}: {quote}" if quote else f"HTTP {response.status}"
    return BackendError(kind, f"{words} ({detail})", retry_after=wait, status=response.status)


class UnknownModelError(BackendError):
    """The API does not offer the requested model; `names` are the available ones, if it listed any."""

    def __init__(self, identity: ApiIdentity, names: list[str], status: int | None) -> None:
        offer = f"one of: {identity.listed(names)}" if names else "a name that it offers"
        model = identity.masked(identity.model)
        pull = f", or run: ollama pull {model}" if identity.provider.wire == "generate" else ""
        message = f'{identity.service} has no model "{model}": set model to {offer}{pull}.'
        super().__init__(ErrorKind.UNKNOWN_MODEL, message, status=status)
        self.identity = identity
        self.names = self.offers = names


def key_error(identity: ApiIdentity) -> BackendError | None:
    """Return the error for an invalid key, or for a missing one that is required."""
    key = identity.key
    variable = identity.provider.variable
    if not key and identity.is_provider_host and variable:
        message = f"{identity.service} needs an API key: set {variable}, api_key_command or api_key_file."
        return BackendError(ErrorKind.NO_KEY, message)
    if not key.isascii() or not key.isprintable() or " " in key:
        message = "The API key contains a blank, a line break or an invalid character: set it again."
        return BackendError(ErrorKind.BAD_KEY, message)
    return None


def timeout_error(host: str) -> BackendError:
    """Return the error for an answer that did not start in time."""
    return BackendError(
        ErrorKind.TIMEOUT,
        f"{host} sent nothing in time: it may be busy. timing.first_token_ms sets the wait.",
    )


def cut_off_error(host: str) -> BackendError:
    """Return the error for an answer that ended before it started."""
    return BackendError(ErrorKind.NETWORK, f"{host} ended its answer before it sent any text.")


def compressed_error(identity: ApiIdentity, status: int, encoding: str) -> BackendError:
    """Return the error for a compressed answer, which was not requested: a few bytes can expand to gigabytes."""
    how = identity.excerpt(encoding)[:40]
    message = (
        f"{identity.host} compressed its answer ({how}, HTTP {status}), which midfill does not decompress: switch "
        "compression off in the gateway or proxy."
    )
    return BackendError(ErrorKind.MALFORMED, message)


def too_large_error(host: str) -> BackendError:
    """Return the error for an answer that is longer than any valid one."""
    return BackendError(ErrorKind.MALFORMED, f"The answer of {host} is far too long: check base_url.")


def malformed_error(identity: ApiIdentity, body: bytes) -> BackendError:
    """Return the error for a successful response whose body is not an answer."""
    if is_html(body):
        return BackendError(ErrorKind.MALFORMED, _login_page(identity.host, 200))
    quote = identity.excerpt(message_in(body, identity))
    what = f"something else than a completion: {quote}" if quote else "without a completion"
    return BackendError(
        ErrorKind.MALFORMED, f"{identity.host} answered {what}. Check that base_url is a completions API."
    )


def stream_error(identity: ApiIdentity, error: Any) -> BackendError:
    """Return the error in the body of a stream or of a successful response."""
    message_text = error.get("message") if isinstance(error, dict) else error
    quote = identity.excerpt(as_text(message_text))
    return BackendError(
        ErrorKind.OVERLOAD, f"{identity.host} interrupted its answer: {quote or 'no reason given'}"
    )


def reasoning_only_error(host: str) -> BackendError:
    """Return the error for an answer that contains only reasoning."""
    return BackendError(
        ErrorKind.BAD_SETTING,
        f"The model of {host} wrote only its reasoning within completion.max_tokens: set model to one that does not "
        "reason, or set completion.think and request completions manually.",
    )


def key_hint(key: str) -> str:
    """Return the part of a key that may be shown: `sk-…` and its last four characters."""
    if len(key) < 12:
        return "…"
    return f"{'sk-' if key.startswith('sk-') else ''}…{key[-4:]}"


def wait_seconds(header: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, section 10.2.3), or None."""
    from email.utils import parsedate_to_datetime  # The import takes 10 ms, for a rare header.

    header = header.strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", header):
        seconds = float(header)
    else:
        try:
            date = parsedate_to_datetime(header)
        except (ValueError, IndexError, OverflowError):
            return None
        seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(0.0, seconds), _MAX_RETRY_AFTER_S)


_NO_DATABASE = re.compile(r"^No connected db", re.IGNORECASE)
"""The answer of LiteLLM's proxy to a wrong key, if the proxy has no database of keys."""


def offered_names(error_text: str) -> list[str]:
    """Return the model names in DeepSeek's error for an unknown model."""
    found = _NAMES.search(error_text)
    return re.findall(r"[\w.:/-]+", found[1].replace(" and ", " ").replace(" or ", " ")) if found else []


_BY_STATUS: Final = {
    401: ErrorKind.BAD_KEY,
    402: ErrorKind.NO_CREDIT,
    403: ErrorKind.BAD_KEY,
    408: ErrorKind.TIMEOUT,
    425: ErrorKind.OVERLOAD,
    429: ErrorKind.RATE_LIMIT,
}


def _kind(response: ErrorResponse, message_text: str) -> ErrorKind:
    status = response.status
    if status < 400 or status in {407, 511} or (status in {403, 404} and is_html(response.body)):
        return ErrorKind.NETWORK
    if status in {400, 404, 422} and (_NAMES.search(message_text) or _NO_MODEL.search(message_text)):
        return ErrorKind.UNKNOWN_MODEL
    if status == 400 and _NO_DATABASE.search(message_text):
        return ErrorKind.BAD_KEY
    if status in {403, 429} and _NO_QUOTA.search(message_text):
        return ErrorKind.NO_CREDIT
    return _BY_STATUS.get(status, ErrorKind.OVERLOAD if status >= 500 else ErrorKind.BAD_REQUEST)


def _advice(kind: ErrorKind, status: int, identity: ApiIdentity) -> str:
    service = identity.service
    match kind:
        case ErrorKind.BAD_KEY:
            page = _at(identity.provider.keys_page, identity)
            return f"{service} does not accept the API key {key_hint(identity.key)}: set another one{page}."
        case ErrorKind.NO_CREDIT:
            page = _at(identity.provider.top_up_page, identity)
            return f"The account of the API key {key_hint(identity.key)} has no credit left: top up{page}."
        case ErrorKind.RATE_LIMIT:
            return f"{service} accepts no more requests for now: too many at once."
        case ErrorKind.OVERLOAD | ErrorKind.TIMEOUT:
            return f"{service} is down or overloaded; midfill tries again later."
        case _ if status in {404, 405}:
            what = "chat" if "chat" in identity.provider.path else "fill-in-the-middle"
            return f"There is no {what} endpoint at this address of {service}: check base_url."
        case _:
            return f"{service} rejects the request: check model, completion.stop and base_url."


def _at(page: str, identity: ApiIdentity) -> str:
    return f", see {page}" if page and identity.is_provider_host else ""


def _cannot_fill_in(identity: ApiIdentity, quote: str) -> str:
    model = f"The model {identity.model}" if identity.model else "The model"
    offer = f" ({OLLAMA_MODELS})" if identity.provider.wire == "generate" else ""
    return (
        f"{model} of {identity.service} cannot fill in the middle: set model to one that can{offer}, "
        f"or set template to the model's own, or to plain ({quote})"
    )


def _login_page(host: str, status: int) -> str:
    return (
        f"A proxy or login page answered instead of the API ({host}, HTTP {status}): "
        "log in to the network, or set network.proxy and base_url."
    )
