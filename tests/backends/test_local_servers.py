"""Answers of Ollama and llama.cpp as bytes, model files that are none, and calls at the same time."""

import asyncio
import json
import struct
from pathlib import Path

import pytest

from midfill.backends import ollama
from midfill.backends.answer_stream import chunks_at_cursor
from midfill.backends.api_errors import ErrorResponse, error_of
from midfill.backends.api_identity import ApiIdentity
from midfill.backends.gguf_file import memory_of
from midfill.backends.llamacpp import InfillFormat
from midfill.backends.ollama import LineReader
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.answer_start import AnswerStart
from midfill.core.model import Chunk, ErrorKind, Usage
from midfill.core.providers import PROVIDERS
from tests.backends.calls import answer, text
from tests.loopback.client import Loopback

OLLAMA = ApiIdentity("127.0.0.1:11434", "", "qwen2.5-coder", PROVIDERS["ollama"])
LLAMACPP = ApiIdentity("127.0.0.1:8012", "", "", PROVIDERS["llamacpp"])


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ({"error": "model runner has stopped"}, ErrorKind.OVERLOAD, "model runner has stopped"),
        ({"error": {"message": "out of memory"}}, ErrorKind.OVERLOAD, "out of memory"),
        ({"status": "ok"}, ErrorKind.MALFORMED, "something else than a completion"),
        ([], ErrorKind.MALFORMED, "completion"),
    ],
)
def test_error_in_a_stream_of_a_local_server_is_reported(body: object, kind: ErrorKind, words: str) -> None:
    """Each line of Ollama, and each event of llama.cpp, may be an error or something else."""
    document = json.dumps(body).encode()
    for reader, sent in (
        (LineReader(OLLAMA), document + b"\n"),
        (InfillFormat().reader(LLAMACPP), b"data: " + document + b"\n\n"),
    ):
        assert reader.feed(sent) == []
        assert reader.failure is not None
        assert (reader.failure.kind, words in str(reader.failure)) == (kind, True)
        assert reader.done


