"""The scores of a search, and the words that are searched for."""

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from midfill.workspace.index.index_location import DATABASE, index_path_of
from midfill.workspace.index.listing import MAX_FILE_BYTES
from midfill.workspace.index.open_document import OpenDocumentText
from midfill.workspace.index.reader import IndexReader
from midfill.workspace.index.update import update
from tests.workspace.index.conftest import defined, fill, put, searched

Search = Callable[..., dict[str, float]]


@pytest.fixture
def scores(workspace: Path) -> Iterator[Search]:
    """Return a function that searches words, with some open documents, and returns the scores by path."""
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:

        def search(*words: str, **opened: str) -> dict[str, float]:
            texts = {f"{name}.py": OpenDocumentText(f"{name}.py", text) for name, text in opened.items()}
            return {chunk.path: chunk.score for chunk in reader.search(words, 20, set(), texts)}

        yield search


def bm25(rows: int, with_word: int, size: float, average: float) -> float:
    """Return the score of a row with a word once (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75)."""
    weight = math.log(1 + (rows - with_word + 0.5) / (with_word + 0.5))
    return weight * 2.2 / (1 + 1.2 * (0.25 + 0.75 * size / average))


def test_score_of_a_saved_and_of_an_open_document_is_that_of_bm25(workspace: Path, scores: Search) -> None:
    """A word counts once in a row; the rows of open documents count as rows with the word."""
    fill(workspace, {"a.py": "needle", "b.py": "needle straw hay needle", "c.py": "other words", "d.py": "x"})
    update(workspace)
    average = (1 + 3 + 2 + 0) / 4
    assert scores("needle") == pytest.approx({"a.py": bm25(4, 2, 1, average), "b.py": bm25(4, 2, 3, average)})
    both = scores("needle", "straw")
    assert both["b.py"] == pytest.approx(bm25(4, 2, 3, average) + bm25(4, 1, 3, average))
    assert scores("needle", c="needle two") == pytest.approx(
        {"a.py": bm25(4, 3, 1, average), "b.py": bm25(4, 3, 3, average), "c.py": bm25(4, 3, 2, average)}
    )


def test_average_length_follows_an_update(workspace: Path, scores: Search) -> None:
    """A further update adds its rows and words to those before."""
    put(workspace / "a.py", "needle")
    update(workspace)
    fill(workspace, {"b.py": "straw hay grass", "c.py": "\n".join(["two lines"] * 11)})
    update(workspace)
    assert scores("needle") == pytest.approx({"a.py": bm25(4, 1, 1, (1 + 3 + 2 + 2) / 4)})


@pytest.mark.parametrize("content", [b"\0", b"1"])
def test_open_document_is_found_in_an_index_without_words(
    workspace: Path, scores: Search, content: bytes
) -> None:
    """Its words have the mean length, and a weight above 0."""
    put(workspace / "a.py", content)
    update(workspace)
    rows = len(content.strip(b"\0"))
    assert scores("needle", a="needle") == pytest.approx(
        {"a.py": math.log(1 + (max(rows - 1, 0) + 0.5) / 1.5)}
    )


def test_word_of_more_open_rows_than_indexed_ones_has_a_positive_weight(
    workspace: Path, scores: Search
) -> None:
    """The number of rows without the word is then 0."""
    put(workspace / "a.py", "x = 1")
    update(workspace)
    found = scores("needle", a="\n".join(["needle"] * 40))
    assert found == pytest.approx({"a.py": math.log(1 + 0.5 / 4.5)})


def test_long_chunk_scores_the_same_saved_and_open(workspace: Path, scores: Search) -> None:
    """The length of a chunk counts up to 127 words."""
    lines = [" ".join(f"word{row}x{number}" for number in range(20)) for row in range(9)]
    text = "\n".join(["needle", *lines])
    fill(workspace, {"a.py": text, "b.py": "needle", "c.py": "other"})
    update(workspace)
    saved = scores("needle")
    opened = scores("needle", a=text)
    assert saved["a.py"] < saved["b.py"]
    assert opened["a.py"] / opened["b.py"] == pytest.approx(saved["a.py"] / saved["b.py"])


@pytest.mark.parametrize(
    ("rows", "with_word", "found"), [(30, 20, True), (30, 21, False), (1_050, 21, True), (1_049, 21, False)]
)
def test_common_word_is_not_searched(
    workspace: Path, scores: Search, rows: int, with_word: int, found: bool
) -> None:
    """The limit is 20 rows, and 2 % of the rows of a larger workspace."""
    lines = ["common" if row < with_word else "x" for row in range(rows) for _ in range(10)]
    put(workspace / "a.py", "\n".join(lines))
    update(workspace)
    assert bool(scores("common")) is found


def test_word_that_open_documents_make_common_is_not_searched(workspace: Path, scores: Search) -> None:
    """Their rows are added to those of the files."""
    fill(workspace, {f"f{number:02}.py": "needle" for number in range(20)} | {"own.py": "x"})
    update(workspace)
    assert len(scores("needle")) == 20
    assert scores("needle", own="needle") == {}
    assert len(scores("needle", own="other")) == 20


