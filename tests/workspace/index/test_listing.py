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
def test_ignored_secret_and_unreadable_files_are_excluded(workspace: Path, with_git: bool) -> None:
    """With git and without, the same files are found."""
    fill(workspace, TREE)
    if with_git:
        git(workspace, "init")
    assert paths(workspace, "needle") == LISTED


def test_tracked_file_that_is_ignored_is_excluded(workspace: Path) -> None:
    """A committed file that is ignored later is not indexed."""
    fill(workspace, {"a.py": "needle", "b.py": "needle"})
    git(workspace, "init")
    git(workspace, "add", ".")
    put(workspace / ".gitignore", "b.py\n")
    assert paths(workspace, "needle") == ["a.py"]


def test_git_info_exclude_applies(workspace: Path) -> None:
    """Its files are not listed."""
    fill(workspace, {"a.py": "needle", "b.py": "needle"})
    git(workspace, "init")
    put(workspace / ".git/info/exclude", "b.py\n")
    assert paths(workspace, "needle") == ["a.py"]


@pytest.mark.parametrize("ignored", [False, True])
def test_ignore_files_of_the_repository_apply_to_a_subfolder(workspace: Path, ignored: bool) -> None:
    """The repository's ignore files count, unless they ignore the whole workspace."""
    inner = workspace / "inner"
    fill(
        workspace,
        {".gitignore": "inner/\n" if ignored else "b.py\n", "inner/a.py": "needle", "inner/b.py": "needle"},
    )
    git(workspace, "init")
    assert paths(inner, "needle") == (["a.py", "b.py"] if ignored else ["a.py"])


def test_links_are_not_followed_when_listing(workspace: Path, tmp_path: Path) -> None:
    """Neither a link to a file nor one to a folder is followed, for any target."""
    put(tmp_path / "outside/secret.py", "needle")
    put(workspace / "a.py", "needle")
    (workspace / "link.py").symlink_to(tmp_path / "outside/secret.py")
    (workspace / "folder").symlink_to(tmp_path / "outside")
    assert paths(workspace, "needle") == ["a.py"]
    git(workspace, "init")
    assert paths(workspace, "needle") == ["a.py"]


def test_later_link_out_of_the_workspace_is_not_read(workspace: Path, tmp_path: Path) -> None:
    """A file that is read for an answer is in the workspace at that moment."""
    put(tmp_path / "outside/a.py", "needle outside")
    put(workspace / "deep/a.py", "needle inside")
    update(workspace)
    (workspace / "deep").rename(workspace / "moved")
    (workspace / "deep").symlink_to(tmp_path / "outside")
    assert searched(workspace, "needle") == []


def test_file_ignored_since_the_update_is_not_returned(workspace: Path) -> None:
    """An ignore file and the user's globs apply before the index is updated."""
    fill(workspace, {"a.py": "needle", "b/c.py": "needle"})
    update(workspace)
    assert [chunk.path for chunk in searched(workspace, "needle", excluded_globs=("a.py",))] == ["b/c.py"]
    put(workspace / ".midfillignore", "b/\n")
    assert [chunk.path for chunk in searched(workspace, "needle")] == ["a.py"]


def test_paths_off_are_excluded(workspace: Path) -> None:
    """The globs of trigger.paths_off are anchored in the workspace."""
    fill(workspace, {"a.py": "1", "gen/b.py": "1"})
    assert [file.path for file in listed_files(workspace, ("gen/",))] == ["a.py"]


def test_names_that_are_not_utf8_are_excluded(workspace: Path) -> None:
    """An editor's URI cannot name them."""
    put(workspace / "a.py", "1")
    try:
        (workspace / os.fsdecode(b"\xff.py")).write_text("1")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert [file.path for file in listed_files(workspace, ())] == ["a.py"]


def test_file_system_monitor_of_a_repository_is_not_run(workspace: Path) -> None:
    """A cloned repository could name any program."""
    put(workspace / "a.py", "1")
    git(workspace, "init")
    git(workspace, "config", "core.fsmonitor", f"touch {workspace}/run; false")
    assert [file.path for file in listed_files(workspace, ())] == ["a.py"]
    assert not (workspace / "run").exists()


