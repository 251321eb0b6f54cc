"""The Vim plugin, in real Vims in a terminal."""

import time
from pathlib import Path

import pytest

from tests.editors.bench import CLIENTS, Bench, until
from tests.editors.conftest import Open
from tests.editors.terminal import Terminal

VIMRC = """
set nocompatible noswapfile hidden
filetype plugin indent on
set runtimepath^={plugin}
let g:midfill_cmd = ['{program}', 'serve']
inoremap <C-]> dismissed
let g:midfill_keys = {{'trigger': '<C-T>', 'next': '<C-F>', 'previous': '<C-B>'}}
"""


@pytest.fixture(params=["vim", "vim-9.0"])
def vim(request: pytest.FixtureRequest, bench: Bench) -> str:
    bench.upstream.reset()
    return str(request.param)


def started(open_terminal: Open, bench: Bench, vim: str, file: Path) -> Terminal:
    """Return a Vim with `file` open, once the server is ready."""
    terminal = opened(open_terminal, bench, vim, file)
    terminal.shows("midfill ready")
    assert "Error" not in terminal.screen, "the server's requests are not answered"
    return terminal


def opened(open_terminal: Open, bench: Bench, vim: str, file: Path) -> Terminal:
    """Return a Vim with `file` open."""
    vimrc = bench.home / "vimrc"
    vimrc.write_text(VIMRC.format(plugin=CLIENTS / "vim", program=bench.program))
    line = "set laststatus=2 statusline=%{midfill#StatusLine()}"
    return open_terminal(vim, ["-N", "-u", str(vimrc), "-i", "NONE", "-c", line, str(file)])


def saved(terminal: Terminal, file: Path, text: str) -> None:
    """Save the file, and wait until it has exactly `text`."""
    terminal.press("Escape")
    terminal.type(":w\n")
    until(lambda: file.read_bytes() == text.encode(), repr(text), file.read_bytes)


