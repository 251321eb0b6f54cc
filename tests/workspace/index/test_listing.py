"""The files that the index contains and returns."""

import os
import subprocess
from pathlib import Path

import pytest

from midfill.workspace.index import listing, visibility
from midfill.workspace.index.listing import listed_files
from midfill.workspace.index.update import update
from tests.workspace.index.conftest import fill, git, paths, put, searched

TREE: dict[str, str | bytes] = {
    "a.py": "needle",
    "deep/b.py": "needle",
    ".gitignore": "out/\n*.gen.py\n",
    ".midfillignore": "private/\n",
    "out/c.py": "needle",
    "d.gen.py": "needle",
    "private/e.py": "needle",
    "deep/.midfillignore": "f.py\n",
    "deep/f.py": "needle",
    ".env": "needle=1",
    "secrets.yaml": "needle: 1",
    "id_rsa": "needle",
    "package-lock.json": "needle",
    "empty.py": "",
    "big.py": "needle\n" + "x" * 1_000_000,
    "binary.py": b"needle\0",
    "latin.py": b"needle = '\xe9\xe9'",
    "crlf.py": "one\r\nneedle\r\n",
}
LISTED = ["a.py", "crlf.py", "deep/b.py"]


@pytest.mark.parametrize("with_git", [True, False])
def test_ignored_secret_and_unreadable_files_are_left_out(workspace: Path, with_git: bool) -> None:
    """With git and without, the same files are found."""
    fill(workspace, TREE)
    if with_git:
        git(workspace, "init")
    assert paths(workspace, "needle") == LISTED


def test_a_tracked_file_that_is_ignored_is_left_out(workspace: Path) -> None:
    """A committed file that is ignored later is not indexed."""
    fill(workspace, {"a.py": "needle", "b.py": "needle"})
    git(workspace, "init")
    git(workspace, "add", ".")
    put(workspace / ".gitignore", "b.py\n")
    assert paths(workspace, "needle") == ["a.py"]


def test_the_users_own_excludes_count(workspace: Path) -> None:
    """Files that .git/info/exclude hides are hidden, too."""
    fill(workspace, {"a.py": "needle", "b.py": "needle"})
    git(workspace, "init")
    put(workspace / ".git/info/exclude", "b.py\n")
    assert paths(workspace, "needle") == ["a.py"]


@pytest.mark.parametrize("ignored", [False, True])
def test_a_folder_of_a_repository(workspace: Path, ignored: bool) -> None:
    """The repository's ignore files count, unless they ignore the whole workspace."""
    inner = workspace / "inner"
    fill(
        workspace,
        {".gitignore": "inner/\n" if ignored else "b.py\n", "inner/a.py": "needle", "inner/b.py": "needle"},
    )
    git(workspace, "init")
    assert paths(inner, "needle") == (["a.py", "b.py"] if ignored else ["a.py"])


def test_links_are_not_followed(workspace: Path, tmp_path: Path) -> None:
    """Neither a link to a file nor one to a folder is followed, wherever it leads."""
    put(tmp_path / "outside/secret.py", "needle")
    put(workspace / "a.py", "needle")
    (workspace / "link.py").symlink_to(tmp_path / "outside/secret.py")
    (workspace / "folder").symlink_to(tmp_path / "outside")
    assert paths(workspace, "needle") == ["a.py"]
    git(workspace, "init")
    assert paths(workspace, "needle") == ["a.py"]


def test_a_link_that_is_put_in_the_way_later_leads_nowhere(workspace: Path, tmp_path: Path) -> None:
    """A file that is read for an answer is in the workspace at that moment."""
    put(tmp_path / "outside/a.py", "needle outside")
    put(workspace / "deep/a.py", "needle inside")
    update(workspace)
    (workspace / "deep").rename(workspace / "moved")
    (workspace / "deep").symlink_to(tmp_path / "outside")
    assert searched(workspace, "needle") == []


def test_what_is_ignored_since_is_not_given_out(workspace: Path) -> None:
    """An ignore file counts before the index has caught up, and so do the user's globs."""
    fill(workspace, {"a.py": "needle", "b/c.py": "needle"})
    update(workspace)
    assert [chunk.path for chunk in searched(workspace, "needle", excluded_globs=("a.py",))] == ["b/c.py"]
    put(workspace / ".midfillignore", "b/\n")
    assert [chunk.path for chunk in searched(workspace, "needle")] == ["a.py"]


def test_switched_off_files_are_left_out(workspace: Path) -> None:
    """The globs of trigger.paths_off are anchored in the workspace."""
    fill(workspace, {"a.py": "1", "gen/b.py": "1"})
    assert [file.path for file in listed_files(workspace, ("gen/",))] == ["a.py"]


def test_names_that_are_not_utf8_are_left_out(workspace: Path) -> None:
    """A URI of an editor does not name them either."""
    put(workspace / "a.py", "1")
    try:
        (workspace / os.fsdecode(b"\xff.py")).write_text("1")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert [file.path for file in listed_files(workspace, ())] == ["a.py"]


