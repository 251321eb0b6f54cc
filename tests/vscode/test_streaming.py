"""The measurement of blinks and fragments, and a short run of it in a real VS Code."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.loopback.client import Loopback
from tests.vscode.conftest import need_vscode
from tests.vscode.document import READY
from tests.vscode.editor import Editor, environment
from tests.vscode.streaming import LOOK, SOURCES, Frame, blinks, fragments, run

LINES = 6


@pytest.mark.parametrize(
    ("frames", "found"),
    [
        ([("re", ""), ("ret", "urn a")], 0),
        ([("ret", "urn a"), ("ret", ""), ("ret", "urn a + b")], 1),
        ([("ret", "urn a"), ("retu", ""), ("retu", "rn a")], 1),
        ([("ret", "urn a"), ("retx", ""), ("retx", " = 1")], 0),
        ([("ret", "urn a"), ("return a", ""), ("return a", " + b")], 0),
        ([("ret", "urn a"), ("ret", ""), ("ret", "ry()")], 0),
    ],
)
def test_blink_is_between_two_agreeing_frames(frames: Sequence[Frame], found: int) -> None:
    assert len(blinks(frames)) == found


def test_fragment_ends_before_the_line() -> None:
    frames = [("ret", "urn a"), ("ret", "urn a + b"), ("ret", "ry()"), ("ret", "")]
    assert fragments(frames, "return a + b") == ["return a"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, loopback_process: Loopback) -> Iterator[Editor]:
    need_vscode()
    scratch = tmp_path_factory.mktemp("streaming")
    with Editor(scratch, environment(scratch, loopback_process), look=LOOK) as editor:
        editor.sees("status", READY)
        yield editor


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_nothing_blinks_and_no_tab_accepts_a_fragment(
    plain: Editor, loopback: Loopback, source: Path
) -> None:
    """`python -m tests.vscode.streaming` measures the same at length."""
    seen = run(plain, loopback, source, LINES, seed=1)
    assert seen.taken > 0
    assert seen.wrong == []
