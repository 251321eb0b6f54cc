"""The index's memories for the embedded engine, and the files that are found for a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from midfill.core.cursor import Cursor
from midfill.core.lookup import complete, memory_of_files
from midfill.core.model import AnswerLimits
from midfill.workspace import Memories, memories, to_uri
from midfill.workspace.index import memory_file, memory_update
from midfill.workspace.index.index_location import index_path_of, remove_index
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


def completion_of(workspace: Path, head: str, opened: Callable[[], dict[str, str]] = dict) -> str:
    """Return the completion of a line in a new file of a workspace."""
    uri = to_uri(str(workspace / "own.py"))
    return complete(
        Cursor(uri=uri, head=head), AnswerLimits(), Memories([workspace], opened=opened).memories(uri)
    )


def test_memory_has_the_files_of_a_language_family(workspace: Path) -> None:
    """Files of the same family are found, without the file itself and unknown languages."""
    fill(workspace, {"a.py": CALL, "own.py": OTHER, "b.pyi": CALL, "c.js": CALL, "d.unknown": CALL})
    update(workspace)
    assert remembered_paths(workspace) == ["a.py", "b.pyi"]
    assert remembered_paths(workspace, "x.ts") == ["c.js"]
    assert remembered_paths(workspace, "x.unknown") == []
    assert completion_of(workspace, "drawer = open_led") == "ger("


def test_memory_has_the_text_of_the_file(workspace: Path) -> None:
    """Lines have their indentation, up to 127; keys are masked."""
    text = "def f():\n\t\treturn 'é'\n\n" + " " * 4 + "x = 1\nkey = 'sk-" + "0a1B" * 8 + "'\n"
    fill(workspace, {"a.py": text})
    update(workspace)
    (memory,) = MemoryReader([workspace]).memories(to_uri(str(workspace / "own.py")))
    lines = [memory.line(row) for row in range(5)]
    assert lines[:4] == ["def f():", "\t\treturn 'é'", "", "    x = 1"]
    assert "sk-" not in (lines[4] or "")
    assert memory.line(len(memory.text.lines)) is None


def test_changed_files_are_in_a_small_memory(workspace: Path) -> None:
    """Saved, new and removed files apply at once."""
    fill(workspace, {"a.py": CALL, "b.py": CALL, "c.py": "filler = 1\n" * 100})
    update(workspace)
    whole, new = memory_paths(index_path_of(workspace), "_py")
    before = whole.stat().st_mtime_ns
    put(workspace / "a.py", OTHER)
    (workspace / "b.py").unlink()
    update(workspace, paths=["a.py", "b.py"])
    assert whole.stat().st_mtime_ns == before
    assert remembered_paths(workspace) == ["a.py", "c.py"]
    assert completion_of(workspace, "x = open_led") == ""
    assert completion_of(workspace, "x = open_dra") == "wer"
    put(workspace / "a.py", CALL)
    put(workspace / "b.py", CALL)
    update(workspace)
    assert not new.exists()


def test_many_changes_replace_the_large_memory(workspace: Path) -> None:
    """The limit is a tenth of the files."""
    fill(workspace, {"a.py": CALL})
    update(workspace)
    put(workspace / "b.py", "filler = 1\n" * (MAX_CHANGED_BYTES // 10))
    update(workspace)
    whole, new = memory_paths(index_path_of(workspace), "_py")
    assert not new.exists()
    found = memory_file.read(whole)
    assert found is not None
    assert list(found.memory.paths) == ["a.py", "b.py"]


def test_memory_is_removed_with_its_last_file(workspace: Path) -> None:
    """Each language family has one memory."""
    fill(workspace, {"a.py": CALL, "b.js": CALL})
    update(workspace)
    (workspace / "a.py").unlink()
    update(workspace)
    assert not memory_paths(index_path_of(workspace), "_py")[0].exists()
    assert memory_paths(index_path_of(workspace), "_cjs")[0].exists()


def test_excluded_files_are_not_searched(workspace: Path) -> None:
    """These are files excluded since the update, and the key file."""
    fill(workspace, {"a.py": CALL, "b.py": CALL, "c.py": CALL})
    update(workspace)
    assert remembered_paths(workspace, excluded_globs=["a.py"], key_file=str(workspace / "b.py")) == ["c.py"]


def test_unsaved_text_of_an_open_document_is_searched(workspace: Path) -> None:
    """Its language must be of the same family."""
    fill(workspace, {"a.py": "x = 1\n"})
    update(workspace)
    opened = {str(workspace / "a.py"): CALL, str(workspace / "own.py"): OTHER, str(workspace / "b.js"): OTHER}
    assert completion_of(workspace, "x = open_led", lambda: opened) == "ger"
    assert completion_of(workspace, "x = open_dra", lambda: opened) == ""


def test_neighbours_are_used_without_an_index(workspace: Path) -> None:
    """The neighbours are files in nearby folders."""
    fill(workspace, {"a.py": CALL})
    assert remembered_paths(workspace) == []
    assert completion_of(workspace, "x = open_led") == "ger"


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\0" * 200, b"x" * 8 + b"midfill1" + b"\xff" * 48])
def test_broken_memory_is_ignored(tmp_path: Path, content: bytes) -> None:
    """An incomplete file is not read."""
    path = tmp_path / "memory"
    path.write_bytes(content)
    assert memory_file.read(path) is None
    assert memory_file.read(tmp_path / "nowhere") is None


def test_only_the_user_can_read_a_memory(workspace: Path) -> None:
    """It contains lines of the user's files."""
    fill(workspace, {"a.py": CALL})
    update(workspace)
    assert memory_paths(index_path_of(workspace), "_py")[0].stat().st_mode & 0o077 == 0