def test_line_of_ollama_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that never ends is no answer; lines up to the maximum arrive in any parts."""
    line = json.dumps({"response": "a", "done": False}).encode() + b"\n"
    monkeypatch.setattr(ollama, "_MAX_LINE_BYTES", len(line))
    reader = LineReader(OLLAMA)
    assert [chunk.text for at in range(len(line)) for chunk in reader.feed(line[at : at + 1])] == ["a"]
    assert reader.feed(b"x" * (len(line) + 1)) == []
    assert reader.failure is not None
    assert reader.failure.kind is ErrorKind.MALFORMED
    assert str(reader.failure).startswith("127.0.0.1:11434 answered without a completion.")
    assert reader.done
    reader = LineReader(OLLAMA)
    assert reader.feed(line[:-1] + b" ") == []
    assert reader.failure is None


@pytest.mark.parametrize(
    ("line", "chunk"),
    [
        ({"response": "a", "model": "m"}, Chunk("a", model="m")),
        ({"response": "a", "done": False, "done_reason": "stop"}, Chunk("a")),
        ({"response": "", "done": True}, Chunk("", "stop")),
        ({"done": True, "done_reason": "length"}, Chunk("", "length")),
        ({"response": "", "thinking": "hm"}, Chunk(thinks=True)),
        ({"thinking": "hm"}, Chunk(thinks=True)),
        ({"response": "a", "thinking": "hm"}, Chunk("a")),
        ({"done": True, "prompt_eval_count": 9, "eval_count": 2}, Chunk("", "stop", Usage(9, 2))),
        ({"done": True, "eval_count": 0}, Chunk("", "stop", Usage(0, 0))),
        ({"done": True, "prompt_eval_count": 9}, Chunk("", "stop")),
    ],
)
def test_content_of_a_line_of_ollama(line: object, chunk: Chunk) -> None:
    """Text, the end, reasoning, and the tokens, which come with the last line."""
    reader = LineReader(OLLAMA)
    assert reader.feed(json.dumps(line).encode() + b"\n") == [chunk]
    assert reader.done is (chunk.finish_reason is not None)
    assert reader.failure is None


def test_lines_of_ollama() -> None:
    """Blank lines are skipped, the last line needs no line end, and nothing after the end is read."""
    reader = LineReader(OLLAMA)
    assert text(reader.feed(b'\n{"response": "a"}\n \n{"response": "b"}\n')) == "ab"
    assert not reader.done
    assert reader.feed(b'{"response": "c", "done": true}') == []
    assert text(reader.end()) == "c"
    assert (reader.done, reader.failure) == (True, None)
    reader = LineReader(OLLAMA)
    assert text(reader.feed(b'{"response": "a", "done": true}\n{"response": "b"}\n')) == "a"
    assert text(reader.feed(b'{"response": "b"}\n')) == ""
    assert (reader.done, reader.failure) == (True, None)
    reader = LineReader(OLLAMA)
    assert text(reader.feed(b'{"response": "a"}\n{"error": "no"}\n{"response": "b"}\n')) == "a"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"response": "a"}\n', "127.0.0.1:11434 ended its answer before it sent any text."),
        (b'{"response": "a"}', "127.0.0.1:11434 ended its answer before it sent any text."),
        (b"", "127.0.0.1:11434 answered without a completion. Check that base_url is a completions API."),
    ],
)
def test_answer_of_ollama_that_does_not_end(body: bytes, words: str) -> None:
    """An answer that was cut off is another fault than an empty one."""
    reader = LineReader(OLLAMA)
    if body:
        reader.feed(body)
    reader.end()
    assert str(reader.failure) == words


@pytest.mark.parametrize(
    ("event", "chunk"),
    [
        ({"content": "a", "model": "m"}, Chunk("a", model="m")),
        ({"content": "a", "stop_type": "limit", "tokens_predicted": 2}, Chunk("a")),
        ({"content": "", "stop": True}, Chunk("", "stop")),
        ({"content": "", "stop": True, "stop_type": "limit"}, Chunk("", "length")),
        ({"content": "", "stop": True, "stop_type": "eos"}, Chunk("", "stop")),
        (
            {
                "content": "",
                "stop": True,
                "tokens_evaluated": 9,
                "tokens_predicted": 2,
                "timings": {"prompt_n": 4},
            },
            Chunk("", "stop", Usage(9, 2, 5)),
        ),
        ({"content": "", "stop": True, "tokens_predicted": 2}, Chunk("", "stop", Usage(0, 2, 0))),
        ({"content": "", "stop": True, "tokens_evaluated": 9}, Chunk("", "stop")),
        (
            {
                "content": "",
                "stop": True,
                "tokens_evaluated": 9,
                "tokens_predicted": 0,
                "timings": {"prompt_n": 12},
            },
            Chunk("", "stop", Usage(9, 0, 0)),
        ),
        (
            {
                "content": "",
                "stop": True,
                "tokens_evaluated": 9,
                "tokens_predicted": 0,
                "timings": {"prompt_n": -2},
            },
            Chunk("", "stop", Usage(9, 0, 9)),
        ),
        (
            {
                "content": "",
                "stop": True,
                "tokens_evaluated": 9,
                "tokens_predicted": 0,
                "timings": {"prompt_n": "4"},
            },
            Chunk("", "stop", Usage(9, 0, 0)),
        ),
    ],
)
def test_content_of_an_event_of_llamacpp(event: object, chunk: Chunk) -> None:
    """The tokens that the server did not have to read were cached."""
    reader = InfillFormat().reader(LLAMACPP)
    assert reader.feed(b"data: " + json.dumps(event).encode() + b"\n\n") == [chunk]


def test_answer_of_llamacpp_in_one_piece() -> None:
    """One document is a whole answer."""
    for body, finish_reason in (
        (b'{"content": "a"}', "stop"),
        (b'{"content": "a", "stop_type": "limit"}', "length"),
    ):
        reader = InfillFormat().reader(LLAMACPP)
        assert reader.feed(body) == []
        assert reader.end() == [Chunk("a", finish_reason)]  # type: ignore[arg-type]
        assert reader.failure is None


@pytest.mark.parametrize(
    ("parts", "fitted"),
    [
        ([b'{"response": "<thi"}\n', b""], "<thi"),
        ([b'{"response": "  "}\n', b""], ""),
        ([b'{"response": "  "}\n', b'{"response": "x", "done": true}\n', b""], "x"),
    ],
)
def test_start_of_an_answer_that_ends_early_is_kept(parts: list[bytes], fitted: str) -> None:
    """Text that may start a model's reasoning, or be the removed blanks, waits for more text or for the end."""
    start = AnswerStart(removed="  ", before="=") if fitted != "<thi" else AnswerStart()
    reader = LineReader(OLLAMA)
    assert text([chunk for part in parts for chunk in chunks_at_cursor(reader, part, start)]) == fitted


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "No connected db.", ErrorKind.BAD_KEY),
        (400, "the db is not connected", ErrorKind.BAD_REQUEST),
        (500, "No connected db.", ErrorKind.OVERLOAD),
    ],
)
def test_gateway_without_a_database_knows_no_other_key(status: int, message: str, kind: ErrorKind) -> None:
    """LiteLLM's proxy answers so to a wrong key when it has no database of keys."""
    body = json.dumps({"error": {"message": message}}).encode()
    assert error_of(ErrorResponse(status, body), OLLAMA).kind is kind


STRING, ARRAY = 8, 9


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (struct.pack("<I", 99), "unknown type 99"),
        (struct.pack("<IIQ", ARRAY, ARRAY, 1) + struct.pack("<IQ", 0, 0), "unknown type"),
        (struct.pack("<IQ", STRING, 1 << 40), "too long"),
        (struct.pack("<IIQ", ARRAY, STRING, 1 << 40), "too long"),
    ],
)
def test_file_that_is_no_model_is_reported(tmp_path: Path, value: bytes, words: str) -> None:
    """A value of an unknown type, arrays in arrays and impossible lengths end the reading."""
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"a" + value)
    with pytest.raises(ValueError, match=words):
        memory_of(str(file), 1, 0)


@pytest.mark.anyio
async def test_first_calls_at_the_same_time_share_one_client(loopback: Loopback) -> None:
    """A backend opens its client once, however many calls wait for it."""
    loopback.behave(text="a + b")
    backend = RemoteBackend(
        RemoteOptions(provider=PROVIDERS["deepseek"], key="sk-" + "k3y0" * 8, base_url=loopback.url)
    )
    opened = [asyncio.create_task(backend.connections.client()) for _ in range(3)]
    assert len({id(client) for client in await asyncio.gather(*opened)}) == 1
    assert text(await answer(backend)) == "a + b"
    await backend.close()
