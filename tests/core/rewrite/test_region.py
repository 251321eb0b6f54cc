"""The region around a cursor: its size, and what the model never reads."""

import pytest

from midfill.core.credentials import MASK
from midfill.core.document import Document, Position
from midfill.core.rewrite import editable_region_at
from midfill.core.rewrite.rewrite_region import MAX_EDIT_CHARACTERS, MAX_REGION_CHARACTERS
from tests.core.rewrite.regions import URI, hunk, path_of, region

KEY = "ghp_" + "a1B2c3D4e5" * 4


@pytest.mark.parametrize(
    ("text", "lines_around", "row", "lines"),
    [
        ("a\nb\n▮c\nd\ne", (1, 1), 1, ["b", "c", "d"]),
        ("▮a\nb\nc", (5, 1), 0, ["a", "b"]),
        ("a\n\n▮b\n\nc", (1, 1), 2, ["b"]),
        ("a\n▮\nc", (1, 1), 0, ["a", "", "c"]),
        ("▮", (3, 3), 0, [""]),
        ("a\r\n▮b\r\nc\r\n", (1, 1), 0, ["a", "b", "c"]),
        ("MAX\r\n▮b\nX\n", (1, 1), 0, ["MAX", "b", "X"]),
    ],
)
def test_lines_of_a_region(text: str, lines_around: tuple[int, int], row: int, lines: list[str]) -> None:
    """Lines on either side, without blank ones at the ends."""
    found = region(text, lines_around=lines_around)
    assert (found.row, list(found.document_lines)) == (row, lines)
    assert found.lines == found.document_lines


def test_size_of_a_region() -> None:
    """Long lines make it smaller; if the cursor's line is too long, there is none."""
    line = "x" * 1000
    found = region("\n".join([line] * 10 + [f"{line}▮"] + [line] * 10))
    assert sum(map(len, found.document_lines)) <= MAX_REGION_CHARACTERS
    assert found.row < 10 < found.end
    document = Document(URI, "python", "x" * (MAX_REGION_CHARACTERS + 1))
    assert editable_region_at(document.cursor(Position(0, 5)), [], path_of, (3, 3)) is None


def test_rest_of_the_file() -> None:
    found = region("a\nb\n▮c\nd\ne", lines_around=(0, 0))
    assert (found.above, found.lines, found.below) == (("a", "b"), ("c",), ("d", "e"))


def test_keys_are_masked() -> None:
    """Keys in the region, around it and in the edits are masked; the cursor's mark is then at the line's end."""
    text = f'a = "{KEY}"\nb = "{KEY}"▮  # b\nc = "{KEY}"'
    found = region(text, {0: f'z = "{KEY}"'}, lines_around=(0, 0))
    assert KEY not in repr((found.above, found.lines, found.below, found.changes, found.marked("|")))
    assert found.marked("|")[0].endswith("# b|")
    assert MASK in found.lines[0]
    assert KEY in found.document_lines[0]


def test_private_key_that_starts_far_above_is_masked() -> None:
    body = "\n".join(["Zm9vYmFy" + "b" * 8] * 200)
    found = region(f"-----BEGIN PRIVATE KEY-----\n{body}▮\n-----END PRIVATE KEY-----", lines_around=(3, 3))
    assert "Zm9v" not in repr((found.above, found.lines, found.below))


def test_control_tokens_are_neutralised() -> None:
    """A text of the document cannot be a mark of a format."""
    found = region("x = '<|cursor|>'▮\ny = '<[fim-middle]>'")
    assert "<|cursor|>" not in "".join(found.lines)
    assert "<[fim-middle]>" not in "".join(found.lines)
    assert not found.is_masked(0)
    assert found.marked("|")[0] == "x = '‹|cursor|›'|"


def test_latest_edits() -> None:
    text = "\n".join(f"x{row}" for row in range(20)) + "▮"
    found = region(text, {row: f"y{row}" for row in range(20)})
    assert [change.after for change in found.changes] == [(f"x{row}",) for row in range(14, 20)]
    assert found.changes[-1].path == "shop/cart.py"


def test_lines_before_the_newest_edit() -> None:
    text = "a\nbb\nc▮\nd"
    assert region(text, {1: "b"}).reverted == ("a", "b", "c", "d")
    assert region(text, hunks=[hunk(1, "", "bb", text)]).reverted == ("a", "c", "d")
    elsewhere = hunk(1, "b", "bb", text, uri="file:///w/other.py")
    assert region(text, hunks=[elsewhere]).reverted == ("a", "bb", "c", "d")


def test_edit_above_the_region_is_not_reverted() -> None:
    """An edit whose lines have changed since is not reverted either."""
    text = "a\nbb\nc\n▮d\ne"
    above = region(text, hunks=[hunk(0, "x", "a", text)], lines_around=(1, 1))
    assert above.reverted == above.lines == ("c", "d", "e")
    stale = region(text, hunks=[hunk(1, "b", "other", text)])
    assert stale.reverted == stale.lines


