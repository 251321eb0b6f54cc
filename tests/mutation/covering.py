"""The tests that run a line, by coverage's contexts, and their times."""

import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path

from coverage import CoverageData

from tests.mutation.trial import FAILED, plain

ATTEMPTS = 2
_DOWN = "node down: "
"""What pytest-xdist says of a process that did not end by itself."""

IMPORTERS_S = 15.0
"""Seconds of the tests of importing modules, for lines that only an import runs."""

_IMPORT = re.compile(r"^\s*(?:from|import) (midfill[\w.]*)(?: import ([\w, ]+))?", re.MULTILINE)


class Covering:
    """The lines that each test runs, from one run of all tests.

    Args:
        folder: holds the run's coverage and times.
    """

    def __init__(self, folder: Path) -> None:
        data = CoverageData(str(folder / "coverage"))
        data.read()
        self._lines = {Path(file): _by_line(data, file) for file in data.measured_files()}
        self._loading = {Path(file): _at_import(data, file) for file in data.measured_files()}
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: set[str] = set()
        """Tests that fail without any change: they show nothing."""
        for case in ElementTree.parse(folder / "times.xml").iter("testcase"):
            test = f"{case.attrib['classname'].replace('.', '/')}.py::{plain(case.attrib['name'])}"
            self.seconds[test] += float(case.attrib["time"])
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed.add(test)

    def tests(self, path: Path, line: int) -> list[str]:
        """Return the tests that run a line, the quickest first.

        What only an import runs, such as a field of a dataclass, is tested by the tests that import its module or run a
        line of it, and by the quickest ones of the modules that import it; by all of those if there are no others.
        """
        found = self._lines.get(path.resolve(), {}).get(line)
        if found:
            return self._quickest_first(found)
        own, others = self._of_module(path) | self._that_import(_dotted(path)), self._of_importers(path)
        others |= self._that_import(_dotted(path).rpartition(".")[0])
        if not own:
            return self._quickest_first(others)
        return [*self._quickest_first(own), *self._quickest(others - own)]

    def _quickest_first(self, found: set[str]) -> list[str]:
        return sorted(found - self.failed, key=lambda test: (self.seconds[test], test))

    def _quickest(self, found: set[str]) -> Iterator[str]:
        """Yield the quickest of some tests, as many as take `IMPORTERS_S`."""
        left = IMPORTERS_S
        for test in self._quickest_first(found):
            left -= self.seconds[test]
            if left < 0:
                return
            yield test

    def lines(self, path: Path) -> set[int]:
        """Return the lines of a module that a test runs, beyond its import."""
        return set(self._lines.get(path.resolve(), {}))

    def loads(self, path: Path, line: int) -> bool:
        """Return whether a line of a module runs outside of tests: when something is imported."""
        return line in self._loading.get(path.resolve(), set())

    def _of_module(self, path: Path) -> set[str]:
        return set[str]().union(*self._lines.get(path.resolve(), {}).values())

    def _of_importers(self, path: Path) -> set[str]:
        importers = [other for other, names in self._imports.items() if _dotted(path) in names]
        return set[str]().union(*(self._of_module(other) for other in importers))

    def _that_import(self, name: str) -> set[str]:
        """Return the tests in files that import a module or a package by its own name."""
        files = {test.partition("::")[0] for test in self.seconds}
        those = {file for file in files if Path(file).exists() and name in _imported(Path(file))}
        return {test for test in self.seconds if test.partition("::")[0] in those}

    @cached_property
    def _imports(self) -> dict[Path, set[str]]:
        """What each module imports, by dotted names."""
        return {path: _imported(path) for path in Path("server/midfill").rglob("*.py")}


def covering(tests: Sequence[str], jobs: int, seed: int) -> Covering:
    """Run the tests once, in as many processes as there are jobs; raise `RuntimeError` if they cannot be run.

    A process that is killed takes the others' data along, so that half of the tests would seem to run no line: then
    all are run once more.
    """
    for _ in range(ATTEMPTS):
        with tempfile.TemporaryDirectory() as name:
            done = _run(Path(name), tests, jobs, seed)
            if done.returncode <= FAILED and _DOWN not in done.stdout:
                return Covering(Path(name))
    raise RuntimeError(f"The tests cannot be run:\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")


def _run(folder: Path, tests: Sequence[str], jobs: int, seed: int) -> "subprocess.CompletedProcess[str]":
    (folder / "rc").write_text(f"[run]\nsource = server/midfill\ndata_file = {folder}/coverage\n")
    command = [sys.executable, "-m", "pytest", "--quiet", "-ra", "-p", "tests.mutation.fresh"]
    command += [f"--numprocesses={jobs}", "--max-worker-restart=0", f"--hypothesis-seed={seed}"]
    command += [f"--junitxml={folder}/times.xml", "--cov", f"--cov-config={folder}/rc"]
    command += ["--cov-context=test", "--cov-report=", *tests]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _by_line(data: CoverageData, file: str) -> dict[int, set[str]]:
    """Return the tests by the line that they run."""
    contexts = data.contexts_by_lineno(file)
    return {line: tests for line, recorded in contexts.items() if (tests := _tests(recorded))}


def _at_import(data: CoverageData, file: str) -> set[int]:
    return {line for line, recorded in data.contexts_by_lineno(file).items() if "" in recorded}


def _tests(contexts: Sequence[str]) -> set[str]:
    """Return the tests of contexts as `tests/x.py::test_y[z]|run`."""
    return {plain(context.rpartition("|")[0]) for context in contexts if context}


@cache
def _imported(path: Path) -> set[str]:
    """Return the dotted names of what a file imports of midfill."""
    names = _IMPORT.findall(path.read_text(encoding="utf-8"))
    return {of for of, _ in names} | {f"{of}.{one.strip()}" for of, all_ in names for one in all_.split(",")}


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").relative_to("server").parts).removesuffix(".__init__")
