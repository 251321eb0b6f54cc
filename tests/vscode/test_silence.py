"""VS Code's display without a suggestion, and manual requests."""

from tests.loopback.client import Loopback
from tests.vscode.document import ADD, READY, TOTAL, opened, titled
from tests.vscode.editor import Editor, eventually

SECRET = "files like this one contain secrets and are never sent"


def test_shortcut_requests_in_manual_mode(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "by_hand.py", ADD, "def add(a, b):\n    re|\n")
    editor.configure(trigger_mode="manual")
    editor.sees("status", "midfill: no suggestions here: completion is set to manual")
    editor.type("t")
    editor.press("Alt+Backslash")
    editor.sees("ghost", "urn a + b")
    editor.configure()
    editor.sees("status", READY)


def test_manual_request_without_a_suggestion_shows_the_reason(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "nothing.py", ADD, "def add(a, b):\n    re|\n")
    loopback.behave(documents=[], text="")
    editor.press("Alt+Backslash")
    editor.sees("status", "midfill: the model has nothing to suggest here")
    editor.sees("status", READY)


def test_status_shows_a_secret_file(editor: Editor, loopback: Loopback) -> None:
    """This holds before any typing, and after a manual request."""
    editor.open(".env", "TOKEN=|\n")
    editor.sees("status", f"midfill: no suggestions here: {SECRET}")
    editor.sees("icon", "circle-slash")
    editor.press("Alt+Backslash")
    editor.sees("status", f"midfill: {SECRET}")
    editor.command("View: Revert and Close Editor")
    opened(editor, loopback, "open.py", ADD, "def add(a, b):\n    re|\n")
    editor.sees("status", READY)


def test_status_shows_a_disabled_language(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "off.py", ADD, "def add(a, b):\n    re|\n")
    editor.do("menu", "Turn completions off for python")
    editor.sees("status", "midfill: no suggestions here: completion is off for python")
    editor.do("menu", "Turn completions on for python")
    editor.sees("status", READY)


def test_snooze_survives_a_restart_and_writes_no_setting(editor: Editor) -> None:
    editor.do("menu", "Snooze…")
    editor.do("pick", "15 minutes")
    editor.sees("icon", "debug-pause")
    editor.command("midfill: Restart the Server")
    editor.sees("icon", "loading")
    editor.sees("icon", "debug-pause")
    editor.do("menu", "Resume completions")
    editor.sees("status", READY)
    assert editor.configured() == {}


def test_resuming_removes_the_setting(editor: Editor) -> None:
    editor.do("menu", "Turn completions off")
    editor.sees("icon", "debug-pause")
    editor.do("menu", "Resume completions")
    assert eventually(lambda: editor.configured() == {})
    editor.sees("status", READY)


# Acceptance by line.


def test_open_popup_keeps_its_keys(editor: Editor, loopback: Loopback) -> None:
    """Control and arrow scroll the popup or move in the text, as without ghost text; they accept no line."""
    text = "alpha_one = 1\nalpha_two = 2\n"
    opened(editor, loopback, "keys.py", f"{text}alpha_one + alpha_two\n", f"{text}alph|\n")
    editor.type("a")
    editor.press("Control+Space")
    assert eventually(lambda: len(editor.do("look", "popup")) == 2)
    assert eventually(lambda: editor.do("look", "ghost") != "")
    editor.press("Control+ArrowDown")
    editor.saves("keys.py", titled("keys.py", f"{text}alpha\n"))


def test_next_suggestion_follows_the_last_line(editor: Editor, loopback: Loopback) -> None:
    """It is shown as after Tab, without a key in between."""
    opened(editor, loopback, "next.py", TOTAL, "def total(items):\n    amount = 0\n    fo|\n")
    editor.type("r")
    editor.sees("ghost", " item in items:\n        amount += item.price")
    editor.press("Control+ArrowDown")
    editor.sees("ghost", "        amount += item.price")
    editor.press("Control+ArrowDown")
    editor.sees("ghost", "\n    return amount")
