"""A change against the tests that cover it, in a process of its own."""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_SERVER = Path("server")
_PRELOADED = ["pytest", "hypothesis", "anyio", "h11", "httpx", "lsprotocol.types", "tree_sitter"]
"""Slow to import, and without a part of midfill."""

NO_TESTS = 5
"""pytest's exit code when it finds none."""


class Laboratory:
    """Runs tests on changed modules, each in a fork of a process that has pytest loaded.

    Args:
        seed: hypothesis draws by it.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_PRELOADED)

    def fails(self, path: Path, module: str, tests: Sequence[str], seconds: float) -> bool:
        """Return whether a test fails with `module` in place of `path`, or does not end in time."""
        with tempfile.TemporaryDirectory() as name:
            server = shutil.copytree(_SERVER, Path(name) / "server")
            changed = server / path.relative_to(_SERVER)
            changed.write_text(module, encoding="utf-8")
            for compiled in (changed.parent / "__pycache__").glob(f"{changed.stem}.*.pyc"):
                compiled.unlink()
            process = self._context.Process(target=_run, args=(str(server), tests, self._seed))
            process.start()
            process.join(seconds)
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid or 0, signal.SIGKILL)  # With all that the tests have started.
            process.join()
            return process.exitcode not in {0, NO_TESTS}


def _run(server: str, tests: Sequence[str], seed: int) -> None:
    """Run the tests until one fails, with midfill from a folder; exit as pytest does."""
    os.setsid()
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(silent, descriptor)
    sys.path.insert(0, server)
    os.environ["PYTHONPATH"] = server
    import pytest

    options = [
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-o",
        "addopts=--import-mode=importlib",
    ]
    options += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    sys.exit(pytest.main([*options, f"--hypothesis-seed={seed}", *tests]))