def test_a_repository_names_no_program(workspace: Path) -> None:
    """The file system monitor of a cloned repository is not run."""
    put(workspace / "a.py", "1")
    git(workspace, "init")
    git(workspace, "config", "core.fsmonitor", f"touch {workspace}/run; false")
    assert [file.path for file in listed_files(workspace, ())] == ["a.py"]
    assert not (workspace / "run").exists()


def test_a_git_in_the_workspace_is_never_run(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program of a workspace is run."""
    fill(workspace, {"a.py": "needle", "git": f"#!/bin/sh\n: > '{workspace}/ran'\n"})
    git(workspace, "init")
    (workspace / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(workspace), prepend=os.pathsep)
    assert "a.py" in paths(workspace, "needle")
    assert not (workspace / "ran").exists()


def test_only_some_files(workspace: Path) -> None:
    """With paths given, nothing else is listed, and nothing that is hidden."""
    fill(workspace, TREE)
    some = ["a.py", "d.gen.py", "deep/f.py", ".env", "gone.py", "../outside.py"]
    assert [file.path for file in listed_files(workspace, (), some)] == ["a.py"]
    git(workspace, "init")
    assert [file.path for file in listed_files(workspace, (), some[:-1])] == ["a.py"]


def test_without_git(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git, or with one that fails, the folders are walked."""
    fill(workspace, TREE)
    git(workspace, "init")

    def fails(*arguments: object, **options: object) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "run", fails)
    assert paths(workspace, "needle") == LISTED


GENERATED = """uv.lock a.min.js a.min.css a.js.map go.sum package-lock.json pnpm-lock.yaml npm-shrinkwrap.json
    a.svg a.ipynb a.snap"""


@pytest.mark.parametrize("name", GENERATED.split())
def test_generated_files_are_left_out(workspace: Path, name: str) -> None:
    """Nobody wrote them, so nobody writes the like."""
    fill(workspace, {name: "1", f"deep/{name}": "1", f"{name}.py": "1"})
    assert [file.path for file in listed_files(workspace, ())] == [f"{name}.py"]


def test_many_named_files_are_listed(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In several calls of git, whose command line has an end; each file once, none but those named."""
    monkeypatch.setattr(listing, "_MAX_ARGUMENTS", 2)
    fill(workspace, {f"f{number}.py": "1" for number in range(7)})
    git(workspace, "init")
    git(workspace, "add", ".")
    wanted = [f"f{number}.py" for number in range(5)]
    assert [file.path for file in listed_files(workspace, (), wanted)] == wanted
    assert [file.path for file in listed_files(workspace, (), [])] == []
    assert len(list(listed_files(workspace, ()))) == 7


def test_names_are_no_patterns(workspace: Path) -> None:
    """A file whose name has a star in it is that file."""
    fill(workspace, {"a*.py": "1", "ab.py": "1"})
    git(workspace, "init")
    assert [file.path for file in listed_files(workspace, (), ["a*.py"])] == ["a*.py"]


def test_a_file_as_large_as_allowed_is_listed(workspace: Path) -> None:
    """With its size and its time."""
    fill(workspace, {"a.py": "x" * listing.MAX_FILE_BYTES, "b.py": "x" * (listing.MAX_FILE_BYTES + 1)})
    os.utime(workspace / "a.py", ns=(5, 7))
    assert list(listed_files(workspace, ())) == [listing.ListedFile("a.py", listing.MAX_FILE_BYTES, 7)]


@pytest.mark.parametrize("name", ["node_modules", "venv", ".hidden", "__pycache__"])
def test_folders_of_others_are_not_walked(workspace: Path, name: str) -> None:
    """Without git; a hidden file in an open folder is one like any other."""
    fill(workspace, {f"{name}/a.py": "1", f"deep/{name}/b.py": "1", ".c.py": "1", "deep/d.py": "1"})
    assert [file.path for file in listed_files(workspace, ())] == [".c.py", "deep/d.py"]


def test_an_ignore_file_above_the_workspace_counts(workspace: Path) -> None:
    """As git's do, in the repository around it."""
    fill(workspace, {".midfillignore": "*.gen.py\n", "in/a.py": "1", "in/b.gen.py": "1"})
    git(workspace, "init")
    assert [file.path for file in listed_files(workspace / "in", ())] == ["a.py"]


def test_an_ignore_file_that_nobody_told_of_counts_after_a_while(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided is kept for half a minute, and anew after `forget`."""
    fill(workspace, {"a.py": "1", "deep/b.py": "1"})
    seen = visibility.Visibility(workspace)
    assert seen.may_be_shown("a.py")
    assert seen.may_be_shown("deep/b.py")
    put(workspace / ".midfillignore", "a.py\ndeep/\n")
    assert seen.may_be_shown("a.py")
    monkeypatch.setattr(visibility, "IGNORE_FILES_TTL_S", -1.0)
    assert not seen.may_be_shown("a.py")
    assert not seen.may_be_shown("deep/b.py")
    monkeypatch.setattr(visibility, "IGNORE_FILES_TTL_S", 30.0)
    put(workspace / ".midfillignore", "")
    assert not seen.may_be_shown("a.py")
    seen.forget()
    assert seen.may_be_shown("a.py")