def test_git_in_the_workspace_is_not_run(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace may contain any program."""
    fill(workspace, {"a.py": "needle", "git": f"#!/bin/sh\n: > '{workspace}/ran'\n"})
    git(workspace, "init")
    (workspace / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(workspace), prepend=os.pathsep)
    assert "a.py" in paths(workspace, "needle")
    assert not (workspace / "ran").exists()


def test_only_given_paths_are_listed(workspace: Path) -> None:
    """Excluded files among them are not listed."""
    fill(workspace, TREE)
    some = ["a.py", "d.gen.py", "deep/f.py", ".env", "gone.py", "../outside.py"]
    assert [file.path for file in listed_files(workspace, (), some)] == ["a.py"]
    git(workspace, "init")
    assert [file.path for file in listed_files(workspace, (), some[:-1])] == ["a.py"]


def test_folders_are_walked_without_git(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_generated_files_are_excluded(workspace: Path, name: str) -> None:
    """Users do not type such text."""
    fill(workspace, {name: "1", f"deep/{name}": "1", f"{name}.py": "1"})
    assert [file.path for file in listed_files(workspace, ())] == [f"{name}.py"]


def test_many_given_files_are_listed(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This takes several calls of git, whose command line is limited; each given file is listed once, and no other."""
    monkeypatch.setattr(listing, "_MAX_ARGUMENTS", 2)
    fill(workspace, {f"f{number}.py": "1" for number in range(7)})
    git(workspace, "init")
    git(workspace, "add", ".")
    wanted = [f"f{number}.py" for number in range(5)]
    assert [file.path for file in listed_files(workspace, (), wanted)] == wanted
    assert [file.path for file in listed_files(workspace, (), [])] == []
    assert len(list(listed_files(workspace, ()))) == 7


def test_names_are_not_patterns(workspace: Path) -> None:
    """A name with a star means only the file of that name."""
    fill(workspace, {"a*.py": "1", "ab.py": "1"})
    git(workspace, "init")
    assert [file.path for file in listed_files(workspace, (), ["a*.py"])] == ["a*.py"]


def test_file_of_the_maximum_size_is_listed(workspace: Path) -> None:
    """The listing has its size and time."""
    fill(workspace, {"a.py": "x" * listing.MAX_FILE_BYTES, "b.py": "x" * (listing.MAX_FILE_BYTES + 1)})
    os.utime(workspace / "a.py", ns=(5, 7))
    assert list(listed_files(workspace, ())) == [listing.ListedFile("a.py", listing.MAX_FILE_BYTES, 7)]


@pytest.mark.parametrize("name", ["node_modules", "venv", ".hidden", "__pycache__"])
def test_dependency_folders_are_not_walked(workspace: Path, name: str) -> None:
    """This applies without git; hidden files of other folders are listed."""
    fill(workspace, {f"{name}/a.py": "1", f"deep/{name}/b.py": "1", ".c.py": "1", "deep/d.py": "1"})
    assert [file.path for file in listed_files(workspace, ())] == [".c.py", "deep/d.py"]


def test_ignore_file_above_the_workspace_applies(workspace: Path) -> None:
    """As in git, it applies within its repository."""
    fill(workspace, {".midfillignore": "*.gen.py\n", "in/a.py": "1", "in/b.gen.py": "1"})
    git(workspace, "init")
    assert [file.path for file in listed_files(workspace / "in", ())] == ["a.py"]


def test_unreported_ignore_file_applies_after_half_a_minute(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decisions are kept for half a minute, or until `forget`."""
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


def test_git_is_not_started_without_a_repository(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository inside the workspace does not count."""
    fill(workspace, {"a.py": "1", "inner/.git/HEAD": "ref: refs/heads/main"})
    started: list[object] = []
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: started.append(arguments))
    assert [file.path for file in listed_files(workspace, ())] == ["a.py"]
    assert started == []


@pytest.mark.parametrize("with_git", [True, False])
def test_files_in_all_depths_of_an_ignored_folder_are_excluded(workspace: Path, with_git: bool) -> None:
    """A file beside the folder is not, even if a part of its name is the same."""
    fill(
        workspace,
        {
            ".midfillignore": "private/\n",
            "private/in/deeper/a.py": "1",
            "deep/private/in/b.py": "1",
            "private_not/c.py": "1",
            "deep/d.py": "1",
        },
    )
    if with_git:
        git(workspace, "init")
    assert sorted(file.path for file in listed_files(workspace, ())) == [
        ".midfillignore", "deep/d.py", "private_not/c.py",
    ]  # fmt: skip
    seen = visibility.Visibility(workspace)
    assert not seen.may_be_shown("private/in/deeper/a.py")
    assert not seen.may_be_shown("private/in/deeper/new.py")
    assert seen.may_be_shown("deep/d.py")


def test_file_is_listed_once_during_a_merge(workspace: Path) -> None:
    """Git lists a file with a conflict once for each side."""
    git(workspace, "init")
    for branch, content in (("main", "one"), ("other", "two"), ("third", "three")):
        if branch != "main":
            git(workspace, "checkout", "-b", branch, "main")
        put(workspace / "a.py", content)
        git(workspace, "add", ".")
        git(workspace, "commit", "-m", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(workspace, "merge", "other")
    assert [file.path for file in listed_files(workspace, ())] == ["a.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("with_git", [True, False])
def test_only_regular_files_with_content_are_listed(workspace: Path, tmp_path: Path, with_git: bool) -> None:
    """Neither a pipe, whose end would be waited for, nor a link, nor an empty file."""
    fill(workspace, {"a.py": "1", "empty.py": "", "deep/b.py": "1"})
    put(tmp_path / "outside.py", "1")
    os.mkfifo(workspace / "pipe.py")
    (workspace / "link.py").symlink_to(tmp_path / "outside.py")
    (workspace / "folder").symlink_to(workspace / "deep")
    if with_git:
        git(workspace, "init")
    assert [file.path for file in listed_files(workspace, ())] == ["a.py", "deep/b.py"]


def test_folders_are_walked_if_there_is_no_git(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ignore files are read by midfill itself."""
    fill(workspace, TREE)
    git(workspace, "init")
    monkeypatch.setenv("PATH", "")
    listed = {file.path for file in listed_files(workspace, ())}
    assert {"a.py", "deep/b.py"} <= listed
    assert not {"out/c.py", "d.gen.py", "private/e.py", "deep/f.py", "deep/.env"} & listed
