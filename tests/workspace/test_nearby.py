"""The neighbouring files that are read."""

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from midfill.workspace import NearbyFiles, nearby, to_uri
from midfill.workspace.nearby import family

Tree = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Return a function that writes files into an empty folder, the first the newest, and returns the folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        for age, (name, content) in enumerate(files.items()):
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
            os.utime(file, (1_000_000 - age, 1_000_000 - age))
        return Path(os.path.realpath(tmp_path))

    return write


def names(
    root: Path, file: str, *, folders: tuple[str, ...] = ("",), excluded_globs: tuple[str, ...] = ()
) -> list[str]:
    """Return the names of the neighbours of a file, relative to the root, in their order."""
    found = NearbyFiles([root / folder for folder in folders], excluded_globs).files_near(
        to_uri(str(root / file))
    )
    return [Path(path).relative_to(root).as_posix() for path, _ in found]


def test_nearest_folders_are_first(tree: Tree) -> None:
    """A file's own folder comes first, then folders in it, above it and beside it."""
    root = tree({"top.py": "1", "b/c/d.py": "1", "a/inner/deep.py": "1", "a/two.py": "1", "a/one.py": "1"})
    assert names(root, "a/one.py") == ["a/two.py", "a/inner/deep.py", "top.py", "b/c/d.py"]


def test_similar_names_are_first_in_a_folder(tree: Tree) -> None:
    """A file with a similar name is first, then the file that was changed last."""
    root = tree({"new.py": "1", "older.py": "1", "test_store.py": "1", "store.py": "1"})
    assert names(root, "store.py") == ["test_store.py", "new.py", "older.py"]


@pytest.mark.parametrize(
    ("own", "read"),
    [
        ("a.py", ["b.pyi"]),
        ("a.ts", ["b.jsx", "b.vue"]),
        ("a.h", ["b.CPP"]),
        ("Makefile", []),
        ("a.rs", []),
    ],
)
def test_only_files_of_the_language_are_read(tree: Tree, own: str, read: list[str]) -> None:
    """Files of one language, and of languages that embed each other, are neighbours."""
    others = dict.fromkeys(["b.pyi", "b.jsx", "b.vue", "b.CPP", "b.md", "b", "c.json"], "1")
    assert names(tree({own: "1", **others}), own) == read


def test_secret_and_excluded_files_are_not_read(tree: Tree) -> None:
    """Neither a file that usually holds secrets nor one that the user's globs name is a neighbour."""
    root = tree({"prod.env": "1", "local.env": "1", ".env": "1", "main.env": "1", ".aws/x.env": "1"})
    assert names(root, "main.env") == []
    root = tree({"a.py": "1", "b.py": "1", "gen/c.py": "1"})
    assert names(root, "a.py", excluded_globs=("gen/",)) == ["b.py"]


def test_ignored_files_are_not_read(tree: Tree) -> None:
    """Files that a .gitignore or .midfillignore above them names are excluded; the deeper one decides."""
    root = tree(
        {
            ".git/HEAD": "",
            ".gitignore": "*_gen.py\n/out\n!\n",
            ".midfillignore": "private.py\n",
            "a/.gitignore": "!keep_gen.py\n",
            "a/own.py": "1",
            "a/keep_gen.py": "1",
            "a/x_gen.py": "1",
            "a/private.py": "1",
            "out/b.py": "1",
            "c/out/d.py": "1",
        }
    )
    assert names(root, "a/own.py") == ["a/keep_gen.py", "c/out/d.py"]


def test_ignore_file_cannot_reinclude_files_of_another(tree: Tree) -> None:
    """A file is read only if neither .gitignore nor .midfillignore hides it."""
    root = tree({".gitignore": "b.py\n", ".midfillignore": "!b.py\n", "a.py": "1", "b.py": "1"})
    assert names(root, "a.py") == []


def test_ignored_folder_has_no_neighbours_unless_it_is_the_workspace(tree: Tree) -> None:
    """In an ignored folder nothing is read, unless it is opened as the workspace."""
    root = tree({".git/HEAD": "", ".gitignore": "build\n", "build/a.py": "1", "build/b.py": "1"})
    assert names(root, "build/a.py") == []
    assert names(root, "build/a.py", folders=("build",)) == ["build/b.py"]


def test_nothing_outside_the_workspace_is_read(tree: Tree) -> None:
    """FindMemories stop at the workspace folder, and a file outside of all of them has none."""
    root = tree({"w/a.py": "1", "w/b.py": "1", "c.py": "1", "v/d.py": "1"})
    assert names(root, "w/a.py", folders=("w", "v")) == ["w/b.py"]
    assert names(root, "c.py", folders=("w", "v")) == []


