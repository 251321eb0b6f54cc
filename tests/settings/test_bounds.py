"""The cost of reading any settings file is bounded."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.settings import LoadedSettings, Settings, load
from midfill.settings.bounds import BOUNDS, depth
from tests.cost import cost


def loaded_from(folder: Path, text: str) -> LoadedSettings:
    (folder / ".midfill.toml").write_text(text, "utf-8")
    config = folder / "config.toml"
    config.touch()
    return load({"MIDFILL_CONFIG": str(config)}, workspaces=[folder])


HOSTILE = {
    "a dotted key": ".".join("a" * 8_000) + "=1",
    "a dotted key with blanks": " . ".join("a" * 3_000) + "=1",
    "a dotted key in quotes": ".".join(['"a"'] * 3_000) + "=1",
    "a dotted key in both quotes": ".".join(["'a'", '"\\""'] * 1_000) + "=1",
    "a dotted header": "[" + ".".join("a" * 8_000) + "]",
    "behind a text with quotes at its end": 'a = ["""x"""", {' + ".".join("a" * 7_000) + "=1}]",
    "behind a literal text with quotes at its end": "a = ['''x'''', {" + ".".join("a" * 7_000) + "=1}]",
    "behind an escaped quote": 'a = "\\\\"\n' + ".".join("a" * 7_000) + "=1",
    "behind a quote in a comment": '# "\n' + ".".join("a" * 7_000) + "=1",
    "arrays": "a = " + "[" * 8_000 + "]" * 8_000,
    "tables": "a = " + "{a=" * 4_000,
    "arrays of tables": "a = " + "[{a=" * 3_000,
    "larger": "#" * 60_000,
    "long": "a" * 16_000,
    "blanks": "a" + " " * 16_000,
    "dots": "a" + "." * 16_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_workspace_file_is_not_parsed(tmp_path: Path, text: str) -> None:
    """A key of 30,000 parts took 3.5 GB: such a file is reported and not parsed."""
    load({"MIDFILL_CONFIG": str(tmp_path / "none")})
    loaded_from(tmp_path, "model")
    tracemalloc.start()
    loaded = loaded_from(tmp_path, text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
    assert cost(lambda: loaded_from(tmp_path, text)) < 20
    assert loaded.settings == Settings()
    [problem] = loaded.problems
    assert str(tmp_path / ".midfill.toml") in str(problem)
    assert len(str(problem)) < 500


def test_exceeded_limit_is_reported(tmp_path: Path) -> None:
    """The message names the fault and the limit."""
    assert "larger than 16 KiB" in str(loaded_from(tmp_path, "#" * 20_000).problems[0])
    nested = loaded_from(tmp_path, ".".join("a" * 20) + " = 1").problems[0]
    assert "nested too deeply" in str(nested)


@pytest.mark.parametrize(("kind", "levels", "size"), [("workspace", 8, 16 * 1024), ("user", 32, 256 * 1024)])
def test_file_at_the_limit_is_read(tmp_path: Path, kind: str, levels: int, size: int) -> None:
    """A file of exactly this size, or with exactly this depth, is read, and one beyond is not."""
    config, own = tmp_path / "config.toml", tmp_path / ".midfill.toml"
    file, other = (config, own) if kind == "user" else (own, config)
    other.touch()
    for content, words in (
        ("#" * size, ""),
        ("#" * (size + 1), f"it is larger than {size // 1024} KiB."),
        ("zzz" + ".a" * levels + " = 1", "is not a setting"),
        ("zzz" + ".a" * (levels + 1) + " = 1", f"it is nested too deeply (more than {levels} levels)."),
        ("zzz = " + "[" * levels + "]" * levels, "is not a setting"),
        ("zzz = " + "[" * (levels + 1) + "]" * (levels + 1), "it is nested too deeply"),
    ):
        file.write_text(content, "utf-8")
        problems = load({"MIDFILL_CONFIG": str(config)}, workspaces=[tmp_path]).problems
        assert words in "".join(map(str, problems))
        assert len(problems) == bool(words)


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("", 0),
        ("a = 1", 0),
        ("a.b = 1", 1),
        ("a . b\t.c = 1", 2),
        ("a-b.c_d.e = 1", 2),
        ("a.b = 1\nc.d.e.f = 1\ng.h = 1", 3),
        ('"a.b".c = 1', 1),
        ("'a.b'.'c.d' = 1", 1),
        ("a = [[1], [[2]]]", 3),
        ("a = {b = [1]}\nc = [1]", 2),
        ("a = []\nb = [[]]", 2),
        ("[[a]]", 2),
        ("a = '[[[' # [[[", 0),
        ('a = "\\"[[["', 0),
        ("a = 1.5", 1),
        ("a.\nb.c", 1),
        ("a.b#.c.d\n.e", 1),
        ("a.b #\n[[c]] # [", 2),
    ],
)
def test_depth_of_a_file(text: str, deep: int) -> None:
    """The dots of the deepest key, or the brackets that are open at once; strings and comments have none."""
    assert depth(text) == deep


def test_dots_in_texts_and_comments_do_not_nest(tmp_path: Path) -> None:
    """Paths, versions and sentences contain dots and brackets."""
    dots = ".".join("abcdefghijklmnop")
    text = (
        f"# {dots} {'[' * 40}\n[trigger]\nlanguages_off = ['{dots}', \"{dots}\\\".{dots}\", '''{dots}\n{dots}''',\n"
        f'"""{dots}\n"{dots}""", "[[[[[[[[[[[[[["]\n'
    )
    loaded = loaded_from(tmp_path, text)
    assert loaded.problems == ()
    assert len(loaded.settings.trigger.languages_off) == 5


def test_user_file_may_be_larger(tmp_path: Path) -> None:
    """The user's own file may have long comments and lists."""
    config = tmp_path / "config.toml"
    config.write_text("#\n" * 100_000 + 'model = "m"\n')
    loaded = load({"MIDFILL_CONFIG": str(config)})
    assert (loaded.problems, loaded.settings.model) == ((), "m")
    config.write_text(".".join("a" * 100_000) + " = 1")
    assert "nested too deeply" in str(load({"MIDFILL_CONFIG": str(config)}).problems[0])


def test_limits_of_a_workspace_file_are_narrower() -> None:
    """A workspace's file is not trusted."""
    assert BOUNDS["workspace"] < BOUNDS["user"]


@given(st.text("a.[]{}\"'\\\n# =", max_size=60))
def test_depth_of_any_text(text: str) -> None:
    """No text raises, and the depth is at most the number of dots and brackets."""
    assert 0 <= depth(text) <= sum(map(text.count, ".[{"))
