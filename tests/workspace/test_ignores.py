"""Ignore files with any content have the meaning that git gives them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from midfill.workspace.ignores import Ignores, repository

FOLDERS = ("", "a", "b", "a/b", "a/b/a")
FILES = ("a.py", "b.py", "a.b", "c")
PATTERNS = st.one_of(
    st.sampled_from(
        [
            *(
                "*.py",
                "a",
                "/a",
                "a/",
                "b/",
                "/b/",
                "!a.py",
                "!b/",
                "*",
                "!*.py",
                "a/b",
                "/a/b",
                "a/*",
                "a/**",
            ),
            *("**/b", "**/a.py", "a/**/c", "?.py", "[ab].py", "[!a].py", "[a-b].b", "\\!c", "#c", "\\#c", ""),
            *(
                "c ",
                "c\\ ",
                " c",
                "!",
                "/",
                "**",
                "a//b",
                "*.*",
                "!/c",
                "b/*.py",
                "!a/b",
                "a/b/",
                "c\\",
            ),
        ]
    ),
    st.text("ab/*!?.c", max_size=5).filter(lambda text: "!**" not in text),  # pathspec: see `_matches`.
)
RULES = st.dictionaries(st.sampled_from(FOLDERS), st.lists(PATTERNS, max_size=4), max_size=3)


@settings(max_examples=50)
@given(RULES)
@example({"": ["!**", "a"]})
@example({"": ["b/", "!b"]})
@example({"": ["*", "!b/", "b"]})
@example({"": ["*", "!b/", "c"]})
@example({"": ["*", "!b/"]})
@example({"": ["b", "!b/"]})
@example({"": ["a/", "!a/b.py"]})
@example({"": ["*.py"], "a": ["!a.py"], "a/b": ["a.py"]})
@example({"": ["*.py"], "a": ["!b/"]})
@example({"": ["*.py"], "a": ["!b"]})
@example({"": ["b/", "!a/"]})
@example({"": ["b"], "a": ["!b/"]})
def test_ignored_files_are_those_of_git(rules: Mapping[str, list[str]]) -> None:
    """The cases have folders and files, and ignore files at every depth; the deeper one has priority."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(os.path.realpath(name))
        for folder in FOLDERS:
            (top / folder).mkdir(exist_ok=True)
            for file in FILES:
                if not (top / folder / file).exists():
                    (top / folder / file).touch()
            if folder in rules:
                (top / folder / ".gitignore").write_text("\n".join(rules[folder]), "utf-8")
        paths = [path for path in sorted(top.rglob("*")) if path.name != ".gitignore"]
        assert hidden(top, paths) == ignored(top, paths)


def hidden(top: Path, paths: list[Path]) -> list[str]:
    """Return the paths that midfill hides."""
    ignores = Ignores(top)
    return [
        path.relative_to(top).as_posix()
        for path in paths
        if ignores.is_any_ignored(path.parent) or ignores.is_ignored(path, folder=path.is_dir())
    ]


def ignored(top: Path, paths: list[Path]) -> list[str]:
    """Return the paths that git ignores."""
    env = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(top)}
    git = [shutil.which("git") or "git", "-C", str(top)]
    subprocess.run([*git, "init", "--quiet"], env=env, check=True)
    result = subprocess.run(
        [*git, "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(path.relative_to(top).as_posix() for path in paths),
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert result.returncode in {0, 1}, result.stderr
    return result.stdout.split("\0")[:-1]


def test_nearest_repository_is_used(tmp_path: Path) -> None:
    """Its `.git` is a folder, or a file in a worktree or submodule."""
    (tmp_path / "outer/.git").mkdir(parents=True)
    inner = tmp_path / "outer/inner"
    (inner / "deep").mkdir(parents=True)
    assert repository(inner / "deep") == tmp_path / "outer"
    (inner / ".git").write_text("gitdir: elsewhere")
    assert repository(inner / "deep") == inner
    assert repository(inner) == inner


def test_ignore_file_may_have_any_bytes(tmp_path: Path) -> None:
    """Lines that are not UTF-8, or no patterns, are skipped; the others apply."""
    (tmp_path / ".gitignore").write_bytes(b"caf\xe9\n!\n[\n/\nb.py\n")
    ignores = Ignores(tmp_path)
    assert [ignores.is_ignored(tmp_path / name) for name in ("a.py", "b.py")] == [False, True]


def test_folder_of_an_ignore_files_name_has_no_patterns(tmp_path: Path) -> None:
    """Neither has a file that disappears before it is read."""
    (tmp_path / ".gitignore").mkdir()
    (tmp_path / ".midfillignore").write_text("b.py\n")
    ignores = Ignores(tmp_path)
    assert [ignores.is_ignored(tmp_path / name) for name in ("a.py", "b.py")] == [False, True]


def test_each_kind_of_ignore_file_has_its_own_rules(tmp_path: Path) -> None:
    """A deeper file of the same kind has priority; one of the other kind includes nothing again."""
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("a.py\nb.py\n")
    (tmp_path / "in/.gitignore").write_text("!a.py\n")
    (tmp_path / "in/.midfillignore").write_text("!b.py\nc.py\n")
    (tmp_path / "in/deep/.midfillignore").write_text("!c.py\n")
    ignores = Ignores(tmp_path)
    found = {
        folder: [name for name in ("a.py", "b.py", "c.py") if ignores.is_ignored(tmp_path / folder / name)]
        for folder in ("", "in", "in/deep")
    }
    assert found == {"": ["a.py", "b.py"], "in": ["b.py", "c.py"], "in/deep": ["b.py"]}


def test_folders_between_the_top_and_a_folder_are_checked(tmp_path: Path) -> None:
    """The top itself is not, whatever a file above it says."""
    top = tmp_path / "top"
    (top / "a/b/c").mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("top/\n")
    (top / ".gitignore").write_text("b/\n")
    ignores = Ignores(top)
    assert [ignores.is_any_ignored(top / folder) for folder in ("", "a", "a/b", "a/b/c")] == [
        False, False, True, True,
    ]  # fmt: skip


def test_pattern_for_folders_hides_no_file(tmp_path: Path) -> None:
    """A path is a file unless the caller says otherwise."""
    (tmp_path / ".gitignore").write_text("b/\n")
    assert not Ignores(tmp_path).is_ignored(tmp_path / "b")
    assert Ignores(tmp_path).is_ignored(tmp_path / "b", folder=True)