def test_innermost_workspace_folder_is_the_limit(tree: Tree) -> None:
    """A file of the inner workspace has no neighbours in the outer one; those of the outer one have both."""
    root = tree({"w/a.py": "1", "w/b.py": "1", "w/in/c.py": "1", "w/in/d.py": "1"})
    for folders in (("w", "w/in"), ("w/in", "w")):
        assert names(root, "w/in/c.py", folders=folders) == ["w/in/d.py"]
        assert names(root, "w/a.py", folders=folders) == ["w/b.py", "w/in/c.py", "w/in/d.py"]


@pytest.mark.parametrize(
    "name",
    ["node_modules", "bower_components", "__pycache__", "site-packages", "venv", "vendor", ".venv", ".tox"],
)
def test_dependency_folders_are_not_read(tree: Tree, name: str) -> None:
    """Tools' folders are excluded without an ignore file; a file in one has neighbours there."""
    root = tree({"a.py": "1", f"{name}/b.py": "1", f"{name}/c.py": "1", f"{name}2/d.py": "1"})
    found = names(root, "a.py")
    assert f"{name}/b.py" not in found
    assert (f"{name}2/d.py" in found) is not name.startswith(".")
    assert f"{name}/c.py" in names(root, f"{name}/b.py")


def test_repository_is_the_limit_without_a_workspace(tree: Tree) -> None:
    """Without workspace folders, a file's repository bounds the neighbours, otherwise its own folder."""
    root = tree({"r/.git/HEAD": "", "r/a/one.py": "1", "r/two.py": "1", "three.py": "1"})
    assert names(root, "r/a/one.py", folders=()) == ["r/two.py"]
    root = tree({"s/a/one.py": "1", "s/a/b/two.py": "1", "s/three.py": "1"})
    assert names(root, "s/a/one.py", folders=()) == ["s/a/b/two.py"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_out_of_the_workspace_are_not_followed(tree: Tree) -> None:
    """A link is followed to a file inside the workspace only, never to a secret, and never to a folder."""
    root = tree({"w/a.py": "1", "w/deep/b.py": "1", "out/c.py": "1", "w/.ssh/d.py": "1"})
    (root / "w/in.py").symlink_to(root / "w/deep/b.py")
    (root / "w/away.py").symlink_to(root / "out/c.py")
    (root / "w/secret.py").symlink_to(root / "w/.ssh/d.py")
    (root / "w/gone.py").symlink_to(root / "nowhere.py")
    (root / "w/folder").symlink_to(root / "out")
    assert names(root, "w/a.py", folders=("w",)) == ["w/in.py", "w/deep/b.py"]
    assert names(root, "w/folder/c.py", folders=("w",)) == []


def test_files_that_are_not_text_are_skipped(tree: Tree) -> None:
    """Binary files, empty ones, and ones in no known encoding are no neighbours; named encodings are read."""
    skipped: dict[str, str | bytes] = {"bin.py": b"\0\1", "empty.py": "", "bad.py": b"caf\xe9"}
    mark: dict[str, str | bytes] = {"mark.py": b"\xef\xbb\xbfx", "crlf.py": "a\r\nb", "cr.py": "a\rb"}
    named: dict[str, str | bytes] = {"named.py": b"# -*- coding: latin-1 -*-\ncaf\xe9"}
    root = tree({"own.py": "1", **skipped, **mark, **named})
    found = NearbyFiles([root]).files_near(to_uri(str(root / "own.py")))
    texts = {Path(path).name: text for path, text in found}
    assert texts == {
        "mark.py": "x",
        "crlf.py": "a\nb",
        "cr.py": "a\nb",
        "named.py": "# -*- coding: latin-1 -*-\ncafé",
    }


def test_amount_of_read_text_is_limited(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files are skipped, and files are read until there are enough, or enough text."""
    root = tree({"own.py": "1", "big.py": "x" * 101, **{f"f{i}.py": "x" * 40 for i in range(9)}})
    monkeypatch.setattr(nearby, "MAX_FILE_BYTES", 100)
    monkeypatch.setattr(nearby, "MAX_FILES", 5)
    assert names(root, "own.py") == [f"f{i}.py" for i in range(5)]
    monkeypatch.setattr(nearby, "MAX_TOTAL_BYTES", 130)
    assert names(root, "own.py") == ["f0.py", "f1.py", "f2.py"]


def test_number_of_examined_entries_is_limited(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit includes files and folders."""
    root = tree({"a/own.py": "1", "a/x.py": "1", "b/y.py": "1", "c/z.py": "1"})
    monkeypatch.setattr(nearby, "MAX_FOLDERS", 2)
    assert names(root, "a/own.py") == ["a/x.py"]
    monkeypatch.setattr(nearby, "MAX_ENTRIES", 0)
    assert names(root, "a/own.py") == []


def test_text_is_cached_until_its_file_changes(tree: Tree) -> None:
    """An unchanged file is not read again, a changed one is."""
    root = tree({"own.py": "1", "b.py": "one"})
    shelf, uri = NearbyFiles([root]), to_uri(str(root / "own.py"))
    first = shelf.files_near(uri)[0].text
    assert shelf.files_near(uri)[0].text is first
    (root / "b.py").write_text("three")
    assert shelf.files_near(uri)[0].text == "three"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is readable here")
def test_unreadable_file_is_skipped(tree: Tree, caplog: pytest.LogCaptureFixture) -> None:
    """A file or folder without permission is skipped, with a DEBUG record without text."""
    root = tree({"own.py": "1", "closed.py": "content", "shut/b.py": "1", "open.py": "1"})
    (root / "closed.py").chmod(0)
    (root / "shut").chmod(0)
    caplog.set_level(logging.DEBUG)
    assert names(root, "own.py") == ["open.py"]
    assert "closed.py" in caplog.text
    assert "content" not in caplog.text


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "vscode-notebook-cell:/a.ipynb#x", "", "file:///no/such/f.py"]
)
def test_document_without_a_file_has_no_neighbours(uri: str) -> None:
    """The document is not on disk."""
    assert NearbyFiles().files_near(uri) == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_special_ignore_file_is_not_read(tree: Tree) -> None:
    """A pipe is skipped, because it would block; of a huge file the start counts."""
    root = tree({"a.py": "1", "b.py": "1", "c.py": "1", ".gitignore": "b.py\n" + "#\n" * 5_000_000})
    os.mkfifo(root / ".midfillignore")
    assert names(root, "a.py") == ["c.py"]


