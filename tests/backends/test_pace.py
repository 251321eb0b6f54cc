"""The deadlines of an answer."""

from midfill.backends.pace import LINGER, Pace
from midfill.core.model import Chunk, Usage


def test_first_token() -> None:
    """Before any text the shorter deadline counts, and nothing is worth waiting for."""
    pace = Pace(100.0, first_token_s=5, total_s=8)
    assert (pace.until, pace.begun) == (105.0, False)
    pace.saw(Chunk(model="m"), 103.0)
    assert (pace.until, pace.begun) == (105.0, False)
    assert Pace(100.0, first_token_s=9, total_s=8).until == 108.0


def test_text_puts_the_deadline_off_up_to_the_end() -> None:
    """Each text may be followed by as long a pause as came before the first, within the whole."""
    pace = Pace(100.0, first_token_s=3, total_s=8)
    pace.saw(Chunk("a"), 101.0)
    assert (pace.until, pace.begun) == (104.0, True)
    pace.saw(Chunk("b"), 106.0)
    assert pace.until == 108.0


def test_finished() -> None:
    """When the model has ended, its usage is waited for only for a moment, text or not."""
    pace = Pace(100.0, first_token_s=3, total_s=8)
    pace.saw(Chunk(finish="stop"), 101.0)
    pace.saw(Chunk(usage=Usage(1)), 101.02)
    assert (pace.until, pace.begun) == (101.02 + LINGER, False)