def test_rewritten_memory_is_read_again(workspace: Path) -> None:
    """An unchanged memory is the same object."""
    put(workspace / "a.py", CALL)
    update(workspace)
    reader, uri = MemoryReader([workspace]), to_uri(str(workspace / "own.py"))
    (first,) = reader.memories(uri)
    assert reader.memories(uri)[0].text is first.text
    put(workspace / "b.py", CALL)
    update(workspace, fresh=True)
    assert {path for memory in reader.memories(uri) for path in memory.paths} == {"a.py", "b.py"}


def test_innermost_workspace_folder_is_used(workspace: Path) -> None:
    """A file outside of all folders, and a document without a file, have no memory."""
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


def test_newest_memory_is_first(workspace: Path) -> None:
    """If a file is in both memories, the older text is hidden."""
    fill(workspace, {"a.py": CALL, "b.py": "filler = 1\n" * 100})
    update(workspace)
    put(workspace / "a.py", OTHER)
    update(workspace)
    new, whole = MemoryReader([workspace]).memories(to_uri(str(workspace / "own.py")))
    assert (list(new.paths), list(whole.paths)) == (["a.py"], ["a.py", "b.py"])
    assert (new.hidden, whole.hidden) == (frozenset(), frozenset({0}))


def test_unchanged_memories_are_not_rewritten(workspace: Path) -> None:
    """A further change is written."""
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


