"""The arguments of `midfill gateway`, `auth`, `config` and `index`."""

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
        help="answer OpenAI's and Ollama's completion requests, for editors without LSP inline completion",
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
        help="the file of the token that clients must send; created if it is missing (gateway-token beside the "
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
        help="keep API keys in the system keyring, or list the source of each",
        description="Keep API keys in the system keyring. The command prompts for a key without an echo, or "
        "reads it from standard input; no argument contains it.",
    )
    parser.add_argument(
        "what",
        choices=("set", "list", "remove"),
        help="set: prompt for a key and store it; list: each backend's key by its last characters; remove: forget it",
    )
    parser.add_argument("backend", nargs="?", help="the key's backend; by default the one in the settings")
    parser.set_defaults(run=_auth)


def add_config(commands: "Commands") -> None:
    """Add `midfill config`."""
    parser = commands.add_parser("config", help="show the settings, their file, or their schema")
    parser.add_argument(
        "what",
        choices=("show", "path", "schema"),
        help="show: each setting and its source; path: the path of the settings file; schema: the JSON Schema",
    )
    parser.set_defaults(run=_config)


def add_index(commands: "Commands") -> None:
    """Add `midfill index`."""
    parser = commands.add_parser(
        "index",
        help="show, build or remove the index of a folder, in which midfill finds what your code refers to",
        description="The index of a folder: which of its lines share words with a text, and where names are defined.",
    )
    parser.add_argument(
        "what",
        choices=("status", "update", "rebuild", "clear"),
        help="status: what is in it; update: read what has changed; rebuild: build it again; clear: remove it",
    )
    folder = parser.add_argument(
        "folder", nargs="?", default=".", metavar="FOLDER", help="without it: the current one"
    )
    folder.complete = {"bash": "_shtab_compgen_dirs", "zsh": "_files -/", "tcsh": "d"}
    parser.add_argument("--json", action="store_true", help="with status: print it as JSON")
    parser.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=_index)


def _gateway(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import gateway

    return gateway.run(arguments, environ)


def _auth(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import auth

    return auth.run(arguments.what, arguments.backend, environ)


def _config(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import config

    return config.run(arguments.what, environ)


def _index(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import index

    return index.run(arguments, environ)
