"""The files, the environment and the client's settings."""

import errno
import os
import sys
from pathlib import Path

import pytest

from midfill.settings import Settings, SettingsSource, load, read_files, user_file
from midfill.settings.bounds import BOUNDS


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_sources_are_read_in_order(tmp_path: Path) -> None:
    """The order is default, user's file, workspaces, environment, clients; the oldest client is first."""
    config = written(tmp_path / "config.toml", 'model = "a"\n[completion]\nmax_tokens = 100\nmax_lines = 8\n')
    roots = [tmp_path / "one", tmp_path / "two", tmp_path / "three"]
    for root, text in zip(roots, ["max_tokens = 90", "max_tokens = 80\nmax_lines = 5"], strict=False):
        root.mkdir()
        written(root / ".midfill.toml", f"[completion]\n{text}\n")
    environ = {
        "MIDFILL_CONFIG": str(config),
        "MIDFILL_MODEL": " b ",
        "MIDFILL_BACKEND": "local",
        "MIDFILL_BASE_URL": "",
    }
    loaded = load(
        environ, workspaces=roots, clients=[{"cache": {"ttlS": 1, "capacity": 1}}, {"cache": {"ttlS": 2}}]
    )
    assert loaded.problems == ()
    origins = {key: origin for key, origin in loaded.origins.items() if origin != "default"}
    assert origins == {
        "model": "environment MIDFILL_MODEL",
        "backend": "environment MIDFILL_BACKEND",
        "completion.max_tokens": str(roots[1] / ".midfill.toml"),
        "completion.max_lines": str(roots[1] / ".midfill.toml"),
        "cache.ttl_s": "client",
        "cache.empty_ttl_s": "client",
        "cache.capacity": "client",
    }
    assert (loaded.settings.model, loaded.settings.completion.max_tokens) == ("b", 80)
    assert (loaded.settings.cache.capacity, loaded.settings.cache.ttl_s) == (1, 2)


def test_problem_names_the_variable(tmp_path: Path) -> None:
    """A wrong environment variable is reported by its own name."""
    loaded = load({"MIDFILL_CONFIG": str(written(tmp_path / "c", "")), "MIDFILL_BACKEND": "gpt"})
    [problem] = loaded.problems
    assert str(problem).startswith("backend in the environment variable MIDFILL_BACKEND must be one of")
    assert problem.origin == "environment MIDFILL_BACKEND"


@pytest.mark.parametrize(
    ("name", "key"),
    [("MIDFILL_BACKEND", "backend"), ("MIDFILL_BASE_URL", "base_url"), ("MIDFILL_MODEL", "model")],
)
def test_variable_sets_its_setting(name: str, key: str) -> None:
    """It is stronger than a file; an empty one sets nothing."""
    file = SettingsSource("/a.toml", {"backend": "openai", "base_url": "http://localhost:1", "model": "m"})
    value = "http://localhost:2" if key == "base_url" else "ollama"
    for given, expected in ((value, value), ("  ", getattr(load({}, files=(file,)).settings, key))):
        loaded = load({name: given}, files=(file,))
        assert (getattr(loaded.settings, key), loaded.problems) == (expected, ())


def test_files_that_were_read_before_are_used(tmp_path: Path) -> None:
    """The disk is not accessed then."""
    config = written(tmp_path / "c.toml", 'model = "a"')
    environ = {"MIDFILL_CONFIG": str(config)}
    files = read_files(environ, [tmp_path])
    config.unlink()
    assert load(environ, workspaces=[tmp_path], files=files).settings.model == "a"
    assert load(environ, workspaces=[tmp_path], files=()).problems == ()


def test_variable_that_is_not_read_is_reported(tmp_path: Path) -> None:
    """The message names the setting to use instead; a long name is not repeated."""
    config = str(written(tmp_path / "c", ""))
    [problem] = load({"MIDFILL_CONFIG": config, "MIDFILL_PATHS_OFF": "*.sql"}).problems
    assert str(problem).startswith(
        "midfill does not read the environment variable MIDFILL_PATHS_OFF: set trigger.paths_off in the settings file."
    )
    assert (problem.origin, problem.key) == ("environment MIDFILL_PATHS_OFF", "trigger.paths_off")
    assert load({"MIDFILL_CONFIG": config, "PATHS_OFF": "*.sql", "XMIDFILL_PATHS_OFF": "x"}).problems == ()


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        (
            "model = ",
            ", line 1, column 9: ",
            ': Invalid value (put a string in quotes, as in backend = "local"), but the file ends.',
        ),
        (
            "\nmodel = deepseek\n",
            ", line 2, column 9: ",
            ': Invalid value (put a string in quotes, as in backend = "local").',
        ),
        ("[timing\n", ", line 1, column 8: ", "Expected ']'"),
        ("model\n", ", line 1, column 6: ", "Expected '='"),
        ('model = "a"\nmodel = "b"\n', ", line 2, column 12: ", "Cannot overwrite a value"),
        ('a = 1\r\n\r\nmodel = "', ", line 3, column 10: ", "Unterminated string, but the file ends."),
        ('a = 1\r\nmodel = "', ", line 2, column 10: ", "Unterminated string, but the file ends"),
        (b'# \xff\nmodel = "a"', ", line 1, column 3: ", ": it must be written in UTF-8."),
        (b'\r\nmodel = "a"\n# ab\xff', ", line 3, column 5: ", ": it must be written in UTF-8."),
        (b'model = "a"\n# ab\xff', ", line 2, column 5: ", "must be written in UTF-8"),
        ("a = " + "[" * 100_000, ": ", "nested too deeply (more than 32 levels)."),
        ("a = " + "9" * 5000, ": ", ""),
        ("#" * (BOUNDS["user"].bytes + 1), ": ", "larger than 256 KiB"),
    ],
)
def test_broken_file_is_one_problem(tmp_path: Path, content: str | bytes, place: str, reason: str) -> None:
    """Invalid TOML: one sentence with its position and the expectation; the other sources still apply."""
    config = written(tmp_path / "config.toml", content)
    loaded = load({"MIDFILL_CONFIG": str(config), "MIDFILL_MODEL": "m"})
    [problem] = loaded.problems
    assert str(problem).startswith(f"{config}{place}")
    assert reason in str(problem)
    assert (problem.line is None) == (place == ": ")
    assert loaded.settings == Settings(model="m")


