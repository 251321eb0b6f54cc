"""The key is masked by its value, in each place where the service or the user repeats it."""

import json
import logging
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from midfill.backends.key_filter import KeyFilter
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.model import BackendError
from midfill.keys import MIN_LENGTH, Key, find_key, without_key, without_keys
from midfill.settings import Settings
from tests.backends.calls import answer, refusal
from tests.cost import cost

pytestmark = pytest.mark.anyio

KEYS = [
    "f6c449ff-1864-4caf-ad2d-9794a53eca4c",
    "gsk.AB/cd+ef==",
    "short-key",
    "sk-" + "0a" * 16,
]
"""Keys of all kinds: those with hyphens, dots and slashes match no pattern."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Echo(httpx.AsyncBaseTransport):
    """Answers everything with one body."""

    def __init__(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.response: Any = (status, headers, body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        status, headers, body = self.response
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def opened(key: str, echo: Echo, **options: Any) -> RemoteBackend:
    return RemoteBackend(RemoteOptions(key=key, base_url="http://gateway.test", **options), echo)


def echoes(key: str) -> Iterator[Echo]:
    """Yield answers that repeat the key in each place that messages show."""
    error = json.dumps({"error": {"message": f"key {key} is odd"}}).encode()
    for status in (200, 400, 401, 402, 403, 404, 418, 429, 500):
        yield Echo(error, status)
        yield Echo(f"the key ({key}) is odd".encode(), status)
        yield Echo(json.dumps({"detail": [{"msg": key.upper()}]}).encode(), status)
        yield Echo(b"", status, {"Content-Encoding": key, "Retry-After": key})
    yield Echo(b"data: " + error + b"\n\n")
    yield Echo(b"data: " + json.dumps({"error": key}).encode() + b"\n\n")
    yield Echo(b"data: " + key.encode() + b"\n\n")
    yield Echo(f"The supported API model names are a, {key} and b, but you passed c".encode(), 400)
    yield Echo(f"Invalid model {key}".encode(), 404)
    yield Echo(f"GET /?key={httpx.URL('http://a/', params={'k': key}).query.decode()[2:]}".encode(), 400)


@pytest.mark.parametrize("key", KEYS)
async def test_errors_have_no_key(key: str) -> None:
    """The answer repeats the key in each place that a message shows."""
    for echo in echoes(key):
        for model in ("", key):
            message = str(await refusal(opened(key, echo, model=model)))
            assert key.lower() not in message.lower(), message


@pytest.mark.parametrize("key", KEYS)
async def test_lists_have_no_key(key: str) -> None:
    """The models, the balance and the model's name do not contain the key."""
    models = Echo(json.dumps({"data": [{"id": "a"}, {"id": f"x/{key}"}]}).encode())
    assert key not in str(await opened(key, models).models())
    money = {"is_available": True, "balance_infos": [{"currency": key, "total_balance": f"{key} left"}]}
    with pytest.raises(BackendError) as refused:
        await opened(key, Echo(json.dumps(money).encode())).balance()
    assert key not in str(refused.value)
    event = {"model": f"by {key}", "choices": [{"text": "a", "finish_reason": "stop"}]}
    passage = await answer(opened(key, Echo(b"data: " + json.dumps(event).encode() + b"\n\n")))
    assert passage[0].model == "by […]"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("size", [1, 3, 9, 10_000])
def test_answers_have_no_key(key: str, size: int) -> None:
    """It is masked in any chunks. Text before the key, and text that only starts like it, is passed on."""
    passage = f"a {key[:6]} {key[:-1]}; token = '{key}' + {key}"
    key_filter = KeyFilter(key)
    pieces = [passage[at : at + size] for at in range(0, len(passage), size)]
    passed = "".join(key_filter.release(piece, last=at == len(pieces)) for at, piece in enumerate(pieces, 1))
    assert key_filter.found
    assert passage.index(key) <= len(passed) < passage.index(key) + MIN_LENGTH
    assert passage.startswith(passed)


TEN, EIGHT = "0123456789", "abcdefgh"


@pytest.mark.parametrize(
    ("keys", "pieces", "passed", "found"),
    [
        ([EIGHT], ["x abcdefgh y", " z"], ["x ", ""], True),
        ([EIGHT], ["x abcdefg", "h y", "z"], ["x abcdefg", "", ""], True),
        ([EIGHT[:7]], ["x abcdefg y", ""], ["x abcdefg y", ""], False),
        ([TEN], ["a012345678", "x"], ["a0123456", "78x"], False),
        ([TEN], ["a012345678", "9", "x"], ["a0123456", "", ""], True),
        ([TEN], ["a012345678"], ["a012345678"], False),
        ([TEN], ["a0123456", "7", "8", "", "9"], ["a0123456", "", "", "", ""], True),
        ([TEN], ["a0123456", "7", "8", "x", ""], ["a0123456", "", "", "78x", ""], False),
        ([TEN, EIGHT], ["x abcdefgh 0123456789"], ["x "], True),
        ([TEN, EIGHT], ["0123456789 x abcdefgh"], [""], True),
        ([TEN, EIGHT], ["01234567x abcdefg 012345678", "y"], ["01234567x abcdefg 0123456", "78y"], False),
        (["aaaaaaaaab"], ["aaaaaaaaaaaa", "a", "b", "c"], ["aaaaaaaaaa", "a", "", ""], True),
        (["aaaaaaaaab"], ["aaaaaaaaaaaa", "a", "c", "d"], ["aaaaaaaaaa", "a", "aac", "d"], False),
        ([], ["a", "b"], ["a", "b"], False),
        (["", "short"], ["a short", "b"], ["a short", "b"], False),
    ],
)
def test_pieces_of_an_answer_are_passed_on(
    keys: list[str], pieces: list[str], passed: list[str], found: bool
) -> None:
    """At once, but for what may be more than seven characters of a key; nothing after a key."""
    key_filter = KeyFilter(*keys)
    released = [key_filter.release(piece, last=at == len(pieces)) for at, piece in enumerate(pieces, 1)]
    assert (released, key_filter.found) == (passed, found)


