"""A workspace of several folders, each with its own settings, in a real VS Code."""

import json
from collections.abc import Iterator

import pytest

from tests.loopback.client import Loopback
from tests.vscode.conftest import need_vscode
from tests.vscode.editor import Editor, environment


@pytest.fixture(scope="module")
def two_folders(tmp_path_factory: pytest.TempPathFactory, loopback_process: Loopback) -> Iterator[Editor]:
    """A VS Code with the folders `open` and `closed`; in the second one completion is off."""
    need_vscode()
    scratch = tmp_path_factory.mktemp("folders")
    editor = Editor(scratch, environment(scratch, loopback_process), folders=("open", "closed"))
    settings = editor.workspace / "closed" / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"midfill.enabled": False}))
    with editor:
        editor.sees("status", "midfill: ready (deepseek)")
        yield editor


def test_excluded_folder_sends_nothing(two_folders: Editor, loopback: Loopback) -> None:
    """There is neither an automatic nor a manual suggestion; the other folder is completed."""
    loopback.behave(text="answer()")
    two_folders.open("closed/secret.py", "value = |\n")
    two_folders.type("x")
    two_folders.command("Trigger Inline Suggestion")
    two_folders.open("open/public.py", "value = |\n")
    two_folders.type("y")
    two_folders.sees("ghost", "answer()")
    prompts = [call["body"]["prompt"] for call in loopback.log(idle=True) if call["method"] == "POST"]
    assert prompts == ["# public.py\nvalue = y"]
