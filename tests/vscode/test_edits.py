"""The next edit in VS Code: Tab jumps and accepts, Escape dismisses, and ghost text has priority."""

from tests.loopback.client import Loopback
from tests.vscode.editor import Editor, eventually

TEXT = "connection = 0\nprint(connection)\nsave(connection)\nx = 1\nload(connection)\n"
SHOWN = '"method":"textDocument/didShowInlineEdit"'
ACCEPTED = '"params":{"command":"midfill.editAccepted"'
REFUSED = '"params":{"command":"midfill.editRefused"'


def received_again(editor: Editor, message: str, before: int) -> bool:
    """Return whether the server receives a message more often than `before`."""
    return eventually(lambda: editor.times_received(message) > before)


def renamed(editor: Editor, name: str, text: str = TEXT) -> None:
    """Open a file and rename its first declaration; an edit is shown."""
    editor.open(name, f"|{text}")
    before = editor.times_received(SHOWN)
    editor.press("Control+Shift+ArrowRight")
    editor.type("channel")
    assert received_again(editor, SHOWN, before)


def accept(editor: Editor) -> None:
    """Jump to the edit and accept it."""
    before = editor.times_received(ACCEPTED)
    editor.press("Tab", "Tab")
    assert received_again(editor, ACCEPTED, before)


def test_tab_jumps_and_tab_accepts(editor: Editor, loopback: Loopback) -> None:
    """The change is shown at its place, its direction at the cursor; after an acceptance the next is shown."""
    loopback.behave(text="")
    renamed(editor, "edits.py")
    editor.sees("added", ["Tab ↓ 2", "hannel"])
    before = editor.times_received(SHOWN)
    accept(editor)
    assert received_again(editor, SHOWN, before)
    editor.sees("added", ["Tab ↓ 3", "hannel"])
    accept(editor)
    editor.saves("edits.py", "channel = 0\nprint(channel)\nsave(channel)\nx = 1\nload(connection)\n")


def test_escape_dismisses(editor: Editor, loopback: Loopback) -> None:
    """Tab has its usual function, and the server receives the dismissal."""
    loopback.behave(text="")
    renamed(editor, "dropped.py")
    before = editor.times_received(REFUSED)
    editor.press("Escape")
    assert received_again(editor, REFUSED, before)
    editor.sees("added", [])
    editor.press("Tab")
    editor.saves("dropped.py", f"channel  = 0\n{TEXT.partition(chr(10))[2]}")


def test_ghost_text_has_priority(editor: Editor, loopback: Loopback) -> None:
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


def test_next_edit_in_another_file(editor: Editor, loopback: Loopback) -> None:
    """The hint names the file, Tab opens it at the edit, and a second Tab accepts it.

    The name differs from the other tests, because a refused edit is offered in no other file.
    """
    loopback.behave(text="")
    editor.open("there.py", "load(listener)\n|")
    editor.command("View: Keep Editor")
    renamed(editor, "here.py", "listener = 0\nprint(listener)\n")
    before = editor.times_received(SHOWN)
    accept(editor)
    assert received_again(editor, SHOWN, before)
    editor.sees("added", ["Tab → there.py:1"])
    editor.press("Tab")
    editor.sees("added", ["channel"])
    editor.press("Tab")
    editor.saves("there.py", "load(channel)\n")


MODEL = "def area(width, height):\n    return width * height\n\nprint(area(1, 2))\n"
TYPED = MODEL.replace("height)", "height, depth)")


def request_model_edit(editor: Editor, loopback: Loopback, name: str, new: str) -> None:
    """Add an argument; the model answers with the lines of `new`."""
    editor.configure(edits_backend="deepseek", trigger_mode="manual")
    editor.open(name, MODEL.replace("height)", "height|)", 1))
    loopback.behave(text=f"{new}```")
    before = editor.times_received(SHOWN)
    editor.type(", depth")
    assert received_again(editor, SHOWN, before)


def test_edit_of_a_model(editor: Editor, loopback: Loopback) -> None:
    """It is drawn and accepted like one without a model."""
    new = TYPED.replace("width * height", "width * height * depth")
    request_model_edit(editor, loopback, "model.py", new)
    editor.sees("added", ["Tab ↓ 2", " * depth"])
    accept(editor)
    editor.saves("model.py", new)
    editor.configure()


def test_edit_of_several_lines(editor: Editor, loopback: Loopback) -> None:
    """Its lines are drawn beside those of the document."""
    lines = "    area = width * height\n    return area * depth"
    new = TYPED.replace("    return width * height", lines)
    request_model_edit(editor, loopback, "lines.py", new)
    editor.sees("added", ["Tab ↓ 2", *lines.split("\n")])
    accept(editor)
    editor.saves("lines.py", new)
    editor.configure()
