"""A change and the tests that cover it, in a separate process.

A change of a function is applied in a fork of a process that has loaded all tests: that takes some
hundredths of a second. Any other change, such as that of a constant, is made in a copy of the server. A
fork that has loaded pytest, and nothing of midfill, imports the copy.
"""

import faulthandler
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutation.patch import Patch

SERVER = Path("server")
_PRELOADED = ["pytest", "hypothesis", "anyio", "h11", "httpx", "lsprotocol.types", "tree_sitter"]
"""Modules that are slow to import and not a part of midfill."""

PROFILE = "mutation"
"""hypothesis' settings: a failure is enough, without shrinking its example."""

LEAST_S, SLOWER = 10.0, 8.0
"""Minimum seconds of a test with a change, and the factor to its time without it."""

LOADING_S = 120.0
"""Seconds to load tests again, on a loaded machine."""

FAILED = 1
"""Exit code of a process in which a test failed."""


def options(seed: int) -> list[str]:
    """Return pytest's options; hypothesis draws by the seed."""
    plain = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=--import-mode=importlib"]
    unrelated = ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    settings.register_profile(
        PROFILE,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    return [*plain, *unrelated, f"--hypothesis-seed={seed}", f"--hypothesis-profile={PROFILE}"]


def plain(name: str) -> str:
    """Return a test's name without its parameters, which a change may rename."""
    return name.partition("[")[0]


class Watch:
    """A plugin of pytest that ends the process at the first failure, and when a test does not end in time."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        usual = self._seconds.get(plain(item.nodeid), 0.0)
        faulthandler.dump_traceback_later(LEAST_S + SLOWER * usual, exit=True, file=2)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(FAILED)


class Trial:
    """One change's process.

    Args:
        process: not started yet; its exit code is 0 if no test fails.
        folder: for its files; removed at the end.
    """

    def __init__(
        self,
        process: multiprocessing.process.BaseProcess,
        folder: "tempfile.TemporaryDirectory[str]",
    ) -> None:
        self._process, self._folder = process, folder
        process.start()

    @property
    def sentinel(self) -> int:
        """The object that becomes ready when the process has ended."""
        return self._process.sentinel

    def noticed(self) -> bool:
        """Wait, and return whether a test failed or did not end."""
        self._process.join()
        self.end()
        return self._process.exitcode not in {0, pytest.ExitCode.NO_TESTS_COLLECTED}

    def end(self) -> None:
        """Kill the process and all that its tests have started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        self._process.join()
        shutil.rmtree(self._folder.name, ignore_errors=True)
        self._folder.cleanup()


class Laboratory:
    """Starts trials.

    Args:
        seed: hypothesis draws by it.
        seconds: the time of each test without a change.
    """

    def __init__(self, seed: int, seconds: Mapping[str, float]) -> None:
        self._seed, self._seconds = seed, dict(seconds)
        self._anew = multiprocessing.get_context("forkserver")
        self._anew.set_forkserver_preload(_PRELOADED)

    def here(self, patch: Patch, path: Path, module: str, items: Sequence[pytest.Item]) -> Trial:
        """Return the trial of a patch on tests that are loaded."""
        folder = _changed(path, module)
        make = multiprocessing.get_context("fork").Process
        return Trial(make(target=_run_here, args=(folder.name, patch, items)), folder)

    def anew(self, path: Path, module: str, tests: Sequence[str]) -> Trial:
        """Return the trial of a changed module on tests that are loaded with it."""
        folder = _changed(path, module)
        arguments = (folder.name, tests, self._seed, self._seconds)
        return Trial(self._anew.Process(target=_run_anew, args=arguments), folder)


def _changed(path: Path, module: str) -> "tempfile.TemporaryDirectory[str]":
    """Return a folder with a copy of the server in which `module` replaces `path`."""
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    server = Path(folder.name) / "server"
    shutil.copytree(SERVER, server, copy_function=os.link)
    changed = server / path.relative_to(SERVER)
    changed.unlink()
    changed.write_text(module, encoding="utf-8")
    for compiled in (changed.parent / "__pycache__").glob(f"{changed.stem}.*.pyc"):
        compiled.unlink()
    return folder


def _apart(folder: str) -> None:
    """Give this process a group, a place for its files, the changed server for its children, and no terminal."""
    os.setsid()
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silent, descriptor)
    os.environ.update(PYTHONPATH=f"{folder}/server", TMPDIR=folder, PYTEST_DEBUG_TEMPROOT=folder)
    tempfile.tempdir = None


def _run_here(folder: str, patch: Patch, items: Sequence[pytest.Item]) -> None:
    """Run loaded tests with a patch until one fails, which ends the process."""
    _apart(folder)
    patch.apply()
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    os._exit(0)


def _run_anew(folder: str, tests: Sequence[str], seed: int, seconds: Mapping[str, float]) -> None:
    """Load tests and run them until one fails, with midfill from a folder; exit as pytest does."""
    _apart(folder)
    faulthandler.dump_traceback_later(LOADING_S, exit=True, file=2)
    sys.path.insert(0, f"{folder}/server")
    sys.exit(pytest.main([*options(seed), *tests], plugins=[Watch(seconds)]))
