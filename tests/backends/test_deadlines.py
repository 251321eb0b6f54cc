"""The deadlines of an answer."""

from midfill.backends.deadlines import DRAIN_S, Deadlines
from midfill.core.model import Chunk, Usage


def test_deadline_of_the_first_token() -> None:
    """Before any text, the shorter deadline applies."""
    deadlines = Deadlines(100.0, first_token_s=5, total_s=8)
    assert (deadlines.until, deadlines.begun) == (105.0, False)
    deadlines.update(Chunk(model="m"), 103.0)
    assert (deadlines.until, deadlines.begun) == (105.0, False)
    assert Deadlines(100.0, first_token_s=9, total_s=8).until == 108.0


def test_text_extends_the_deadline_up_to_the_total() -> None:
    """After each text, a pause may be as long as before the first, within the total deadline."""
    deadlines = Deadlines(100.0, first_token_s=3, total_s=8)
    deadlines.update(Chunk("a"), 101.0)
    assert (deadlines.until, deadlines.begun) == (104.0, True)
    deadlines.update(Chunk("b"), 106.0)
    assert deadlines.until == 108.0


def test_deadline_after_the_finish() -> None:
    """After the model has ended, the wait for its usage is short, with text or without."""
    deadlines = Deadlines(100.0, first_token_s=3, total_s=8)
    deadlines.update(Chunk(finish_reason="stop"), 101.0)
    deadlines.update(Chunk(usage=Usage(1)), 101.02)
    assert (deadlines.until, deadlines.begun) == (101.02 + DRAIN_S, False)
    assert deadlines.until <= 101.02 + 0.1, "an unwanted call ends within 0.1 s"


def test_reasoning_extends_the_deadline() -> None:
    """It is no text of the answer, so it can still fail."""
    deadlines = Deadlines(100.0, first_token_s=3, total_s=8)
    deadlines.update(Chunk(thinks=True), 102.0)
    assert (deadlines.until, deadlines.begun) == (105.0, False)
    deadlines.update(Chunk("a"), 103.0)
    deadlines.update(Chunk(thinks=True), 104.0)
    assert (deadlines.until, deadlines.begun) == (107.0, True)


def test_finished_answer_ends_at_the_total_deadline() -> None:
    """The wait for the usage does not exceed it, and text after the end does not extend the wait."""
    deadlines = Deadlines(100.0, first_token_s=3, total_s=8)
    assert not deadlines.finished
    deadlines.update(Chunk("a", "stop"), 107.99)
    assert (deadlines.until, deadlines.finished, deadlines.begun) == (108.0, True, True)
    deadlines = Deadlines(100.0, first_token_s=3, total_s=8)
    deadlines.update(Chunk("a", "stop"), 101.0)
    deadlines.update(Chunk("b"), 101.01)
    assert (deadlines.until, deadlines.finished) == (101.01 + DRAIN_S, True)
