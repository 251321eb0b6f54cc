"""The command `midfill`: its arguments, environment, terminal and exit codes."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from midfill import __version__
from midfill.cli import log, streams, subcommands
from midfill.cli.arguments import Parser, days

OK, USAGE, KEY, NETWORK = 0, 2, 3, 4
"""Exit codes: success; wrong usage, settings or position; no key or a bad key; network or server error."""

_EPILOG = """\
examples:
  midfill complete src/app.py:12:9          print the completion at line 12, column 9
  midfill complete src/app.py:12:9 --diff   show the completion as a diff
  midfill complete src/app.py:12:9 --explain   show what the model would read, and why
  midfill setup neovim                      print your editor's configuration; --write writes it
  midfill stats --html usage.html           write a page with the cost and use of completion
  midfill doctor                            check the setup and explain how to fix problems
  midfill index status                      show what is indexed of the folder
  midfill serve                             run the language server, as your editor does

environment:
  DEEPSEEK_API_KEY   your key (platform.deepseek.com); without a key the embedded engine answers
  MIDFILL_API_KEY    a key that overrides the provider's own variable
  MIDFILL_BACKEND, MIDFILL_BASE_URL, MIDFILL_MODEL
                     override the settings of the same names in the settings files
  MIDFILL_CONFIG     path of the settings file; `midfill config path` prints it
  MIDFILL_LOG        level of the log on standard error: debug, info, warning (default), error

exit codes:
  0  success, even without a suggestion                     3  no key or a bad key
  2  wrong usage or settings, a position outside the file   4  network or server error
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return streams.guarded(lambda: _run(argv))


def _run(argv: Sequence[str] | None) -> int:
    # Parsing also writes: newer versions of Python only ignore the errors of `--help`.
    arguments = _parser().parse_args(_escaped(sys.argv[1:] if argv is None else argv))
    environ = dict(os.environ)
    for name in [name for name in environ if name.endswith("_API_KEY")]:
        del os.environ[name]  # No child process may inherit a key that is not meant for it.
    log.start(environ.get("MIDFILL_LOG", ""))
    run: Callable[[argparse.Namespace, Mapping[str, str]], int] = arguments.run
    if (
        run is _serve
    ):  # It answers the editor before it reads keys, and handles closed streams and signals itself.
        return run(arguments, environ)
    from midfill.cli.signals import ending_key_commands
    from midfill.keys import register_environment_keys

    streams.reopen_closed("stdin", "stdout")
    register_environment_keys(environ)
    with ending_key_commands():
        return run(arguments, environ)


def _escaped(argv: Sequence[str]) -> list[str]:
    """Return the arguments in a form that argparse understands.

    argparse takes `-:12:9` for an option unless a space precedes it, and misses FOLDER after `index status --json`.
    """
    escaped = [f" {argument}" if argument.startswith("-:") else argument for argument in argv]
    return sorted(escaped, key=lambda part: part.startswith("--")) if escaped[:1] == ["index"] else escaped


def _unescaped(position: str) -> str:
    return position.removeprefix(" ") if position.startswith(" -:") else position


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="midfill",
        description="Inline code completion for any editor, with your own API key: a language server and its tools.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"midfill {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_serve(commands)
    _add_complete(commands)
    _add_doctor(commands)
    _add_setup(commands)
    subcommands.add_gateway(commands)
    subcommands.add_auth(commands)
    subcommands.add_config(commands)
    _add_stats(commands)
    subcommands.add_index(commands)
    _add_completion(commands, parser)
    return parser


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]  # noqa: SLF001


def _add_serve(commands: "Commands") -> None:
    parser = commands.add_parser("serve", help="run the language server (on standard input and output)")
    line = parser.add_mutually_exclusive_group()
    line.add_argument("--stdio", action="store_true", help="use standard input and output (the default)")
    line.add_argument("--tcp", metavar="[HOST:]PORT", help="wait for one client on a TCP port")
    line.add_argument("--ws", metavar="[HOST:]PORT", help="wait for one client on a WebSocket")
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="with --tcp or --ws: the file of the token that the client must send; created if it is missing "
        "(without it a new token is printed at each start)",
    )
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="with --tcp or --ws: listen on an address that other machines can reach; nothing is encrypted",
    )
    # Some clients, such as vscode-languageclient, also pass their process ID as an argument.
    parser.add_argument("--clientProcessId", dest="ignored", help=argparse.SUPPRESS)
    parser.set_defaults(run=_serve)


