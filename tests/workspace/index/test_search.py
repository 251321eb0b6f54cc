"""The results of a search, and the shown definitions."""

from contextlib import closing
from pathlib import Path

import pytest

from midfill.core.credentials import MASK
from midfill.workspace.index import database
from midfill.workspace.index.index_location import DATABASE, index_path_of
from midfill.workspace.index.open_document import OpenDocumentText
from midfill.workspace.index.reader import IndexReader
from midfill.workspace.index.update import update
from tests.workspace.index.conftest import defined, fill, paths, put, searched


def test_chunk_has_ten_lines_and_the_next_ten(workspace: Path) -> None:
    """The text is the file's current one, with line feeds."""
    lines = [f"line{number}" for number in range(40)]
    put(workspace / "deep" / "a.py", "\r\n".join(lines))
    update(workspace)
    (chunk,) = searched(workspace, "line12")
    assert (chunk.path, chunk.line, chunk.source) == ("deep/a.py", 10, "search")
    assert chunk.text == "\n".join(lines[10:30])
    put(workspace / "deep" / "a.py", "\n".join([*lines[:10], "fresh", *lines[11:]]))
    assert searched(workspace, "line12")[0].text.startswith("fresh\n")


def test_rare_words_determine_the_order(workspace: Path) -> None:
    """A file with a rare word is before one with a common one; a word that is everywhere is not searched."""
    fill(workspace, {f"f{number:02}.py": "common often" for number in range(19)})
    fill(workspace, {f"g{number:02}.py": "common" for number in range(19)})
    fill(workspace, {"x.py": "common rare other", "y.py": "common rare often"})
    update(workspace)
    assert [chunk.path for chunk in searched(workspace, "common", "often", "rare")][:2] == ["y.py", "x.py"]
    assert searched(workspace, "common") == []
    assert {chunk.path for chunk in searched(workspace, "rare", skip={"x.py"})} == {"y.py"}


def test_names_are_found_by_their_parts(workspace: Path) -> None:
    """A name is found by itself and by its parts, in any style."""
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
def test_words_are_not_query_syntax(workspace: Path, words: list[str]) -> None:
    """Operators of FTS5 are ordinary words."""
    fill(workspace, {"a.py": "alpha Größe", "b.py": "gamma"})
    update(workspace)
    assert [chunk.path for chunk in searched(workspace, *words)] == (
        ["a.py"] if {"alpha", "größe"} & set(words) else []
    )


def test_keys_are_masked_and_not_searched(workspace: Path) -> None:
    """Neighbouring results show no part of them."""
    secret = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
    put(workspace / "a.py", f'needle = 1\ntoken = "{secret}"\npassword = "hunter22"\n')
    update(workspace)
    (chunk,) = searched(workspace, "needle")
    assert chunk.text == f'needle = 1\ntoken = "{MASK}"\npassword = "{MASK}"'
    assert searched(workspace, secret, "hunter22") == []


def test_chunk_within_a_private_key_is_masked(workspace: Path) -> None:
    """A chunk that starts within a private key has no text of it."""
    key = [
        "-----BEGIN PRIVATE KEY-----",
        *(f"line{number}" for number in range(30)),
        "-----END PRIVATE KEY-----",
    ]
    put(workspace / "a.py", "\n".join([*key[:30], *key[30:], "needle"]))
    update(workspace)
    (chunk,) = searched(workspace, "needle")
    assert chunk.text.split("\n") == ["", "-----END PRIVATE KEY-----", "needle"]


def test_long_lines_are_ignored(workspace: Path) -> None:
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


def test_definitions_of_names(workspace: Path) -> None:
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


def test_definition_is_found_after_it_moved(workspace: Path) -> None:
    """Lines may be inserted above it; a deleted definition is not returned."""
    put(workspace / "a.py", SHELF)
    update(workspace)
    put(workspace / "a.py", "\n" * 20 + SHELF)
    assert [chunk.line for chunk in defined(workspace, "Shelf")] == [23]
    put(workspace / "a.py", "")
    assert defined(workspace, "Shelf") == []


def test_name_with_many_definitions_is_skipped(workspace: Path) -> None:
    """A name that is defined in many places has no useful definition."""
    fill(workspace, {f"f{number}.py": "def main(): pass" for number in range(9)})
    update(workspace)
    assert defined(workspace, "main") == []


def test_search_without_an_index_is_empty(workspace: Path) -> None:
    """It is no error."""
    assert (searched(workspace, "alpha"), defined(workspace, "alpha")) == ([], [])


