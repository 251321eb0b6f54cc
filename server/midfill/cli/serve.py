"""The command `serve`: which line to the client it opens, and the token that a client on a socket has to know."""

import argparse
import logging
import os
import secrets
import shlex
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from midfill import lsp
from midfill.cli import USAGE

MOST_OF_A_TOKEN = 4096
"""Bytes of a token file that are read."""


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve one client; return the exit code of bad usage, or end the process."""
    try:
        _leave(lsp.serve(_line(arguments), environ))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"midfill serve: {error}\n")
        return USAGE


def _line(arguments: argparse.Namespace) -> lsp.Line:
    """Return the line to the client. Raises OSError or ValueError, in words for the user."""
    address = arguments.tcp or arguments.ws
    if not address:
        if arguments.token_file or arguments.allow_remote:
            raise ValueError("--token-file and --allow-remote need --tcp or --ws")
        return lsp.stdio
    from midfill.lsp.sockets import (
        Listening,
        open_tcp,
        open_websocket,
    )  # Here: an editor's server needs no network.

    host, port = _address(address)
    token = token_of(Path(arguments.token_file)) if arguments.token_file else secrets.token_urlsafe(32)
    tell = partial(_tell, arguments.token_file, token)
    listening = Listening(host, port, token, tell, arguments.allow_remote)
    return partial(open_tcp if arguments.tcp else open_websocket, listening)


def token_of(path: Path) -> str:
    """Return the token in a file that only the user can read; make one if there is no file. Raises OSError."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _token_in(path)
    with open(file, "w", encoding="ascii") as new:
        token = secrets.token_urlsafe(32)
        new.write(f"{token}\n")
    return token


def _token_in(path: Path) -> str:
    with path.open("rb") as file:
        if sys.platform != "win32" and os.fstat(file.fileno()).st_mode & 0o077:
            advice = f"run: chmod 600 {shlex.quote(str(path))}"
            raise PermissionError(f"{path} can be read by others than you, and is not used; {advice}")
        token = file.read(MOST_OF_A_TOKEN).decode("utf-8", "replace").strip()
    if not token:
        raise ValueError(f"{path} is empty: it must hold the token; remove it, and midfill makes a new one")
    return token


def _tell(token_file: str | None, token: str, addresses: Sequence[str], *, remote: bool) -> None:
    """Tell where the server listens, and once what its client has to know."""
    lines = [f"listening on {address}" for address in addresses]
    if remote:
        lines.append(
            "other machines can reach it, and nothing is encrypted: use it in a network you trust only"
        )
    lines.append(f"the token is in {token_file}" if token_file else f"token {token}")
    sys.stderr.write("".join(f"midfill: {line}\n" for line in lines))
    sys.stderr.flush()


def _leave(code: int) -> NoReturn:
    """Exit at once; an orderly shutdown of the interpreter takes seconds on a busy machine."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdigit() or not port.isascii() or len(port) > 5 or int(port) > 65_535:
        raise ValueError(f"{text!r} is not [HOST:]PORT")
    return host.strip("[]") or "127.0.0.1", int(port)
