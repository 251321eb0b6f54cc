"""The command `serve`: the connection to the client, and the token of a client on a socket."""

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from midfill.cli import USAGE
from midfill.core.characters import escaped
from midfill.lsp.handshake import answer_initialize

if TYPE_CHECKING:
    from midfill.lsp.serving import Transport


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve one client; return the exit code of bad usage, or end the process."""
    try:
        line = _transport(arguments, environ)
        # Imported only now, because the editor has its answer: this imports all that completions need.
        from midfill.keys import register_environment_keys
        from midfill.keys.command import commands
        from midfill.lsp.serving import serve

        register_environment_keys(environ)
        commands.for_editor = not _has_terminal()
        try:
            code = serve(line, environ)
        finally:
            commands.close()
        _exit_at_once(code)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"midfill serve: {escaped(str(error))}\n")
        return USAGE


def _transport(arguments: argparse.Namespace, environ: Mapping[str, str]) -> "Transport":
    """Return the connection to the client. Raises OSError or ValueError with a message for the user."""
    address = arguments.tcp or arguments.ws
    if not address:
        if arguments.token_file or arguments.allow_remote:
            raise ValueError("--token-file and --allow-remote need --tcp or --ws")
        first = answer_initialize(environ)
        from midfill.lsp.serving import stdio

        return stdio(first)
    # Imported here, because a server on standard input needs neither.
    from midfill.cli.token import new_token, read_or_create_token
    from midfill.lsp.sockets import SocketOptions, open_tcp, open_websocket

    host, port = _address(address)
    token = read_or_create_token(arguments.token_file) if arguments.token_file else new_token()
    report = partial(_print_address, arguments.token_file, token)
    listening = SocketOptions(host, port, token, report, arguments.allow_remote)
    return partial(open_tcp if arguments.tcp else open_websocket, listening)


def _print_address(token_file: str | None, token: str, addresses: Sequence[str], *, remote: bool) -> None:
    """Print the server's address, and a new token once."""
    lines = [f"listening on {address}" for address in addresses]
    if remote:
        lines.append(
            "other machines can reach it, and nothing is encrypted: use it in a network that you trust"
        )
    lines.append(f"the token is in {escaped(token_file)}" if token_file else f"token {token}")
    sys.stderr.write("".join(f"midfill: {line}\n" for line in lines))
    sys.stderr.flush()


def _has_terminal() -> bool:
    """Whether the user started the server in a terminal, for a client on a socket."""
    return sys.stdin is not None and sys.stdin.isatty()


def _exit_at_once(code: int) -> NoReturn:
    """Exit at once; an orderly shutdown of the interpreter takes seconds on a busy machine."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdigit() or not port.isascii() or len(port) > 5 or int(port) > 65_535:
        raise ValueError(f"{text!r} is not [HOST:]PORT")
    return host.strip("[]") or "127.0.0.1", int(port)
