"""Control characters of models, services, files and folders are never written to a terminal."""

import io
import json
import os
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from midfill.cli.terminal import say, write_exactly
from tests.cli.command import Command
from tests.loopback.client import Loopback

RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\U000e0000-\U000e007f]")
EVIL = "\x1b]0;owned\x07\x9b2J\b\b\u202e"
"""Sequences that set the title of a terminal, clear it, move back, and reverse the text."""


class Stream(io.TextIOWrapper):
    """A standard stream that may be a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        """Whether this is a terminal."""
        return self.terminal

    @property
    def written(self) -> str:
        """The written text."""
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("terminal", [True, False])
def test_messages_are_one_visible_line(terminal: bool) -> None:
    """On a terminal and in a pipe, a name cannot add a line."""
    with redirect_stderr(Stream(terminal)) as stream:
        say(f"{EVIL}a\nmidfill: b")
    assert not RAW.search(stream.written.rstrip("\n"))
    assert "\\x1b]0;owned\\x07" in stream.written
    assert stream.written.count("\n") == 1


@pytest.mark.parametrize("terminal", [True, False])
def test_texts_are_exact_in_a_pipe_and_visible_on_a_terminal(terminal: bool) -> None:
    """A pipe gets the exact text; a terminal gets the visible form."""
    text = "a\tb\r\nc\u2067d\u2069\udcff\n"
    with redirect_stdout(Stream(terminal)) as stream:
        write_exactly(text)
    assert stream.written == ("a\tb\nc\\u2067d\\u2069\\udcff\n" if terminal else text)


@pytest.mark.parametrize("arguments", [[], ["--diff"], ["--json"]])
def test_text_of_a_model_has_no_control_effect(
    deepseek: Command, loopback: Loopback, arguments: list[str]
) -> None:
    """The answer, the document and the model's name are made visible."""
    for text in (f"1 + 2{EVIL}3", f"{EVIL}1", "1\u202e + 2", "1\0\n", "\U000e00411"):
        loopback.behave(text=text)
        deepseek.file("a.py", f"x = 'y{EVIL}'\nvalue = \n")
        done = deepseek.call("complete", "a.py:2:9", *arguments)
        assert done.code == 0
        assert not RAW.search(done.out + done.err), (text, done)


def test_right_to_left_document_keeps_its_marks(deepseek: Command, loopback: Loopback) -> None:
    """They are part of the text: exact in a pipe, and escaped in JSON."""
    loopback.behave(text="'\u2067שלום\u2069'\u202e")
    deepseek.file("a.py", "x = 'שלום'\nvalue = \n")
    assert deepseek.call("complete", "a.py:2:9").out == "'\u2067שלום\u2069'"
    out = deepseek.call("complete", "a.py:2:9", "--json").out
    assert not RAW.search(out)
    assert "שלום" in out
    assert json.loads(out)["text"] == "'\u2067שלום\u2069'"


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
@pytest.mark.parametrize("command", ["complete", "doctor", "config", "setup"])
def test_names_are_escaped(midfill: Command, tmp_path: Path, command: str) -> None:
    """Names of files, folders and the workspace, and a workspace's settings."""
    folder = tmp_path / f"evil{EVIL}\n"
    folder.mkdir()
    (folder / f"{EVIL}.py").write_text("x = 1\n")
    (folder / ".midfill.toml").write_text(
        '"a\\u001b" = 1\n[trigger]\npaths_off = ["\\u009b2J\\u202e"]\nbroken'
    )
    config = folder / "config.toml"
    config.write_text("model = '\u202e\x9b'\n[trigger]\npaths_off = ['\U000e0041']\n", "utf-8")
    here = Command(folder, config, {**midfill.env, "MIDFILL_CONFIG": str(config), "HOME": str(folder)})
    arguments = {
        "complete": [["complete", f"{EVIL}.py:9:9"], ["complete", f"no{EVIL}.py:1:1"], ["complete", EVIL]],
        "doctor": [["doctor"]],
        "config": [["config", "show"]],
        "setup": [
            ["setup"],
            ["setup", "neovim"],
            ["setup", "neovim", "--write"],
            ["setup"],
            [EVIL],
            ["serve", EVIL],
        ],
    }
    for line in arguments[command]:
        done = here.call(*line)
        lines = done.err if line[:2] == ["setup", "neovim"] else done.out + done.err
        assert not RAW.search(lines.replace("\n", "")), (line, lines)


def test_text_of_a_service_is_escaped(midfill: Command, loopback: Loopback) -> None:
    """Names of models, and the balance."""
    loopback.behave(models=[f"model{EVIL}"])
    here = midfill.having(MIDFILL_BASE_URL=loopback.url, DEEPSEEK_API_KEY="sk-" + "k3y0" * 8)
    done = here.call("doctor")
    assert "model\\x1b]0;owned" in done.out
    assert not RAW.search(done.out)
