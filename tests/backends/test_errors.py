"""Refusals, and the content of their messages."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.backends.api_errors import (
    ErrorResponse,
    UnknownModelError,
    compressed_error,
    error_of,
    key_error,
    key_hint,
    malformed_error,
    offered_names,
    reasoning_only_error,
    stream_error,
    timeout_error,
    wait_seconds,
)
from midfill.backends.api_identity import ApiIdentity
from midfill.backends.error_body import as_text, message_in
from midfill.core.model import ErrorKind
from midfill.core.providers import OLLAMA_MODELS, PROVIDERS

KEY = "sk-" + "0a" * 14 + "7f3c"
IDENTITY = ApiIdentity("api.deepseek.com", KEY, "deepseek-chat")
GATEWAY = ApiIdentity("gw.example:8443", "token" * 4, "m")

NAMES = (
    "The supported API model names are deepseek-flash or deepseek-v4-pro, but you passed deepseek-chat. "
    "(request_id: 1)"
)
HTML = "<html><head><title>502 Bad Gateway</title></head>"


def error(message: str) -> str:
    return json.dumps(
        {"error": {"message": message, "type": "x", "param": None, "code": "invalid_request_error"}}
    )


REFUSALS = [
    (401, error("Authentication Fails, Your api key: ****7f3c is invalid"), ErrorKind.BAD_KEY,
     "the API key sk-…7f3c: set"),
    (401, "Authentication Fails (auth header format should be Bearer sk-...)", ErrorKind.BAD_KEY, "com/api_keys"),
    (402, error("Insufficient Balance"), ErrorKind.NO_CREDIT, "platform.deepseek.com/top_up"),
    (402, '{"detail":"Insufficient Balance"}', ErrorKind.NO_CREDIT, "(HTTP 402: Insufficient Balance)"),
    (400, error(NAMES), ErrorKind.UNKNOWN_MODEL, "set model to one of: deepseek-flash, deepseek-v4-pro."),
    (404, error("The model `m` does not exist"), ErrorKind.UNKNOWN_MODEL, "set model to a name that it offers"),
    (400, error("Model Not Exist"), ErrorKind.UNKNOWN_MODEL, 'no model "deepseek-chat"'),
    (400, error("Invalid max_tokens value"), ErrorKind.BAD_REQUEST, "(HTTP 400: Invalid max_tokens value)"),
    (422, error("bad suffix"), ErrorKind.BAD_REQUEST, "completion.stop"),
    (404, "", ErrorKind.BAD_REQUEST, "check base_url"),
    (405, "", ErrorKind.BAD_REQUEST, "check base_url"),
    (400, HTML, ErrorKind.BAD_REQUEST, "(HTTP 400)"),
    (422, error("unknown model x"), ErrorKind.UNKNOWN_MODEL, "set model"),
    (409, error("unknown model x"), ErrorKind.BAD_REQUEST, "HTTP 409: unknown model x"),
    (404, error("invalid model: x"), ErrorKind.UNKNOWN_MODEL, "set model"),
    (400, error("The model x is not supported here"), ErrorKind.UNKNOWN_MODEL, "set model"),
    (400, error("model x: unsupported"), ErrorKind.UNKNOWN_MODEL, "set model"),
    (400, error("MODEL\nnot found"), ErrorKind.UNKNOWN_MODEL, "set model"),
    (400, error("model" + "." * 80 + "not found"), ErrorKind.UNKNOWN_MODEL, "set model"),
    (400, error("model" + "." * 81 + "not found"), ErrorKind.BAD_REQUEST, "check model"),
    (400, error("stop not supported"), ErrorKind.BAD_REQUEST, "check model"),
    (425, "", ErrorKind.OVERLOAD, "tries again"),
    (499, "", ErrorKind.BAD_REQUEST, "HTTP 499"),
    (403, error("Insufficient account balance"), ErrorKind.NO_CREDIT, "top up"),
    (429, error("insufficient credits"), ErrorKind.NO_CREDIT, "top up"),
    (401, error("insufficient quota"), ErrorKind.BAD_KEY, "set another one"),
    (415, "unsupported media type", ErrorKind.BAD_REQUEST, "HTTP 415"),
    (403, error("region"), ErrorKind.BAD_KEY, "HTTP 403: region"),
    (403, error("insufficient quota"), ErrorKind.NO_CREDIT, "top up"),
    (429, error("insufficient_quota: balance"), ErrorKind.NO_CREDIT, "top up"),
    (429, error("Rate limit reached"), ErrorKind.RATE_LIMIT, "too many at once"),
    (408, "", ErrorKind.TIMEOUT, "tries again"),
    (500, "", ErrorKind.OVERLOAD, "tries again"),
    (502, HTML, ErrorKind.OVERLOAD, "(HTTP 502)"),
    (503, error("Service is too busy"), ErrorKind.OVERLOAD, "HTTP 503: Service is too busy"),
    (504, HTML, ErrorKind.OVERLOAD, "HTTP 504"),
    (529, "", ErrorKind.OVERLOAD, "HTTP 529"),
    (302, "", ErrorKind.NETWORK, "A proxy or login page answered"),
    (403, HTML, ErrorKind.NETWORK, "A proxy or login page answered"),
    (404, HTML, ErrorKind.NETWORK, "A proxy or login page answered"),
    (407, "", ErrorKind.NETWORK, "set network.proxy"),
    (511, HTML, ErrorKind.NETWORK, "log in to the network"),
    (418, "\x00\xff", ErrorKind.BAD_REQUEST, "HTTP 418"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind", "words"), REFUSALS)
def test_status_determines_the_cause(status: int, body: str, kind: ErrorKind, words: str) -> None:
    """The message says what to do."""
    refusal = error_of(ErrorResponse(status, body.encode()), IDENTITY)
    assert (refusal.kind, refusal.status) == (kind, status)
    assert words in str(refusal)
    assert KEY not in str(refusal)
    assert "<" not in str(refusal)
    assert refusal.retry_after is None


SERVICES = {
    "DeepSeek": ApiIdentity("api.deepseek.com", KEY, "m"),
    "chat": ApiIdentity("gw.example", KEY, "m", PROVIDERS["openai-chat"]),
    "Mistral": ApiIdentity("api.mistral.ai", KEY, "m", PROVIDERS["mistral"]),
    "Ollama": ApiIdentity("127.0.0.1:11434", "", "llama3", PROVIDERS["ollama"]),
    "llama.cpp": ApiIdentity("gw.example:1", "", "", PROVIDERS["llamacpp"]),
}
MESSAGES = [
    ("DeepSeek", 401, "", "DeepSeek does not accept the API key sk-…7f3c: set another one, see "
     "https://platform.deepseek.com/api_keys. (HTTP 401)"),
    ("chat", 401, "no", "gw.example does not accept the API key sk-…7f3c: set another one. (HTTP 401: no)"),
    ("DeepSeek", 402, "", "The account of the API key sk-…7f3c has no credit left: top up, see "
     "https://platform.deepseek.com/top_up. (HTTP 402)"),
    ("Mistral", 402, "", "The account of the API key sk-…7f3c has no credit left: top up. (HTTP 402)"),
    ("Mistral", 429, "", "Mistral accepts no more requests for now: too many at once. (HTTP 429)"),
    ("Mistral", 503, "", "Mistral is down or overloaded; midfill tries again later. (HTTP 503)"),
    ("Mistral", 404, "",
     "There is no fill-in-the-middle endpoint at this address of Mistral: check base_url. (HTTP 404)"),
    ("chat", 405, "", "There is no chat endpoint at this address of gw.example: check base_url. (HTTP 405)"),
    ("Mistral", 422, "", "Mistral rejects the request: check model, completion.stop and base_url. (HTTP 422)"),
    ("Mistral", 302, "x", "A proxy or login page answered instead of the API (api.mistral.ai, HTTP 302): log in to the "
     "network, or set network.proxy and base_url."),
    ("Mistral", 404, "unknown model", 'Mistral has no model "m": set model to a name that it offers.'),
    ("Ollama", 404, "unknown model",
     'Ollama has no model "llama3": set model to a name that it offers, or run: ollama pull llama3.'),
    ("Ollama", 400, "llama3 does not support insert",
     f"The model llama3 of Ollama cannot fill in the middle: set model to one that can ({OLLAMA_MODELS}), or set "
     "template to the model's own, or to plain (llama3 does not support insert)"),
    ("llama.cpp", 501, "Infill is not supported by this model",
     "The model of gw.example:1 cannot fill in the middle: set model to one that can, or set template to the model's "
     "own, or to plain (Infill is not supported by this model)"),
    ("chat", 400, "suffix is not currently supported",
     "The model m of gw.example cannot fill in the middle: set model to one that can, or set template to the model's "
     "own, or to plain (suffix is not currently supported)"),
    ("chat", 400, "suffix is not supported",
     "The model m of gw.example cannot fill in the middle: set model to one that can, or set template to the model's "
     "own, or to plain (suffix is not supported)"),
    ("chat", 400, "Unsupported param: suffix",
     "The model m of gw.example cannot fill in the middle: set model to one that can, or set template to the model's "
     "own, or to plain (Unsupported param: suffix)"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "status", "body", "message"), MESSAGES)
def test_message_for_a_refusal(service: str, status: int, body: str, message: str) -> None:
    """It names the service, the cause and the remedy, and quotes the server."""
    assert str(error_of(ErrorResponse(status, body.encode()), SERVICES[service])) == message


def test_messages_for_answers_that_are_none() -> None:
    """Each says what to do, or that the server ended the answer."""
    identity = ApiIdentity("gw.example", KEY)
    assert str(timeout_error("gw.example")) == (
        "gw.example sent nothing in time: it may be busy. timing.first_token_ms sets the wait."
    )
    assert str(malformed_error(identity, b"no")) == (
        "gw.example answered something else than a completion: no. Check that base_url is a completions API."
    )
    assert str(malformed_error(identity, b"<html>")) == (
        "A proxy or login page answered instead of the API (gw.example, HTTP 200): log in to the network, or set "
        "network.proxy and base_url."
    )
    assert str(compressed_error(identity, 203, "x-" * 30)) == (
        f"gw.example compressed its answer ({'x-' * 20}, HTTP 203), which midfill does not decompress: switch "
        "compression off in the gateway or proxy."
    )
    assert str(reasoning_only_error("gw.example")) == (
        "The model of gw.example wrote only its reasoning within completion.max_tokens: set model to one that does not "
        "reason, or set completion.think and request completions manually."
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error":"a"}', "a"),
        (b'{"error":{"message":"a","code":7},"message":"b"}', "a"),
        (b'{"error":{"message":null},"message":"b"}', "b"),
        (b'{"message":"b","detail":"c"}', "b"),
        (b'{"detail":"c"}', "c"),
        (b'{"detail":[{"msg":"c"}]}', "[{'msg': 'c'}]"),
        (b'{"x":1}', '{"x":1}'),
        (b" plain\n", "plain"),
        (b"\xff", "\ufffd"),
        (b"a" * 4097, "a" * 4096),
        (b"\xef\xbb\xbf \r\n\t<html>", ""),
        (b" " * 1023 + b"<html>", ""),
        (b"", ""),
    ],
)
def test_message_in_the_body_of_a_refusal(body: bytes, message: str) -> None:
    """In each shape that services use; a web page has none."""
    assert message_in(body, ApiIdentity("host")) == message


def test_endless_nesting_in_a_refusal_is_no_message() -> None:
    """Python cannot write it as text."""
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert as_text(nested) == ""
    assert as_text(7) == "7"
    assert as_text(None) == ""


@pytest.mark.parametrize(
    ("count", "listed"),
    [
        (1, "m0"),
        (20, ", ".join(f"m{n}" for n in range(20))),
        (21, ", ".join([*(f"m{n}" for n in range(20)), "…"])),
    ],
)
def test_list_of_models_in_a_message_is_short(count: int, listed: str) -> None:
    """Twenty names, and a sign that there are more."""
    assert ApiIdentity("host").listed([f"m{number}" for number in range(count)]) == listed
    error = UnknownModelError(ApiIdentity("host", "", "x"), [f"m{number}" for number in range(count)], 404)
    assert str(error) == f'host has no model "x": set model to one of: {listed}.'
    assert error.status == 404


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (NAMES, ["deepseek-flash", "deepseek-v4-pro"]),
        ("The supported API model names are a/b:7b, c.d and e, but you passed x", ["a/b:7b", "c.d", "e"]),
        ("The supported API model names are a but you passed x", ["a"]),
        ("The supported API model names are a and b", []),
    ],
)
def test_names_in_a_refusal(text: str, names: list[str]) -> None:
    """DeepSeek lists them in a sentence."""
    assert offered_names(text) == names


@pytest.mark.parametrize("depth", [990, 2000, 9000, 50_000])
@pytest.mark.parametrize("field", ["detail", "error", "x"])
def test_deeply_nested_refusal(field: str, depth: int) -> None:
    """With deeply nested brackets in the body, the status still determines the cause."""
    body = f'{{"{field}":'.encode() + b"[" * depth + b"]" * depth + b"}"
    refusal = error_of(ErrorResponse(503, body), IDENTITY)
    assert refusal.kind is ErrorKind.OVERLOAD
    assert len(str(refusal)) < 400


def test_message_names_the_host_of_a_gateway() -> None:
    """The message for another service does not name DeepSeek."""
    for status in (401, 402, 429, 503, 400):
        message = str(error_of(ErrorResponse(status), GATEWAY))
        assert "DeepSeek" not in message
        assert "deepseek.com" not in message
    assert "gw.example:8443" in str(error_of(ErrorResponse(503), GATEWAY))


def test_model_names_of_a_refusal() -> None:
    """The error contains the model names that a refusal lists."""
    refusal = error_of(ErrorResponse(400, error(NAMES).encode()), IDENTITY)
    assert isinstance(refusal, UnknownModelError)
    assert refusal.names == ["deepseek-flash", "deepseek-v4-pro"]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_passed_on(status: int) -> None:
    """The server's Retry-After reaches the caller."""
    assert error_of(ErrorResponse(status, b"", "7"), IDENTITY).retry_after == 7.0


