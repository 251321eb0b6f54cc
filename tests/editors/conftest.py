"""The fixtures of the editor tests: the editor, the server that it starts, and the model of that server."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.editors.bench import Bench
from tests.editors.fetch import cache_folder, launcher
from tests.editors.neovim import Neovim
from tests.editors.terminal import Terminal
from tests.loopback.client import Loopback

Start = Callable[..., Neovim]
Open = Callable[[str, list[str]], Terminal]


def required(name: str) -> Path:
    """Return the command of an editor; skip the test if it is absent, or fail with CI_EDITORS_REQUIRED=1."""
    command = launcher(name)
    if command.exists():
        return command
    reason = f"{name} is not here; fetch it with: python tests/editors/fetch.py {name}"
    if os.environ.get("CI_EDITORS_REQUIRED") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def cloned(name: str) -> Path:
    """Return the folder of a cloned repository; skip the test if it is absent."""
    folder = cache_folder() / name
    if not folder.exists():
        pytest.skip(f"{name} is not here; it is cloned by tests/editors/fetch.py where GitHub can be reached")
    return folder


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A workspace and a model, shared by the tests of a module; each test uses its own file."""
    with Loopback() as upstream:
        yield Bench(tmp_path_factory.mktemp("bench"), upstream)


@pytest.fixture(scope="module")
def start_neovim(bench: Bench) -> Iterator[Start]:
    """Start Neovims: called with the name of an editor and Lua lines to configure it with."""
    started: list[Neovim] = []

    def start(name: str, *lua: str) -> Neovim:
        started.append(Neovim(required(name), bench, "\n".join(lua)))
        return started[-1]

    yield start
    for editor in started:
        editor.close()


@pytest.fixture
def open_terminal(bench: Bench, tmp_path: Path) -> Iterator[Open]:
    """Open terminals: called with the name of an editor and the arguments to start it with."""
    opened: list[Terminal] = []

    def start(name: str, arguments: list[str]) -> Terminal:
        command = [str(required(name)), *arguments]
        opened.append(Terminal(required("tmux"), tmp_path, command, bench.environment))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The name of a Python file, unique to the test."""
    return "".join(char if char.isalnum() else "_" for char in request.node.name) + ".py"
