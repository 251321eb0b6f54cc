"""File contents as text."""

import io
import tokenize
from pathlib import Path

MAX_DOCUMENT_BYTES = 10_000_000
"""Maximum bytes of a file that the command line opens (our own limit, above any hand-written file)."""


class UnreadableError(Exception):
    """A file cannot be opened as a document; the message names the reason and the remedy."""


def read_document(path: str | Path) -> str:
    """Return the text of a file with its line ends, without a byte order mark. Raises UnreadableError."""
    data = _read(Path(path))
    text = decoded(data)
    if text is not None:
        return text
    if (offset := data.find(b"\0")) >= 0:
        raise UnreadableError(
            f"{path} is binary (a NUL at byte offset {offset}); midfill completes text files"
        )
    at = _invalid_offset(data)
    raise UnreadableError(
        f"{path} is not valid UTF-8 at byte offset {at} (0x{data[at]:02x}); save it as UTF-8 and try again"
    )


def decoded(data: bytes) -> str | None:
    """Return `data` as text; None if it is binary or in an unknown encoding.

    A byte order mark or a coding line in the first two lines names the encoding (PEP 263, as `tokenize.open` reads it;
    Emacs and Vim use such lines too). Without a name, or if the named encoding fails, the encoding is UTF-8.
    """
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not utf16:
        return None
    for encoding in ("utf-16",) if utf16 else (_named_encoding(data), "utf-8"):
        try:
            return data.decode(encoding)
        except (
            UnicodeError,
            LookupError,
        ):  # A LookupError for a named codec that is not a text encoding, like "hex".
            continue
    return None


def _named_encoding(data: bytes) -> str:
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:  # An unknown encoding, or a first line that is not UTF-8.
        return "utf-8"


def _invalid_offset(data: bytes) -> int:
    """Return the offset of the first byte of `data` that is not UTF-8; its length if there is none."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _read(path: Path) -> bytes:
    """Return the bytes of a regular file. Raises UnreadableError."""
    try:
        if path.is_dir():
            raise UnreadableError(f"{path} is a folder; name a file in it")
        if path.exists() and not path.is_file():
            raise UnreadableError(
                f"{path} is a device or a pipe; name a regular file, or - for standard input"
            )
        with path.open("rb") as file:
            data = file.read(MAX_DOCUMENT_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableError(f"{path} does not exist; check the spelling and the current folder") from None
    except (OSError, ValueError) as error:  # A NUL in the path raises ValueError.
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError(f"{path} cannot be read: {reason}; check its permissions") from error
    if len(data) > MAX_DOCUMENT_BYTES:
        raise UnreadableError(
            f"{path} has more than {MAX_DOCUMENT_BYTES:,} bytes; complete in a smaller file"
        )
    return data
