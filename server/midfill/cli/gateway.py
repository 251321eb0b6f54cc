"""`midfill gateway`: completion endpoints for editors without LSP inline completion."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from midfill import gateway
from midfill.backends.embedded import EmbeddedBackend
from midfill.cli.complete import collector_for, exit_code
from midfill.cli.terminal import say
from midfill.cli.token import read_or_create_token
from midfill.core.model import Backend, BackendError
from midfill.engine import ContextProvider
from midfill.lsp.context_collector import ContextCollector
from midfill.lsp.index_updater import IndexUpdater
from midfill.settings import LoadedSettings, load, user_file

OK, USAGE = 0, 2
"""Exit codes: success; wrong settings, or an address that cannot be used."""


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve until the user stops it; return the exit code."""
    loaded = load(environ, workspaces=[Path.cwd()])
    for problem in loaded.problems:
        say(str(problem))
    if loaded.blocking:
        return USAGE
    try:
        token_file = Path(arguments.token_file or user_file(environ).parent / "gateway-token")
        config = _gateway_options(arguments, token_file)
        collectors = _Collectors(loaded)
        try:
            gateway.run(config, loaded.settings, environ, _listening, collectors.of)
        finally:
            collectors.close()
    except BackendError as error:
        say(str(error))
        return exit_code(error)
    except (OSError, ValueError) as error:
        say(str(error))
        return USAGE
    return OK


def _listening(address: str) -> None:
    say(f"listening on {address}")


class _Collectors:
    """The context providers for files in the current folder."""

    def __init__(self, loaded: LoadedSettings) -> None:
        self._loaded = loaded
        self._collector: ContextCollector | None = None

    def of(self, backend: Backend) -> ContextProvider:
        """Return the context provider for a backend; for the embedded engine, one that only updates the index."""
        self._collector = collector_for(self._loaded, backend)
        return IndexUpdater(self._collector) if isinstance(backend, EmbeddedBackend) else self._collector

    def close(self) -> None:
        """Stop the background work."""
        if self._collector is not None:
            self._collector.close()


def _gateway_options(arguments: argparse.Namespace, token_file: Path) -> gateway.GatewayOptions:
    """Return the address to listen on; a token is printed when it is created, and only then."""
    made = not token_file.exists()
    if made:
        token_file.parent.mkdir(parents=True, exist_ok=True)
    token = read_or_create_token(str(token_file))
    say(f"token {token} (kept in {token_file})" if made else f"the token is in {token_file}")
    return gateway.GatewayOptions(arguments.host, arguments.port, token, Path.cwd(), arguments.allow_remote)
