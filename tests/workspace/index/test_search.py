"""The results of a search, and the shown definitions."""

from pathlib import Path

import pytest

from midfill.core.credentials import MASK
from midfill.workspace.index.update import update
from tests.workspace.index.conftest import defined, fill, paths, put, searched


def test_the_ten_lines_and_the_next_ten(workspace: Path) -> None:
    """The text is the file's current one, with line feeds."""
    lines = [f"line{number}" for number in range(40)]
    put(workspace / "deep" / "a.py", "\r\n".join(lines))
    update(workspace)
    (chunk,) = searched(workspace, "line12")
    assert (chunk.path, chunk.line, chunk.source) == ("deep/a.py", 10, "search")
    assert chunk.text == "\n".join(lines[10:30])
    put(workspace / "deep" / "a.py", "\n".join([*lines[:10], "fresh", *lines[11:]]))
    assert searched(workspace, "line12")[0].text.startswith("fresh\n")


def test_the_rarest_words_decide(workspace: Path) -> None:
    """A file with a rare word is before one with a common one; a word that is everywhere is not searched."""
    fill(workspace, {f"f{number:02}.py": "common often" for number in range(19)})
    fill(workspace, {f"g{number:02}.py": "common" for number in range(19)})
    fill(workspace, {"x.py": "common rare other", "y.py": "common rare often"})
    update(workspace)
    assert [chunk.path for chunk in searched(workspace, "common", "often", "rare")][:2] == ["y.py", "x.py"]
    assert searched(workspace, "common") == []
    assert {chunk.path for chunk in searched(workspace, "rare", skip={"x.py"})} == {"y.py"}


def test_parts_of_names_are_found(workspace: Path) -> None:
    """A name is found by itself and by its parts, whatever its style."""
    fill(workspace, {"a.py": "parseHTTPHeader()", "b.py": "parse_http_header()", "c.py": "PARSE"})
    assert paths(workspace, "header") == ["a.py", "b.py"]
    assert paths(workspace, "parse") == ["a.py", "b.py", "c.py"]
    assert paths(workspace, "parseHTTPHeader") == ["a.py"]


def test_chunks_do_not_overlap(workspace: Path) -> None:
    """Lines that are already shown are not shown twice."""
    put(workspace / "a.py", "\n".join(["alpha"] * 60))
    update(workspace)
    found = searched(workspace, "alpha")
    assert sorted(chunk.line for chunk in found) == [0, 20, 40]


@pytest.mark.parametrize(
    "words",
    [[], [""], ['a"b'], ["alpha OR beta"], ["NEAR"], ["*"], ["größe"], ["a" * 9_000], ["alpha"] * 900],
)
def test_any_words_may_be_asked_for(workspace: Path, words: list[str]) -> None:
    """Words are not interpreted as query syntax."""
    fill(workspace, {"a.py": "alpha Größe", "b.py": "gamma"})
    update(workspace)
    assert [chunk.path for chunk in searched(workspace, *words)] == (
        ["a.py"] if {"alpha", "größe"} & set(words) else []
    )


def test_keys_are_masked_and_not_searched_for(workspace: Path) -> None:
    """Neighbouring results show no part of them."""
    secret = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
    put(workspace / "a.py", f'needle = 1\ntoken = "{secret}"\npassword = "hunter22"\n')
    update(workspace)
    (chunk,) = searched(workspace, "needle")
    assert chunk.text == f'needle = 1\ntoken = "{MASK}"\npassword = "{MASK}"'
    assert searched(workspace, secret, "hunter22") == []


def test_a_private_key_is_masked_from_its_middle(workspace: Path) -> None:
    """A piece that starts within one shows nothing of it."""
    key = [
        "-----BEGIN PRIVATE KEY-----",
        *(f"line{number}" for number in range(30)),
        "-----END PRIVATE KEY-----",
    ]
    put(workspace / "a.py", "\n".join([*key[:30], *key[30:], "needle"]))
    update(workspace)
    (chunk,) = searched(workspace, "needle")
    assert chunk.text.split("\n") == ["", "-----END PRIVATE KEY-----", "needle"]


def test_long_lines_are_data(workspace: Path) -> None:
    """They are neither found nor shown."""
    put(workspace / "a.py", "needle\n" + "word " * 200 + "\nend")
    update(workspace)
    assert searched(workspace, "needle")[0].text == "needle\n\nend"
    assert searched(workspace, "word") == []


SHELF = '''\
import x


@dataclass
class Shelf:
    """Where things are."""

    height: int

    def put(self, thing: Thing) -> None:
        self.things.append(thing)


# Says where it is.
def find_shelf(
    name: str,
) -> Shelf | None:
    """Return it."""
    return None
'''


def test_definitions(workspace: Path) -> None:
    """Signature, fields and the comment above; the rarest name first."""
    fill(workspace, {"shelf.py": SHELF, "one.py": "def find_shelf(): pass", "two.py": "def other(): pass"})
    update(workspace)
    first, *others = defined(workspace, "find_shelf", "unknown", "Shelf", "Shelf")
    assert (first.path, first.line, first.source) == ("shelf.py", 3, "declarations")
    assert first.text.split("\n") == [
        "@dataclass",
        "class Shelf:",
        '    """Where things are."""',
        "    height: int",
        "    def put(self, thing: Thing) -> None:",
    ]
    assert [chunk.path for chunk in others] == ["one.py", "shelf.py"]
    assert others[1].text.startswith(
        "# Says where it is.\ndef find_shelf(\n    name: str,\n) -> Shelf | None:"
    )
    assert first.score > others[0].score == others[1].score


def test_a_definition_is_followed(workspace: Path) -> None:
    """After lines were inserted above it; after its deletion, there is none."""
    put(workspace / "a.py", SHELF)
    update(workspace)
    put(workspace / "a.py", "\n" * 20 + SHELF)
    assert [chunk.line for chunk in defined(workspace, "Shelf")] == [23]
    put(workspace / "a.py", "")
    assert defined(workspace, "Shelf") == []


def test_a_name_that_is_defined_everywhere_says_little(workspace: Path) -> None:
    """It has no definition to show."""
    fill(workspace, {f"f{number}.py": "def main(): pass" for number in range(9)})
    update(workspace)
    assert defined(workspace, "main") == []


def test_without_an_index_nothing_is_found(workspace: Path) -> None:
    """It is no error."""
    assert (searched(workspace, "alpha"), defined(workspace, "alpha")) == ([], [])
