"""Settings, terminals and files that are valid, and that few users have."""

import os
import select
import sys
from pathlib import Path

import pytest

from midfill.cli import streams
from tests.cli.command import KNOWN, Command
from tests.cli.machine import machine

SECRET = "sk-" + "0a1b2c3d" * 4


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        (
            'backend = ["deepseek", "mistral"]\n[ledger]\nenabled = false\n',
            ["✓ backend deepseek: ", "✓ backend mistral: ", "✓ ledger: switched off"],
        ),
        (
            'backend = ["ollama:go,c", "deepseek"]\n',
            ["✓ backend ollama (in c, go): "],
        ),
        ('backend = "ollama"\nbase_url = "http://127.0.0.1:9"\n', ["✓ key: none needed for Ollama"]),
        (
            'backend = "openai"\nbase_url = "http://127.0.0.1:9"\n',
            ["• key: none found; http://127.0.0.1:9 may need none"],
        ),
        (
            'backend = "local"\n[[backends]]\nname = "mine"\nlike = "ollama"\nbase_url = "http://127.0.0.1:9"\n'
            '[edits]\nbackend = "mine"\nmodel = "zeta-2.1"\n',
            ["✓ edits key: none needed for Ollama", "✗ edits: mine zeta-2.1: "],
        ),
        (
            'backend = "deepseek"\napi_key_command = "false"\n[edits]\nbackend = "deepseek"\n',
            ["✗ key: No API key: api_key_command", "✗ edits key: No API key: api_key_command"],
        ),
    ],
)
def test_doctor_names_each_backend_and_where_its_key_comes_from(
    midfill: Command, settings: str, lines: list[str]
) -> None:
    """Several backends, some for some languages; keys that are not needed; a command that fails."""
    midfill.config.write_text(settings, "utf-8")
    output = midfill.call("doctor").out
    for line in lines:
        assert line in output


def test_doctor_reports_a_ledger_that_cannot_be_read(midfill: Command) -> None:
    """The fix keeps the file."""
    ledger = Path(midfill.env["XDG_DATA_HOME"], "midfill", "ledger.sqlite3")
    ledger.mkdir(parents=True)
    output = midfill.having(MIDFILL_BACKEND="local").call("doctor").out
    assert "• ledger: " in output
    assert "cannot be read" in output
    assert "→ move the file" in output


def test_doctor_has_no_remark_on_a_helix_without_midfill(tmp_path: Path) -> None:
    """Only the hint how to set it up."""
    from midfill.cli.editors.checks import config_findings

    here = machine(tmp_path)
    here.editor("hx")
    for content in ("", "[[language]]\nname = 'go'\n", "[[language]]\nscope = 'x'\n", "language = 'go'\n"):
        here.file(".config/helix/languages.toml", content)
        assert [finding.fix for finding in config_findings(here.environ) if finding.fix] == [
            "if you use it: midfill setup helix --write"
        ]


def test_doctor_accepts_a_helix_whose_server_has_another_name(tmp_path: Path) -> None:
    """The command of that server is midfill's."""
    from midfill.cli.editors.checks import config_findings

    here = machine(tmp_path)
    here.editor("hx")
    languages = "[language-server.completion]\ncommand = 'midfill'\n[[language]]\nscope = 'source.x'\n"
    here.file(".config/helix/languages.toml", languages)
    assert [finding.fix for finding in config_findings(here.environ) if finding.fix] == []