def test_answer_without_the_key_is_unchanged() -> None:
    """The same for a key that ends with its own first half."""
    key = KEYS[0]
    for passage in ("", "plain text", f"it begins {key[:20]}"):
        key_filter = KeyFilter(key)
        assert (
            "".join(key_filter.release(char, last=False) for char in passage)
            + key_filter.release("", last=True)
            == passage
        )


async def test_keys_of_other_services_are_masked() -> None:
    """A service that has no key, or another one, may repeat one of a document."""
    theirs, ours = KEYS[0], KEYS[3]
    assert find_key("deepseek", Settings(), {"MIDFILL_API_KEY": ours}) is not None
    for key in ("", theirs):
        passage = json.dumps({"choices": [{"index": 0, "text": f"sent = {ours}", "finish_reason": "stop"}]})
        chunks = await answer(opened(key, Echo(f"data: {passage}\n\n".encode())))
        assert "".join(chunk.text for chunk in chunks) == "sent = "
        assert ours not in str(await refusal(opened(key, Echo(ours.encode(), 400))))
    key_filter = KeyFilter(theirs, ours)
    passed = "".join(key_filter.release(char) for char in f"a {ours} {theirs} b")
    assert passed.startswith("a ")
    assert len(passed) <= 2 + MIN_LENGTH


async def test_list_of_models_in_a_message_has_no_key() -> None:
    """The list of models in the message is masked, too, and short."""
    key = KEYS[0]

    class GatewayOptions(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                return httpx.Response(404, text="model not found")
            ids = [key, "good", *(f"model-{number}" * 20 for number in range(5_000))]
            return httpx.Response(200, json={"data": [{"id": name} for name in ids]})

    backend = RemoteBackend(RemoteOptions(key=key, base_url="http://gateway.test"), GatewayOptions())
    message = str(await refusal(backend))
    assert key not in message
    assert "good" in message
    assert len(message) < 3_000


SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "URL": lambda key: quote(key, safe=""),
    "each character of a URL": lambda key: "".join(f"%{ord(char):02x}" for char in key),
    "some characters of a URL": lambda key: key.replace("-", "%2D").replace("a", "%61"),
    "twice for a URL": lambda key: quote(quote(key, safe=""), safe=""),
    "JSON": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda key: json.dumps(json.dumps(key)).replace("-", "\\\\u002d"),
    "JSON's numbers": lambda key: "".join(f"\\u{ord(char):04X}" for char in key),
    "a string of Python": lambda key: repr(f"{key}'\"")[1:-4],
    "bytes of C": lambda key: "".join(f"\\x{ord(char):02x}" for char in key),
    "HTML": escape,
    "HTML's numbers": lambda key: "".join(f"&#{ord(char)};" for char in key),
    "HTML's hexadecimal numbers": lambda key: "".join(f"&#x{ord(char):X};" for char in key),
    "base64": lambda key: b64encode(key.encode()).decode(),
    "base64 of Basic": lambda key: b64encode(f"me:{key}".encode()).decode(),
    "base64 within": lambda key: b64encode(f"m:{key}\n".encode()).decode(),
    "base64 of a URL": lambda key: urlsafe_b64encode(f"mee:{key}".encode()).decode(),
    "hexadecimal": lambda key: key.encode().hex(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("key", [*KEYS, "a\"b'c&d<e>f\\g/h", "p%q+r=s?t~u", "`$(x)`{y}|z!#"])
def test_a_key_is_masked_in_every_spelling(key: str, spelling: str) -> None:
    """As URLs, JSON, other languages and HTML write it, and in base64 wherever it stands."""
    spelt = SPELLINGS[spelling](key)
    masked = without_key(f"Error: <{spelt}> is wrong", key)
    assert "[…]" in masked
    assert len(masked) <= len("Error: <[…]> is wrong") + 12, masked
    assert spelt[4:-4] not in masked


def test_masking_a_key_costs_little() -> None:
    """A log line of 300 KB, with and without escapes, and one that nearly has the key over and over."""
    key = "sk-" + "0a" * 16
    for text in ("x" * 300_000, "%2" * 150_000, "\\" * 300_000, key[:-1] * 9_000, "&amp;" * 60_000):
        assert cost(partial(without_key, text, key)) < 2_000


def test_short_key_is_not_masked() -> None:
    """Short placeholders for local servers (`none`, `EMPTY`) are not masked: that would garble messages."""
    assert without_key("none of these", "none") == "none of these"


def test_known_keys_are_masked_in_any_text() -> None:
    """Logs and messages that do not come from the service lose every key that was found."""
    for key in KEYS:
        assert find_key("deepseek", Settings(), {"MIDFILL_API_KEY": key}) == Key(key, "MIDFILL_API_KEY")
        assert without_keys(f"a {key.upper()} b") == "a […] b"


async def test_logs_have_no_key(caplog: pytest.LogCaptureFixture) -> None:
    """No log record of a failing call and its causes contains the key."""
    caplog.set_level(logging.DEBUG)
    for key in KEYS:
        for echo in echoes(key):
            try:
                await answer(opened(key, echo))
            except BackendError as error:
                logging.getLogger("midfill.test").error("failed", exc_info=error)
        assert key not in caplog.text