FAMILIES = """
ts tsx mts cts js jsx mjs cjs vue svelte
c h cc cpp cxx hh hpp hxx inl m mm cu cuh
py pyi pyx
kt kts
ml mli
ex exs
rb rake
sh bash zsh
css scss sass less
html htm
yml yaml
md markdown
"""


@pytest.mark.parametrize("row", FAMILIES.strip().split("\n"))
def test_files_of_a_language_family(row: str) -> None:
    """Each extension of the family, in any case, includes all of them."""
    endings = {f".{ending}" for ending in row.split()}
    assert all(family(f"/a/b{ending}") == family(f"B{ending.upper()}") == endings for ending in endings)
    assert family("a.rs") == {".rs"}
    assert family("Makefile") == {"makefile"}


def test_depth_of_the_search_is_limited(tree: Tree) -> None:
    """It includes three folders up and two folders down from each; each folder is read once."""
    root = tree(
        {
            "top.py": "1",
            "a/one.py": "1",
            "a/b/two.py": "1",
            "a/b/c/three.py": "1",
            "a/b/c/d/own.py": "1",
            "a/b/c/d/e/down1.py": "1",
            "a/b/c/d/e/f/down2.py": "1",
            "a/b/c/d/e/f/g/down3.py": "1",
            "a/x/y/z/side.py": "1",
            "a/x/y/side.py": "1",
        }
    )
    assert names(root, "a/b/c/d/own.py") == [
        "a/b/c/d/e/down1.py",
        "a/b/c/d/e/f/down2.py",
        "a/b/c/three.py",
        "a/b/two.py",
        "a/one.py",
        "a/x/y/side.py",
    ]


