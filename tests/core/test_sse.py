"""Server-sent events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.sse import Decoder

STREAMS = [
    ("one event", b'data: {"a":1}\n\n', [b'{"a":1}']),
    ("no blank after the colon", b"data:x\n\n", [b"x"]),
    ("only the first blank belongs to the format", b"data:   x \n\n", [b"  x "]),
    ("CRLF", b"data: x\r\n\r\ndata: y\r\n\r\n", [b"x", b"y"]),
    ("keep-alive comments anywhere", b": keep-alive\n\n: k\ndata: x\n: k\n\n: k\n\n", [b"x"]),
    ("blank lines", b"\n\n\r\n\ndata: x\n\n\n\n", [b"x"]),
    ("lines of one event are joined", b"data: a\ndata: b\n\n", [b"a\nb"]),
    ("other fields", b"event: ping\nid: 7\nretry: 3\ndata: x\n\n", [b"x"]),
    ("a field without a colon", b"data\ndata\n\n", [b"\n"]),
    ("an unknown field", b"datas: x\nfoo\n\n", []),
    ("no blank line at the end", b"data: x\n\ndata: y", [b"x", b"y"]),
    ("nothing behind [DONE]", b"data: x\n\ndata: [DONE]\n\ndata: y\n\n", [b"x"]),
    ("separators that str.splitlines splits at", "data: a\u2028b\u0085c\x0bd\x0ce\x1cf\rg\n\n".encode(),
     ["a\u2028b\u0085c\x0bd\x0ce\x1cf\rg".encode()]),
    ("bytes that are no UTF-8", b"data: \xff\xfe\n\n", [b"\xff\xfe"]),
    ("nothing", b"", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "events"), [case[1:] for case in STREAMS], ids=[case[0] for case in STREAMS]
)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_events_of_a_stream(body: bytes, events: list[bytes], size: int) -> None:
    """The events do not depend on the chunks of the stream."""
    assert decoded([body[at : at + size] for at in range(0, len(body), size)]) == events


def decoded(chunks: list[bytes]) -> list[bytes]:
    decoder = Decoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.end()


PIECES = st.sampled_from(
    [b"data:", b"data: ", b"\n", b"\r\n", b"\r", b"x", b": c", b"\n\n", b"[DONE]", b"\xe2\x80\xa8"]
)


@given(st.lists(PIECES | st.binary(max_size=5), max_size=30), st.data())
def test_any_bytes_in_any_chunks(pieces: list[bytes], data: st.DataObject) -> None:
    """No input raises, and the chunks make no difference."""
    body = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    chunks = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert decoded(chunks) == decoded([body])


def test_done_is_reported_when_complete() -> None:
    """The end mark is `[DONE]`."""
    decoder = Decoder()
    assert decoder.feed(b"data: [DO") == []
    assert not decoder.done
    assert decoder.feed(b"NE] \r\n\r\n") == []
    assert decoder.done


@pytest.mark.parametrize(
    "flood",
    [[b"data: ", *[b"x" * 40] * 10], [b"data: x\n"] * 60, [b": ", *[b"x" * 40] * 10], [b"data:\n"] * 300],
    ids=["one line", "many lines", "a comment", "empty lines"],
)
def test_too_long_event_is_dropped(flood: list[bytes]) -> None:
    """Text above the limit is dropped and reported, the next event is complete, and memory is bounded."""
    decoder = Decoder(limit=100)
    for chunk in flood:
        assert decoder.feed(chunk) == []
        assert len(decoder._line) + sum(map(len, decoder._data)) <= 100
    assert decoder.overflowed
    assert decoder.feed(b"\n\ndata: y\n\n") == [b"y"]


def test_limit_applies_to_one_event() -> None:
    """Many small events do not reach the limit of one event."""
    decoder = Decoder(limit=100)
    assert sum(len(decoder.feed(b": k\ndata: 0123456789\n\n")) for _ in range(100)) == 100
    assert not decoder.overflowed