def test_files_of_windows_editors_are_read(tmp_path: Path) -> None:
    """A byte order mark and Windows line ends are no errors."""
    config = written(tmp_path / "c.toml", b'\xef\xbb\xbfmodel = "a"\r\n[cache]\r\ncapacity = 7\r\n')
    loaded = load({"MIDFILL_CONFIG": str(config)})
    assert loaded.problems == ()
    assert (loaded.settings.model, loaded.settings.cache.capacity) == ("a", 7)


def test_missing_file_is_reported_only_if_named(tmp_path: Path) -> None:
    """A workspace needs no file; one that MIDFILL_CONFIG names must exist."""
    missing = tmp_path / "no.toml"
    loaded = load({"MIDFILL_CONFIG": str(missing)}, workspaces=[tmp_path])
    [problem] = loaded.problems
    assert str(problem).startswith(f"{missing}: there is no such file.")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other limits")
def test_reason_of_the_system_is_reported(tmp_path: Path) -> None:
    """The message has the system's words if a file cannot be opened."""
    name = tmp_path / ("a" * 5_000)
    [problem] = load({"MIDFILL_CONFIG": str(name)}).problems
    assert str(problem).startswith(f"{name}: {os.strerror(errno.ENAMETOOLONG)}.")


def test_missing_user_file_is_no_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user needs no file."""
    for variable in ("HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert load({}).problems == ()


def test_odd_folders_are_reported(tmp_path: Path) -> None:
    """A folder that is a file has no settings; an impossible file name is reported."""
    config = written(tmp_path / "config.toml", 'model = "m"')
    loaded = load({"MIDFILL_CONFIG": str(config)}, workspaces=[config, tmp_path / "a\0b"])
    [problem] = loaded.problems
    assert ": this cannot be the name of a file." in str(problem)
    assert loaded.settings.model == "m"


def test_special_file_is_not_opened(tmp_path: Path) -> None:
    """A folder or a pipe instead of a file is reported without waiting."""
    (tmp_path / ".midfill.toml").mkdir()
    config = tmp_path / "pipe"
    if sys.platform != "win32":
        os.mkfifo(config)
    else:
        config.mkdir()
    loaded = load({"MIDFILL_CONFIG": str(config)}, workspaces=[tmp_path])
    assert [str(problem).partition(": ")[2].partition(".")[0] for problem in loaded.problems] == [
        "it is not a regular file"
    ] * 2


def test_default_path_is_that_of_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without MIDFILL_CONFIG the file is `midfill/config.toml` in the platform's folder; `~` is expanded."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "conf"))
    assert user_file({}).parts[-2:] == ("midfill", "config.toml")
    if sys.platform == "linux":
        assert user_file({}) == tmp_path / "conf" / "midfill" / "config.toml"
        assert user_file({"MIDFILL_CONFIG": "~/a.toml"}) == tmp_path / "a.toml"
        assert load({}).problems == ()


@pytest.mark.parametrize(
    ("sent", "model"),
    [
        (None, ""),
        ([], ""),
        ({}, ""),
        ({"midfill": None}, ""),
        ({"midfill": {}}, ""),
        ({"model": "a"}, "a"),
        ({"midfill": {"model": "a"}, "python": {"model": "b"}}, "a"),
        ({"midfill.model": "a", "python.model": "b"}, "a"),
        ({"midfill.timing.totalMs": 6000, "midfill.model": "a"}, "a"),
        ({"midfill": {"model": "b"}, "midfill.model": "a"}, "a"),
        ({"midfill": {"model": "a"}, "midfill.timing.totalMs": 6000}, "a"),
        ({"midfill": {"model": "a"}, 5: "b"}, "a"),
    ],
)
def test_client_sections_are_unwrapped(tmp_path: Path, sent: object, model: str) -> None:
    """A client may send nothing, our section only, or our section among those of other servers."""
    loaded = load({"MIDFILL_CONFIG": str(written(tmp_path / "c", ""))}, clients=[sent])
    assert loaded.settings.model == model
    assert loaded.problems == ()


@pytest.mark.parametrize("sent", ["x", 5, True, ["a"], {"midfill": "x"}, {"midfill": [1]}])
def test_client_settings_that_are_no_object_are_reported(tmp_path: Path, sent: object) -> None:
    """Anything but an object is reported, and sets nothing."""
    loaded = load({"MIDFILL_CONFIG": str(written(tmp_path / "c", ""))}, clients=[sent])
    assert loaded.settings == Settings()
    [problem] = loaded.problems
    assert str(problem).startswith("The editor's settings for midfill must be an object, not ")
    assert problem.origin == "client"
