"""One VS Code for all tests of this folder, with midfill from this checkout and a loopback DeepSeek."""

import json
import os
from collections.abc import Iterator

import pytest

from tests.loopback.client import Loopback, loopback, loopback_process
from tests.vscode.document import READY
from tests.vscode.editor import Editor, environment, missing
from tests.vscode.python_extension import build

__all__ = ["loopback", "loopback_process"]


SNIPPET = {"prefix": "tested", "body": ["def ${1:name}(${2}):", "    ${3}", ""]}


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory, loopback_process: Loopback) -> Iterator[Editor]:
    """A running VS Code; use `editor` instead."""
    need_vscode()
    scratch = tmp_path_factory.mktemp("vscode")
    python = build(scratch / "python.vsix", scratch / "selected-python")
    (scratch / "selected-python").touch()
    editor = Editor(scratch, environment(scratch, loopback_process), [python])
    snippets = editor.data / "User" / "snippets" / "python.json"
    snippets.parent.mkdir()
    snippets.write_text(json.dumps({"tested function": SNIPPET}))
    with editor as window:
        yield window


@pytest.fixture
def editor(window: Editor, loopback: Loopback) -> Editor:
    """VS Code with nothing open and the server ready, and a loopback in its initial state."""
    window.press("Escape", "Escape")
    if window.do("look", "status") != READY:
        restore(window)
    window.sees("status", READY)
    window.command("View: Revert and Close Editor")
    window.command("Notifications: Clear All Notifications")
    return window


def restore(window: Editor) -> None:
    """Reset the state of a failed test, so that the next ones do not fail."""
    (window.scratch / "config.toml").write_text("")
    (window.scratch / "selected-python").write_text("")
    window.configure()
    window.forget()
    window.command("midfill: Restart the Server")


def need_vscode() -> None:
    """Skip, or fail where VS Code is required, unless it is wanted, fetched and built."""
    if os.environ.get("MIDFILL_VSCODE") != "1":
        pytest.skip("VS Code: tests/vscode/fetch.sh && MIDFILL_VSCODE=1 uv run pytest -n 0 tests/vscode")
    if absent := missing():
        reason = f"run tests/vscode/fetch.sh; missing: {', '.join(map(str, absent))}"
        (pytest.fail if os.environ.get("CI_EDITORS_REQUIRED") == "1" else pytest.skip)(reason)
