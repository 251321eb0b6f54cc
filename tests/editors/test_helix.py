"""The settings for Helix, in a real Helix in a terminal: its popup shows midfill's completions."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.editors.bench import CLIENTS, Bench, until
from tests.editors.conftest import Open
from tests.editors.terminal import Terminal

CONFIG = """
[editor]
completion-timeout = 50
idle-timeout = 100
"""


@pytest.fixture
def settings(bench: Bench) -> None:
    """Install the documented settings, with the server under test as the only one."""
    bench.upstream.reset()
    folder = bench.home / ".config" / "helix"
    folder.mkdir(parents=True, exist_ok=True)
    documented = (CLIENTS / "helix" / "languages.toml").read_text()
    ours = documented.replace('command = "midfill"', f'command = "{bench.program}"')
    ours = re.sub(r"language-servers = \[.*\]", 'language-servers = ["midfill"]', ours)
    assert all(language["language-servers"] == ["midfill"] for language in tomllib.loads(ours)["language"])
    (folder / "languages.toml").write_text(ours)
    (folder / "config.toml").write_text(CONFIG)


def started(open_terminal: Open, bench: Bench, file: Path) -> Terminal:
    """Return a Helix with `file` open and the server started."""
    terminal = open_terminal("helix", [str(file)])
    bench.upstream.log(calls=1)  # The server has opened a connection, so it is running.
    return terminal


@pytest.mark.usefixtures("settings")
def test_popup(open_terminal: Open, bench: Bench) -> None:
    """The popup shows a completion of several lines, and inserts it with its own indentation."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    file = bench.file("popup.py", "# popup\ndef add(a, b):\n    \n\nprint(add)\n")
    terminal = started(open_terminal, bench, file)
    terminal.type("3ggAreturn ")
    terminal.shows("sum(…")
    assert (
        len(bench.calls()) == 1
    )  # The complete answer has arrived; before that, the popup may have its start.
    terminal.type("s")
    terminal.shows("return s", "sum(…")
    terminal.press("C-n")
    terminal.shows("   return sum(\n")
    terminal.press("Enter", "Escape")
    terminal.type(":w")
    terminal.press("Enter")
    text = b"# popup\ndef add(a, b):\n    return sum(\n        [a, b]\n    )\n\nprint(add)\n"
    until(lambda: file.read_bytes() == text, repr(text), file.read_bytes)
