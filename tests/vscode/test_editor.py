"""VS Code from the key press to the upstream call and back, with real processes."""

import sys
from functools import partial
from pathlib import Path

import psutil

from tests.loopback.client import Loopback
from tests.vscode.document import ADD, PRINT, READY, TAX, TOTAL, asked, opened, titled
from tests.vscode.editor import SECONDS, Editor, eventually

# Ghost text.


TAKEN = '"method":"workspace/executeCommand","params":{"command":"midfill.accepted"'


def test_tab_accepts_ghost_text(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "a.py", ADD, "def add(a, b):\n    re|\n")
    editor.type("t")
    editor.sees("ghost", "urn a + b")
    editor.press("Tab")
    editor.sees("ghost", "")
    editor.saves("a.py", titled("a.py", ADD))


def test_acceptance_is_reported_to_the_server(editor: Editor, loopback: Loopback) -> None:
    """The item's command reports it: this counts the usage and starts the next completion."""
    opened(editor, loopback, "l.py", ADD, "def add(a, b):\n    re|\n")
    before = editor.times_received(TAKEN)
    editor.type("t")
    editor.sees("ghost", "urn a + b")
    editor.press("Tab")
    assert eventually(lambda: editor.times_received(TAKEN) == before + 1)


def test_usage_is_shown_on_a_page(editor: Editor, loopback: Loopback) -> None:
    """Shown suggestions are reported and on the usage page; the status bar has the day's figures."""
    opened(editor, loopback, "usage.py", ADD, "def add(a, b):\n    re|\n")
    before = editor.times_received('"method":"textDocument/didShowCompletion"')
    editor.type("t")
    editor.sees("ghost", "urn a + b")
    assert eventually(lambda: editor.times_received('"method":"textDocument/didShowCompletion"') > before)
    editor.press("Tab")
    editor.command("midfill: Show Usage")
    editor.sees("headings", ["midfill", "By language", "By backend", "By editor"])
    editor.picture("usage")
    editor.command("View: Close Editor")


def test_typing_along_ghost_text_causes_no_call(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "b.py", ADD, "def add(a, b):\n    re|\n")
    editor.type("t")
    editor.sees("ghost", "urn a + b")
    editor.type("urn a")
    editor.sees("ghost", " + b")
    editor.type(" + ")
    editor.sees("ghost", "b")
    assert set(asked(loopback, "b.py")) == {"    ret"}


def test_incomplete_line_grows(editor: Editor, loopback: Loopback) -> None:
    """A partial suggestion that is shown during a burst is completed without another key."""
    opened(editor, loopback, "half.py", ADD, "def add(a, b):\n    |\n")
    loopback.behave(first_token_ms=150, token_ms=150)
    editor.type("ret")
    editor.sees("ghost", "urn a + b")


def test_words_are_accepted_one_by_one(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "c.py", ADD, "def add(a, b):\n    re|\n")
    editor.type("t")
    editor.sees("ghost", "urn a + b")
    for rest in (" a + b", "a + b", " + b"):
        editor.press("Control+ArrowRight")
        editor.sees("ghost", rest)
    editor.saves("c.py", titled("c.py", "def add(a, b):\n    return a\n"))
    assert set(asked(loopback, "c.py")) == {"    ret"}


def test_lines_are_accepted_one_by_one(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "d.py", TOTAL, "def total(items):\n    amount = 0\n    fo|\n")
    editor.type("r")
    editor.sees("ghost", " item in items:\n        amount += item.price")
    editor.picture("lines")
    editor.press("Control+ArrowDown")
    editor.sees("ghost", "        amount += item.price")
    editor.press(
        "Control+ArrowDown"
    )  # Tab would indent here: VS Code does so if ghost text starts with more indentation.
    editor.saves("d.py", titled("d.py", TOTAL.replace("    return amount\n", "")))


def test_auto_closed_bracket_is_not_doubled(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "e.py", PRINT, "def show(items, end):\n    print|\n")
    editor.type("(")
    editor.sees("ghost", "items, end")
    editor.picture("bracket")
    editor.press("Tab")
    editor.saves("e.py", titled("e.py", PRINT))


def test_popup_and_ghost_text_agree(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "f.py", TAX, TAX.rpartition("compute")[0] + "com|\n")
    editor.type("p")
    editor.sees("ghost", "ute_tax(amount, 0.19)")
    editor.press("Control+Space")
    editor.sees("popup", ["compute_tax"])
    editor.sees("ghost", "ute_tax(amount, 0.19)")
    editor.picture("popup")
    editor.press("Tab")
    editor.sees("ghost", "(amount, 0.19)")
    editor.press("Tab")
    editor.saves("f.py", titled("f.py", TAX))