def test_unknown_words_do_not_displace_known_ones(workspace: Path, scores: Search) -> None:
    """The limit on the number of words counts those that occur."""
    fill(workspace, {"a.py": "needle", "b.py": "needle", "c.py": "other"})
    update(workspace)
    assert set(scores(*(f"absent{number}" for number in range(30)), "needle")) == {"a.py", "b.py"}


def test_names_with_underscores_are_searched_in_any_case(workspace: Path, scores: Search) -> None:
    """A text with another character is no word."""
    fill(workspace, {"a.py": "open_ledger", "b.py": "_private", "c.py": "other"})
    update(workspace)
    assert set(scores("open_ledger")) == set(scores("OPEN_Ledger")) == {"a.py"}
    assert set(scores("_private")) == {"b.py"}
    assert scores("open-ledger", "open ledger", "other!") == {}


@pytest.mark.parametrize("limit", [0, 1, 15, 16, 17, 20])
def test_search_returns_as_many_results_as_requested(workspace: Path, limit: int) -> None:
    """A smaller number is a prefix of a larger one."""
    fill(workspace, {f"f{number:02}.py": "needle" for number in range(20)})
    update(workspace)
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        found = [chunk.path for chunk in reader.search(["needle"], limit, set(), {})]
    assert found == [f"f{number:02}.py" for number in range(limit)]


def test_files_without_a_result_do_not_reduce_the_number_of_results(workspace: Path) -> None:
    """More rows are read than requested, because some are skipped or no longer shown."""
    fill(workspace, {f"f{number:02}.py": "needle" for number in range(20)})
    update(workspace)
    hidden = {f"f{number:02}.py" for number in range(18)}
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        found = reader.search(["needle"], 2, hidden, {})
    assert [chunk.path for chunk in found] == ["f18.py", "f19.py"]


@pytest.mark.parametrize(
    ("best", "rows"),
    [(0, [0, 20, 40]), (1, [10, 30]), (2, [20, 0, 40]), (4, [40, 0, 20])],
)
def test_best_chunk_is_shown_whole_and_its_neighbours_are_not(
    workspace: Path, best: int, rows: list[int]
) -> None:
    """A result has its chunk and the next one, so that neither neighbour is a result, before it or behind."""
    lines = ["needle two three" for _ in range(50)]
    lines[10 * best : 10 * best + 10] = ["needle"] * 10
    put(workspace / "a.py", "\n".join(lines))
    update(workspace)
    found = searched(workspace, "needle")
    assert found[0].line == 10 * best
    assert [chunk.line for chunk in found] == rows


@pytest.mark.parametrize(("length", "shown"), [(500, True), (501, False)])
def test_lines_of_up_to_500_characters_are_indexed_and_shown(
    workspace: Path, length: int, shown: bool
) -> None:
    """A longer one is empty: in the results, and in the words of the index."""
    line = "needle = 'y'  # ".ljust(length, ".")
    put(workspace / "a.py", f"straw\n{line}\ndef alpha(): pass")
    update(workspace)
    assert [chunk.path for chunk in searched(workspace, "needle")] == (["a.py"] if shown else [])
    assert searched(workspace, "straw")[0].text.split("\n")[1] == (line if shown else "")
    assert [chunk.line for chunk in defined(workspace, "alpha")] == [2]


@pytest.mark.parametrize(("size", "found"), [(MAX_FILE_BYTES, True), (MAX_FILE_BYTES + 1, False)])
def test_open_document_of_the_maximum_size_is_searched(
    workspace: Path, scores: Search, size: int, found: bool
) -> None:
    """A larger one has no text."""
    put(workspace / "a.py", "x")
    update(workspace)
    text = "needle".ljust(size, "\n")
    assert set(scores("needle", a=text)) == ({"a.py"} if found else set())
    assert OpenDocumentText("a.py", text).text.strip() == ("needle" if found else "")


@pytest.mark.parametrize("content", [None, b"needle\0", b"needle \xe9", b"", b"\n \n"])
def test_file_without_text_is_not_shown(workspace: Path, content: bytes | None) -> None:
    """It was removed or changed since the last update."""
    put(workspace / "a.py", "def needle(): pass")
    put(workspace / "b.py", "needle two")
    update(workspace)
    if content is None:
        (workspace / "a.py").unlink()
    else:
        put(workspace / "a.py", content)
    assert [chunk.text for chunk in searched(workspace, "needle")] == ["needle two"]
    assert defined(workspace, "needle") == []


def test_only_row_has_the_mean_length(workspace: Path, scores: Search) -> None:
    """Its score is the weight of the word."""
    put(workspace / "a.py", "needle straw hay grass")
    update(workspace)
    assert scores("needle") == pytest.approx({"a.py": math.log(1 + 0.5 / 1.5)})
