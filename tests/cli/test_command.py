"""The command itself: help, version, settings, shell completion, pipes and terminals."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from midfill import __version__
from tests.cli.command import Command
from tests.loopback.client import Loopback

SECTIONS = ("enabled", "trigger", "completion", "prompt", "timing", "requests", "cache", "network")


def test_help_has_commands_examples_and_exit_codes(midfill: Command) -> None:
    """Commands, examples, environment and exit codes are on one page; each command has its own page."""
    done = midfill.run("--help")
    assert (done.code, done.err) == (0, "")
    for words in ("serve", "complete", "doctor", "config", "examples:", "DEEPSEEK_API_KEY", "exit codes:"):
        assert words in done.out
    assert max(map(len, done.out.splitlines())) <= 100
    done = midfill.run("complete", "--help")
    assert "--filename" in done.out


def test_version_is_printed(midfill: Command) -> None:
    """The command and its version are on standard output."""
    done = midfill.run("--version")
    assert (done.code, done.out) == (0, f"midfill {__version__}\n")


PORTS = ("99999", "-1", "9" * 5_000, "8642.0", "\u0665")


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["bogus"], ["complete"], ["config", "edit"], ["complete", "a", "b"]),
        *(["gateway", f"--port={port}"] for port in PORTS),
    ],
)
def test_wrong_usage_returns_2(midfill: Command, arguments: list[str]) -> None:
    """The exit code is 2, and the message has the usage."""
    done = midfill.call(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "usage: midfill" in done.err


def test_script_equals_the_module(midfill: Command) -> None:
    """The installed script is equivalent to `python -m midfill`."""
    script = Path(sys.executable).with_name("midfill")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == midfill.run("--version").out


def test_config_path(midfill: Command) -> None:
    """The path of the settings file, whether it exists or not."""
    assert midfill.call("config", "path").out == f"{midfill.config}\n"
    there = midfill.having(MIDFILL_CONFIG="").call("config", "path").out
    assert Path(there.strip()).name == "config.toml"


def test_config_show(midfill: Command) -> None:
    """The output has every setting with its origin, and is a valid settings file."""
    midfill.config.write_text("[completion]\nmax_tokens = 99\n", "utf-8")
    done = midfill.having(MIDFILL_MODEL="m-1").run("config", "show")
    assert (done.code, done.err) == (0, "")
    tree = tomllib.loads(done.out)
    assert tree["completion"]["max_tokens"] == 99
    assert tree["model"] == "m-1"
    assert set(SECTIONS) <= set(tree)
    assert f"max_tokens = 99  # {midfill.config}" in done.out
    assert "environment MIDFILL_MODEL" in done.out


def test_config_show_reports_problems(midfill: Command) -> None:
    """A message for every problem, and exit code 2; no key is printed."""
    secret = "sk-" + "5ecre7" * 5
    midfill.config.write_text(f'modle = "x"\napi_key = "{secret}"\n', "utf-8")
    done = midfill.call("config", "show")
    assert done.code == 2
    assert "did you mean model?" in done.err
    assert secret not in done.out + done.err
    assert tomllib.loads(done.out)["enabled"] is True


def test_config_schema(midfill: Command) -> None:
    """The output is a JSON schema of all settings."""
    schema = json.loads(midfill.run("config", "schema").out)
    assert set(SECTIONS) <= set(schema["properties"])
    assert "description" in schema["properties"]["model"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_shell_completion(midfill: Command, shell: str) -> None:
    """A script with the commands; bash's parser accepts its own."""
    done = midfill.run("shell-completion", shell)
    assert done.code == 0
    assert "complete" in done.out
    assert "doctor" in done.out
    if shell == "bash" and Path("/bin/bash").exists():
        subprocess.run(["/bin/bash", "-n"], input=done.raw, check=True, timeout=60)


@pytest.mark.parametrize(
    "arguments", [["config", "schema"], ["--help"], ["doctor"], ["shell-completion", "bash"]]
)
def test_broken_pipe_is_no_failure(midfill: Command, arguments: list[str]) -> None:
    """The reader has ended (`| head -1`): there is no message, for any remaining output."""
    reading, writing = os.pipe()
    os.close(reading)
    process = midfill.start(*arguments, stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert err.decode() == ""
    assert process.returncode == 0


def test_unknown_log_level_is_ignored(midfill: Command) -> None:
    """It means the default level."""
    assert midfill.having(MIDFILL_LOG="loud").run("config", "path").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
@pytest.mark.parametrize(
    ("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colours_are_used_on_terminals_only(midfill: Command, env: dict[str, str], coloured: bool) -> None:
    """On a terminal there are colours, unless NO_COLOR or a dumb terminal says otherwise."""
    shown = on_a_terminal(midfill.having(**env), "complete", midfill.known(), "--diff")
    assert "return width * height" in shown
    assert ("\033[32m" in shown) is coloured


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_interrupt_ends_the_command_without_a_traceback(deepseek: Command, loopback: Loopback) -> None:
    """Ctrl-C while DeepSeek answers: exit code 130, no traceback, and the call is closed."""
    loopback.behave(first_token_ms=60_000)
    process = deepseek.start("complete", deepseek.known())
    loopback.log(calls=1, path="/completions")
    process.send_signal(2)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert [call["end"] for call in loopback.log(idle=True, path="/completions")] == ["aborted"]


def on_a_terminal(command: Command, *arguments: str) -> str:
    """Return the command's output on a terminal."""
    import pty

    reading, writing = pty.openpty()
    process = command.start(*arguments, stdout=writing)
    os.close(writing)
    shown = b""
    try:
        while part := os.read(reading, 1 << 16):
            shown += part
    except OSError:
        pass  # Linux reports the end of a terminal this way.
    finally:
        os.close(reading)
    process.communicate(timeout=60)
    return shown.decode()
