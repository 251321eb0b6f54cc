"""The Emacs packages, in a real Emacs: our own ghost text in a terminal, lsp-mode's in a terminal and in batch."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.editors.bench import CLIENTS, Bench, until
from tests.editors.conftest import Open, required
from tests.editors.terminal import Terminal

COMMON = """
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil
      ring-bell-function #'ignore indent-tabs-mode nil python-indent-guess-indent-offset nil
      ;; An unpacked Emacs cannot start itself anew to compile.
      native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil)
(set-terminal-coding-system 'utf-8)
(add-to-list 'load-path "{clients}/emacs")
(add-to-list 'load-path "{clients}/emacs/lsp-mode")
"""

OWN = """
(require 'midfill)
(setq midfill-command '("{program}" "serve"))
(global-midfill-mode)
(global-set-key (kbd "C-c t") #'midfill-trigger)
"""

BESIDE_EGLOT = """
(require 'eglot)
(setq eglot-sync-connect 1 eglot-stay-out-of '(flymake)) ; Flymake moves the text to the right.
(add-to-list 'eglot-server-programs '(python-mode "{program}" "serve"))
(add-hook 'python-mode-hook #'eglot-ensure)
"""

LSP_MODE = """
(dolist (folder (directory-files (getenv "MIDFILL_TEST_ELPA") t "^[a-z]"))
  (add-to-list 'load-path folder))
(setq lsp-auto-guess-root t lsp-enable-suggest-server-download nil lsp-enable-file-watchers nil
      lsp-warn-no-matched-clients nil lsp-client-packages nil lsp-diagnostics-provider :none)
(require 'lsp-mode)
;; A package manager would have set up their autoloads.
(dolist (feature '(lsp-modeline lsp-lens lsp-headerline)) (require feature))
(require 'midfill-lsp-mode)
(setq midfill-command '("{program}" "serve"))
(lsp-workspace-folders-add "{workspace}")
(add-hook 'python-mode-hook #'lsp)
(global-set-key (kbd "C-c t") #'lsp-inline-completion-display)
"""

BATCH = """
(find-file "{file}")
(defun wait (what)
  (let ((end (+ (float-time) 10)))
    (while (and (< (float-time) end) (not (funcall what)))
      (accept-process-output nil 0.01))))
(wait (lambda () (lsp-feature? "textDocument/inlineCompletion")))
(goto-char (point-max))
(insert "print('👋 naïve', ")
(lsp-inline-completion-display)
(message "shown: %s" (overlay-get lsp-inline-completion--overlay 'after-string))
(lsp-inline-completion-accept)
(message "buffer: %s" (buffer-string))
"""


@pytest.fixture(autouse=True)
def fresh(bench: Bench) -> None:
    bench.upstream.reset()


def written(bench: Bench, name: str, *lisp: str, **names: object) -> str:
    """Return the path of a Lisp file with these pieces."""
    path = bench.home / name
    places = {"clients": CLIENTS, "program": bench.program, "workspace": bench.workspace, **names}
    text = "".join((COMMON, *lisp))
    for place, value in places.items():
        text = text.replace(f"{{{place}}}", str(value))
    path.write_text(text)
    return str(path)


def started(open_terminal: Open, init: str, file: Path, says: str = "midfill:ready") -> Terminal:
    """Return an Emacs with `file` open, once the server is ready."""
    terminal = open_terminal("emacs", ["-nw", "-Q", "-l", init, str(file)])
    terminal.shows(says)
    return terminal


def saved(terminal: Terminal, file: Path, text: str) -> None:
    """Save the file, and wait until it has exactly `text`."""
    terminal.press("C-x", "C-s")
    until(lambda: file.read_bytes() == text.encode(), repr(text), file.read_bytes)


@pytest.mark.parametrize("beside", ["", BESIDE_EGLOT], ids=["alone", "beside-eglot"])
def test_suggestion_is_shown_and_accepted(open_terminal: Open, bench: Bench, beside: str) -> None:
    """A suggestion appears, stays while it is typed along, TAB accepts it, and one undo removes it."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    file = bench.file(f"main{len(beside)}.py", f"# {len(beside)}\ndef add(a, b):\n    \n\nprint(add)\n")
    terminal = started(open_terminal, written(bench, "main.el", beside, OWN), file)
    terminal.press("M-g", "g", "3", "Enter", "C-e")
    terminal.type("return ")
    terminal.shows("    return sum(\n        [a, b]\n    )\n\nprint(add)")
    terminal.type("sum")
    terminal.shows("    return sum(\n        [a, b]\n    )\n\nprint(add)")
    assert not bench.called_after("return s")
    terminal.press("Tab")
    saved(
        terminal,
        file,
        f"# {len(beside)}\ndef add(a, b):\n    return sum(\n        [a, b]\n    )\n\nprint(add)\n",
    )
    terminal.press("C-_")
    saved(terminal, file, f"# {len(beside)}\ndef add(a, b):\n    return sum\n\nprint(add)\n")


def test_incomplete_line_grows(open_terminal: Open, bench: Bench) -> None:
    """A partial suggestion that is shown during a burst is completed without another key."""
    bench.upstream.behave(text="first + second + third", first_token_ms=100, token_ms=100)
    file = bench.file("half.py", "# half\ndef half():\n    \n")
    terminal = started(open_terminal, written(bench, "half.el", OWN), file)
    terminal.press("M-g", "g", "3", "Enter", "C-e")
    terminal.type("return ")
    terminal.shows("    return first + second + third")


def test_parts_are_accepted(open_terminal: Open, bench: Bench) -> None:
    """A word or a line can be accepted without another call; after a dismissal the keys have their usual functions."""
    bench.upstream.behave(text="first(second,\n        third)\n")
    file = bench.file("parts.py", "def parts():\n    \n")
    terminal = started(open_terminal, written(bench, "parts.el", OWN), file)
    terminal.press("M-g", "g", "2", "Enter", "C-e")
    terminal.type("zero = ")
    terminal.shows("    zero = first(second,\n        third)\n")
    terminal.press("M-f")
    saved(terminal, file, "def parts():\n    zero = first\n")
    terminal.press("C-e")
    saved(terminal, file, "def parts():\n    zero = first(second,\n")
    terminal.shows("third)")
    terminal.press("C-g")
    terminal.hides("third)")
    assert not bench.called_after("zero = f")
    terminal.press("C-a", "M-f", "M-f")
    terminal.type("ly")
    saved(terminal, file, "def parts():\n    zero = firstly(second,\n")


def test_surrounding_text_is_kept(open_terminal: Open, bench: Bench) -> None:
    r"""Wide characters, an auto-closed bracket and \r\n are kept; after many edits the model gets the right text."""
    bench.upstream.behave(text="1, 2")
    file = bench.file("around.py", "# one\r\n# two\r\nx = foo('👋 naïve')\r\n")
    terminal = started(open_terminal, written(bench, "around.el", OWN), file)
    terminal.press("M-%")
    terminal.type("o\n0\n!")
    terminal.press("M->", "Up", "C-e", "C-b")
    terminal.type(", ")
    terminal.shows("x = f00('👋 naïve', 1, 2)")
    terminal.press("Tab")
    saved(terminal, file, "# 0ne\r\n# tw0\r\nx = f00('👋 naïve', 1, 2)\r\n")
    prompts = [call["prompt"] for call in bench.calls()]
    assert any(prompt.endswith("# 0ne\n# tw0\nx = f00('👋 naïve', ") for prompt in prompts)


def test_first_line(open_terminal: Open, bench: Bench) -> None:
    """Text that is typed before the server has started causes a request afterwards."""
    bench.upstream.behave(text="first")
    file = bench.file("first.py", "")
    terminal = started(open_terminal, written(bench, "first.el", OWN), file, "first.py")
    terminal.type("value = ")
    terminal.shows("value = first")


def test_edit_without_typing_causes_no_request(open_terminal: Open, bench: Bench) -> None:
    """An edit that the user did not type causes no request until the next key."""
    bench.upstream.behave(text="asked")
    file = bench.file("not_typed.py", "# not typed\none\none\none\n")
    terminal = started(open_terminal, written(bench, "not_typed.el", OWN), file)
    terminal.press("M-%")
    terminal.type("one\ntwo\n!")
    terminal.press("C-x", "h", "M-x")
    terminal.type("indent-region\n")
    terminal.press("M->", "M-x")
    terminal.type("replace-string\n")
    terminal.press("C-g", "C-_")
    time.sleep(1)
    assert bench.calls() == []
    terminal.press("M->")
    terminal.type("value = ")
    terminal.shows("value = asked")


def test_alternatives(open_terminal: Open, bench: Bench) -> None:
    """M-n requests alternatives, and cycles through them."""
    bench.upstream.behave(text="first")
    file = bench.file("alternatives.py", "# alternatives\n")
    terminal = started(open_terminal, written(bench, "alternatives.el", OWN), file)
    terminal.press("M->")
    terminal.type("val = ")
    terminal.shows("val = first")
    bench.upstream.behave(text="second")
    terminal.press("M-n")
    terminal.shows("val = second")
    terminal.press("M-p")
    terminal.shows("val = first")
    terminal.press("M-x")
    terminal.type("midfill-stats\n")
    terminal.shows("midfill: today: ")


RENAMED = "balance = 0\nprint(balance)\nsave(balance)\nx = 1\nload(balance)\nkeep(balance)\n"


def renamed(open_terminal: Open, bench: Bench, name: str) -> tuple[Terminal, Path]:
    """Return an Emacs in which a name was changed at two of five places, the next of them offered, and its file."""
    bench.upstream.behave(text="")
    file = bench.file(f"{name}.py", RENAMED)
    terminal = started(open_terminal, written(bench, f"{name}.el", OWN), file)
    terminal.press("M-d")
    terminal.type("amount")
    terminal.press("M-g", "g", "2", "Enter", "M-f", "M-d")
    terminal.type("(amount")
    terminal.shows("print(amount)  TAB ↓ line 3\nsave(balanceamount)\n")
    return terminal, file


def test_next_edit(open_terminal: Open, bench: Bench) -> None:
    """TAB jumps to the next place of a rename, TAB accepts it, and the next one is ready; one undo removes it."""
    terminal, file = renamed(open_terminal, bench, "renamed")
    terminal.press("Tab")
    terminal.shows("print(amount)\nsave(balanceamount)\n")
    terminal.press("Tab")
    terminal.shows("save(amount)  TAB ↓ line 5\nx = 1\nload(balanceamount)\n")
    terminal.press("Tab", "Tab")
    changed = RENAMED.replace("balance", "amount", 4)
    saved(terminal, file, changed)
    terminal.press("C-_")
    saved(terminal, file, changed.replace("load(amount)", "load(balance)"))


def test_dismissed_edit(open_terminal: Open, bench: Bench) -> None:
    """An edit that C-g dismisses does not return, and TAB has its usual function."""
    terminal, file = renamed(open_terminal, bench, "dropped")
    terminal.press("C-g")
    terminal.shows("print(amount)\nsave(balance)\n")
    terminal.press("Down", "Tab")
    saved(terminal, file, RENAMED.replace("balance", "amount", 2))
    terminal.press("C-e")
    terminal.type("  # once")
    time.sleep(1)
    terminal.shows("save(balance)  # once\n")


def test_next_edit_in_another_file(open_terminal: Open, bench: Bench) -> None:
    """TAB opens the file of the next edit; M-x midfill-toggle-edits switches next edits off."""
    other = bench.file("there.py", "load(balance)\n")
    terminal, _ = renamed(open_terminal, bench, "here")
    for line in (
        "save(amount)  TAB ↓ line 5",
        "load(amount)  TAB ↓ line 6",
        "keep(amount)  TAB → there.py:1",
    ):
        terminal.press("Tab", "Tab")
        terminal.shows(line)
    terminal.press("Tab")
    terminal.shows("load(balanceamount)\n")
    terminal.press("Tab")
    saved(terminal, other, "load(amount)\n")
    terminal.press("M-x")
    terminal.type("midfill-toggle-edits\n")
    terminal.shows("midfill: next edits are off")


def test_archive(open_terminal: Open, bench: Bench) -> None:
    """Without `midfill` on the PATH the program of an unpacked archive is used, and M-x midfill-doctor says so."""
    bench.unpack()
    file = bench.file("archive.py", "# archive\n")
    path = '(setq midfill-command (list "midfill" "serve") exec-path nil)\n(setenv "PATH" "/nowhere")\n'
    terminal = started(open_terminal, written(bench, "archive.el", OWN, path), file)
    terminal.press("M-x")
    terminal.type("midfill-doctor\n")
    terminal.shows("state: ready", "program: an unpacked archive")


def test_errors(open_terminal: Open, bench: Bench) -> None:
    """The server's messages are shown in the echo area and in the mode line."""
    bench.upstream.fail("401", times=0)
    file = bench.file("errors.py", "# errors\n")
    terminal = started(open_terminal, written(bench, "errors.el", OWN), file)
    terminal.press("M->")
    terminal.type("val = ")
    terminal.shows("midfill:error", "does not accept")


def test_lsp_mode(open_terminal: Open, bench: Bench) -> None:
    """lsp-mode shows the suggestion soon after typing, and TAB accepts it."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    file = bench.file("lsp.py", "# lsp\ndef add(a, b):\n    \n")
    terminal = started(open_terminal, written(bench, "lsp.el", LSP_MODE), file, "initialized successfully")
    terminal.press("M-g", "g", "3", "Enter", "C-e")
    terminal.type("return ")
    terminal.shows("    return sum(\n        [a, b]\n    )\n")
    terminal.press("Tab")
    saved(terminal, file, "# lsp\ndef add(a, b):\n    return sum(\n        [a, b]\n    )\n")


def test_lsp_mode_batch(bench: Bench) -> None:
    """lsp-mode counts positions in characters; after wide ones the text is inserted at the right place."""
    bench.upstream.behave(text="wave)")
    file = bench.file("batch.py", "# batch\n")
    script = written(bench, "batch.el", LSP_MODE, BATCH, file=file)
    done = subprocess.run(
        [required("emacs"), "-Q", "--batch", "-l", script],
        env=bench.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "shown: wave)" in done.stderr
    assert "buffer: # batch\nprint('👋 naïve', wave)\n" in done.stderr


def test_compiles(bench: Bench) -> None:
    """The package compiles without a warning."""
    places = [bench.home / name for name in ("midfill-server.el", "midfill.el")]
    for place in places:
        place.write_text((CLIENTS / "emacs" / place.name).read_text())
    script = written(bench, "compile.el")
    done = subprocess.run(
        [required("emacs"), "-Q", "--batch", "-l", script, "-f", "batch-byte-compile", *places],
        env=bench.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert "Warning" not in done.stderr
