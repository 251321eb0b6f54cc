"""The rest of a suggestion while an editor inserts, overtypes and moves closers."""

import pytest

from midfill.core.answer_cache import CachedAnswer
from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.document import Document, Position
from midfill.core.model import AnswerLimits, Prompt
from midfill.core.prompt import Budget, prompt_at
from midfill.engine.document_state import DocumentState
from midfill.engine.suggestion import ShownSuggestion
from midfill.engine.waiting_request import WaitingRequest
from tests.engine.simulated_editor import tracker


def at(text: str) -> Cursor:
    """Return the cursor at `|`."""
    before, _, after = text.partition("|")
    document = Document("file:///a.js", "javascript", before + after, 1)
    return document.cursor(Position(before.count("\n"), len(before.rpartition("\n")[2])), "utf-32")


EFFECT = Completion("() => {\n  y(x)\n}, [a])", 1)

LEFT = [
    ("nothing was typed", "use(|)", EFFECT, "use(|)", EFFECT),
    ("typed on", "use(|)", EFFECT, "use(() =|)", Completion("> {\n  y(x)\n}, [a])", 1)),
    ("opened", "use(|)", EFFECT, "use(() => {|})", Completion("\n  y(x)\n}, [a])", 2)),
    ("Enter moved what would come again", "use(|)", EFFECT, "use(() => {\n  |\n})", None),
    ("and opened again at once", "use(|)", EFFECT, "use(() => {\n  y(|)\n})", None),
    ("typed over", "f(|)", Completion("a) + b", 1), "f(a)|", Completion(" + b")),
    (
        "typed over, then Enter",
        "p(\n  f(|)\n)",
        Completion("a),\n  g(b)", 1),
        "p(\n  f(a),\n  |\n)",
        Completion("g(b)"),
    ),
    ("taken in a part", "f(|)", Completion("\n  a(1)\n  b(2))", 1), "f(\n  a(1)|", Completion("\n  b(2))")),
    ("broken off within brackets", "x = |", Completion("f(g(a),"), "x = f(|)", Completion("g(a),")),
    (
        "nothing replaced, Enter",
        "f() {|}",
        Completion("\n  a()\n  b()"),
        "f() {\n  |\n}",
        Completion("a()\n  b()"),
    ),
    ("nothing replaced, and opened again", "g({|})", Completion("\n  a()"), "g({\n  a(|)\n})", None),
    ("two of three typed over", "f(g(h(|)))", Completion("a)), b)", 3), "f(g(h(a))|)", Completion(", b)", 1)),
    ("another closer", "f(|)", Completion("a) + b", 1), "f(a|]", None),
]


@pytest.mark.parametrize(
    ("before", "shown", "after", "left"), [row[1:] for row in LEFT], ids=[row[0] for row in LEFT]
)
def test_rest_of_a_suggestion(before: str, shown: Completion, after: str, left: Completion | None) -> None:
    """It replaces the closers that it repeats, and keeps the others."""
    old, new = at(before), at(after)
    prompt = prompt_at(old, Budget())
    answer = CachedAnswer(prompt, shown.text)
    known = ShownSuggestion(
        prompt, shown, old, AnswerLimits(), answer, answer_length=0, tracker=tracker(), since=0
    )
    assert known.at(prompt_at(new, Budget()), new) == left


def test_requests_with_another_prompt_are_superseded() -> None:
    """Those of one key, such as of a popup and of an inline suggestion, are both answered."""
    state = DocumentState()
    here, there = Prompt("a", ""), Prompt("b", "")
    first, second, third = state.begin(here), state.begin(here), state.begin(there)
    assert [waiting.superseded for waiting in (first, second, third)] == [True, True, False]
    state.supersede(there)
    assert not third.superseded
    state.supersede()
    assert third.superseded


@pytest.mark.parametrize("end", ["begin", "hide", "close", "end_model_request"])
def test_wait_for_the_model_ends_with_its_place(end: str) -> None:
    """A new request, a place without suggestions, or a closed document."""
    state, model = DocumentState(), WaitingRequest(Prompt("a", ""))
    state.model_request = model
    arguments = [Prompt("a", "")] if end in {"begin", "hide"} else []
    getattr(state, end)(*arguments)
    assert model.superseded
    assert state.model_request is None


def test_hidden_place_keeps_a_manual_request_there() -> None:
    state, here = DocumentState(), Prompt("a", "")
    mine, older = state.begin(here), WaitingRequest(Prompt("b", ""))
    state.waiting_requests.add(older)
    state.hide(here)
    assert (mine.superseded, older.superseded) == (False, True)