def test_command_auth_refuses_wrong_settings(midfill: Command) -> None:
    """The message names the setting."""
    midfill.config.write_text('backend = "dipseek"\n', "utf-8")
    done = midfill.call("auth", "list")
    assert (done.code, done.out, "dipseek" in done.err) == (2, "", True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_key_that_is_typed_is_not_shown(midfill: Command) -> None:
    """On a terminal the key is asked for without echo."""
    import pty

    process, terminal = pty.fork()
    if process == 0:
        environ = {name: text for name, text in {**os.environ, **midfill.env}.items() if text}
        os.chdir(midfill.folder)
        os.execve(sys.executable, [sys.executable, "-m", "midfill", "auth", "set", "mistral"], environ)
    shown = b""
    while b"(it is not shown): " not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, SECRET.encode() + b"\n")
    try:
        while select.select([terminal], [], [], 60)[0] and (part := os.read(terminal, 1024)):
            shown += part
    except OSError:
        pass  # Linux reports the end of a terminal this way.
    os.waitpid(process, 0)
    os.close(terminal)
    assert b"API key for mistral" in shown
    assert SECRET.encode() not in shown


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (SystemExit(), 0), (SystemExit(2), 2)], ids=repr
)
def test_exit_code_of_an_interrupted_command(error: BaseException, code: int) -> None:
    """As a shell expects it."""

    def command() -> int:
        raise error

    assert streams.guarded(command) == code


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no current folder")
def test_deleted_current_folder_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any other file that is missing is an error of ours."""

    def command() -> int:
        raise FileNotFoundError("x")

    with pytest.raises(FileNotFoundError):
        streams.guarded(command)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert streams.guarded(command) == 2
    assert capsys.readouterr().err == streams.NO_FOLDER


def test_large_file_is_not_completed(midfill: Command) -> None:
    """The message names the setting."""
    midfill.config.write_text("[trigger]\nmax_file_kb = 1\n", "utf-8")
    midfill.file("a.py", f"{'x = 1  # long enough to count' * 50}\n{KNOWN}")
    done = midfill.call("complete", "a.py:1:1")
    assert (done.out, "trigger.max_file_kb" in done.err) == ("", True)


def test_embedded_engine_has_no_prompt_to_explain(midfill: Command) -> None:
    """`--explain` says that nothing is sent."""
    done = midfill.having(MIDFILL_BACKEND="local").call("complete", midfill.known(), "--explain")
    assert (done.code, "nothing is sent" in done.out + done.err) == (0, True)


def test_prompt_and_the_reasons_for_its_parts_are_explained(midfill: Command) -> None:
    """`--explain` makes no call."""
    midfill.file("area.py", "def area_of_shape(width, height):\n    return width * height\n")
    midfill.file("use.py", "total = area_of_shape(\n")
    key = midfill.having(DEEPSEEK_API_KEY=SECRET, MIDFILL_BASE_URL="http://127.0.0.1:9")
    done = key.call("complete", "use.py:1:23", "--explain")
    assert done.code == 0
    assert "tokens in all" in done.out
    assert "use.py: 1 lines before the cursor" in done.out
    assert SECRET not in done.out + done.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_progress_bar_is_removed_at_the_end(midfill: Command) -> None:
    """The bar is on standard error, if that is a terminal."""
    import pty
    import subprocess

    for number in range(20):
        midfill.file(f"f{number}.py", "word " * 1000)
    reading, writing = pty.openpty()
    environ = {name: text for name, text in {**os.environ, **midfill.env}.items() if text}
    process = subprocess.Popen(
        [sys.executable, "-m", "midfill", "index", "rebuild"],
        cwd=midfill.folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=writing,
    )
    os.close(writing)
    out, _ = process.communicate(timeout=60)
    shown = os.read(reading, 1 << 16).decode()
    os.close(reading)
    assert "20 files" in out.decode()
    assert "of 20 files" in shown
    assert shown.endswith("\r\033[K")


def test_background_update_ignores_further_lines(midfill: Command) -> None:
    """Only the end of its input ends it early."""
    midfill.file("a.py", "def alpha(): pass")
    order = b'{"off": [], "paths": null, "fresh": false}\n'
    done = midfill.run("index", "update", "--background", str(midfill.folder), stdin=order + b"more\n" * 3)
    assert done.code in {0, 130}


def test_server_refuses_options_and_addresses_that_it_cannot_use(midfill: Command) -> None:
    """A token is for sockets, and a port has a maximum."""
    done = midfill.run("serve", "--token-file", "token")
    assert (done.code, "need --tcp or --ws" in done.err) == (2, True)
    done = midfill.run("serve", "--tcp", "127.0.0.1:99999")
    assert (done.code, "is not [HOST:]PORT" in done.err) == (2, True)