def test_order_of_the_results(workspace: Path) -> None:
    """More matching words come first, then rarer words, then shorter chunks, then path and line."""
    fill(
        workspace,
        {
            "b.py": "alpha beta",
            "c.py": "alpha",
            "a.py": "alpha",
            "d.py": "alpha " + " ".join(f"word{number}" for number in range(60)),
            "e.py": "beta",
            **{f"f{number}.py": "gamma" for number in range(5)},
        },
    )
    update(workspace)
    assert [chunk.path for chunk in searched(workspace, "alpha", "beta", "gamma")][:4] == [
        "b.py", "e.py", "a.py", "c.py",
    ]  # fmt: skip
    scores = [chunk.score for chunk in searched(workspace, "alpha")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == scores[1] > scores[2] > scores[3] > 0


def test_open_document_scores_like_a_file(workspace: Path) -> None:
    """Unsaved text has the same rank as saved text, with the lines after it."""
    text = "\n".join(["one"] * 12 + ["needle"] + ["two"] * 12)
    fill(workspace, {"a.py": text, "b.py": "needle and more", "c.py": "x"})
    update(workspace)
    before = searched(workspace, "needle")
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        put(workspace / "a.py", "x")
        opened = {
            "a.py": OpenDocumentText("a.py", text.replace("\n", "\r\n")),
            "new.py": OpenDocumentText("new.py", "needle"),
        }
        after = reader.search(["needle"], 9, set(), opened)
        assert [(chunk.path, chunk.line, chunk.text) for chunk in after] == [
            (chunk.path, chunk.line, chunk.text) for chunk in before
        ]
        assert reader.search(["needle"], 9, {"a.py"}, opened) == [
            chunk for chunk in before if chunk.path != "a.py"
        ]
        assert reader.definitions(["needle"], 9, opened) == []


def test_too_large_open_document_is_not_searched(workspace: Path) -> None:
    """The same limit applies to files."""
    put(workspace / "a.py", "needle")
    update(workspace)
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        opened = {"a.py": OpenDocumentText("a.py", "needle\n" + "x\n" * 500_000)}
        assert reader.search(["needle"], 9, set(), opened) == []


def test_reader_sees_updates(workspace: Path) -> None:
    """The frequencies of words are read again after each update."""
    put(workspace / "a.py", "alpha beta")
    update(workspace)
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        assert [chunk.path for chunk in reader.search(["alpha"], 9, set(), {})] == ["a.py"]
        assert reader.search(["omega"], 9, set(), {}) == []
        fill(workspace, {f"b{number:02}.py": "alpha" for number in range(40)} | {"c.py": "omega"})
        update(workspace)
        assert [chunk.path for chunk in reader.search(["omega"], 9, set(), {})] == ["c.py"]
        assert reader.search(["alpha"], 9, set(), {}) == [], "it is everywhere now"


def test_number_of_searched_words_is_limited(workspace: Path) -> None:
    """The twelve rarest words are searched."""
    fill(workspace, {f"a{number:02}.py": f"rare{number:02}" for number in range(12)})
    fill(workspace, {"b.py": "common", "c.py": "common"})
    update(workspace)
    words = ["common", *(f"rare{number:02}" for number in range(12))]
    assert {chunk.path for chunk in searched(workspace, *words)} == {
        f"a{number:02}.py" for number in range(12)
    }
    assert {chunk.path for chunk in searched(workspace, *words[:-1])} > {"b.py", "c.py"}


def test_requested_number_of_results_is_kept(workspace: Path) -> None:
    """This applies to chunks and definitions; a space chunk does not count."""
    fill(workspace, {f"a{number}.py": "def alpha(): needle" for number in range(5)})
    update(workspace)
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        assert [chunk.path for chunk in reader.search(["needle"], 2, set(), {})] == ["a0.py", "a1.py"]
        assert [chunk.path for chunk in reader.definitions(["alpha"], 2, {})] == ["a0.py", "a1.py"]
        put(workspace / "a0.py", "\n")
        assert [chunk.path for chunk in reader.search(["needle"], 2, set(), {})] == ["a1.py", "a2.py"]


def test_name_may_have_eight_definitions(workspace: Path) -> None:
    """The weight of each definition decreases with their number; nine are too many."""
    fill(workspace, {f"a{number}.py": "def alpha(): pass\ndef beta(): pass" for number in range(8)})
    put(workspace / "b.py", "def beta(): pass")
    update(workspace)
    assert [chunk.score for chunk in defined(workspace, "alpha")] == [1 / 8] * 8
    assert defined(workspace, "beta") == []


def test_nested_definition_is_returned_once(workspace: Path) -> None:
    """A class includes its methods; a method that is requested first is separate."""
    put(workspace / "a.py", "class Shelf:\n    def fetch(self):\n        pass\n")
    update(workspace)
    assert [chunk.text for chunk in defined(workspace, "Shelf", "fetch")] == [
        "class Shelf:\n    def fetch(self):"
    ]
    assert len(defined(workspace, "fetch", "Shelf")) == 2


def test_definition_is_searched_within_forty_lines(workspace: Path) -> None:
    """The nearest line with the name is used."""
    put(workspace / "a.py", "\n" * 50 + "def alpha(): pass")
    update(workspace)
    for row, found in ((10, [10]), (9, []), (90, [90]), (91, [])):
        put(workspace / "a.py", "\n" * row + "def alpha(): pass")
        assert [chunk.line for chunk in defined(workspace, "alpha")] == found, row
    put(workspace / "a.py", "\n" * 45 + "alpha()" + "\n" * 4 + "def alpha(): pass")
    assert [chunk.line for chunk in defined(workspace, "alpha")] == [49]


def test_row_number_depends_on_file_and_position() -> None:
    """The number of words makes no difference."""
    for file, chunk, words_ in ((1, 0, 0), (1, 131_071, 1_000), (900_000, 77, 127)):
        number = database.row_number(file, chunk, words_)
        assert database.chunk_number(number) == chunk
        assert number >> database.ROWS_BITS == file
        assert number & 127 == min(words_, 127)
