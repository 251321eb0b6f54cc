"""The index's memories for the embedded engine, and the files that are found for a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from midfill.core.cursor import Cursor
from midfill.core.lookup import complete
from midfill.core.model import Ask
from midfill.workspace import Memories, to_uri
from midfill.workspace.index import memory_file
from midfill.workspace.index.location import place_of
from midfill.workspace.index.memory_reader import MemoryReader
from midfill.workspace.index.memory_update import NEW_BYTES, places
from midfill.workspace.index.update import update
from tests.workspace.index.conftest import fill, put

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
    whole, new = places(place_of(workspace), "_py")
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
    put(workspace / "b.py", "filler = 1\n" * (NEW_BYTES // 10))
    update(workspace)
    whole, new = places(place_of(workspace), "_py")
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
    assert not places(place_of(workspace), "_py")[0].exists()
    assert places(place_of(workspace), "_cjs")[0].exists()


def test_closed_files_are_hidden(workspace: Path) -> None:
    """A file that was switched off since, and the file of the key, are not searched."""
    fill(workspace, {"a.py": CALL, "b.py": CALL, "c.py": CALL})
    update(workspace)
    assert remembered_paths(workspace, off=["a.py"], key_file=str(workspace / "b.py")) == ["c.py"]


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
    assert places(place_of(workspace), "_py")[0].stat().st_mode & 0o077 == 0