def test_long_edit_is_cut_at_its_end() -> None:
    """As many whole lines as fit are kept."""
    long = "\n".join(f"line {row:04}" for row in range(400))
    found = region("▮x", hunks=[hunk(0, long, "x", "▮x")])
    (change,) = found.changes
    assert change.before[:2] == ("line 0000", "line 0001")
    assert len(change.before) == MAX_EDIT_CHARACTERS // 10
    assert change.after == ("x",)


@pytest.mark.parametrize(
    ("lengths", "row", "rows"),
    [
        ([1_000] * 5, 2, [0, 1, 2, 3, 4]),
        ([1_200] * 5, 2, [0, 1, 2, 3, 4]),
        ([1_201] * 5, 2, [1, 2, 3, 4]),
        ([1_600] * 5, 2, [1, 2, 3]),
        ([2_100] * 5, 2, [2, 3]),
        ([1_500] * 5, 0, [0, 1, 2, 3]),
        ([1_500] * 5, 4, [1, 2, 3, 4]),
        ([1, 1, 5_998, 1, 1], 2, [1, 2, 3]),
        ([1, 1, 5_999, 1, 1], 2, [2, 3]),
        ([1, 1, 6_000, 1, 1], 2, [2]),
        ([5_500, 40, 560], 0, [0, 1]),
    ],
)
def test_long_region_loses_its_outer_lines(lengths: list[int], row: int, rows: list[int]) -> None:
    """It has 6,000 characters at most; of two sides with as many lines, the upper one is shortened first."""
    lines = ["x" * length for length in lengths]
    lines[row] += "▮"
    found = region("\n".join(lines), hunks=[], language="plaintext")
    assert list(range(found.row, found.end)) == rows


@pytest.mark.parametrize(
    ("length", "lines"), [(9, 50), (159, 50), (160, 49), (199, 40), (200, 39), (7_999, 1), (8_000, 0)]
)
def test_lines_on_either_side_have_a_limit(length: int, lines: int) -> None:
    """The nearest ones are kept: 100 above and 50 below at most, and 8,000 characters on a side."""
    count = min(120, 8_000 // (length + 1) + 3)
    side = [f"{row:03}" + "x" * (length - 3) for row in range(count)]
    found = region("\n".join([*side, "here▮", *side]), hunks=[], lines_around=(0, 0), language="plaintext")
    above = min(100, 8_000 // (length + 1))
    assert found.lines == ("here",)
    assert [line[:3] for line in found.above] == [f"{row:03}" for row in range(count - above, count)]
    assert [line[:3] for line in found.below] == [f"{row:03}" for row in range(lines)]


@pytest.mark.parametrize(("length", "lines"), [(19, 100), (20, 95), (1_999, 1), (2_000, 0)])
def test_long_edit_has_a_limit(length: int, lines: int) -> None:
    """2,000 characters of the lines before an edit, and as many of those after it, with their line ends."""
    old, new = "\n".join(["x" * length] * 150), "\n".join(["y" * length] * 150)
    (change,) = region("▮x", hunks=[hunk(0, old, new, f"▮{new}")]).changes
    assert (len(change.before), len(change.after)) == (lines, lines)


@pytest.mark.parametrize(
    ("row", "before", "after", "reverted"),
    [
        (1, "x", "b", ("x", "c", "d")),
        (3, "x", "d", ("b", "c", "x")),
        (2, "", "c", ("b", "d")),
        (2, "x\ny", "c", ("b", "x", "y", "d")),
        (0, "x", "a", ("b", "c", "d")),
        (0, "x", "a\nb", ("b", "c", "d")),
        (3, "x", "d\ne", ("b", "c", "d")),
        (4, "x", "e", ("b", "c", "d")),
    ],
)
def test_edit_is_reverted_within_the_region(
    row: int, before: str, after: str, reverted: tuple[str, ...]
) -> None:
    """Its lines have to be in the region as a whole."""
    text = "a\nb\nc▮\nd\ne"
    found = region(text, hunks=[hunk(row, before, after, text)], lines_around=(1, 1))
    assert found.lines == ("b", "c", "d")
    assert found.reverted == reverted


def test_mark_is_at_the_cursor() -> None:
    """It is within its line, and the lines around it stay as they are."""
    assert region("a\nb▮c\nd").marked("|") == ["a", "b|c", "d"]
    assert region("▮a\nb").marked("|") == ["|a", "b"]


def test_mark_does_not_divide_a_masked_key() -> None:
    """In a line with a key it is at the end, wherever the cursor is."""
    line = f'a = "{KEY}"  # a'
    for column in (0, 12, len(line)):
        found = region(line[:column] + "▮" + line[column:])
        assert found.marked("|") == [found.lines[0] + "|"]
