"""The next edit in VS Code: Tab jumps and Tab takes, Escape drops, and ghost text goes first."""

from tests.loopback.client import Loopback
from tests.vscode.editor import Editor, eventually

TEXT = "connection = 0\nprint(connection)\nsave(connection)\nx = 1\nload(connection)\n"
SHOWN = '"method":"textDocument/didShowInlineEdit"'


def renamed(editor: Editor, name: str) -> int:
    """Open a file and rename what its first line declares; return how often an edit was shown before."""
    editor.open(name, f"|{TEXT}")
    before = editor.told(SHOWN)
    editor.press("Control+Shift+ArrowRight")
    editor.type("channel")
    assert eventually(lambda: editor.told(SHOWN) > before)
    return before + 1


def test_tab_jumps_and_tab_takes(editor: Editor, loopback: Loopback) -> None:
    loopback.behave(text="")
    shown = renamed(editor, "edits.py")
    editor.picture("next-edit")
    editor.press("Tab", "Tab")
    assert eventually(lambda: editor.told('"command":"midfill.editAccepted"') > 0)
    assert eventually(lambda: editor.told(SHOWN) > shown)
    editor.press("Tab", "Tab")
    editor.saves("edits.py", "channel = 0\nprint(channel)\nsave(channel)\nx = 1\nload(connection)\n")


def test_escape_drops(editor: Editor, loopback: Loopback) -> None:
    """Tab is Tab again, and the server knows that the edit is not wanted."""
    loopback.behave(text="")
    renamed(editor, "dropped.py")
    before = editor.told('"command":"midfill.editRefused"')
    editor.press("Escape")
    assert eventually(lambda: editor.told('"command":"midfill.editRefused"') > before)
    editor.press("Tab")
    editor.saves("dropped.py", f"channel     = 0\n{TEXT.partition(chr(10))[2]}")
