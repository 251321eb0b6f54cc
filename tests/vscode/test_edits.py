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


def test_the_next_edit_in_another_file(editor: Editor, loopback: Loopback) -> None:
    """The hint names the file, Tab opens it at the edit, and Tab again takes it there.

    The name is another one than in the other tests: what was refused there is offered in no other file.
    """
    loopback.behave(text="")
    editor.open("there.py", "load(listener)\n|")
    editor.command("View: Keep Editor")
    renamed(editor, "here.py", "listener = 0\nprint(listener)\n")
    before = editor.told(SHOWN)
    take(editor)
    assert told_again(editor, SHOWN, before)
    editor.sees("added", ["Tab → there.py:1"])
    editor.press("Tab")
    editor.sees("added", ["channel"])
    editor.press("Tab")
    editor.saves("there.py", "load(channel)\n")


MODEL = "def area(width, height):\n    return width * height\n\nprint(area(1, 2))\n"
TYPED = MODEL.replace("height)", "height, depth)")


def asks_the_model(editor: Editor, loopback: Loopback, name: str, new: str) -> None:
    """Add an argument; the model answers with the lines of `new`."""
    editor.configure(edits_backend="deepseek", trigger_mode="manual")
    editor.open(name, MODEL.replace("height)", "height|)", 1))
    loopback.behave(text=f"{new}```")
    before = editor.told(SHOWN)
    editor.type(", depth")
    assert told_again(editor, SHOWN, before)


def test_an_edit_of_the_model(editor: Editor, loopback: Loopback) -> None:
    """It is drawn and taken as one without a model."""
    new = TYPED.replace("width * height", "width * height * depth")
    asks_the_model(editor, loopback, "model.py", new)
    editor.sees("added", ["Tab ↓ 2", " * depth"])
    take(editor)
    editor.saves("model.py", new)
    editor.configure()


def test_an_edit_of_several_lines(editor: Editor, loopback: Loopback) -> None:
    """Its lines stand beside those of the document."""
    lines = "    area = width * height\n    return area * depth"
    new = TYPED.replace("    return width * height", lines)
    asks_the_model(editor, loopback, "lines.py", new)
    editor.sees("added", ["Tab ↓ 2", *lines.split("\n")])
    take(editor)
    editor.saves("lines.py", new)
    editor.configure()
