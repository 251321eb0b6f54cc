"""URIs and paths."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.workspace import to_path, to_uri


@pytest.mark.parametrize(
    ("uri", "posix", "windows"),
    [
        ("file:///a/b.py", "/a/b.py", "\\a\\b.py"),
        ("file:///a/my%20file%23.py", "/a/my file#.py", "\\a\\my file#.py"),
        ("file:///a/b#c?d.py", "/a/b#c?d.py", "\\a\\b#c?d.py"),
        ("file://localhost/a", "/a", "\\a"),
        ("file://LocalHost/a", "/a", "\\a"),
        ("file:///%C3%A9:/a", "/é:/a", "\\é:\\a"),
        ("file:///1:/a", "/1:/a", "\\1:\\a"),
        ("file:///cd:/a", "/cd:/a", "\\cd:\\a"),
        ("file:///a?b#c?d", "/a?b#c?d", "\\a?b#c?d"),
        ("file:///a%ED%A0%80", "/a\udced\udca0\udc80", "\\a\udced\udca0\udc80"),
        ("file:///\ud800", None, None),
        ("FILE:///a", "/a", "\\a"),
        ("file:/a/b", "/a/b", "\\a\\b"),
        ("file:///gr%C3%B6%C3%9Fe.py", "/größe.py", "\\größe.py"),
        ("file:///c%3A/a/b.py", "/c:/a/b.py", "c:\\a\\b.py"),
        ("file:///C:/a/b.py", "/C:/a/b.py", "C:\\a\\b.py"),
        ("file://host/share/a.py", None, "\\\\host\\share\\a.py"),
        ("untitled:Untitled-1", None, None),
        ("untitled:/a/b.py", None, None),
        ("vscode-notebook-cell:/a/b.ipynb#W0", None, None),
        ("http://x/a", None, None),
        ("file:a", None, None),
        ("file://", None, None),
        ("file:///a%00b", None, None),
        ("file://[/a", None, None),
        ("/a/b.py", None, None),
        ("c:\\a", None, None),
        ("", None, None),
    ],
)
def test_file_uris_are_paths(uri: str, posix: str | None, windows: str | None) -> None:
    """A file: URI is a path in each system's notation; nothing else is."""
    assert to_path(uri, windows=False) == posix
    assert to_path(uri, windows=True) == windows


@pytest.mark.skipif(os.name == "nt", reason="writes POSIX paths")
@given(st.binary(min_size=1, max_size=20).filter(lambda name: not {0, 0x2F} & set(name)))
def test_path_survives_the_conversion_to_a_uri(name: bytes) -> None:
    """Any file name can be converted to a URI and back, even if it is not text."""
    path = "/folder/" + os.fsdecode(name)
    assert to_path(to_uri(path)) == str(Path(path))


def test_relative_path_is_resolved_in_the_current_folder() -> None:
    """A URI always holds an absolute path."""
    assert to_path(to_uri("a.py")) == str(Path.cwd() / "a.py")


@given(st.text())
def test_any_uri_is_accepted(uri: str) -> None:
    """This holds for any text, on any system."""
    for windows in (False, True):
        assert isinstance(to_path(uri, windows=windows), str | None)
        assert isinstance(to_path(f"file:///{uri}", windows=windows), str | None)
