"""The life of a suggestion: its table of transitions, and a document's suggestions under any keys."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.answer_cache import CachedAnswer
from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.edit import Edit
from midfill.core.model import AnswerLimits
from midfill.core.prompt import Budget, prompt_at
from midfill.engine.document_state import DocumentState
from midfill.engine.suggestion import Insertion, ShownSuggestion, Suggestions, shown_state
from midfill.engine.suggestion_state import ENDED, TRANSITIONS, SuggestionEvent, SuggestionState, next_state
from tests.engine.simulated_editor import RecordingLedger, tracker


@pytest.mark.parametrize(("state", "event"), list(product(SuggestionState, SuggestionEvent)))
def test_ended_suggestion_does_not_change(state: SuggestionState, event: SuggestionEvent) -> None:
    """No event changes an ended suggestion, except a late acceptance, and none returns to `REQUESTED`."""
    result = next_state(state, event)
    if (state, event) == (SuggestionState.EXPIRED, SuggestionEvent.ACCEPT):
        assert result is SuggestionState.ACCEPTED
        return
    assert (
        result is state
        if state in ENDED
        else result is not SuggestionState.REQUESTED or state is SuggestionState.REQUESTED
    )


def test_every_state_is_reachable_and_has_an_end() -> None:
    """Each state can be reached from `REQUESTED`, and a final state from each."""
    reached = {SuggestionState.REQUESTED}
    while (more := reached | {to for (of, _), to in TRANSITIONS.items() if of in reached}) != reached:
        reached = more
    assert reached == set(SuggestionState)
    assert all(next_state(state, SuggestionEvent.EXPIRE) in ENDED for state in SuggestionState)


def test_stream_ends_with_the_complete_text() -> None:
    """A growing part is still `STREAMING`; the whole is `SHOWN`."""
    assert next_state(SuggestionState.STREAMING, SuggestionEvent.PART) is SuggestionState.STREAMING
    assert next_state(SuggestionState.STREAMING, SuggestionEvent.WHOLE) is SuggestionState.SHOWN


TEXT = "first(a, b)\nsecond()\n"
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.integers(1, 4)),
        st.tuples(st.just("other"), st.sampled_from(["#", "zz"])),
        st.sampled_from([("accept", 0), ("part", 3), ("dismiss", 0), ("undo", 0)]),
    ),
    max_size=8,
)


def shown_at(typed: str, text: str) -> ShownSuggestion:
    """Return `text` as a suggestion shown after `typed`."""
    cursor = cursor_at(typed)
    prompt = prompt_at(cursor, Budget())
    answer = CachedAnswer(prompt, text)
    return ShownSuggestion(
        prompt, Completion(text), cursor, AnswerLimits(), answer, answer_length=0, tracker=tracker(), since=0
    )


def cursor_at(typed: str) -> Cursor:
    """Return the cursor after `typed`, in a document with another first line."""
    *above, head = ("x = 1\n" + typed).split("\n")
    return Cursor(
        uri="file:///a.py",
        language="python",
        row=len(above),
        above=tuple(line + "\n" for line in above),
        head=head,
    )


@given(STEPS)
def test_rest_is_the_text_without_the_typed_part(steps: list[tuple[str, object]]) -> None:
    """After any events the rest agrees with the text; an ended suggestion returns only after a manual request."""
    suggestions, typed, ended = Suggestions(shown=shown_at("", TEXT)), "", False
    for kind, value in steps:
        shown = suggestions.shown
        if shown is None:
            break
        if kind in {"type", "part"} and isinstance(value, int) and TEXT.startswith(typed):
            piece = TEXT[len(typed) :][:value]
            edit = suggestions.edited(Edit(None, inserted=piece))
            assert edit.accepted is (len(piece) > 1 and shown.completion.text.startswith(piece))
            typed += piece
            if kind == "part":
                suggestions.accept_part()
                assert shown.state in {SuggestionState.PARTLY_ACCEPTED, *ENDED}
        elif kind == "other":
            typed += str(value)
        elif kind == "accept":
            suggestions.accept()
            ended = True
        elif kind == "dismiss":
            suggestions.dismiss()
            ended = True
            assert suggestions.on_screen == []
        elif kind == "undo":
            typed = ""
        left = shown.at(prompt_at(cursor_at(typed), Budget()), cursor_at(typed))
        agrees = TEXT.startswith(typed) and typed != TEXT
        assert (left.text if left else None) == (TEXT[len(typed) :] if agrees else None)
        if ended and typed == "":
            assert suggestions.is_not_shown_again(shown.prompt, Completion(TEXT))


@given(
    st.lists(
        st.sampled_from(
            ["show", "type", "choices", "insert", "accept", "part", "dismiss", "expire", "end", "drop"]
        ),
        max_size=10,
    )
)
def test_no_dropped_suggestion_has_a_visible_state(steps: list[str]) -> None:
    """What has left the screen has ended; a suggestion on the screen is neither dismissed nor expired."""
    suggestions, known = Suggestions(), list[ShownSuggestion]()
    apply: dict[str, Callable[[], object]] = {
        "show": lambda: suggestions.show(shown_at("", TEXT)),
        "type": lambda: suggestions.show(replace(suggestions.shown or shown_at("", TEXT))),
        "choices": lambda: suggestions.set_alternatives([shown_at("", TEXT), shown_at("", "other()")]),
        "insert": lambda: suggestions.edited(Edit(None, inserted=TEXT)),
        "accept": suggestions.accept,
        "part": suggestions.accept_part,
        "dismiss": suggestions.dismiss,
        "expire": suggestions.expire,
        "end": lambda: suggestions.end_shown(now=10),
        "drop": lambda: suggestions.drop(""),
    }
    for step in steps:
        apply[step]()
        known += suggestions.on_screen
        for one in known:
            on_screen = any(one is shown for shown in suggestions.on_screen)
            ended = {SuggestionState.DISMISSED, SuggestionState.EXPIRED} if on_screen else ENDED
            assert (one.state in ended) is not on_screen


@pytest.mark.parametrize("replaced", [True, False])
def test_end_of_a_suggestion_writes_what_was_shown_of_it(replaced: bool) -> None:
    """Choices from other sources replace the shown suggestion, or its document is closed."""
    document, kept = DocumentState(), RecordingLedger()
    shown = replace(shown_at("", TEXT), tracker=tracker(kept))
    document.suggestions.show(shown)
    shown.tracker.shown()
    shown.tracker.shows_up_to(5)
    if replaced:
        document.suggestions.set_alternatives([shown_at("", "other()")])
    else:
        document.close()
    assert [record.until for record in kept.kept] == [0, 5]
    assert shown.state is SuggestionState.EXPIRED


def test_late_report_of_an_acceptance_counts_once() -> None:
    """The next suggestion is shown before the editor reports the acceptance, twice."""
    suggestions = Suggestions(shown=shown_at("", TEXT))
    suggestions.edited(Edit(None, inserted=TEXT))
    suggestions.show(shown_at(TEXT, "third()"))
    accepted = suggestions.accept()
    assert accepted is not None
    assert accepted.text == TEXT
    assert suggestions.accept() is None


def test_only_a_visible_suggestion_is_ignored() -> None:
    """Other text ignores a suggestion that was visible long enough to be read, and no accepted one."""
    seen = Suggestions(shown=shown_at("", TEXT))
    assert seen.end_shown(now=10)
    assert seen.on_screen == []
    assert not Suggestions(shown=shown_at("", TEXT)).end_shown(now=0.1)
    accepted = Suggestions(shown=shown_at("", TEXT))
    accepted.accept()
    assert not accepted.end_shown(now=10)


def at_place(shown: ShownSuggestion, typed: str, rest: str) -> Completion | None:
    """Return the rest of the suggestion, with `typed` before the cursor and `rest` after it."""
    cursor = replace(cursor_at(typed), rest=rest)
    return shown.at(prompt_at(cursor, Budget()), cursor)


@pytest.mark.parametrize(
    ("text", "over", "rest", "typed", "now", "left"),
    [
        ("a, b)", 1, ")", "a, ", ")", Completion("b)", 1)),
        ("a, b)", 1, ")", "a, b", ")", Completion(")", 1)),
        ("a) + c", 1, ")", "a)", "", Completion(" + c", 0)),
        ("a[0])", 1, ")", "a[", "])", Completion("0])", 2)),
        ("f(a)", 0, "", "f(", ")", Completion("a)", 1)),
        ("f(a) + g(b)", 0, "", "f(a)", "", Completion(" + g(b)", 0)),
        ("f([a])", 0, "", "f([", "])", Completion("a])", 2)),
        ("f(a", 0, "", "f(", ")", Completion("a", 0)),
        ("a", 0, ")", "", ")", Completion("a", 0)),
    ],
)
def test_rest_replaces_the_closers_that_it_contains(
    text: str, over: int, rest: str, typed: str, now: str, left: Completion
) -> None:
    """Closers that the editor has inserted meanwhile count; closers that were typed over do not."""
    shown = replace(
        shown_at("", text), completion=Completion(text, over), cursor=replace(cursor_at(""), rest=rest)
    )
    shown = replace(shown, prompt=prompt_at(shown.cursor, Budget()))
    assert at_place(shown, typed, now) == left


def test_acceptance_of_the_rest_is_detected() -> None:
    """Without a request between the keys and the acceptance, only the prompt reveals it."""
    for typed, inserted, whole in [
        ("fir", TEXT[3:], True),
        ("fir", "st(a", False),
        ("", TEXT[:-1] + "\r\n", True),
    ]:
        suggestions = Suggestions(shown=shown_at("", TEXT))
        seen = suggestions.edited(Edit(None, inserted=inserted))
        now = typed + inserted.replace("\r\n", "\n")
        edit = suggestions.mark_accepted(seen, prompt_at(cursor_at(now), Budget()))
        assert edit.accepted
        assert suggestions.insertion is not None
        assert suggestions.insertion.part == ("" if whole else inserted)


@pytest.mark.parametrize(("typed", "inserted"), [("fir", "m(a)"), ("x", TEXT), ("fir", "s")])
def test_other_text_is_no_acceptance(typed: str, inserted: str) -> None:
    """The cases are other text, the text at another place, and a single key."""
    suggestions = Suggestions(shown=shown_at("", TEXT))
    edit = Edit(None, inserted=inserted)
    assert suggestions.mark_accepted(edit, prompt_at(cursor_at(typed + inserted), Budget())) == edit
    assert suggestions.insertion is None


def test_auto_closed_pair_is_no_partial_acceptance() -> None:
    """An editor inserts both with one key: that is not the acceptance of a word."""
    for pair in ("()", "[]", "{}", "<>", '""', "''", "``"):
        suggestions = Suggestions(shown=shown_at("", pair + ".x"))
        assert suggestions.edited(Edit(None, inserted=pair)).accepted
        assert suggestions.insertion == Insertion()
        suggestions.edited(Edit(None, inserted=pair + "."))
        assert suggestions.insertion == Insertion(pair + ".")


def test_dismissal_removes_all_alternatives() -> None:
    """This includes the shown suggestion and the alternatives."""
    completion_count = [shown_at("", TEXT), shown_at("", "other()")]
    for end in (Suggestions.dismiss, lambda of: of.end_shown(now=0)):
        suggestions = Suggestions()
        suggestions.set_alternatives(completion_count)
        assert suggestions.on_screen[1:] == completion_count
        end(suggestions)
        assert suggestions.on_screen == []


def test_an_accept_that_is_reported_counts_whatever_was_inserted() -> None:
    """An editor may indent or complete what it inserts; its report says that it was a suggestion."""
    for accept in (Suggestions.accept, Suggestions.accept_part):
        suggestions = Suggestions(shown=shown_at("", TEXT))
        assert not suggestions.edited(Edit(None, inserted="    first(a, b)")).accepted
        accepted = accept(suggestions)
        assert accepted is not None
        assert accepted.text == (TEXT if accept is Suggestions.accept else TEXT[0]), (
            "of a part nobody knows how much"
        )
        assert suggestions.insertion is not None
        suggestions.edited(Edit(None, inserted="x"))
        assert suggestions.insertion is None


@pytest.mark.parametrize(("seconds", "seen"), [(0.0, False), (0.74, False), (0.75, True), (5.0, True)])
def test_suggestion_is_seen_after_three_quarters_of_a_second(seconds: float, seen: bool) -> None:
    shown = replace(shown_at("", TEXT), since=7.0)
    assert shown.was_seen(7.0 + seconds) is seen
    assert Suggestions(shown=shown).end_shown(7.0 + seconds) is seen


@pytest.mark.parametrize(
    ("before", "typed", "whole", "state"),
    [
        (None, "", True, SuggestionState.SHOWN),
        (None, "", False, SuggestionState.STREAMING),
        (SuggestionState.STREAMING, "", False, SuggestionState.STREAMING),
        (SuggestionState.STREAMING, "", True, SuggestionState.SHOWN),
        (SuggestionState.SHOWN, "", True, SuggestionState.SHOWN),
        (SuggestionState.SHOWN, "fi", True, SuggestionState.TYPED_THROUGH),
        (SuggestionState.STREAMING, "fi", False, SuggestionState.TYPED_THROUGH),
        (SuggestionState.PARTLY_ACCEPTED, "", True, SuggestionState.PARTLY_ACCEPTED),
        (SuggestionState.ACCEPTED, TEXT, True, SuggestionState.SHOWN),
        (SuggestionState.ACCEPTED, TEXT, False, SuggestionState.STREAMING),
        (SuggestionState.EXPIRED, "fi", False, SuggestionState.STREAMING),
    ],
)
def test_state_of_the_next_suggestion_of_an_answer(
    before: SuggestionState | None, typed: str, whole: bool, state: SuggestionState
) -> None:
    """It continues the shown one; after an end the text that follows is a new suggestion."""
    known = None if before is None else replace(shown_at("", TEXT), state=before)
    assert shown_state(known, prompt_at(cursor_at(typed), Budget()), whole=whole) is state


def test_second_accepted_part_is_reported_without_its_text() -> None:
    """The edit tells the text of the first; of the second nobody knows more than that there was one."""
    suggestions = Suggestions(shown=shown_at("", TEXT))
    suggestions.edited(Edit(None, inserted="first(a"))
    parts = [suggestions.accept_part(), suggestions.accept_part()]
    assert [part.text for part in parts if part] == ["first(a", "f"]


@pytest.mark.parametrize(
    ("inserted", "accepted", "part"),
    [("f", False, None), ("fi", True, "fi"), (TEXT, True, ""), ("xy", False, None)],
)
def test_insertion_of_a_suggestions_text_is_an_acceptance(
    inserted: str, accepted: bool, part: str | None
) -> None:
    """Two characters at once are no key."""
    suggestions = Suggestions(shown=shown_at("", TEXT))
    assert suggestions.edited(Edit(None, inserted=inserted)).accepted is accepted
    assert (suggestions.insertion.part if suggestions.insertion else None) == part


@pytest.mark.parametrize(
    ("typed", "completion", "again"),
    [
        ("", TEXT, True),
        ("", TEXT + "more", True),
        ("fir", TEXT[3:], True),
        ("fir", "m()", False),
        ("x", TEXT, False),
        (TEXT, "third()", False),
        (TEXT, "", False),
    ],
)
def test_dismissed_text_is_recognised_at_its_place(typed: str, completion: str, again: bool) -> None:
    """Also its rest after some keys; what follows the whole of it is another suggestion."""
    suggestions = Suggestions(shown=shown_at("", TEXT))
    suggestions.dismiss()
    prompt = prompt_at(cursor_at(typed), Budget())
    assert suggestions.is_not_shown_again(prompt, Completion(completion)) is again
    assert not Suggestions().is_not_shown_again(prompt, Completion(completion))


def test_accept_without_a_suggestion_is_nothing() -> None:
    suggestions = Suggestions()
    assert suggestions.accept() is None
    assert suggestions.accept_part() is None
    assert not suggestions.end_shown(99)


@pytest.mark.parametrize(("backend", "stays"), [("", False), ("other", True)])
def test_answers_of_one_backend_are_dropped(backend: str, stays: bool) -> None:
    """Those of another one stay on the screen."""
    suggestions = Suggestions(shown=shown_at("", TEXT))
    suggestions.drop(backend)
    assert bool(suggestions.on_screen) is stays
