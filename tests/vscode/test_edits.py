"""The next edit in VS Code: Tab jumps and accepts, Escape dismisses, and ghost text has priority."""

from tests.loopback.client import Loopback
from tests.vscode.editor import Editor, eventually

TEXT = "connection = 0\nprint(connection)\nsave(connection)\nx = 1\nload(connection)\n"
SHOWN = '"method":"textDocument/didShowInlineEdit"'
ACCEPTED = '"params":{"command":"midfill.editAccepted"'
REFUSED = '"params":{"command":"midfill.editRefused"'


def told_again(editor: Editor, message: str, before: int) -> bool:
    """Return whether the server receives a message more often than `before`."""
    return eventually(lambda: editor.told(message) > before)


def renamed(editor: Editor, name: str, text: str = TEXT) -> None:
    """Open a file and rename its first declaration; an edit is shown."""
    editor.open(name, f"|{text}")
    before = editor.told(SHOWN)
    editor.press("Control+Shift+ArrowRight")
    editor.type("channel")
    assert told_again(editor, SHOWN, before)


def take(editor: Editor) -> None:
    """Jump to the edit and accept it."""
    before = editor.told(ACCEPTED)
    editor.press("Tab", "Tab")
    assert told_again(editor, ACCEPTED, before)


def test_tab_jumps_and_tab_takes(editor: Editor, loopback: Loopback) -> None:
    """The change is shown at its place, its direction at the cursor; after an acceptance the next is shown."""
    loopback.behave(text="")
    renamed(editor, "edits.py")
    editor.sees("added", ["Tab ↓ 2", "hannel"])
    before = editor.told(SHOWN)
    take(editor)
    assert told_again(editor, SHOWN, before)
    editor.sees("added", ["Tab ↓ 3", "hannel"])
    take(editor)
    editor.saves("edits.py", "channel = 0\nprint(channel)\nsave(channel)\nx = 1\nload(connection)\n")


def test_escape_drops(editor: Editor, loopback: Loopback) -> None:
    """Tab has its usual function, and the server receives the dismissal."""
    loopback.behave(text="")
    renamed(editor, "dropped.py")
    before = editor.told(REFUSED)
    editor.press("Escape")
    assert told_again(editor, REFUSED, before)
    editor.sees("added", [])
    editor.press("Tab")
    editor.saves("dropped.py", f"channel  = 0\n{TEXT.partition(chr(10))[2]}")


def test_ghost_text_goes_first(editor: Editor, loopback: Loopback) -> None:
    """While a suggestion is shown, no edit is, and Tab accepts the suggestion."""
    loopback.behave(text="")
    renamed(editor, "ghost.py")
    loopback.behave(text="2 * 21")
    editor.press("End")
    editor.type(" + ")
    editor.sees("ghost", "2 * 21")
    editor.sees("added", [])
    editor.press("Tab")
    editor.saves("ghost.py", f"channel = 0 + 2 * 21\n{TEXT.partition(chr(10))[2]}")