def test_entries_of_all_folders_count(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries above the limit are not examined."""
    root = tree({"a/own.py": "1", "a/one.txt": "1", "a/two.py": "1", "b/three.py": "1"})
    for most, found in ((3, ["a/two.py"]), (5, ["a/two.py"]), (6, ["a/two.py", "b/three.py"])):
        monkeypatch.setattr(nearby, "MAX_ENTRIES", most)
        assert names(root, "a/own.py") == found, most


def test_name_determines_the_order_within_an_hour(tree: Tree) -> None:
    """A fresh clone writes its files in any order; an hour apart, the newer comes first."""
    root = tree({"z.py": "1", "y.py": "1", "own.py": "1"})
    assert names(root, "own.py") == ["y.py", "z.py"]
    os.utime(root / "z.py", (1_000_000 + 7_200, 1_000_000 + 7_200))
    assert names(root, "own.py") == ["z.py", "y.py"]


def test_file_of_the_maximum_size_is_read(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A larger one is not, and the total size is limited exactly."""
    root = tree({"own.py": "1", "a.py": "x" * 10, "b.py": "x" * 11, "c.py": "y" * 10, "d.py": "z" * 10})
    monkeypatch.setattr(nearby, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(nearby, "MAX_TOTAL_BYTES", 20)
    assert names(root, "own.py") == ["a.py", "c.py"]


def test_file_with_a_read_error_is_skipped(
    tree: Tree, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name and the reason are logged at DEBUG, and the others are read."""
    root = tree({"own.py": "1", "a.py": "1", "b.py": "1"})
    whole = Path.open

    def opened(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "a.py":
            raise PermissionError(13, "no permission")
        return whole(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", opened)
    caplog.set_level(logging.DEBUG)
    assert names(root, "own.py") == ["b.py"]
    assert f"skipped {root / 'a.py'}: no permission" in caplog.messages


def test_number_of_cached_texts_is_limited(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """If there are too many, all are dropped, and read again."""
    monkeypatch.setattr(nearby, "MAX_FILES", 1)
    root = tree({"own.py": "1", **{f"{name}/f.py": name for name in "abcdef"}})
    shelf = NearbyFiles([root])
    kept = []
    for name in "abcdef":
        (root / name / "own.py").write_text("1")
        (found,) = shelf.files_near(to_uri(str(root / name / "own.py")))
        assert found.text == name
        kept.append(len(shelf._texts))
    assert kept == [1, 2, 3, 4, 1, 2]


def test_eight_files_of_the_maximum_size_are_read(tree: Tree) -> None:
    """A search reads 2 MiB at most; a small file further on still fits."""
    large = "x" * 256 * 1024
    files: dict[str, str | bytes] = {f"f{number}.py": large for number in range(8)}
    root = tree({"own.py": "1", **files, "g.py": "1", "h.py": large + "x"})
    assert names(root, "own.py") == list(files)
    (root / "f3.py").write_text("x" * 100)
    os.utime(root / "f3.py", (1_000_000, 1_000_000))
    assert names(root, "own.py") == [*files, "g.py"]


def test_names_are_similar_if_one_contains_the_other(tree: Tree) -> None:
    """Upper case makes no difference."""
    root = tree({"new.py": "1", "Store.py": "1", "test_store.py": "1", "test_STORE_more.py": "1"})
    os.utime(root / "new.py", (2_000_000, 2_000_000))
    assert names(root, "test_store.py") == ["Store.py", "test_STORE_more.py", "new.py"]
    assert names(root, "new.py") == ["Store.py", "test_STORE_more.py", "test_store.py"]


def test_repository_is_the_root_of_the_globs_without_a_workspace(tree: Tree) -> None:
    """A glob that starts with a slash is anchored in it; with a workspace folder, in that."""
    root = tree({".git/HEAD": "", "in/a.py": "1", "in/gen/b.py": "1", "gen/c.py": "1", "d.py": "1"})
    assert names(root, "in/a.py", folders=(), excluded_globs=("/gen/",)) == ["in/gen/b.py", "d.py"]
    assert names(root, "in/a.py", excluded_globs=("/gen/",)) == ["in/gen/b.py", "d.py"]
    assert names(root, "in/a.py", folders=("in",), excluded_globs=("/gen/",)) == []


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_unreadable_entries_are_skipped_and_logged(
    tree: Tree, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """These are a folder without permission, and a link to itself; the others are read."""
    root = tree({"own.py": "1", "a.py": "1", "shut/b.py": "1", "z/c.py": "1"})
    (root / "loop.py").symlink_to("loop.py")
    whole = os.scandir

    def scanned(folder: Path) -> Any:
        if folder.name == "shut":
            raise PermissionError(13, "Permission denied")
        return whole(folder)

    monkeypatch.setattr(os, "scandir", scanned)
    caplog.set_level(logging.DEBUG)
    assert names(root, "own.py") == ["a.py", "z/c.py"]
    assert caplog.messages == [
        f"skipped {root / 'loop.py'}: Too many levels of symbolic links",
        f"skipped {root / 'shut'}: Permission denied",
    ]


@pytest.mark.parametrize("folders", [("",), ("w",)])
def test_patterns_for_folders_and_of_the_whole_repository_apply(tree: Tree, folders: tuple[str, ...]) -> None:
    """A pattern with a slash at its end names folders; one above the workspace folder counts in it."""
    root = tree(
        {
            ".git/HEAD": "",
            ".gitignore": "gen/\nb.py\n",
            "w/a.py": "1",
            "w/b.py": "1",
            "w/gen/c.py": "1",
            "w/gen.py": "1",
        }
    )
    assert names(root, "w/a.py", folders=folders) == ["w/gen.py"]
