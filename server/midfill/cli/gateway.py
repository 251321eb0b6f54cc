"""`midfill gateway`: a completion endpoint for editors that speak no LSP inline completion."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from midfill import gateway
from midfill.cli.complete import exit_code
from midfill.cli.terminal import say
from midfill.cli.token import token_in
from midfill.core.model import ModelError
from midfill.settings import load, user_file

OK, USAGE = 0, 2


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve until the user stops it; return the exit code."""
    loaded = load(environ, workspaces=[Path.cwd()])
    for problem in loaded.problems:
        say(str(problem))
    if loaded.halting:
        return USAGE
    try:
        place = Path(arguments.token_file or user_file(environ).parent / "gateway-token")
        line = _line(arguments, place)
        gateway.run(line, loaded.settings, environ, lambda address: say(f"listening on {address}"))
    except ModelError as error:
        say(str(error))
        return exit_code(error)
    except (OSError, ValueError) as error:
        say(str(error))
        return USAGE
    return OK


def _line(arguments: argparse.Namespace, place: Path) -> gateway.Gateway:
    """Return where to listen; the token is printed when it is made, and only then."""
    made = not place.exists()
    if made:
        place.parent.mkdir(parents=True, exist_ok=True)
    token = token_in(str(place))
    say(f"token {token} (kept in {place})" if made else f"the token is in {place}")
    return gateway.Gateway(arguments.host, arguments.port, token, Path.cwd(), arguments.allow_remote)
