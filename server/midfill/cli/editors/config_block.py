"""A marked block of lines in a configuration file; all other bytes stay unchanged."""

import os
import re
import shutil
from itertools import count
from pathlib import Path

_COMMENT = rb'^[ \t]*(?:--|"|;+|#)[ \t]*midfill '
_BEGIN = re.compile(_COMMENT + rb"begin[ \t]*(?=\r?$)", re.MULTILINE)
_END = re.compile(_COMMENT + rb"end[ \t]*(?=\r?$)", re.MULTILINE)


class UneditableFileError(Exception):
    """A file cannot be edited safely; the message names the reason and the manual step."""


def marked(comment: str, lines: list[str]) -> str:
    """Return the lines between two marker comments, without a final line end."""
    return "\n".join([f"{comment} midfill begin", *lines, f"{comment} midfill end"])


def splice(content: bytes, block: str) -> bytes:
    """Return a file's content with the block in place of its existing block, or at its end.

    The block gets the line ends of the file. Raises `UneditableFileError` if the markers do not pair, or if the
    content is not text in an ASCII-compatible encoding.
    """
    eol = b"\r\n" if content.count(b"\r\n") * 2 > content.count(b"\n") else b"\n"
    data = block.encode("utf-8", "surrogateescape").replace(b"\n", eol)
    if span := _span(content):
        return content[: span[0]] + data + content[span[1] :]
    gap = b"" if not content or content.endswith(b"\n") else eol
    return content + gap + data + eol


def outside(content: bytes) -> bytes:
    """Return a file's content without its block, if any; raises the same errors as `splice`."""
    span = _span(content)
    return (
        content[: span[0]] + content[span[1] :].removeprefix(b"\r").removeprefix(b"\n") if span else content
    )


def _span(content: bytes) -> tuple[int, int] | None:
    if b"\0" in content:
        raise UneditableFileError("it is not text in UTF-8; add the lines manually")
    begins, ends = list(_BEGIN.finditer(content)), list(_END.finditer(content))
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or begins[0].end() > ends[0].start():
        raise UneditableFileError(
            "its lines `midfill begin` and `midfill end` do not pair; remove them manually and try again"
        )
    return begins[0].start(), ends[0].end()


def replace(path: Path, content: bytes) -> Path | None:
    """Replace a file atomically and return its backup; None if the file is new.

    Missing folders are created. The file mode is kept. For a symlink, the target is replaced. Raises
    `UneditableFileError` if a step fails; the file is then unchanged.
    """
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not os.access(target, os.W_OK):
            raise UneditableFileError(
                "it is read-only; add the lines with the tool that created it (a dotfiles tool, Nix)"
            )
        backup = _back_up(path) if target.exists() else None
        _swap(target, content)
    except (OSError, RuntimeError) as error:  # Before Python 3.13 a symlink to itself raises RuntimeError.
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UneditableFileError(f"it cannot be written ({reason}); add the lines manually") from None
    return backup


def _back_up(path: Path) -> Path:
    """Copy a file to the first free backup name beside it."""
    numbers = count(2)
    backup = path.with_name(f"{path.name}.midfill-backup")
    while True:
        try:
            with backup.open("xb") as copy:
                copy.write(path.read_bytes())
        except FileExistsError:
            backup = path.with_name(f"{path.name}.midfill-backup-{next(numbers)}")
        else:
            shutil.copystat(path, backup)
            return backup


def _swap(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".{target.name}.midfill-{os.getpid()}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
