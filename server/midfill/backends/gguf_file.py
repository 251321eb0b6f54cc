"""The header of a GGUF file, and the memory that its model takes.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

import struct
from os.path import getsize
from typing import BinaryIO, Final

_MAGIC: Final = b"GGUF"
_NUMBERS: Final = ("<B", "<b", "<H", "<h", "<I", "<i", "<f", "<?", "", "", "<Q", "<q", "<d")
"""The `struct` format of each type of value; 8 is a string, 9 an array."""
_TEXT, _ARRAY = 8, 9
"""The types of a string and of an array (the same source)."""
_MAX_LENGTH: Final = 1 << 24
"""Maximum length of a string or an array; a longer one is an invalid file."""

RUNTIME_BYTES: Final = 100 * 2**20
"""Bytes of the process without weights and caches: 85 MB measured with SmolLM2-135M."""

Value = float | bytes | None


def memory_of(path: str, context: int, cache: int) -> int:
    """Return the bytes of a model: its weights, `context` tokens, `cache` bytes of earlier prompts, and the process.

    A token takes two bytes for each key and each value (llama.cpp's default). Raises OSError and ValueError.
    """
    with open(path, "rb") as file:
        values = _header(file)
    return getsize(path) + context * _token(values) + cache + RUNTIME_BYTES


def _token(values: dict[str, Value]) -> int:
    """Return the bytes of one token of context."""
    name = values.get("general.architecture")
    model = name.decode("utf-8", "replace") if isinstance(name, bytes) else ""

    def number(key: str, default: int = 0) -> int:
        value = values.get(f"{model}.{key}")
        return int(value) if isinstance(value, int | float) else default

    heads = number("attention.head_count") or 1
    width = number("attention.key_length", number("embedding_length") // heads)
    return 2 * 2 * number("block_count") * number("attention.head_count_kv", heads) * width


def _header(file: BinaryIO) -> dict[str, Value]:
    """Return the values of a header by their keys; None for arrays. Raises ValueError."""
    if file.read(4) != _MAGIC:
        raise ValueError("it is not a GGUF file")
    _read(file, "<I"), _read(file, "<Q")  # The version, and the number of tensors.
    return {_text(file).decode("utf-8", "replace"): _value(file) for _ in range(_length(file))}


def _value(file: BinaryIO) -> Value:
    kind = int(_read(file, "<I"))
    if kind == _ARRAY:
        _skip(file)
        return None
    return _single(file, kind)


def _single(file: BinaryIO, kind: int) -> Value:
    if kind == _TEXT:
        return _text(file)
    if kind >= len(_NUMBERS) or kind == _ARRAY:
        raise ValueError(f"it has a value of the unknown type {kind}")
    return _read(file, _NUMBERS[kind])


def _skip(file: BinaryIO) -> None:
    kind, length = int(_read(file, "<I")), _length(file)
    for _ in range(length):
        _single(file, kind)


def _text(file: BinaryIO) -> bytes:
    return file.read(_length(file))


def _length(file: BinaryIO) -> int:
    length = int(_read(file, "<Q"))
    if length > _MAX_LENGTH:
        raise ValueError("it has a string that is too long")
    return length


def _read(file: BinaryIO, form: str) -> float:
    try:
        return struct.unpack(form, file.read(struct.calcsize(form)))[0]  # type: ignore[no-any-return]
    except struct.error:
        raise ValueError("it ends too early") from None
