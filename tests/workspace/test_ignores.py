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
