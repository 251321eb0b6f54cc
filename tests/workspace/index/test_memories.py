"""The index's memories for the embedded engine, and the files that are found for a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from midfill.core.cursor import Cursor
from midfill.core.lookup import complete, memory_of_files
from midfill.core.model import Ask
from midfill.workspace import Memories, memories, to_uri
from midfill.workspace.index import memory_file, memory_update
from midfill.workspace.index.index_location import index_path_of
from midfill.workspace.index.memory_reader import MemoryReader
from midfill.workspace.index.memory_update import MAX_CHANGED_BYTES, memory_paths
from midfill.workspace.index.update import update
from tests.workspace.index.conftest import fill, paths, put

CALL = "store = open_ledger(path, environ)\n" * 4
OTHER = "store = open_drawer(path, environ)\n" * 4


def remembered_paths(workspace: Path, own: str = "own.py", **options: object) -> list[str]:
    """Return the files that are found for a file."""
    found = MemoryReader([workspace], **options).memories(to_uri(str(workspace / own)))  # type: ignore[arg-type]
    return sorted(
        path for memory in found for number, path in enumerate(memory.paths) if number not in memory.hidden
    )


def said(workspace: Path, head: str, opened: Callable[[], dict[str, str]] = dict) -> str:
    """Return the completion of a line in a new file of a workspace."""
    uri = to_uri(str(workspace / "own.py"))
    return complete(Cursor(uri=uri, head=head), Ask(), Memories([workspace], opened=opened).memories(uri))


def test_a_family_of_languages_is_remembered(workspace: Path) -> None:
    """Files of the same family are found, without the file itself and unknown languages."""
    fill(workspace, {"a.py": CALL, "own.py": OTHER, "b.pyi": CALL, "c.js": CALL, "d.unknown": CALL})
    update(workspace)
    assert remembered_paths(workspace) == ["a.py", "b.pyi"]
    assert remembered_paths(workspace, "x.ts") == ["c.js"]
    assert remembered_paths(workspace, "x.unknown") == []
    assert said(workspace, "drawer = open_led") == "ger("


def test_the_text_is_that_of_the_file(workspace: Path) -> None:
    """Lines come back with their indentation, which is cut at 127; keys do not."""
    text = "def f():\n\t\treturn 'é'\n\n" + " " * 4 + "x = 1\nkey = 'sk-" + "0a1B" * 8 + "'\n"
    fill(workspace, {"a.py": text})
    update(workspace)
    (memory,) = MemoryReader([workspace]).memories(to_uri(str(workspace / "own.py")))
    lines = [memory.line(row) for row in range(5)]
    assert lines[:4] == ["def f():", "\t\treturn 'é'", "", "    x = 1"]
    assert "sk-" not in (lines[4] or "")
    assert memory.line(len(memory.text.lines)) is None


def test_what_has_changed_is_remembered_anew(workspace: Path) -> None:
    """A saved, a new and a removed file count at once, in a small memory beside the large one."""
    fill(workspace, {"a.py": CALL, "b.py": CALL, "c.py": "filler = 1\n" * 100})
    update(workspace)
    whole, new = memory_paths(index_path_of(workspace), "_py")
    before = whole.stat().st_mtime_ns
    put(workspace / "a.py", OTHER)
    (workspace / "b.py").unlink()
    update(workspace, paths=["a.py", "b.py"])
    assert whole.stat().st_mtime_ns == before
    assert remembered_paths(workspace) == ["a.py", "c.py"]
    assert said(workspace, "x = open_led") == ""
    assert said(workspace, "x = open_dra") == "wer"
    put(workspace / "a.py", CALL)
    put(workspace / "b.py", CALL)
    update(workspace)
    assert not new.exists()


def test_much_that_has_changed_makes_a_new_memory(workspace: Path) -> None:
    """If more than a tenth of the files changed, the large memory is replaced."""
    fill(workspace, {"a.py": CALL})
    update(workspace)
    put(workspace / "b.py", "filler = 1\n" * (MAX_CHANGED_BYTES // 10))
    update(workspace)
    whole, new = memory_paths(index_path_of(workspace), "_py")
    assert not new.exists()
    found = memory_file.read(whole)
    assert found is not None
    assert list(found.memory.paths) == ["a.py", "b.py"]


def test_a_language_that_is_no_more_is_forgotten(workspace: Path) -> None:
    """With the last file of a family its memory goes."""
    fill(workspace, {"a.py": CALL, "b.js": CALL})
    update(workspace)
    (workspace / "a.py").unlink()
    update(workspace)
    assert not memory_paths(index_path_of(workspace), "_py")[0].exists()
    assert memory_paths(index_path_of(workspace), "_cjs")[0].exists()


def test_closed_files_are_hidden(workspace: Path) -> None:
    """A file that was switched off since, and the file of the key, are not searched."""
    fill(workspace, {"a.py": CALL, "b.py": CALL, "c.py": CALL})
    update(workspace)
    assert remembered_paths(workspace, excluded_globs=["a.py"], key_file=str(workspace / "b.py")) == ["c.py"]


def test_an_open_document_is_searched_as_it_stands(workspace: Path) -> None:
    """Unsaved text of another document counts, if its language is of the same family."""
    fill(workspace, {"a.py": "x = 1\n"})
    update(workspace)
    opened = {str(workspace / "a.py"): CALL, str(workspace / "own.py"): OTHER, str(workspace / "b.js"): OTHER}
    assert said(workspace, "x = open_led", lambda: opened) == "ger"
    assert said(workspace, "x = open_dra", lambda: opened) == ""


def test_without_an_index_the_files_near_it_count(workspace: Path) -> None:
    """Without an index, the neighbours of a file are used."""
    fill(workspace, {"a.py": CALL})
    assert remembered_paths(workspace) == []
    assert said(workspace, "x = open_led") == "ger"


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\0" * 200, b"x" * 8 + b"midfill1" + b"\xff" * 48])
def test_a_broken_memory_is_none(tmp_path: Path, content: bytes) -> None:
    """An incomplete file is not read."""
    path = tmp_path / "memory"
    path.write_bytes(content)
    assert memory_file.read(path) is None
    assert memory_file.read(tmp_path / "nowhere") is None


def test_only_the_user_reads_it(workspace: Path) -> None:
    """It contains lines of the user's files."""
    fill(workspace, {"a.py": CALL})
    update(workspace)
    assert memory_paths(index_path_of(workspace), "_py")[0].stat().st_mode & 0o077 == 0


