"""The user's notes: texts, and files of the workspace or the home folder."""

import os
from pathlib import Path

import pytest

from midfill.workspace import Exclusions
from midfill.workspace.notes import MAX_NOTE_CHARACTERS, read_notes


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a note, beside a home with another one."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    for name, text in {"work/deep/NOTES.md": "a\r\nb", "home/mine.md": "mine", "work/.env": "K=1"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path / "work"


def read(folder: Path | None, *entries: str, **closed: object) -> list[tuple[str, str]]:
    """Return the names and the texts of notes."""
    found = read_notes(entries, folder, Exclusions(**closed))  # type: ignore[arg-type]
    assert all((chunk.line, chunk.source, chunk.score) == (0, "notes", 1.0) for chunk in found)
    return [(chunk.path, chunk.text) for chunk in found]


def test_text_is_a_note(folder: Path) -> None:
    """Notes keep their order, without blank ones; a text of several lines, or a long one, is no file's name."""
    assert read(folder, "Be brief.", "", "  ", "Two\nlines") == [("", "Be brief."), ("", "Two\nlines")]
    assert read(folder, "x" * 300) == [("", "x" * 300)]
    assert read(folder, "deep/NOTES.md\n") == [("", "deep/NOTES.md\n")]


def test_file_is_a_note(folder: Path) -> None:
    """The path may be relative to the workspace, start with `~`, or be absolute."""
    assert read(folder, "deep/NOTES.md") == [("NOTES.md", "a\nb")]
    assert read(folder, str(folder / "deep/NOTES.md")) == [("NOTES.md", "a\nb")]
    assert read(folder, "~/mine.md") == [("", "mine")]
    assert read(None, "~/mine.md") == [("", "mine")]


def test_other_names_are_texts(folder: Path) -> None:
    """Examples are a name that leads out of the workspace, a folder, and a relative name without a workspace."""
    (folder / "link.md").symlink_to(folder.parent / "home" / "mine.md")
    for entry in ("../home/mine.md", "link.md", "deep", "gone.md"):
        assert read(folder, entry) == [("", entry)]
    assert read(None, "deep/NOTES.md") == [("", "deep/NOTES.md")]


def test_excluded_file_is_no_note(folder: Path) -> None:
    """A binary or empty file is no note either."""
    (folder / "bin.md").write_bytes(b"\0")
    (folder / "empty.md").write_bytes(b" \n")
    assert read(folder, ".env", "bin.md", "empty.md") == []
    assert read(folder, "deep/NOTES.md", excluded_globs=("deep/",), folders=(str(folder),)) == []
    (folder / "plain.md").symlink_to(folder / ".env")
    assert read(folder, "plain.md") == []


def test_long_note_is_cut(folder: Path) -> None:
    """Its start is kept."""
    (folder / "long.md").write_text("x" * (MAX_NOTE_CHARACTERS + 1))
    assert read(folder, "long.md") == [("long.md", "x" * MAX_NOTE_CHARACTERS)]


def test_link_with_a_secret_name_is_no_note(folder: Path) -> None:
    """A link with a secret name to a harmless file, and one over such a link."""
    (folder / "plain.md").write_text("hush")
    (folder / ".env").unlink(missing_ok=True)
    (folder / ".env").symlink_to("plain.md")
    (folder / "a.md").symlink_to(".env")
    for entry in (".env", "a.md", str(folder / ".env"), str(folder / "a.md")):
        assert read(folder, entry) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows limits whole paths")
@pytest.mark.parametrize(("length", "name"), [(200, "{}"), (201, "")])
def test_name_of_up_to_200_characters_is_a_file(folder: Path, length: int, name: str) -> None:
    """A longer entry is the note itself."""
    entry = "n" * (length - 3) + ".md"
    (folder / entry).write_text("text")
    assert read(folder, entry) == [(name.format(entry), "text" if name else entry)]


def test_unreadable_notes_do_not_hide_others(folder: Path) -> None:
    """The order is that of the setting."""
    (folder / "bin.md").write_bytes(b"\0")
    assert read(folder, "~/mine.md", "bin.md", "deep/NOTES.md", "Be brief.") == [
        ("", "mine"), ("NOTES.md", "a\nb"), ("", "Be brief."),
    ]  # fmt: skip
