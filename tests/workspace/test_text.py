"""Documents for the command line."""

import os
from pathlib import Path

import pytest

from midfill.workspace import UnreadableError, read_document, text


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"", ""),
        ("größe\r\n".encode(), "größe\r\n"),
        (b"\xef\xbb\xbfa", "a"),
        ("né".encode("utf-16"), "né"),
        (b"\xfe\xff" + "né".encode("utf-16-be"), "né"),
        (b"#!/bin/sh\n# coding: latin-1\n\xe9", "#!/bin/sh\n# coding: latin-1\né"),
        (b"# vim: set fileencoding=latin-1 :\n\xe9", "# vim: set fileencoding=latin-1 :\né"),
        (b"# coding: no-such\n", "# coding: no-such\n"),
        (b"# coding: hex\n", "# coding: hex\n"),
        (b"# coding: ascii\n\xc3\xa9", "# coding: ascii\né"),
    ],
)
def test_text_is_read_unchanged(tmp_path: Path, data: bytes, content: str) -> None:
    """Line ends are kept, a byte order mark is removed, and an encoding that the file names is used if it fits."""
    (tmp_path / "a.py").write_bytes(data)
    assert read_document(tmp_path / "a.py") == content


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"abc\0", "is binary (a NUL at byte offset 3)"),
        (b"a\0b\0", "is binary (a NUL at byte offset 1)"),
        (b"caf\xe9 au lait \xe9", "not valid UTF-8 at byte offset 3 (0xe9); save it as UTF-8"),
        (b"\xff\xfe\x00", "is binary"),
        (b"\xff\xfea", "not valid UTF-8 at byte offset 0 (0xff)"),
    ],
)
def test_file_that_is_not_text_is_reported(tmp_path: Path, data: bytes, message: str) -> None:
    """A file that is not text is refused with the place of the first invalid byte."""
    file = tmp_path / "a.py"
    file.write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        read_document(file)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    """The message for a file that does not exist says what to check."""
    with pytest.raises(UnreadableError, match="does not exist; check the spelling"):
        read_document(tmp_path / "none.py")


def test_folder_is_reported(tmp_path: Path) -> None:
    """A folder is not taken for a file."""
    with pytest.raises(UnreadableError, match="is a folder; name a file in it"):
        read_document(tmp_path)


def test_invalid_path_is_reported() -> None:
    """A path with a NUL, and a too long name, are ordinary errors."""
    for path in ("a\0b", "x" * 5000):
        with pytest.raises(UnreadableError):
            read_document(path)


def test_large_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the limit is refused before it is decoded."""
    (tmp_path / "a.py").write_bytes(b"x" * 11)
    monkeypatch.setattr(text, "MAX_DOCUMENT_BYTES", 10)
    with pytest.raises(UnreadableError, match="more than 10 bytes"):
        read_document(tmp_path / "a.py")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipe_is_reported_without_waiting(tmp_path: Path) -> None:
    """A special file is not opened, because it might never end."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableError, match="- for standard input"):
        read_document(tmp_path / "pipe")


@pytest.mark.parametrize("size", [10, 11])
def test_document_of_the_maximum_size_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """The message for a larger one says what to do."""
    file = tmp_path / "a.py"
    file.write_bytes(b"x" * size)
    monkeypatch.setattr(text, "MAX_DOCUMENT_BYTES", 10)
    if size == 10:
        assert read_document(file) == "x" * 10
        return
    with pytest.raises(UnreadableError) as caught:
        read_document(file)
    assert str(caught.value) == f"{file} has more than 10 bytes; complete in a smaller file"


@pytest.mark.skipif(os.name == "nt", reason="Windows has other messages")
@pytest.mark.parametrize(
    ("path", "reason"), [("a\0b", "embedded null byte"), ("x" * 5_000, "File name too long")]
)
def test_path_that_cannot_be_read_is_reported_with_the_reason(path: str, reason: str) -> None:
    """The system's own words, without its error number."""
    with pytest.raises(UnreadableError) as caught:
        read_document(path)
    assert str(caught.value) == f"{path} cannot be read: {reason}; check its permissions"


def test_nul_at_the_start_is_reported(tmp_path: Path) -> None:
    """The first byte, too, makes a file binary."""
    (tmp_path / "a.py").write_bytes(b"\0abc")
    with pytest.raises(UnreadableError, match=r"a NUL at byte offset 0\); midfill completes text files$"):
        read_document(tmp_path / "a.py")