def test_a_memory_that_was_written_again_is_read_again(workspace: Path) -> None:
    """By one reader, and only then: the same memory is the same object."""
    put(workspace / "a.py", CALL)
    update(workspace)
    reader, uri = MemoryReader([workspace]), to_uri(str(workspace / "own.py"))
    (first,) = reader.memories(uri)
    assert reader.memories(uri)[0].text is first.text
    put(workspace / "b.py", CALL)
    update(workspace, fresh=True)
    assert {path for memory in reader.memories(uri) for path in memory.paths} == {"a.py", "b.py"}


def test_of_folders_inside_of_each_other_the_innermost_counts(workspace: Path) -> None:
    """A file outside of all has no memory, nor has what is no file."""
    fill(workspace, {"a.py": CALL, "in/b.py": CALL})
    update(workspace)
    update(workspace / "in")
    for folders in ([workspace, workspace / "in"], [workspace / "in", workspace]):
        reader = MemoryReader(folders)
        (memory,) = reader.memories(to_uri(str(workspace / "in/own.py")))
        assert list(memory.paths) == ["b.py"]
        (memory,) = reader.memories(to_uri(str(workspace / "own.py")))
        assert list(memory.paths) == ["a.py", "in/b.py"]
        assert reader.memories("file:///elsewhere/a.py") == reader.memories("untitled:a.py") == ()


def test_the_newest_memory_comes_first(workspace: Path) -> None:
    """Of a file in both, the older text is hidden."""
    fill(workspace, {"a.py": CALL, "b.py": "filler = 1\n" * 100})
    update(workspace)
    put(workspace / "a.py", OTHER)
    update(workspace)
    new, whole = MemoryReader([workspace]).memories(to_uri(str(workspace / "own.py")))
    assert (list(new.paths), list(whole.paths)) == (["a.py"], ["a.py", "b.py"])
    assert (new.hidden, whole.hidden) == (frozenset(), frozenset({0}))


