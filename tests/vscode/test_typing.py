"""Ghost text in difficult places of VS Code and the languages."""

import json
import time

from tests.loopback.client import Loopback
from tests.vscode.document import ADD, READY, asked, opened, titled
from tests.vscode.editor import Editor, eventually


def test_first_shown_text_is_complete(editor: Editor, loopback: Loopback) -> None:
    """In a burst with a slow model, no partial word is shown, and there is no gap between two agreeing texts."""
    text = "def total(items):\n    "
    whole = text + "return the_price_of_all(items_of_the_basket, with_all_discounts)\n"
    opened(editor, loopback, "whole.py", whole, text + "|\n")
    loopback.behave(first_token_ms=300, token_ms=20)
    editor.do("watch")
    editor.type("ret")
    editor.sees("ghost", "urn the_price_of_all(items_of_the_basket, with_all_discounts)")
    seen = {ghost for ghost in editor.do("watched") if ghost}
    assert {ghost for ghost in seen if not ghost.endswith("with_all_discounts)")} == set()


def test_streamed_answer_does_not_blink(editor: Editor, loopback: Loopback) -> None:
    """While the typed text agrees with the ghost text, each frame shows it, and Tab accepts no fragment."""
    lines = [f"    value_{number} = compute_something({number}, other_{number})\n" for number in range(6)]
    whole = "def run():\n" + "".join(lines)
    opened(editor, loopback, "blink.py", whole, "def run():\n    |\n")
    loopback.behave(first_token_ms=300, token_ms=20)
    for number in range(6):
        editor.do("watch")
        editor.type("val")
        assert eventually(lambda: editor.do("look", "ghost") != "")
        time.sleep(0.3)
        seen = editor.do("watched")
        # The first frames may still show the line that was accepted before.
        first = next(at for at, ghost in enumerate(seen) if f"other_{number}" in ghost)
        assert "" not in seen[first:], (number, seen)
        editor.press("Tab")
        editor.press("Enter")
    editor.press("Control+S")
    assert eventually(
        lambda: (editor.workspace / "blink.py").read_text().startswith(titled("blink.py", whole))
    )


def test_suggestion_is_accepted_at_several_cursors(editor: Editor, loopback: Loopback) -> None:
    text = "first = \nsecond = \n"
    opened(editor, loopback, "cursors.py", "first = compute()\nsecond = compute()\n", "first =|\nsecond =\n")
    loopback.behave(documents=[], text="compute()")
    editor.command("Add Cursor Below")
    editor.press("End")
    editor.type(" ")
    editor.sees("ghosts", ["compute()", "compute()"])
    editor.press("Tab")
    editor.saves("cursors.py", titled("cursors.py", text.replace("= \n", "= compute()\n")))


def test_suggestion_is_shown_in_an_empty_placeholder(editor: Editor, loopback: Loopback) -> None:
    """In the last placeholder Tab accepts it; before that Tab moves to the next placeholder."""
    opened(editor, loopback, "snippet.py", ADD, "|\n")
    loopback.behave(documents=[], text="answer()")
    editor.do("snippet", "tested")
    editor.type("add")
    editor.press("Tab")
    editor.sees("ghost", "answer()")
    editor.press("Tab")
    editor.sees("ghost", "answer()")
    editor.press("Escape", "Escape")


def test_status_shows_a_line_that_is_not_drawn(editor: Editor, loopback: Loopback) -> None:
    """VS Code draws 10,000 characters of a line; beyond that there is no call."""
    opened(editor, loopback, "long.py", ADD, "value = '" + "x" * 20_000 + "' + |\n")
    editor.type("y")
    editor.sees(
        "status",
        "midfill: no suggestions here: VS Code draws only 10000 characters of a line (editor.stopRenderingLineAfter)",
    )
    assert asked(loopback, "long.py") == []
    editor.command("View: Revert and Close Editor")


def test_large_file_does_not_block_the_editor(editor: Editor, loopback: Loopback) -> None:
    """There is no call in it, and the status says why."""
    opened(editor, loopback, "large.py", ADD, "value = compute(1, 2, 3)\n" * 80_000 + "value = |\n")
    editor.type("y")
    editor.sees(
        "status", "midfill: no suggestions here: the file is larger than 1000 KiB (midfill.trigger.maxFileKb)"
    )
    assert [call for call in loopback.log() if call["method"] == "POST"] == []
    editor.command("View: Revert and Close Editor")


def test_notebook_cells_are_one_document(editor: Editor, loopback: Loopback) -> None:
    cells = [("markdown", "# Load"), ("code", "import pandas as pd"), ("code", "frame =")]
    book = {
        "cells": [
            {"cell_type": kind, "metadata": {}, "source": [text]}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for kind, text in cells
        ],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    loopback.behave(documents=[], text="pd.DataFrame()")
    (editor.workspace / "book.ipynb").write_text(json.dumps(book))
    editor.do("openNotebook", str(editor.workspace / "book.ipynb"))
    editor.do("click", '.notebookOverlay .code-cell-row:has-text("frame") .view-line')
    editor.press("Control+End", "End")
    editor.type(" ")  # A letter would open the list of words, whose selected item has priority.
    editor.sees("ghost", "pd.DataFrame()")
    prompts = [call["body"]["prompt"] for call in loopback.log(idle=True) if call["method"] == "POST"]
    assert prompts[-1].endswith("# # Load\n\nimport pandas as pd\n\nframe = ")
    editor.command("View: Revert and Close Editor")
    editor.sees("status", READY)
