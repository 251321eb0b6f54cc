"""Fetching editors, and tests without them."""

from pathlib import Path

import pytest

from tests.editors import fetch
from tests.editors.conftest import required


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIDFILL_EDITORS", str(tmp_path))
    monkeypatch.delenv("CI_EDITORS_REQUIRED", raising=False)
    return tmp_path


def test_absent_skips(empty_cache: Path) -> None:
    """Without an editor its tests are skipped, and the reason says how to install it."""
    with pytest.raises(pytest.skip.Exception, match=r"fetch\.py neovim"):
        required("neovim")


def test_absent_fails_where_required(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With CI_EDITORS_REQUIRED=1 a missing editor is a failure, because a skip would hide it."""
    monkeypatch.setenv("CI_EDITORS_REQUIRED", "1")
    with pytest.raises(pytest.fail.Exception, match="neovim is not here"):
        required("neovim")


def test_list(empty_cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list names missing editors, and fails."""
    assert fetch.main(["--list", "helix"]) == 1
    assert "helix: not fetched" in capsys.readouterr().out


def test_no_apt(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without apt the reason is reported, and no file remains."""
    monkeypatch.setenv("PATH", str(empty_cache))
    assert fetch.main(["tmux"]) == 1
    assert "needs apt" in capsys.readouterr().err
    assert not fetch.launcher("tmux").exists()


def test_launcher(tmp_path: Path) -> None:
    """An unpacked program is started with its own C library; variables name its files."""
    root, command = tmp_path / "root", tmp_path / "bin" / "program"
    for file in ("usr/lib/any-linux/ld-linux.so.2", "usr/bin/program", "usr/share/program/1.2/data"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    editor = fetch.Editor("sid", ("program",), "usr/bin/program", {"DATA": "{root}/usr/share/program/*/data"})
    fetch.write_launcher(editor, root, command)
    script = command.read_text()
    assert f"export DATA={root}/usr/share/program/1.2/data\n" in script
    assert f"ld-linux.so.2 --library-path {root}/usr/lib/any-linux {root}/usr/bin/program" in script


def test_incomplete_package(tmp_path: Path) -> None:
    """A package without its program is reported, not started."""
    with pytest.raises(fetch.UnavailableError, match="usr/bin/program"):
        fetch.write_launcher(fetch.Editor("sid", (), "usr/bin/program"), tmp_path, tmp_path / "bin")
