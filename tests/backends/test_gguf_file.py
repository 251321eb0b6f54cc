"""The header of a model file, read without loading the model."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.backends.gguf_file import RUNTIME_BYTES, memory_of

U32, TEXT, ARRAY = 4, 8, 9


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def number(key: str, value: int) -> bytes:
    return text(f"llama.{key}") + struct.pack("<II", U32, value)


def header(*values: bytes) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(values)) + b"".join(values)


NAME = text("general.architecture") + struct.pack("<I", TEXT) + text("llama")
TOKENS = text("tokens") + struct.pack("<IIQ", ARRAY, TEXT, 2) + text("a") + text("b")
LAYERS, WIDTH = number("block_count", 30), number("embedding_length", 576)
HEADS, SHARED = number("attention.head_count", 9), number("attention.head_count_kv", 3)


@pytest.mark.parametrize(
    ("values", "token"),
    [
        ([NAME, TOKENS, LAYERS, WIDTH, HEADS, SHARED], 30 * 3 * 64 * 4),  # SmolLM2-135M.
        ([NAME, LAYERS, WIDTH, HEADS], 30 * 9 * 64 * 4),
        ([NAME, LAYERS, WIDTH, HEADS, SHARED, number("attention.key_length", 128)], 30 * 3 * 128 * 4),
        ([TOKENS], 0),
    ],
)
def test_memory_of_a_token_of_context(tmp_path: Path, values: list[bytes], token: int) -> None:
    """The size is computed from layers, heads and width; a missing value counts as 0."""
    file = tmp_path / "model.gguf"
    file.write_bytes(header(*values))
    assert memory_of(str(file), 8192, 1000) == file.stat().st_size + 8192 * token + 1000 + RUNTIME_BYTES


@given(st.binary(max_size=200), st.booleans())
def test_any_file_is_accepted(tmp_path_factory: pytest.TempPathFactory, content: bytes, begun: bool) -> None:
    """Any content is read as a model or reported as none."""
    file = tmp_path_factory.mktemp("any") / "model.gguf"
    file.write_bytes((b"GGUF" if begun else b"") + content)
    with suppress(ValueError):
        assert memory_of(str(file), 1, 0) >= RUNTIME_BYTES
