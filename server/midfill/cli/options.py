"""The arguments of `midfill gateway` and `midfill auth`."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from midfill.cli.arguments import port

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001


def add_gateway(commands: "Commands") -> None:
    """Add `midfill gateway`."""
    parser = commands.add_parser(
        "gateway",
        help="answer OpenAI's and Ollama's completion requests, for editors that speak no LSP inline completion",
        description="Answer POST /v1/completions and POST /api/generate by the same engine as the language server. A "
        "client sends the token as `Authorization: Bearer ...`, and may send X-Midfill-Path and X-Midfill-Language.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument(
        "--port", type=port, default=8642, help="the port to listen on (8642); 0 takes any free one"
    )
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="the file of the token that clients have to send; made if it is missing (gateway-token beside the "
        "settings file)",
    )
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="listen on an address that other machines can reach; nothing is encrypted",
    )
    parser.set_defaults(run=_gateway)


def add_auth(commands: "Commands") -> None:
    """Add `midfill auth`."""
    parser = commands.add_parser(
        "auth",
        help="keep API keys in the system keyring, or list where each comes from",
        description="Keep API keys in the system keyring. The command prompts for a key without an echo, or "
        "reads it from standard input; no argument contains it.",
    )
    parser.add_argument(
        "what",
        choices=("set", "list", "remove"),
        help="set: ask for a key and keep it; list: each backend's key by its last characters; remove: forget it",
    )
    parser.add_argument("backend", nargs="?", help="whose key; without it the backend that the settings name")
    parser.set_defaults(run=_auth)


def _gateway(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import gateway

    return gateway.run(arguments, environ)


def _auth(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import auth

    return auth.run(arguments.what, arguments.backend, environ)
