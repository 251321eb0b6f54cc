"""`midfill index`, and the doctor's check of it."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.cli.test_command import on_a_terminal


def database(midfill: Command) -> Path:
    """Return the database of the folder's index."""
    return Path(json.loads(midfill.call("index", "status", "--json").out)["place"]) / "index.db"


def test_index_is_built_updated_rebuilt_and_removed(midfill: Command) -> None:
    """`status` reports each state."""
    midfill.file("a.py", "def alpha(): pass")
    done = midfill.call("index", "status")
    assert (done.code, "none yet" in done.out) == (0, True)
    done = midfill.run("index", "update")
    assert (done.code, done.err) == (0, "")
    assert "1 files, 0.0 MB" in done.out
    midfill.file("b.py", "beta")
    assert "2 files" in midfill.call("index", "update", ".").out
    with closing(sqlite3.connect(database(midfill))) as connection, connection:
        connection.execute("DELETE FROM names")
    assert "2 files" in midfill.call("index", "rebuild").out
    with closing(sqlite3.connect(database(midfill))) as connection:
        assert connection.execute("SELECT name FROM names").fetchall() == [("alpha",)]
    assert midfill.call("index", "clear", str(midfill.folder)).code == 0
    assert not database(midfill).parent.exists()
    assert midfill.call("index", "clear").code == 0


@pytest.mark.parametrize("arguments", [["--json", "."], [".", "--json"], ["--json"]])
def test_status_as_json(midfill: Command, arguments: list[str]) -> None:
    """The output is one object on one line; the option may be at any place."""
    midfill.file("a.py", "def alpha(): pass")
    midfill.call("index", "update")
    known = json.loads(midfill.call("index", "status", *arguments).out)
    assert (known["state"], known["files"], known["chunks"], known["short"]) == ("ready", 1, 1, "")
    assert Path(known["workspace"]) == midfill.folder.resolve()


@pytest.mark.parametrize("arguments", [["index"], ["index", "burn"], ["index", "status", "nowhere"]])
def test_wrong_usage_returns_2(midfill: Command, arguments: list[str]) -> None:
    """The message has the valid usage."""
    done = midfill.call(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err


def test_settings_apply_to_the_index(midfill: Command) -> None:
    """Files that trigger.paths_off excludes are not indexed; with a wrong setting, no file is."""
    midfill.file("a.py", "alpha")
    midfill.file("b.py", "alpha")
    midfill.file(".midfill.toml", 'trigger.paths_off = ["b.py"]\n')
    assert "2 files" in midfill.call("index", "update").out
    midfill.config.write_text('backend = "locall"\n', "utf-8")
    done = midfill.call("index", "update")
    assert (done.code, done.out) == (2, "")
    assert "locall" in done.err


def test_broken_index_is_reported_and_rebuilt(midfill: Command) -> None:
    """It is reported as missing, and `update` rebuilds it."""
    midfill.file("a.py", "alpha")
    midfill.call("index", "update")
    database(midfill).write_bytes(b"nonsense" * 1000)
    assert "none yet" in midfill.call("index", "status").out
    assert "1 files" in midfill.call("index", "update").out


def test_unwritable_folder_is_reported(midfill: Command) -> None:
    """The exit code is 2."""
    midfill.file("a.py", "alpha")
    midfill.file("cache", "a file")
    done = midfill.having(XDG_CACHE_HOME=str(midfill.folder / "cache")).run("index", "update")
    assert done.code == 2
    assert "cannot be used" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_progress_is_shown_on_a_terminal(midfill: Command) -> None:
    """Progress is on standard error, the result on standard output."""
    for number in range(20):
        midfill.file(f"f{number}.py", "word " * 1000)
    assert "20 files" in on_a_terminal(midfill, "index", "rebuild")


def test_background_update_reads_its_task(midfill: Command) -> None:
    """It also reports the end, and ends with its parent."""
    midfill.file("a.py", "alpha")
    order = b'{"off": [], "paths": null, "fresh": false}\n'
    process = midfill.start("index", "update", "--background", str(midfill.folder))
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(order)
    process.stdin.flush()
    messages = [json.loads(line) for line in process.stdout]
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert messages[-1] == {"short": ""}
    with closing(sqlite3.connect(database(midfill))) as connection:
        assert connection.execute("SELECT path FROM files").fetchall() == [("a.py",)]


def test_doctor_reports_the_index(midfill: Command) -> None:
    """It reports whether there is an index, and the command that builds it."""
    midfill = midfill.having(MIDFILL_BACKEND="local")
    midfill.file("a.py", "alpha")
    assert "index: none yet" in midfill.call("doctor").out
    midfill.call("index", "update")
    assert "index: 1 files" in midfill.call("doctor").out
