"""Files that are excluded from completion, under each name."""

import os
from pathlib import Path

import pytest

from midfill.workspace import Exclusions, NearbyFiles, paths_of, to_uri


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a secret file, a private one, a key, an ordinary file, and links to all of them."""
    for name in (".env", "private/a.py", "key of mine", "plain.py"):
        file = tmp_path / "real" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x = 1\n")
    links = tmp_path / "links"
    links.mkdir()
    for name, target in {
        "env.py": ".env",
        "a.py": "private/a.py",
        "key.py": "key of mine",
        "p.py": "plain.py",
    }.items():
        (links / name).symlink_to(tmp_path / "real" / target)
    (links / "twice.py").symlink_to(links / "env.py")
    (tmp_path / "real" / "id_rsa.pem").symlink_to(tmp_path / "real" / "plain.py")
    (links / "over.py").symlink_to("../real/id_rsa.pem")
    (links / "over2.py").symlink_to("deep/../over.py")
    (links / "loop.py").symlink_to(links / "loop.py")
    (links / "nowhere.py").symlink_to(tmp_path / "real" / "id_rsa")
    (links / "deep").symlink_to(tmp_path / "real" / "private")
    os.link(tmp_path / "real" / "key of mine", links / "hard.py")
    return tmp_path


def reason(path: Path, **closed: object) -> str:
    uri = to_uri(str(path))
    return Exclusions(**closed).why(uri, paths_of(uri))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["env.py", "twice.py", "nowhere.py", "over.py", "over2.py"])
def test_link_to_a_secret_file_is_secret(folder: Path, name: str) -> None:
    """A harmless name does not make a secret file available, over any number of links, existing or not."""
    assert "secrets" in reason(folder / "links" / name)


@pytest.mark.parametrize("name", ["p.py", "loop.py", "missing.py"])
def test_other_links_are_allowed(folder: Path, name: str) -> None:
    """A link to an ordinary file, one to itself, and a missing file are not excluded."""
    assert (
        reason(
            folder / "links" / name, excluded_globs=("private/**",), key_file=str(folder / "real/key of mine")
        )
        == ""
    )


@pytest.mark.parametrize("name", ["a.py", "deep/a.py"])
def test_link_to_an_excluded_file_is_excluded(folder: Path, name: str) -> None:
    """`paths_off` applies to a link's target, too, with a workspace folder and without."""
    for folders in ((), (str(folder),), (str(folder / "real"),), (str(folder / "links"),)):
        assert "paths_off" in reason(
            folder / "links" / name, excluded_globs=("**/private/**",), folders=folders
        )
    assert "paths_off" in reason(folder / "links" / name, excluded_globs=("private/**",))
    assert "paths_off" in reason(
        folder / "links" / name, excluded_globs=("/private/",), folders=(str(folder / "real"),)
    )


def test_workspace_may_be_a_link(folder: Path) -> None:
    """Its globs apply to a file's path through the link and to the real path."""
    (folder / "link").symlink_to(folder / "real")
    for root in ("link", "real"):
        for way in ("link", "real"):
            path = folder / way / "private" / "a.py"
            assert "paths_off" in reason(
                path, excluded_globs=("/private/",), folders=(str(folder / root),)
            ), (root, way)


