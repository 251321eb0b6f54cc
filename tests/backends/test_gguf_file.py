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
        ([NAME, LAYERS, WIDTH], 30 * 1 * 576 * 4),
        ([NAME, LAYERS, WIDTH, number("attention.head_count", 0)], 30 * 1 * 576 * 4),
        ([NAME, LAYERS, number("embedding_length", 577), HEADS, SHARED], 30 * 3 * 64 * 4),
        ([NAME, LAYERS, text("llama.embedding_length") + struct.pack("<I", TEXT) + text("576")], 0),
        ([LAYERS, WIDTH, NAME, HEADS, SHARED], 30 * 3 * 64 * 4),
        ([text("general.architecture") + struct.pack("<II", U32, 1), LAYERS, WIDTH], 0),
    ],
)
def test_memory_of_a_token_of_context(tmp_path: Path, values: list[bytes], token: int) -> None:
    """The size is computed from layers, heads and width; a missing value counts as 0."""
    file = tmp_path / "model.gguf"
    file.write_bytes(header(*values))
    assert memory_of(str(file), 8192, 1000) == file.stat().st_size + 8192 * token + 1000 + RUNTIME_BYTES


def test_process_takes_memory_of_its_own(tmp_path: Path) -> None:
    """About 85 MB without any weights: the warning about the memory comes before the machine swaps."""
    file = tmp_path / "model.gguf"
    file.write_bytes(header(NAME))
    assert 85_000_000 < memory_of(str(file), 0, 0) < 200_000_000


SIZES = [(0, 1), (1, 1), (2, 2), (3, 2), (4, 4), (5, 4), (6, 4), (7, 1), (10, 8), (11, 8), (12, 8)]
"""The bytes of a number of each type, as in the format's description."""


@pytest.mark.parametrize(("kind", "size"), SIZES)
def test_values_of_each_type_are_skipped(tmp_path: Path, kind: int, size: int) -> None:
    """Those before the needed ones, alone and in arrays."""
    one = text("x") + struct.pack("<I", kind) + b"\1" * size
    several = text("y") + struct.pack("<IIQ", ARRAY, kind, 3) + b"\1" * size * 3
    file = tmp_path / "model.gguf"
    file.write_bytes(header(one, several, NAME, LAYERS, WIDTH))
    assert memory_of(str(file), 1, 0) == file.stat().st_size + 30 * 576 * 4 + RUNTIME_BYTES


@pytest.mark.parametrize(
    ("kind", "form", "value", "layers"),
    [(0, "B", 200, 200), (1, "b", -2, -2), (2, "H", 40_000, 40_000), (3, "h", -300, -300), (5, "i", -300, -300),
     (6, "f", 2.5, 2), (7, "?", True, 1), (10, "Q", 1 << 40, 1 << 40), (11, "q", -(1 << 40), -(1 << 40)),
     (12, "d", 2.5, 2)],
)  # fmt: skip
def test_number_of_each_type_is_read(tmp_path: Path, kind: int, form: str, value: float, layers: int) -> None:
    """With its sign, and without its fraction."""
    file = tmp_path / "model.gguf"
    count = text("llama.block_count") + struct.pack(f"<I{form}", kind, value)
    file.write_bytes(header(NAME, count, number("embedding_length", 1)))
    assert memory_of(str(file), 1, 0) == file.stat().st_size + layers * 4 + RUNTIME_BYTES


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is not a GGUF file"),
        (b"GGU", "it is not a GGUF file"),
        (b"gguf" + header()[4:], "it is not a GGUF file"),
        (header()[:-1], "it ends too early"),
        (header(NAME, LAYERS[:-1]), "it ends too early"),
        (header(text("x") + struct.pack("<I", 13)), "it has a value of the unknown type 13"),
        (header(text("x") + struct.pack("<IIQ", ARRAY, ARRAY, 1)), "it has a value of the unknown type 9"),
        (
            header(text("x") + struct.pack("<IIQ", ARRAY, 0, (1 << 24) + 1)),
            "it has a string that is too long",
        ),
        (header(text("x") + struct.pack("<IIQ", ARRAY, 0, 1 << 24)), "it ends too early"),
    ],
)
def test_invalid_file_is_reported(tmp_path: Path, content: bytes, words: str) -> None:
    """The message follows the file's name."""
    file = tmp_path / "model.gguf"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{words}$"):
        memory_of(str(file), 1, 0)


@given(st.binary(max_size=200), st.booleans())
def test_any_file_is_accepted(tmp_path_factory: pytest.TempPathFactory, content: bytes, begun: bool) -> None:
    """Any content is read as a model or reported as none."""
    file = tmp_path_factory.mktemp("any") / "model.gguf"
    file.write_bytes((b"GGUF" if begun else b"") + content)
    with suppress(ValueError):
        assert memory_of(str(file), 1, 0) >= RUNTIME_BYTES