def test_memory_has_a_maximum_size(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It contains the first files that fit, up to exactly the limit; each family has its own limit."""
    fill(workspace, {"a.py": "x" * 10, "b.py": "x" * 11, "c.py": "x" * 10, "d.js": "x" * 20, "e.py": "x"})
    monkeypatch.setattr(memory_update, "MAX_FAMILY_BYTES", 20)
    update(workspace)
    assert remembered_paths(workspace) == ["a.py", "c.py"]
    assert remembered_paths(workspace, "own.js") == ["d.js"]


def test_large_file_is_not_in_the_memory(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is indexed nevertheless."""
    fill(workspace, {"a.py": CALL, "b.py": CALL + "x"})
    monkeypatch.setattr(memory_update, "MAX_FILE_BYTES", len(CALL))
    update(workspace)
    assert remembered_paths(workspace) == ["a.py"]
    assert paths(workspace, "open_ledger") == ["a.py", "b.py"]


@pytest.mark.parametrize(
    "texts", [[], [("a.py", "")], [("a.py", "x = 1\n\n"), ("é.py", "\tñ = 2"), ("c.py", "y")]]
)
def test_memory_is_read_as_written(tmp_path: Path, texts: list[tuple[str, str]]) -> None:
    """It has text, files, versions and removed files; a file that is shorter or longer by a byte is no memory."""
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
    assert bytes(found.memory.text.indents) == bytes(expected.text.indents)
    content = path.read_bytes()
    for broken in (content[1:], content[:-1], content + b"\0", content.replace(b"midfill1", b"midfill0")):
        path.write_bytes(broken)
        assert memory_file.read(path) is None


def test_amount_of_text_without_an_index_is_limited(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neighbours and open documents have separate limits in characters."""
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


def test_memory_of_an_open_document_is_reused(workspace: Path) -> None:
    """It is reused while the text is the same; keys in it are masked."""
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


def test_memory_has_neither_keys_nor_long_lines(workspace: Path) -> None:
    """A masked key is a blank, because a mask would be suggested; a line of 500 characters is the longest."""
    longest, longer = "x" * 500, "y" * 501
    put(workspace / "a.py", f"password = 'hunter22'\n{longest}\n{longer}\nend")
    update(workspace)
    (memory,) = MemoryReader([workspace]).memories(to_uri(str(workspace / "own.py")))
    assert [memory.line(row) for row in range(4)] == ["password = ' '", longest, "", "end"]


@pytest.mark.parametrize(("changed", "small"), [(99, True), (100, True), (101, False)])
def test_changes_above_a_tenth_are_written_into_the_large_memory(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, changed: int, small: bool
) -> None:
    """The small memory is then removed."""
    monkeypatch.setattr(memory_update, "MAX_CHANGED_BYTES", 0)
    fill(workspace, {"a.py": "a" * 50, "b.py": "b" * changed, "c.py": "c" * (950 - changed)})
    update(workspace)
    put(workspace / "a.py", "d" * 50)
    update(workspace)
    whole, new = memory_paths(index_path_of(workspace), "_py")
    assert new.exists()
    fill(workspace, {"a.py": "a" * 50, "b.py": "e" * changed})
    update(workspace)
    assert new.exists() is small
    first = memory_file.read(new if small else whole)
    assert first is not None
    assert list(first.memory.paths) == (["b.py"] if small else ["a.py", "b.py", "c.py"])


@pytest.mark.parametrize("size", [MAX_CHANGED_BYTES, MAX_CHANGED_BYTES + 1])
def test_changes_of_100_kb_are_written_into_the_small_memory(workspace: Path, size: int) -> None:
    """Of few files this is more than a tenth."""
    fill(workspace, {"a.py": CALL})
    update(workspace)
    put(workspace / "b.py", "x = 1".ljust(size, "\n"))
    update(workspace)
    assert memory_paths(index_path_of(workspace), "_py")[1].exists() is (size == MAX_CHANGED_BYTES)


def test_file_removed_during_the_update_has_no_text_in_the_memory(workspace: Path) -> None:
    """The next update removes it."""
    fill(workspace, {"a.py": CALL, "b.py": OTHER})
    update(workspace, on_progress=lambda progress: (workspace / "a.py").unlink(missing_ok=True))
    (memory,) = MemoryReader([workspace]).memories(to_uri(str(workspace / "own.py")))
    assert (list(memory.paths), memory.line(0), memory.line(1)) == (
        ["a.py", "b.py"],
        "",
        OTHER.split("\n")[0],
    )
    update(workspace)
    assert remembered_paths(workspace) == ["b.py"]


def test_rest_of_an_interrupted_write_is_replaced(tmp_path: Path) -> None:
    """A killed process may leave a longer temporary file."""
    (tmp_path / "memory.part").write_bytes(b"x" * 10_000)
    memory_file.write(tmp_path / "memory.all", [("a.py", CALL)], {"a.py": "1"})
    found = memory_file.read(tmp_path / "memory.all")
    assert found is not None
    assert list(found.memory.paths) == ["a.py"]
    assert [path.name for path in tmp_path.iterdir()] == ["memory.all"]


def test_memory_of_a_removed_workspace_is_forgotten(workspace: Path) -> None:
    """`midfill index clear` works while a server runs; a new index is then read."""
    put(workspace / "a.py", CALL)
    update(workspace)
    reader, uri = MemoryReader([workspace]), to_uri(str(workspace / "own.py"))
    assert len(reader.memories(uri)) == 1
    remove_index(index_path_of(workspace))
    assert reader.memories(uri) == ()
    update(workspace)
    assert len(reader.memories(uri)) == 1


def test_unsaved_texts_come_before_the_index(workspace: Path) -> None:
    """A document of another family, and the file itself, are not among them."""
    put(workspace / "a.py", CALL)
    update(workspace)
    opened = {str(workspace / name): OTHER for name in ("own.py", "b.js", "b.py", "c.pyi")}
    uri = to_uri(str(workspace / "own.py"))
    first, second = Memories([workspace], opened=lambda: opened).memories(uri)
    assert [Path(path).name for path in first.paths] == ["b.py", "c.pyi"]
    assert list(second.paths) == ["a.py"]


def test_memory_of_neighbours_is_reused(workspace: Path) -> None:
    """It is made again when a file changes; keys in it are masked."""
    put(workspace / "a.py", CALL)
    made, uri = Memories([workspace]), to_uri(str(workspace / "own.py"))
    (first,) = made.memories(uri)
    assert made.memories(uri)[0] is first
    put(workspace / "a.py", "password = 'hunter22'\n")
    assert made.memories(uri)[0].line(0) == "password = '***'"
    (workspace / "a.py").unlink()
    assert made.memories(uri) == ()
