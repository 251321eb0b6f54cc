"""The life of a suggestion, whatever the user does, against a model of it."""

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
        st.sampled_from([("whole", 0), ("refuse", 0), ("other", 0)]),
    ),
    max_size=9,
)


class Model:
    """What is typed of the text, and from where on it was refused or taken whole."""

    def __init__(self) -> None:
        self.typed, self.over = "", len(TEXT)
        self.refused = len(TEXT)
        """Where it was refused: come back to by undoing, it may stay away."""

    @property
    def shown(self) -> str:
        """What is shown at once: the rest, unless something else is typed or it is over from here on."""
        agrees = TEXT.startswith(self.typed) and len(self.typed) < self.over
        return TEXT[len(self.typed) :] if agrees else ""


@settings(max_examples=150)
@given(STEPS)
@example([("type", 1), ("refuse", 0), ("undo", 1), ("type", 1)])
@example([("type", 1), ("refuse", 0), ("undo", 1), ("type", 2), ("undo", 1)])
def test_it_is_shown_as_long_as_it_agrees_and_was_not_refused(steps: Sequence[tuple[str, int]]) -> None:
    """Typed along, taken in parts or whole, refused, undone, left by another edit and come back to."""
    loop = JumpingLoop()
    try:
        loop.run_until_complete(_lives(steps))
    finally:
        loop.close()


async def _lives(steps: Sequence[tuple[str, int]]) -> None:
    editor, model = SimulatedEditor(Scripted(streams(TEXT), otherwise=lambda question: hangs())), Model()
    assert text_of(await editor.ask()) == TEXT
    for kind, count in steps:
        _happens(kind, count, editor, model)
        reply = editor.engine.at_once(editor.request())
        shown = text_of(reply) if reply else ""
        back = kind == "undo" and len(model.typed) >= model.refused
        assert shown == model.shown or (back and not shown), (kind, model.typed)
        if model.shown:
            model.over = len(
                TEXT
            )  # Shown again before the place where it was refused, it is typed along as ever.
    await editor.engine.close()
    await asyncio.sleep(0)


def _happens(kind: str, count: int, editor: SimulatedEditor, model: Model) -> None:
    """Have one thing happen in the editor and in the model."""
    left = model.shown
    match kind:
        case "type" | "part" | "whole" if left:
            piece = left if kind == "whole" else left[:count]
            editor.type(piece)
            if kind == "part":
                editor.engine.partly_accepted(editor.uri)
            if kind == "whole":
                editor.engine.accepted(editor.uri)
                model.over = len(model.typed)
            model.typed += piece
        case "refuse" if left:
            editor.engine.rejected(editor.uri)
            model.over = model.refused = len(model.typed)
        case "undo" if model.typed:
            gone = min(count, len(model.typed))
            editor.delete(gone)
            model.typed = model.typed[:-gone]
        case "other":
            editor.type("#")
            model.typed += "#"
