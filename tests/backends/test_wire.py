"""Requests and answers as bytes."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.backends.api_identity import ApiIdentity
from midfill.backends.completions import AnswerReader, CompletionsFormat
from midfill.backends.wire_format import RequestParameters
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, Chunk, ErrorKind, FinishReason, Prompt, Usage
from midfill.core.providers import PROVIDERS

PROMPT = Prompt("a", "b")
LIMITS = AnswerLimits()


def sent(
    prompt: Prompt = PROMPT, limits: AnswerLimits = LIMITS, stop: tuple[str, ...] = ()
) -> dict[str, object]:
    parameters = RequestParameters(provider=PROVIDERS["deepseek"], model="m", stop=stop)
    body = CompletionsFormat().body(BackendRequest(cursor=Cursor(), prompt=prompt, limits=limits), parameters)
    fields: dict[str, object] = json.loads(body)
    return fields


def test_request_fields() -> None:
    """A request holds these fields and no deprecated one."""
    assert sent(Prompt("def f():\n    ", ""), AnswerLimits(max_tokens=64)) == {
        "model": "m",
        "prompt": "def f():\n    ",
        "suffix": "",
        "max_tokens": 64,
        "temperature": 0.0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize(
    ("asked", "sent_value"), [(1, 1), (4096, 4096), (4097, 4096), (10**9, 4096), (0, 1), (-5, 1)]
)
def test_max_tokens_is_limited(asked: int, sent_value: int) -> None:
    """`max_tokens` is within what the endpoint takes."""
    assert sent(limits=AnswerLimits(max_tokens=asked))["max_tokens"] == sent_value


@pytest.mark.parametrize(
    ("asked", "fixed", "sent_value"),
    [
        ((), (), None),
        (("",), ("",), None),
        (("\n", ""), ("}", "\n"), ["\n", "}"]),
        (tuple("abcdefghijklmnopqrst"), (), list("abcdefghijklmnop")),
    ],
)
def test_stop_texts_are_limited(
    asked: tuple[str, ...], fixed: tuple[str, ...], sent_value: list[str] | None
) -> None:
    """Stop texts are non-empty, distinct and at most sixteen; those of the question come first."""
    assert sent(limits=AnswerLimits(stop=asked), stop=fixed).get("stop") == sent_value


@pytest.mark.parametrize(
    ("text", "sent_value"),
    [
        ("a\ud83d", "a\ufffd"),
        ("\udc00b", "\ufffdb"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ud83dx\ude00", "\ufffdx\ufffd"),
    ],
)
def test_lone_surrogates_are_replaced(text: str, sent_value: str) -> None:
    """A lone surrogate is replaced; a matching pair is joined."""
    assert sent(Prompt(text, text)) | {"prompt": sent_value, "suffix": sent_value} == sent(Prompt(text, text))


@given(st.text(), st.text())
def test_text_is_unchanged(prefix: str, suffix: str) -> None:
    """This holds for any text."""
    fields = sent(Prompt(prefix, suffix))
    assert (fields["prompt"], fields["suffix"]) == (prefix, suffix)


@given(st.text(st.characters(exclude_categories=())))
def test_any_code_units_are_encoded(text: str) -> None:
    """Any text can be written into a request."""
    assert isinstance(sent(Prompt(text, ""))["prompt"], str)


USAGE = {
    "prompt_tokens": 23,
    "completion_tokens": 9,
    "prompt_cache_hit_tokens": 5,
    "prompt_cache_miss_tokens": 18,
}
ANSWERS: list[tuple[str, object, Chunk]] = [
    ("text", {"model": "m", "choices": [{"index": 0, "text": "a", "finish_reason": None}]}, Chunk("a", model="m")),
    ("the last chunk", {"choices": [{"text": "", "finish_reason": "stop"}], "usage": USAGE},
     Chunk("", "stop", Usage(23, 9, 5))),
    ("usage alone", {"choices": [], "usage": USAGE}, Chunk(usage=Usage(23, 9, 5))),
    ("usage null", {"choices": [{"text": "a"}], "usage": None}, Chunk("a")),
    ("text null", {"choices": [{"text": None, "finish_reason": "length"}]}, Chunk("", "length")),
    ("chat stream", {"choices": [{"delta": {"role": "assistant", "content": "a"}}]}, Chunk("a")),
    ("chat", {"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]}, Chunk("a", "stop")),
    ("content null", {"choices": [{"delta": {"content": None}}]}, Chunk()),
    ("another choice", {"choices": [{"index": 1, "text": "b"}, {"index": 0, "text": "a"}]}, Chunk("a")),
    ("only another choice", {"choices": [{"index": 1, "text": "b"}]}, Chunk()),
    ("choices null", {"choices": None}, Chunk()),
    ("finish empty", {"choices": [{"text": "a", "finish_reason": ""}]}, Chunk("a")),
    ("the other cache field", {"choices": [], "usage": {"prompt_tokens": 8, "completion_tokens": 1,
     "prompt_tokens_details": {"cached_tokens": 3}}}, Chunk(usage=Usage(8, 1, 3))),
    ("hit and miss only", {"choices": [], "usage": {"prompt_cache_hit_tokens": 3, "prompt_cache_miss_tokens": 4}},
     Chunk(usage=Usage(7, 0, 3))),
    ("details null", {"choices": [], "usage": {"prompt_tokens": 8, "prompt_tokens_details": None}},
     Chunk(usage=Usage(8))),
    ("hit of nothing", {"choices": [], "usage": {"prompt_tokens": 8, "prompt_cache_hit_tokens": 0,
     "prompt_tokens_details": {"cached_tokens": 3}}}, Chunk(usage=Usage(8))),
    ("details without a number", {"choices": [], "usage": {"prompt_tokens": 8, "prompt_tokens_details": {}}},
     Chunk(usage=Usage(8))),
    ("misses only", {"choices": [], "usage": {"prompt_cache_miss_tokens": 4}}, Chunk(usage=Usage(4))),
    ("hits only", {"choices": [], "usage": {"prompt_cache_hit_tokens": 4}}, Chunk(usage=Usage(4, 0, 4))),
    ("negative numbers", {"choices": [], "usage": {"prompt_tokens": -8, "completion_tokens": -1,
     "prompt_cache_hit_tokens": -2}}, Chunk(usage=Usage(0, 0, 0))),
    ("prompt and misses", {"choices": [], "usage": {"prompt_tokens": 9, "prompt_cache_miss_tokens": 4}},
     Chunk(usage=Usage(9))),
    ("reasoning", {"choices": [{"delta": {"reasoning_content": "hm"}}]}, Chunk(thinks=True)),
    ("reasoning of OpenRouter", {"choices": [{"delta": {"reasoning": "hm"}}]}, Chunk(thinks=True)),
    ("reasoning beside text", {"choices": [{"delta": {"reasoning": "hm", "content": "a"}}]}, Chunk("a")),
    ("no reasoning", {"choices": [{"delta": {"reasoning": ""}}]}, Chunk()),
    ("text beside a message", {"choices": [{"text": "a", "message": {"content": "b"}}]}, Chunk("a")),
    ("delta beside a message", {"choices": [{"delta": {"content": "a"}, "message": {"content": "b"}}]}, Chunk("a")),
    ("index null", {"choices": [{"index": None, "text": "a"}]}, Chunk("a")),
    ("model beside usage", {"model": "m", "choices": [], "usage": USAGE}, Chunk(usage=Usage(23, 9, 5), model="m")),
    ("numbers as text", {"choices": [], "usage": {"prompt_tokens": "8"}}, Chunk(usage=Usage(8))),
    ("more cached than read", {"choices": [], "usage": {"prompt_tokens": 8, "prompt_cache_hit_tokens": 9}},
     Chunk(usage=Usage(8, 0, 8))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "chunk"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS]
)
def test_content_of_an_event(answer: object, chunk: Chunk) -> None:
    """The content of an event, in all shapes that are documented or were observed."""
    reader = AnswerReader(ApiIdentity("host"))
    assert reader.feed(b"data: " + msgspec.json.encode(answer) + b"\n\n") == [chunk]
    assert reader.failure is None


FINISHES: list[tuple[str, FinishReason]] = [
    ("stop", "stop"),
    ("length", "length"),
    ("content_filter", "content_filter"),
    ("insufficient_system_resource", "insufficient_system_resource"),
    ("aborted", "aborted"),
    ("eos", "stop"),
    ("eos_token", "stop"),
    ("stop_sequence", "stop"),
    ("max_tokens", "length"),
    ("model_length", "length"),
    ("abort", "aborted"),
    ("error", "aborted"),
    ("something new", "stop"),
]


@pytest.mark.parametrize(("reason", "finish_reason"), FINISHES)
def test_finish_reasons_are_known(reason: str, finish_reason: FinishReason) -> None:
    """Every finish reason is a known one."""
    body = msgspec.json.encode({"choices": [{"text": "", "finish_reason": reason}]})
    assert (
        AnswerReader(ApiIdentity("host")).feed(b"data: " + body + b"\n\n")[0].finish_reason == finish_reason
    )


@pytest.mark.parametrize("lead", [b"", b"\n\n \r\n\t", b"\xef\xbb\xbf", b"\n" * 100])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_json_instead_of_a_stream(lead: bytes, size: int) -> None:
    """One JSON document is also an answer, even after empty lines that keep the connection open."""
    body = lead + b'{"choices":[{"text":"a","finish_reason":"stop"}],"usage":{"prompt_tokens":2}}\n'
    reader = AnswerReader(ApiIdentity("host"))
    for at in range(0, len(body), size):
        assert reader.feed(body[at : at + size]) == []
    assert reader.end() == [Chunk("a", "stop", Usage(2))]
    assert reader.failure is None


@pytest.mark.parametrize(
    "lead", [b"", b"\n", b": keep-alive\n\n", b"event: x\n", b"id: 1\n", b"retry: 5\n", b"\xef\xbb\xbf"]
)
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_stream_in_any_chunks(lead: bytes, size: int) -> None:
    """The chunks of a stream make no difference, and [DONE] ends it."""
    body = lead + b'data: {"choices":[{"text":"a"}]}\n\ndata: {"choices":[{"text":"b"}]}\n\ndata: [DONE]\n\n'
    reader = AnswerReader(ApiIdentity("host"))
    chunks = [chunk for at in range(0, len(body), size) for chunk in reader.feed(body[at : at + size])]
    assert chunks == [Chunk("a"), Chunk("b")]
    assert reader.done


def test_stream_that_ends_at_any_byte() -> None:
    """Complete events are read, incomplete ones are not; the answer is done after `[DONE]`."""
    body = 'data: {"choices":[{"text":"é"}]}\n\ndata: {"choices":[{"text":"b"}]}\n\ndata: [DONE]\n\n'.encode()
    for end in range(len(body) + 1):
        reader = AnswerReader(ApiIdentity("host"))
        chunks = reader.feed(body[:end])
        assert end == len(body) if reader.done else end < len(body)
        decoded = "".join(chunk.text for chunk in [*chunks, *reader.end()])
        assert decoded in {"", "é", "éb"}
        assert len(decoded) <= body[:end].count(b"}]}")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "without a completion"),
        (b" \n ", "without a completion"),
        (b"<html><body>Please log in", "A proxy or login page answered instead of the API"),
        (b"\r\n<!DOCTYPE html>", "A proxy or login page answered instead of the API"),
        (b"hello", "something else than a completion: hello"),
        (b"document", "something else than a completion: document"),
        (b"data; x", "something else than a completion: data; x"),
        (b"{", "something else than a completion"),
        (b"{}", "something else than a completion"),
        (b'{"choices":[]}', "something else than a completion"),
        (b'{"choices":7}', "something else than a completion"),
        (b"[]", "something else than a completion"),
        (b"data: nonsense\n\n", "something else than a completion: nonsense"),
        (b'data: {"choices":[{"text":7}]}\n\n', "something else than a completion"),
        (b"data: " + b"[" * 5000 + b"\n\n", "something else than a completion"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_malformed_answer_is_an_error(body: bytes, words: str, size: int) -> None:
    """A malformed answer is an error whose message quotes little of it."""
    reader = AnswerReader(ApiIdentity("host"))
    for at in range(0, len(body), size):
        assert reader.feed(body[at : at + size]) == []
    assert reader.end() == []
    assert reader.failure is not None
    assert reader.failure.kind is ErrorKind.MALFORMED
    assert words in str(reader.failure) or size == 1
    assert len(str(reader.failure)) < 400


@pytest.mark.parametrize(
    ("body", "stops"),
    [
        (b"<", True),
        (b"h", True),
        (b"date", True),
        (b"data", False),
        (b"{", False),
        (b" ", False),
        (b":", False),
    ],
)
def test_body_that_is_no_answer_is_not_read_on(body: bytes, stops: bool) -> None:
    """Its first characters tell."""
    reader = AnswerReader(ApiIdentity("host"))
    assert reader.feed(body) == []
    assert reader.done is stops


@pytest.mark.parametrize("depth", [10, 500, 990, 2000, 9000, 50_000])
@pytest.mark.parametrize(
    "around",
    [
        "%s",
        '{"error":%s}',
        'data: {"error":%s}\n\n',
        'data: {"choices":%s}\n\n',
        'data: {"x":%s,"choices":7}\n\n',
    ],
)
@pytest.mark.parametrize("opened", ["[", '{"a":'])
def test_deeply_nested_answer_is_malformed(opened: str, around: str, depth: int) -> None:
    """Deeply nested brackets are a malformed answer; the reader raises nothing else."""
    inner = opened * depth + "1" + ("]" if opened == "[" else "}") * depth
    reader = AnswerReader(ApiIdentity("host"))
    assert reader.feed((around % inner).encode()) + reader.end() == []
    assert reader.failure is not None
    if "error" not in around or depth > 20_000:
        assert reader.failure.kind is ErrorKind.MALFORMED
    assert len(str(reader.failure)) < 400


def test_error_inside_an_answer() -> None:
    """An error inside a successful answer keeps the text before it, and the reason."""
    reader = AnswerReader(ApiIdentity("host"))
    parts = (
        b'{"choices":[{"text":"a"}]}',
        b'{"error":{"message":"out of memory"}}',
        b'{"choices":[{"text":"b"}]}',
    )
    body = b"".join(b"data: " + part + b"\n\n" for part in parts)
    assert reader.feed(body) == [Chunk("a")]
    assert reader.done
    assert reader.failure is not None
    assert reader.failure.kind is ErrorKind.OVERLOAD
    assert "out of memory" in str(reader.failure)


@pytest.mark.parametrize(
    ("parts", "failure"),
    [
        ([b'{"text":"a"}'], "host ended its answer before it sent any text."),
        ([b'{"text":"a","finish_reason":"stop"}'], None),
        ([b'{"text":"a","finish_reason":"stop"}', b'{"text":""}'], None),
    ],
)
def test_stream_without_an_end_mark(parts: list[bytes], failure: str | None) -> None:
    """It is complete if the model has ended, even if something follows; otherwise it was cut off."""
    reader = AnswerReader(ApiIdentity("host"))
    for part in parts:
        reader.feed(b'data: {"choices":[' + part + b"]}\n\n")
        assert not reader.done
    assert reader.end() == []
    assert (reader.failure and str(reader.failure)) == failure


DOCUMENT, EVENT = b'{"choices":[{"text":"%s"}]}', b'data: {"choices":[{"text":"%s"}]}\n\n'


@pytest.mark.parametrize(
    ("body", "most"),
    [
        (DOCUMENT, (1 << 20) - len(DOCUMENT % b"")),
        (EVENT, 1 << 18),
        (b"data: %s", (1 << 20) - len(b"data: ")),
    ],
)
def test_size_of_an_answer_is_limited(body: bytes, most: int) -> None:
    """A document and an event have at most a mebibyte, a stream 262,144 characters of text; then reading stops."""
    for more in (0, 1):
        reader = AnswerReader(ApiIdentity("host"))
        reader.feed(body % (b"a" * (most + more)))
        assert reader.done is (more > 0)
    assert str(reader.failure) == "The answer of host is far too long: check base_url."


def test_endless_stream_is_limited() -> None:
    """Text far beyond `max_tokens` is not kept."""
    reader = AnswerReader(ApiIdentity("host"))
    event = b'data: {"choices":[{"text":"' + b"a" * 50_000 + b'"}]}\n\n'
    chunks = [chunk for _ in range(100) if not reader.done for chunk in reader.feed(event)]
    assert 200_000 < sum(len(chunk.text) for chunk in chunks) < 400_000
    assert reader.failure is not None
    assert reader.failure.kind is ErrorKind.MALFORMED


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (b'{"choices":[{"text":"a\xff"}]}', "a\ufffd"),
        (rb'{"choices":[{"text":"a\ud83d"}]}', "a\ufffd"),
        ('{"choices":[{"text":"a\u2028b\u0085"}]}'.encode(), "a\u2028b\u0085"),
    ],
)
def test_invalid_bytes_are_replaced(event: bytes, text: str) -> None:
    """An invalid byte sequence is replaced; the rest of the answer is kept."""
    assert AnswerReader(ApiIdentity("host")).feed(b"data: " + event + b"\n\n") == [Chunk(text)]


@given(
    st.lists(
        st.binary(max_size=30) | st.sampled_from([b"data: ", b"{", b'"choices":[', b"\n\n", b"}"]),
        max_size=12,
    )
)
def test_any_bytes_are_accepted(parts: list[bytes]) -> None:
    """No body raises."""
    reader = AnswerReader(ApiIdentity("host"))
    for part in parts:
        if not reader.done and part:
            reader.feed(part)
    if not reader.done:
        reader.end()