# The status bar and its menu.


def test_menu_switches_completions_off_and_on(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "g.py", ADD, "def add(a, b):\n    re|\n")
    editor.do("menu", "Snooze…")
    editor.do("pick", "15 minutes")
    editor.sees("icon", "debug-pause")
    editor.type("t")
    editor.do("menu", "Resume completions")
    editor.sees("status", READY)
    editor.sees("icon", "sparkle")
    assert asked(loopback, "g.py") == []
    editor.type("u")
    editor.sees("ghost", "rn a + b")


def test_setting_switches_one_language_off(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "h.py", ADD, "def add(a, b):\n    re|\n")
    editor.do("menu", "Turn completions off for python")
    assert eventually(lambda: editor.configured() == {"midfill.trigger.languagesOff": ["python"]})
    loopback.log(calls=1)  # Each change of settings opens a new connection; then they apply.
    editor.type("t")
    editor.do("menu", "Turn completions on for python")
    assert eventually(lambda: editor.configured() == {})
    assert asked(loopback, "h.py") == []
    loopback.log(calls=2)
    editor.type("u")
    editor.sees("ghost", "rn a + b")


def test_slow_answer_is_shown(editor: Editor, loopback: Loopback) -> None:
    """VS Code cancels after 750 ms, to open the popup; the status bar shows the call."""
    opened(editor, loopback, "i.py", ADD, "def add(a, b):\n    re|\n")
    loopback.behave(first_token_ms=1500)
    editor.type("t")
    editor.sees("icon", "loading")
    editor.sees("ghost", "urn a + b")
    editor.sees("icon", "sparkle")
    assert len(asked(loopback, "i.py")) == 1


def test_manual_request_shows_alternatives(editor: Editor, loopback: Loopback) -> None:
    opened(editor, loopback, "m.py", ADD, "def add(a, b):\n    re|\n")
    bodies = ["return a + b", "return b + a", "return sum((a, b))"]
    loopback.behave(documents=[], text=bodies)
    editor.command("midfill: Request Alternatives Here")
    assert eventually(lambda: editor.do("look", "ghost") in bodies)
    first = editor.do("look", "ghost")
    editor.press("Alt+]")
    assert eventually(lambda: editor.do("look", "ghost") in {*bodies} - {first})


def test_doctor_reports_in_the_log(editor: Editor) -> None:
    editor.do("menu", "Doctor")
    assert eventually(lambda: "] midfill doctor\n" in editor.log())
    assert "deepseek-flash" in editor.log().rpartition("midfill doctor")[2]


def test_doctor_checks_the_settings_of_the_editor(editor: Editor) -> None:
    """VS Code's address, model and key file apply, not those of the environment."""

    def report() -> str:
        before = editor.log().count("] midfill doctor\n")
        editor.command("midfill: Run the Doctor")
        assert eventually(lambda: editor.log().count("] midfill doctor\n") > before)
        return editor.log().rpartition("] midfill doctor\n")[2]

    editor.configure(baseUrl="http://127.0.0.1:9", model="set-in-the-editor")
    assert eventually(
        lambda: 'model = "set-in-the-editor" (from client)' in report()
    )  # VS Code reads its file after a moment.
    assert "✗ network: " in report()
    editor.configure()
    editor.sees("status", READY)


# The key.


def test_wrong_key_is_reported_once_and_fixed_by_a_button(editor: Editor, loopback: Loopback) -> None:
    key = "sk-" + "g" * 32
    opened(editor, loopback, "j.py", ADD, "def add(a, b):\n    re|\n")
    loopback.behave(key=key)
    editor.type("t")
    editor.sees("icon", "error")
    editor.type("u")
    editor.picture("bad-key")
    assert len(editor.do("look", "toasts")) == 1
    assert len(asked(loopback, "j.py")) == 1
    editor.do("click", '.notification-toast .monaco-button:has-text("Set API key…")')
    editor.do("answer", "DeepSeek API key", key)
    editor.sees("status", READY)
    editor.type("r")
    editor.sees("ghost", "n a + b")
    files = [path for path in editor.data.rglob("*") if path.is_file()]
    assert not [path for path in files if key.encode() in path.read_bytes()]