def test_suggestion_is_shown_and_accepted(open_terminal: Open, bench: Bench, vim: str) -> None:
    """A suggestion appears, stays while it is typed along, Tab accepts it, and one undo removes it."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    file = bench.file(f"{vim}_main.py", f"# {vim}\ndef add(a, b):\n    \n\nprint(add)\n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type("3GAreturn ")
    terminal.shows("    return sum(\n        [a, b]\n    )\n")
    terminal.type("sum")
    terminal.shows("    return sum(\n        [a, b]\n    )\n")
    assert not bench.called_after("return s")
    terminal.press("Tab")
    saved(terminal, file, f"# {vim}\ndef add(a, b):\n    return sum(\n        [a, b]\n    )\n\nprint(add)\n")
    terminal.type("u")
    saved(terminal, file, f"# {vim}\ndef add(a, b):\n    return sum\n\nprint(add)\n")


def test_parts_are_accepted(open_terminal: Open, bench: Bench, vim: str) -> None:
    """A word or a line can be accepted, and the rest stays suggested without another call."""
    bench.upstream.behave(text="first(second,\n        third)\n")
    file = bench.file(f"{vim}_parts.py", f"# {vim}\ndef parts():\n    \n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type("3GAzero = ")
    terminal.shows("    zero = first(second,\n        third)\n")
    terminal.press("M-Right")
    terminal.press("C-M-Right")
    terminal.shows("    zero = first(second,\n        third)\n")
    assert not bench.called_after("zero = f")
    saved(terminal, file, f"# {vim}\ndef parts():\n    zero = first(second,\n")


def test_incomplete_line_grows(open_terminal: Open, bench: Bench, vim: str) -> None:
    """A partial suggestion that is shown during a burst is completed without another key."""
    bench.upstream.behave(text="first + second + third", first_token_ms=100, token_ms=100)
    file = bench.file(f"{vim}_half.py", f"# {vim}\ndef half():\n    \n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type("3GAreturn ")
    terminal.shows("    return first + second + third")


def test_surrounding_text_is_kept(open_terminal: Open, bench: Bench, vim: str) -> None:
    r"""Wide characters, an auto-closed bracket and \r\n are kept."""
    bench.upstream.behave(text="1, 2")
    file = bench.file(f"{vim}_around.py", f"# {vim}\r\nx = foo('👋 naïve')\r\n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type("2G$i, ")
    terminal.shows("x = foo('👋 naïve', 1, 2)")
    terminal.press("Tab")
    saved(terminal, file, f"# {vim}\r\nx = foo('👋 naïve', 1, 2)\r\n")


def test_alternatives(open_terminal: Open, bench: Bench, vim: str) -> None:
    """With the key for the next suggestion Vim requests alternatives, and cycles through them."""
    bench.upstream.behave(text="first")
    file = bench.file(f"{vim}_alternatives.py", f"# {vim}\n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type("oval = ")
    terminal.shows("val = first")
    bench.upstream.behave(text="second")
    terminal.press("C-f")
    terminal.shows("val = second")
    terminal.press("C-b")
    terminal.shows("val = first")


def test_keys_without_a_suggestion(open_terminal: Open, bench: Bench, vim: str) -> None:
    """A dismissed suggestion is gone, and its keys have the functions they had without the plugin."""
    bench.upstream.behave(text="unwanted")
    file = bench.file(f"{vim}_otherwise.py", f"# {vim}\n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type("oval = ")
    terminal.shows("unwanted")
    terminal.press("C-]")
    terminal.hides("unwanted")
    terminal.press("C-]", "Tab")
    saved(terminal, file, f"# {vim}\nval = dismissed \n")
    terminal.type(":Midfill stats\n")
    terminal.shows("midfill: today: ")


def test_edits(open_terminal: Open, bench: Bench, vim: str) -> None:
    """After edits of all kinds the model gets the buffer's text."""
    bench.upstream.behave(text="x")
    file = bench.file(f"{vim}_edits.py", "one\ntwo\nthree\nfour\n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type(":2d\n:%s/o/0/g\n:1m$\n:g/three/d\nGp")
    terminal.type("Olast = ")
    terminal.shows("last = x")
    saved(terminal, file, "f0ur\n0ne\nlast = \nthree\n")
    calls = [(call["prompt"].partition("\n")[2], call["suffix"]) for call in bench.calls()]
    assert ("f0ur\n0ne\nlast = ", "\nthree\n") in calls  # After the file's name.


def test_archive(open_terminal: Open, bench: Bench, vim: str) -> None:
    """Without `midfill` on the PATH the program of an unpacked archive is used."""
    bench.unpack()
    vimrc = bench.home / "vimrc"
    vimrc.write_text(f"set nocompatible runtimepath^={CLIENTS / 'vim'}\nlet $PATH = '/nowhere'\n")
    line = "set laststatus=2 statusline=%{midfill#StatusLine()}"
    file = bench.file(f"{vim}_archive.py", "")
    terminal = open_terminal(vim, ["-N", "-u", str(vimrc), "-i", "NONE", "-c", line, str(file)])
    terminal.shows("midfill ready")


def test_errors(open_terminal: Open, bench: Bench, vim: str) -> None:
    """The server's messages and its end are shown."""
    bench.upstream.fail("401", times=0)
    file = bench.file(f"{vim}_errors.py", f"# {vim}\n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type("oval = ")
    terminal.shows("midfill error")
    terminal.press("Escape")
    terminal.type(":messages\n")
    terminal.shows("key")


def test_repeat(open_terminal: Open, bench: Bench, vim: str) -> None:
    """`.`, a count and a macro repeat typed and accepted text, with its indentation; other Tabs are Tabs."""
    bench.upstream.behave(text="sum(\n        [a, b]\n    )\n")
    file = bench.file(f"{vim}_repeat.py", f"# {vim}\ndef f():\n    \n\n# end\n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type(":set formatoptions+=ro textwidth=20\n3GqqAreturn ")
    terminal.shows("    return sum(\n        [a, b]\n    )\n")
    terminal.press("Tab", "Escape")
    terminal.type("q")
    whole = f"# {vim}\ndef f():\n    return sum(\n        [a, b]\n    )\n\n# end"
    saved(terminal, file, f"{whole}\n")
    terminal.type("G.")
    again = "return sum(\n        [a, b]\n    )"
    saved(terminal, file, f"{whole}{again}\n")
    bench.upstream.behave(text="other")
    terminal.type("2@q")
    saved(terminal, file, f"{whole}{again}{again}{again}\n")
    terminal.type(":set noautoindent\nGox\x1b2Ay = ")
    terminal.shows("xy = other")
    terminal.press("Tab")
    saved(terminal, file, f"{whole}{again}{again}{again}\nxy = othery = other\n")


def test_first_line(open_terminal: Open, bench: Bench, vim: str) -> None:
    """Text that is typed before the server has started causes a request afterwards."""
    bench.upstream.behave(text="first")
    file = bench.file(f"{vim}_first.py", f"# {vim}\n")
    terminal = opened(open_terminal, bench, vim, file)
    terminal.type("oval = ")
    terminal.shows("val = first")


def test_edit_without_typing_causes_no_request(open_terminal: Open, bench: Bench, vim: str) -> None:
    """An edit that the user did not type causes no request until the next key."""
    bench.upstream.behave(text="asked")
    file = bench.file(f"{vim}_not_typed.py", f"# {vim}\none\none\n")
    terminal = started(open_terminal, bench, vim, file)
    terminal.type(":%s/one/two/\n:g/two/normal Ax\nggA")
    until(bench.calls, "the request after the last key")
    terminal.type("\x0f:call timer_start(900, {-> setline(1, '# formatted')})\n")
    terminal.shows("# formatted")
    time.sleep(0.5)
    assert not bench.sent("# formatted")  # The request of the last key may come late.
    terminal.press("End", "Enter")
    terminal.type("value = ")
    terminal.shows("value = asked")


RENAMED = "subtotal = 0\nprint(subtotal)\nsave(subtotal)\nx = 1\nload(subtotal)\nkeep(subtotal)\n"


def renamed(open_terminal: Open, bench: Bench, vim: str, name: str) -> tuple[Terminal, Path]:
    """Return a Vim in which a name was changed at two of five places, the next of them offered, and its file."""
    bench.upstream.behave(text="")
    file = bench.file(f"{vim}_{name}.py", RENAMED)
    terminal = started(open_terminal, bench, vim, file)
    terminal.type("cwamount\x1b2G0f(lcwamount\x1b")
    terminal.shows("print(amount)  Tab ↓ line 3\nsave(subtotalamount)\n")
    return terminal, file


def test_next_edit(open_terminal: Open, bench: Bench, vim: str) -> None:
    """Tab jumps to the next place of a rename, Tab accepts it, and the next one is ready; one undo removes it."""
    terminal, file = renamed(open_terminal, bench, vim, "renamed")
    terminal.press("Tab")
    terminal.shows("print(amount)\nsave(subtotalamount)\n")
    terminal.press("Tab")
    terminal.shows("save(amount)  Tab ↓ line 5\nx = 1\nload(subtotalamount)\n")
    terminal.press("Tab", "Tab")
    changed = RENAMED.replace("subtotal", "amount", 4)
    saved(terminal, file, changed)
    terminal.type("u")
    saved(terminal, file, changed.replace("load(amount)", "load(subtotal)"))


def test_next_edit_in_insert_mode(open_terminal: Open, bench: Bench, vim: str) -> None:
    """The accept keys of suggestions accept it; without an offer they have their usual functions."""
    terminal, file = renamed(open_terminal, bench, vim, "inserting")
    terminal.type("i")
    terminal.press("Tab")
    terminal.shows("print(amount)\nsave(subtotalamount)\n")
    terminal.press("Tab")
    terminal.shows("save(amount)  Tab ↓ line 5")
    terminal.press("C-]")
    terminal.hides("Tab")
    terminal.press("C-]")
    saved(terminal, file, RENAMED.replace("subtotal", "amount", 3).replace("save(", "save(dismissed"))


def test_dismissed_edit(open_terminal: Open, bench: Bench, vim: str) -> None:
    """An edit that Backspace dismisses does not return, and the keys have their usual functions."""
    terminal, file = renamed(open_terminal, bench, vim, "dropped")
    terminal.press("BSpace")
    terminal.shows("print(amount)\nsave(subtotal)\n")
    terminal.type("j")
    terminal.press("Tab", "BSpace")
    saved(terminal, file, RENAMED.replace("subtotal", "amount", 2))
    terminal.type("A  # once\x1b")
    time.sleep(1)
    terminal.shows("save(subtotal)  # once\n")


def test_next_edit_in_another_file(open_terminal: Open, bench: Bench, vim: str) -> None:
    """A popup shows the edited line of another buffer, and Tab moves there."""
    other = bench.file(f"{vim}_naïve.py", "fetch(subtotal)\n")
    terminal, _ = renamed(open_terminal, bench, vim, "here")
    terminal.type(f":edit {other}\n:buffer 1\n")
    there = f"keep(amount)  Tab → {other.name}:1"
    for line in ("save(amount)  Tab ↓ line 5", "load(amount)  Tab ↓ line 6", there):
        terminal.press("Tab", "Tab")
        terminal.shows(line)
    terminal.shows(f" {other.name}:1 ", "fetch(amount)")
    terminal.press("Tab")
    terminal.shows("fetch(subtotalamount)\n")
    terminal.hides(f" {other.name}:1 ")
    terminal.press("Tab")
    saved(terminal, other, "fetch(amount)\n")