@pytest.mark.parametrize("name", ["real/key of mine", "links/key.py", "links/hard.py"])
def test_key_file_is_secret(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that `api_key_file` names is never sent, under any name."""
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    for setting in (str(folder / "real/key of mine"), "~/real/key of mine ", "~/links/key.py"):
        assert "api_key_file" in reason(folder / name, key_file=setting)
        assert reason(folder / "real/plain.py", key_file=setting) == ""


@pytest.mark.parametrize("key_file", ["", " ", "relative", "~nobody-here/x", "/no/such/file", "/a\0b", "/"])
def test_invalid_key_file_setting_excludes_nothing(folder: Path, key_file: str) -> None:
    """The file may be missing, or the setting empty."""
    assert reason(folder / "real/plain.py", key_file=key_file) == ""


def test_uris_of_other_schemes_have_paths(folder: Path) -> None:
    """A notebook's cell has the notebook's path; a document elsewhere has only a name."""
    links = folder / "links"
    (links / "book.ipynb").symlink_to(folder / "real" / ".env")
    cell = to_uri(str(links / "book.ipynb")).replace("file://", "vscode-notebook-cell:") + "#W0"
    assert "secrets" in Exclusions().why(cell, paths_of(cell))
    remote = "vscode-remote://ssh/home/me/private/a.py"
    assert paths_of(remote) == ()
    assert "paths_off" in Exclusions(excluded_globs=("private/**",)).why(remote, ())
    assert paths_of("untitled:Untitled-1") == ()


def test_excluded_file_is_no_neighbour(folder: Path) -> None:
    """The embedded engine does not read the key file, nor private files at any depth."""
    nest = folder / "real" / "nest"
    (nest / "private").mkdir(parents=True)
    for name in ("own.py", "key.py", "other.py", "private/b.py"):
        (nest / name).write_text("x = 1\n")
    nearby = NearbyFiles(excluded_globs=("private/**",), key_file=str(nest / "key.py"))
    found = [Path(path).name for path, _ in nearby.files_near(to_uri(str(nest / "own.py")))]
    assert found == ["other.py"]


def test_reason_names_what_excludes_a_file(folder: Path) -> None:
    """The user reads it in the status and in the log; a secret file comes before the settings."""
    private, key = str(folder / "real/private/a.py"), str(folder / "real/key of mine")
    closed = Exclusions(excluded_globs=("private/**", "key of mine", ".env"), key_file=key)
    for path, reason in (
        (str(folder / "real/.env"), "files like this one contain secrets and are never sent"),
        (key, "the setting api_key_file names this file"),
        (private, "the setting trigger.paths_off names this file"),
        (str(folder / "real/plain.py"), ""),
    ):
        assert closed.why(path, (path,)) == reason
        assert closed.why(path, (str(folder / "real/plain.py"), path)) == reason


def test_missing_key_file_is_excluded_by_its_path(folder: Path) -> None:
    """A new document may become the key file when it is saved."""
    missing = folder / "real/new key"
    assert "api_key_file" in reason(missing, key_file=str(missing))
    assert reason(folder / "real/missing.py", key_file=str(missing)) == ""


def test_folder_of_the_setting_excludes_only_itself(folder: Path) -> None:
    """The setting names a file; the files of a folder of this name are not excluded."""
    assert reason(folder / "real/plain.py", key_file=str(folder / "real")) == ""
    (folder / "other").symlink_to(folder / "real")
    assert Exclusions(key_file=str(folder / "real")).why("", (str(folder / "other"),)) == ""


def test_untitled_document_is_excluded_by_its_name() -> None:
    """It has no path."""
    closed = Exclusions(excluded_globs=("*.sql",), folders=("/work",))
    assert "paths_off" in closed.why("untitled:query.sql", ())
    assert closed.why("untitled:query.py", ()) == ""
    assert closed.why("/work/query.sql", ("/work/other.py",)) == "", "a path counts before the name"


@pytest.mark.skipif(os.name == "nt", reason="writes POSIX paths")
@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("vscode-notebook-cell:/no/b.ipynb#W0#1", "/no/b.ipynb"),
        ("vscode-notebook-cell:/no/x:y/b.ipynb#W0", "/no/x:y/b.ipynb"),
        ("notebook:/no/b.ipynb?x#y", "/no/b.ipynb"),
        ("file:///no/b.ipynb#W0", "/no/b.ipynb#W0"),
    ],
)
def test_path_of_a_notebook_ends_before_the_fragment(uri: str, path: str) -> None:
    """In a file: URI a `#` belongs to the name, because some clients do not escape it."""
    assert paths_of(uri) == (path,)


def test_relative_key_file_excludes_nothing() -> None:
    """The current folder of a server is any folder."""
    path = str(Path.cwd() / "key.py")
    assert Exclusions(key_file="key.py").why(path, (path,)) == ""
    assert Exclusions(key_file="").why(str(Path.cwd()), (str(Path.cwd()),)) == ""
