"""The life of a suggestion under any user actions, compared with the expected one."""

import asyncio
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.clock import JumpingLoop
from tests.engine.scripted import Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

TEXT = "return width * height"

STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["type", "part", "undo"]), st.integers(1, 9)),
        st.sampled_from([("whole", 0), ("dismiss", 0), ("other", 0)]),
    ),
    max_size=9,
)


class ExpectedSuggestion:
    """The typed length of the text, and the offset from which it was dismissed or accepted as a whole."""

    def __init__(self) -> None:
        self.typed, self.over = "", len(TEXT)
        self.dismissed = len(TEXT)
        """The offset of its dismissal: after an undo it may stay hidden there."""

    @property
    def shown(self) -> str:
        """The suggestion shown at once: the rest, unless other text is typed or it has ended before."""
        agrees = TEXT.startswith(self.typed) and len(self.typed) < self.over
        return TEXT[len(self.typed) :] if agrees else ""


@settings(max_examples=150)
@given(STEPS)
@example([("type", 1), ("dismiss", 0), ("undo", 1), ("type", 1)])
@example([("type", 1), ("dismiss", 0), ("undo", 1), ("type", 2), ("undo", 1)])
def test_suggestion_is_shown_while_it_agrees_and_is_not_dismissed(steps: Sequence[tuple[str, int]]) -> None:
    """The actions are typing along, acceptance, dismissal, undo, other edits and returning."""
    loop = JumpingLoop()
    try:
        loop.run_until_complete(_check_life(steps))
    finally:
        loop.close()


async def _check_life(steps: Sequence[tuple[str, int]]) -> None:
    editor, expected = (
        SimulatedEditor(Scripted(streams(TEXT), otherwise=lambda backend_request: hangs())),
        ExpectedSuggestion(),
    )
    assert text_of(await editor.ask()) == TEXT
    for kind, count in steps:
        _apply(kind, count, editor, expected)
        reply = editor.engine.reply_without_call(editor.request())
        shown = text_of(reply) if reply else ""
        back = kind == "undo" and len(expected.typed) >= expected.dismissed
        assert shown == expected.shown or (back and not shown), (kind, expected.typed)
        if expected.shown:
            # Before the place of its dismissal it is shown again, and can be typed along.
            expected.over = len(TEXT)
    await editor.engine.close()
    await asyncio.sleep(0)


def _apply(kind: str, count: int, editor: SimulatedEditor, expected: ExpectedSuggestion) -> None:
    """Apply one action to the editor and to the expected suggestion."""
    left = expected.shown
    match kind:
        case "type" | "part" | "whole" if left:
            piece = left if kind == "whole" else left[:count]
            editor.type(piece)
            if kind == "part":
                editor.engine.partly_accepted(editor.uri)
            if kind == "whole":
                editor.engine.accepted(editor.uri)
                expected.over = len(expected.typed)
            expected.typed += piece
        case "dismiss" if left:
            editor.engine.dismissed(editor.uri)
            expected.over = expected.dismissed = len(expected.typed)
        case "undo" if expected.typed:
            gone = min(count, len(expected.typed))
            editor.delete(gone)
            expected.typed = expected.typed[:-gone]
        case "other":
            editor.type("#")
            expected.typed += "#"