def test_changes_that_were_written_already_are_not_written_again(workspace: Path) -> None:
    """Neither memory is, while nothing changes; a second change is."""
    fill(workspace, {"a.py": CALL, "b.py": CALL, "c.py": "filler = 1\n" * 100})
    update(workspace)
    put(workspace / "a.py", OTHER)
    update(workspace)
    whole, new = memory_paths(index_path_of(workspace), "_py")
    before = whole.stat().st_ino, new.stat().st_ino
    update(workspace)
    assert (whole.stat().st_ino, new.stat().st_ino) == before
    (workspace / "b.py").unlink()
    update(workspace)
    assert new.stat().st_ino != before[1]
    found = memory_file.read(new)
    assert found is not None
    assert (list(found.memory.paths), found.outdated_paths) == (["a.py"], frozenset({"a.py", "b.py"}))


def test_a_family_has_a_limit(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first files that fit, exactly as many bytes as allowed; another family has its own."""
    fill(workspace, {"a.py": "x" * 10, "b.py": "x" * 11, "c.py": "x" * 10, "d.js": "x" * 20})
    monkeypatch.setattr(memory_update, "MAX_FAMILY_BYTES", 20)
    update(workspace)
    assert remembered_paths(workspace) == ["a.py", "c.py"]
    assert remembered_paths(workspace, "own.js") == ["d.js"]


def test_a_large_file_is_not_remembered(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is indexed all the same."""
    fill(workspace, {"a.py": CALL, "b.py": CALL + "x"})
    monkeypatch.setattr(memory_update, "MAX_FILE_BYTES", len(CALL))
    update(workspace)
    assert remembered_paths(workspace) == ["a.py"]
    assert paths(workspace, "open_ledger") == ["a.py", "b.py"]


@pytest.mark.parametrize(
    "texts", [[], [("a.py", "")], [("a.py", "x = 1\n\n"), ("é.py", "\tñ = 2"), ("c.py", "y")]]
)
def test_a_memory_is_read_as_it_was_written(tmp_path: Path, texts: list[tuple[str, str]]) -> None:
    """Its text, files, versions and what has gone; cut or longer by a byte it is none."""
    path = tmp_path / "memory"
    hashes = {name: f"hash of {name}" for name, _ in texts}
    memory_file.write(path, texts, hashes, ["gone.py"])
    found = memory_file.read(path)
    assert found is not None
    assert (list(found.memory.paths), list(found.hashes), found.outdated_paths) == (
        [name for name, _ in texts], list(hashes.values()), frozenset({"gone.py"}),
    )  # fmt: skip
    lines = [line for _, text in texts for line in text.split("\n")]
    assert [found.memory.line(row) for row in range(len(lines))] == lines
    expected = memory_of_files(texts)
    assert list(found.memory.suffix_array) == list(expected.suffix_array)
    assert list(found.memory.text.files) == list(expected.text.files)
    content = path.read_bytes()
    for broken in (content[1:], content[:-1], content + b"\0", content.replace(b"midfill1", b"midfill0")):
        path.write_bytes(broken)
        assert memory_file.read(path) is None


def test_how_much_is_remembered_without_an_index(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the neighbours as many characters as can be sorted at once, and of open documents fewer."""
    fill(workspace, {"a.py": "x" * 10, "b.py": "y" * 10, "c.py": "z"})
    monkeypatch.setattr(memories, "MAX_NEARBY_CHARACTERS", 20)
    uri = to_uri(str(workspace / "own.py"))
    (near,) = Memories([workspace]).memories(uri)
    assert [Path(path).name for path in near.paths] == ["a.py", "b.py"]
    update(workspace)
    monkeypatch.setattr(memories, "MAX_OPEN_CHARACTERS", 10)
    opened = {str(workspace / name): "x" * 10 for name in ("a.py", "b.py")}
    first, *others = Memories([workspace], opened=lambda: opened).memories(uri)
    assert ([Path(path).name for path in first.paths], len(others)) == (["a.py"], 1)
    assert Memories([workspace]).memories("untitled:a") == ()


def test_an_open_document_is_remembered_once(workspace: Path) -> None:
    """While its text is the same, so is its memory; keys in it are masked."""
    update(workspace)
    put(workspace / "a.py", CALL)
    update(workspace)
    key = "ghp_" + "a1B2c3D4e5" * 4
    texts = {str(workspace / "b.py"): f"key = '{key}'"}
    made, uri = Memories([workspace], opened=lambda: dict(texts)), to_uri(str(workspace / "own.py"))
    first = made.memories(uri)[0]
    assert made.memories(uri)[0] is first
    assert key not in bytes(first.text.bytes[:]).decode()
    texts[str(workspace / "b.py")] = "x = 1"
    assert made.memories(uri)[0].line(0) == "x = 1"