def test_retry_after_does_not_apply_to_lasting_causes() -> None:
    """A wrong key is not tried again after a pause."""
    assert error_of(ErrorResponse(401, b"", "7"), IDENTITY).retry_after is None


NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", None),
        ("0", 0.0),
        (" 12 ", 12.0),
        ("1.5", 1.5),
        ("999999999", 3600.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 13:00:30 +0100", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("Mon, 99 Nov 2026 11:00:00 GMT", None),
        ("nan", None),
        ("Mon, 23 Nov 2026 12:00:30 -0000", 30.0),
        ("123456789.5", 3600.0),
        ("1234567890", None),
        ("12s", None),
        ("٣", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(header: str, seconds: float | None) -> None:
    """Seconds and dates are accepted, up to an hour; anything else is ignored."""
    assert wait_seconds(header, NOW) == seconds


@given(st.text())
def test_any_retry_after_is_accepted(header: str) -> None:
    """No header raises."""
    seconds = wait_seconds(header, NOW)
    assert seconds is None or 0 <= seconds <= 3600


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (KEY, "sk-…7f3c"),
        ("token" * 4, "…oken"),
        ("", "…"),
        ("sk-34567890a", "sk-…890a"),
        ("sk-34567890", "…"),
    ],
)
def test_masked_key(key: str, shown: str) -> None:
    """Only the last four characters of a key are shown, and none of a short one."""
    assert key_hint(key) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"key {KEY} is bad", "key […] is bad"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer […]"),
        ("was " + "a1B2" * 8, "was […]"),
        ("sk-proj-ab_cd…1234 no", "[…] no"),
        ("a\n\tb\x00c\u2028d", "a b c d"),
        ("x " * 300, "x " * 99 + "x…"),
        ("x " * 99 + "xy", "x " * 99 + "xy"),
        ("x " * 99 + "xyz", "x " * 99 + "x…"),
        ("BEARER abc", "BEARER […]"),
        ("was " + "a" * 23, "was " + "a" * 23),
        ("sk-", "sk-"),
        (
            "(request_id: f6c449ff-1864-4caf-ad2d-9794a53eca4c)",
            "(request_id: f6c449ff-1864-4caf-ad2d-9794a53eca4c)",
        ),
    ],
)
def test_excerpt_of_a_message(text: str, shown: str) -> None:
    """A server's message is repeated on one short line, without keys."""
    assert ApiIdentity("host").excerpt(text) == shown


