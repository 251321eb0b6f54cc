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
from midfill.core.model import ErrorKind
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