def test_low_credit_and_a_wrong_model_are_fixed_by_buttons(editor: Editor, loopback: Loopback) -> None:
    """Each error has fitting buttons; a fix takes effect at once."""
    opened(editor, loopback, "credit.py", ADD, "def add(a, b):\n    re|\n")
    loopback.fail("402", times=1)
    editor.type("t")
    editor.sees("icon", "error")
    editor.sees("buttons", ["Try again"])
    editor.do("click", '.notification-toast .monaco-button:has-text("Try again")')
    editor.sees("ghost", "urn a + b")
    editor.sees("status", READY)
    names = "The supported API model names are deepseek-flash or deepseek-v4-pro, but you passed x."
    loopback.fail("400", message=names, times=1)
    opened(editor, loopback, "model.py", ADD, "def add(a, b):\n    re|\n")
    editor.type("t")
    editor.sees("icon", "error")
    editor.sees("buttons", ["Choose a model…"])
    editor.do("click", '.notification-toast .monaco-button:has-text("Choose a model…")')
    editor.do("pick", "deepseek-v4-pro")
    editor.sees("status", READY)
    editor.type("u")
    editor.sees("ghost", "rn a + b")
    editor.configure()
    editor.sees("status", READY)


def test_failure_with_an_embedded_answer_is_fixed_by_its_button(editor: Editor, loopback: Loopback) -> None:
    """The backend's suggestion replaces the embedded engine's; there is no message about a missing key."""
    name = "bridged.py"
    above = "def area(width, height):\n    return width * height\n\n\ndef area(width, height):\n    return wi"
    opened(editor, loopback, name, f"{above}dth * depth\n", f"{above}|\n")
    loopback.fail("402", times=1)
    editor.type("d")
    editor.sees("icon", "error")
    editor.sees("ghost", "th * height")
    editor.sees("buttons", ["Try again"])
    editor.do("click", '.notification-toast .monaco-button:has-text("Try again")')
    editor.sees("ghost", "th * depth")
    editor.sees("status", READY)
    editor.sees("toasts", [])


def test_missing_key_is_reported_once(editor: Editor) -> None:
    """The embedded engine answers without one."""
    (editor.scratch / "config.toml").write_text('backend = "local"')
    editor.command("midfill: Restart the Server")
    editor.sees("status", "midfill: ready (local)")
    assert eventually(
        lambda: (
            [toast[:47] for toast in editor.do("look", "toasts")]
            == ["midfill is completing from your own files, with"]
        )
    )
    editor.command("Notifications: Clear All Notifications")
    editor.command("midfill: Restart the Server")
    editor.sees("status", "midfill: starting")
    editor.sees("status", "midfill: ready (local)")
    editor.sees("toasts", [])
    (editor.scratch / "config.toml").write_text("")
    editor.command("midfill: Restart the Server")
    editor.sees("status", READY)


# The server.


def test_ended_server_is_restarted_a_few_times(editor: Editor) -> None:
    for _ in range(4):
        runs = editor.log().count("The server runs")
        kill(editor.servers())
        assert eventually(partial(lambda before: editor.log().count("The server runs") > before, runs))
    kill(editor.servers())
    editor.sees("toasts", ["midfill: The server ended 5 times in three minutes."])
    editor.sees("icon", "error")
    editor.command("midfill: Restart the Server")
    editor.sees("status", READY)


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=SECONDS)


def test_server_is_found_in_each_place(editor: Editor) -> None:
    """On the PATH, in the selected Python, by the setting; without a server, a message says what to do."""
    assert "Starting midfill from the PATH" in editor.log()
    (editor.scratch / "selected-python").write_text(sys.executable)
    (editor.workspace / "json.py").write_text("raise SystemExit('a repository has run its own code')")
    editor.command("midfill: Restart the Server")
    assert eventually(lambda: "Starting midfill from the selected Python" in editor.log())
    editor.configure(server_command=["no-such-program"])
    editor.sees("status", "midfill: server not found")
    editor.sees(
        "toasts",
        ["The setting midfill.server.command does not run midfill: spawn no-such-program ENOENT"],
    )
    editor.command("Notifications: Clear All Notifications")
    editor.configure(server_command=f"'{sys.executable}' -S -m midfill")  # Without site-packages.
    editor.sees(
        "toasts",
        [
            f"The setting midfill.server.command does not run midfill: {sys.executable}: No module named midfill"
        ],
    )
    editor.command("Notifications: Clear All Notifications")
    editor.configure(server_command=[str(Path(sys.executable).with_name("midfill"))])
    editor.sees("status", READY)
    assert "Starting midfill from the setting midfill.server.command" in editor.log()
    (editor.scratch / "selected-python").write_text("")
    editor.configure()
    editor.sees("status", READY)