def _add_complete(commands: "Commands") -> None:
    parser = commands.add_parser(
        "complete",
        help="print the completion at a position",
        description="Print exactly the completion at a position of a file, and nothing else.",
    )
    parser.add_argument(
        "position",
        type=_unescaped,
        metavar="FILE:LINE:COLUMN",
        help="counted from 1; FILE may be - for standard input",
    )
    parser.add_argument("--filename", metavar="FILE", help="the file name for standard input")
    output = parser.add_mutually_exclusive_group()
    output.add_argument(
        "--json", action="store_true", help="print text, range, backend, usage and milliseconds"
    )
    output.add_argument("--diff", action="store_true", help="show the completion as a diff")
    output.add_argument(
        "--explain",
        action="store_true",
        help="send nothing; show what would be sent: sources, pieces, tokens, reasons",
    )
    parser.set_defaults(run=_complete)


def _add_doctor(commands: "Commands") -> None:
    parser = commands.add_parser("doctor", help="check the setup and explain how to fix problems")
    parser.add_argument(
        "--client", metavar="FILE", help="check with the settings of an editor, as JSON; - is standard input"
    )
    parser.set_defaults(run=_doctor)


EDITORS = ("neovim", "vim", "emacs", "helix", "vscode", "zed", "jetbrains", "sublime", "kate", "kakoune")
"""The editors of `midfill setup`, repeated here so that `--help` and the server do not import the table."""
_COMMANDS = {"nvim": "neovim", "hx": "helix", "code": "vscode", "codium": "vscode", "subl": "sublime",
             "kak": "kakoune"}  # fmt: skip


def _add_setup(commands: "Commands") -> None:
    parser = commands.add_parser(
        "setup",
        help="print your editor's configuration for midfill, or a backend's, or write it",
        description="Print your editor's configuration for midfill, or a backend's, or write it into the file.",
    )
    parser.add_argument(
        "editor",
        nargs="?",
        choices=EDITORS,
        type=lambda name: _COMMANDS.get(name.lower(), name.lower()),
        help="without an editor: list all editors and their state",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="write the configuration file, and keep a backup next to it",
    )
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="print the settings of a backend, or write them into midfill's own file",
    )
    parser.set_defaults(run=_setup)


def _add_stats(commands: "Commands") -> None:
    parser = commands.add_parser("stats", help="show the cost and use of completion: today, 7 and 30 days")
    parser.add_argument(
        "--days",
        type=days,
        default=30,
        metavar="N",
        help="days of the charts and of the tables by language, backend and editor (30)",
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print all figures as JSON")
    output.add_argument("--html", metavar="FILE", help="write a page with plots, which needs no network")
    parser.set_defaults(run=_stats)


def _add_completion(commands: "Commands", whole: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("shell-completion", help="print a completion script for your shell")
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    parser.set_defaults(run=lambda arguments, environ: _shell_completion(whole, arguments.shell))


# Each command imports its modules when it runs: the server starts without HTTP, and `--help` imports none of them.


def _serve(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import serve

    return serve.run(arguments, environ)


def _complete(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import complete

    return complete.run(arguments, environ)


def _doctor(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import doctor

    return doctor.run(environ, arguments.client)


def _setup(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import backend_setup, setup

    if arguments.backend is not None:
        return backend_setup.run(arguments.backend, arguments.write, environ)
    return setup.run(arguments.editor, arguments.write, environ)


def _stats(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from midfill.cli import stats

    return stats.run(arguments, environ)


def _shell_completion(parser: argparse.ArgumentParser, shell: str) -> int:
    import shtab

    from midfill.cli.terminal import write_exactly

    write_exactly(shtab.complete(parser, shell) + "\n")
    return OK