def test_key_of_any_form_is_masked() -> None:
    """In what a server says, and in its list of models."""
    identity = ApiIdentity("host", "gsk.AB/cd", "m")
    assert identity.excerpt("a gsk.AB/cd b") == "a […] b"
    assert identity.listed(["a", "gsk.AB/cd"]) == "a, […]"
    assert message_in(b'{"error":"a gsk.AB/cd b"}', identity) == "a […] b"


@given(st.text(), st.text(), st.integers(200, 599))
def test_key_in_a_refusal_is_masked(before: str, after: str, status: int) -> None:
    """The message does not contain the key, with any text around it in the refusal."""
    body = (before + KEY + after).encode("utf-8", "replace")
    assert KEY not in str(error_of(ErrorResponse(status, body), IDENTITY))
    assert KEY not in str(stream_error(ApiIdentity("host", KEY), {"message": before + KEY + after}))


@given(st.binary(), st.integers(100, 999))
def test_any_refusal_has_a_short_message(body: bytes, status: int) -> None:
    """No refusal raises, and each message is short."""
    assert 0 < len(str(error_of(ErrorResponse(status, body), IDENTITY))) < 500


@pytest.mark.parametrize(
    ("body", "quote"),
    [
        (None, "no reason given"),
        ("why", "why"),
        ({"message": "why", "code": 7}, "why"),
        ({"message": None}, "no reason given"),
        ({"message": 7}, "7"),
        ({}, "no reason given"),
        ([1], "[1]"),
    ],
)
def test_error_inside_an_answer(body: object, quote: str) -> None:
    """An error inside an answer may be of any shape."""
    assert str(stream_error(ApiIdentity("host", KEY), body)) == f"host interrupted its answer: {quote}"


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        (IDENTITY, None),
        (ApiIdentity("api.deepseek.com"), ErrorKind.NO_KEY),
        (ApiIdentity("localhost:1"), None),
        (ApiIdentity("127.0.0.1:11434", "", "", PROVIDERS["ollama"]), None),
        (ApiIdentity("api.deepseek.com", "sk-a\nb"), ErrorKind.BAD_KEY),
        (ApiIdentity("api.deepseek.com", "sk-a b"), ErrorKind.BAD_KEY),
        (ApiIdentity("api.deepseek.com", "sk-“quoted”"), ErrorKind.BAD_KEY),
    ],
)
def test_invalid_keys_are_reported(identity: ApiIdentity, kind: ErrorKind | None) -> None:
    """An invalid key is reported before it is sent; only DeepSeek itself requires one."""
    fault = key_error(identity)
    assert (fault and fault.kind) is kind
    assert not identity.key or identity.key not in str(fault)
    advice = {
        ErrorKind.NO_KEY: "DeepSeek needs an API key: set DEEPSEEK_API_KEY, api_key_command or api_key_file.",
        ErrorKind.BAD_KEY: "The API key contains a blank, a line break or an invalid character: set it again.",
    }
    assert fault is None or str(fault) == advice[fault.kind]
