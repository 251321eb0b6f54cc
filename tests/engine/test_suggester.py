"""What is known is shown at once, and what is shown never flickers."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.answers import Answer
from midfill.core.completion import Completion
from midfill.core.model import Prompt
from midfill.settings import CacheSettings, Settings, TriggerSettings
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Scripted, hangs, streams

pytestmark = pytest.mark.anyio

Sit = Callable[..., Desk]

AREA = "return width * height"
LOOP = "for side in sides:\n        total += side\n    return total"


async def shown(sit: Sit, answer: str, **options: str) -> Desk:
    """Return a desk at which the answer is shown."""
    desk = sit(Scripted(streams(answer)), **options)
    assert text_of(await desk.ask()) == answer
    return desk


async def test_an_answer_is_shown_again_at_once(sit: Sit) -> None:
    """The same place asked for again is answered from the cache: no wait, no call."""
    desk = await shown(sit, AREA)
    desk.engine.rejected("file:///elsewhere.py")
    before = desk.now
    reply = await desk.ask()
    assert (text_of(reply), reply.cached, desk.now - before, len(desk.calls)) == (AREA, True, 0, 1)


async def test_typing_along_shows_the_rest_at_every_key(sit: Sit) -> None:
    """While the user types what is shown, each key is answered at once by what is left of it."""
    desk = await shown(sit, AREA)
    for at in range(1, len(AREA)):
        desk.type(AREA[at - 1])
        assert desk.at_once() == AREA[at:]
    assert len(desk.calls) == 1


async def test_typing_along_goes_on_across_a_line_break(sit: Sit) -> None:
    """Enter with the indentation that the editor brings leaves the rest of the lines shown."""
    desk = await shown(sit, LOOP)
    desk.type("for side in sides:")
    assert desk.at_once() == LOOP[18:]
    desk.type("\n        ")
    assert desk.at_once() == "total += side\n    return total"
    assert len(desk.calls) == 1


@pytest.mark.parametrize(
    ("opener", "closer", "answer"),
    [
        ("(", ")", "print(total)"),
        ("[", "]", "sides[0]"),
        ('"', '"', 'name = "square"'),
        ("{", "}", "sides = {1: 2}"),
    ],
)
async def test_a_closer_that_the_editor_puts_in_changes_nothing(
    sit: Sit, opener: str, closer: str, answer: str
) -> None:
    """An auto-closed bracket or quote changes the suffix; what is shown stays, and takes the closer's place."""
    desk = await shown(sit, answer)
    head, _, rest = answer.partition(opener)
    desk.type(head)
    assert desk.at_once() == opener + rest
    desk.type(opener, behind=closer)
    reply = desk.engine.at_once(desk.request())
    assert reply is not None
    assert text_of(reply) == rest
    assert reply.suggestions[0].completion.replace == 1
    assert len(desk.calls) == 1


async def test_a_closer_stays_that_the_rest_does_not_bring(sit: Sit) -> None:
    """Of an answer that was broken off within brackets nothing behind the cursor is replaced."""
    desk = await shown(sit, "print(width")
    desk.type("print(", behind=")")
    reply = desk.engine.at_once(desk.request())
    assert reply is not None
    assert reply.suggestions[0].completion == Completion("width", 0)


async def test_typing_over_the_closer_changes_nothing(sit: Sit) -> None:
    """Where the user types the closer that the editor has put in, the rest is still shown."""
    desk = await shown(sit, "print(total) or total")
    desk.type("print(", behind=")")
    assert desk.at_once() == "total) or total"
    desk.type("total")
    assert desk.at_once() == ") or total"
    desk.type(")", over=1)
    assert desk.at_once() == " or total"


CALL = "\n        width,\n        height(2),\n    )"


async def test_enter_moves_a_closer_that_the_rest_would_bring_again(sit: Sit) -> None:
    """Where Enter puts the auto-closed bracket on a line of its own it stays there, and the rest comes without it."""
    desk = await shown(sit, CALL, text="def area():\n    call(|)")
    desk.type("\n        ", behind="\n    ")
    assert desk.at_once() == "width,\n        height(2),"


async def test_taking_a_part_over_the_closer_leaves_the_rest_with_its_own(sit: Sit) -> None:
    """Where the editor takes the auto-closed bracket for one in the part that was taken, the rest keeps all of its."""
    desk = await shown(sit, CALL, text="def area():\n    call(|)")
    desk.type("\n        width,\n        height(2)", over=1)
    assert desk.at_once() == ",\n    )"


async def test_deleting_back_into_it_shows_it_again(sit: Sit) -> None:
    """What was typed along and deleted again is shown as it was."""
    desk = await shown(sit, AREA)
    for char in AREA[:9]:
        desk.type(char)
        desk.at_once()
    for left in range(8, -1, -1):
        desk.delete()
        assert desk.at_once() == AREA[left:]
    assert len(desk.calls) == 1


async def test_a_slip_corrected_shows_it_again(sit: Sit) -> None:
    """A wrong letter hides what is shown; once it is deleted it is back, with no call."""
    desk = sit(Scripted(streams(AREA), hangs()))
    await desk.ask()
    desk.type("rex")
    request = desk.start()
    await asyncio.sleep(0.01)
    desk.delete()
    assert desk.at_once() == AREA[2:]
    assert text_of(await request) == ""
    assert len(desk.calls) == 1


async def test_accepting_a_word_leaves_the_rest(sit: Sit) -> None:
    """After a word or a line was taken, the rest of what was shown is still shown."""
    desk = await shown(sit, LOOP)
    completion = (await desk.ask()).suggestions[0].completion
    desk.take(completion, len("for side"))
    assert desk.at_once() == LOOP[len("for side") :]
    desk.type(" in sides:")
    assert desk.at_once() == LOOP[len("for side in sides:") :]
    assert len(desk.calls) == 1


async def test_an_accepted_suggestion_is_not_offered_again_after_undo(sit: Sit) -> None:
    """Whoever takes back what they took did not want it: it is not offered again by itself, but by key it is."""
    desk = sit(Scripted(streams(AREA), streams("\n")))
    completion = (await desk.ask()).suggestions[0].completion
    desk.take(completion)
    desk.delete(len(AREA))
    assert text_of(await desk.ask()) == ""
    assert text_of(await desk.ask(manual=True)) == AREA


async def test_undoing_a_word_shows_it_again(sit: Sit) -> None:
    """A part that was taken and undone is part of what is shown again."""
    desk = await shown(sit, AREA)
    completion = (await desk.ask()).suggestions[0].completion
    desk.take(completion, 6)
    assert desk.at_once() == AREA[6:]
    desk.delete(6)
    assert desk.at_once() == AREA
    assert len(desk.calls) == 1


async def test_what_is_shown_has_priority_over_other_answers(sit: Sit) -> None:
    """An answer for the very place typed to does not take the place of what stands on the screen and still holds."""
    desk = await shown(sit, AREA)
    desk.engine._answers.put(Answer(Prompt(desk.before + "r", ""), "eturn height * width"))
    desk.type("r")
    assert desk.at_once() == AREA[1:]
    desk.type("e")
    assert desk.at_once() == AREA[2:]


async def test_a_rejected_suggestion_is_not_offered_again(sit: Sit) -> None:
    """What the user threw away is not shown again at that place, unless they ask by key."""
    desk = sit(Scripted(streams(AREA), hangs()))
    await desk.ask()
    desk.engine.rejected(desk.uri)
    request = desk.start()
    await asyncio.sleep(5)
    assert not request.done() or text_of(request.result()) == ""
    assert text_of(await desk.ask(manual=True)) == AREA


async def test_an_answer_lives_as_long_as_is_set(sit: Sit) -> None:
    """After its time to live an answer is asked for anew."""
    desk = sit(Scripted(streams(AREA), streams(AREA)), settings=Settings(cache=CacheSettings(ttl_s=60)))
    await desk.ask()
    desk.go("x = 1\n|")
    desk.engine.at_once(desk.request())
    desk.engine.rejected("file:///elsewhere.py")
    desk.engine._sessions.clear()
    desk.go("def area(width, height):\n    |")
    await asyncio.sleep(59)
    assert desk.at_once() == AREA
    desk.engine._sessions.clear()
    await asyncio.sleep(2)
    assert text_of(await desk.ask()) == AREA
    assert len(desk.calls) == 2


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("x = | + y", Settings()),
        ("x = |", Settings(trigger=TriggerSettings(mode="manual"))),
        ("x = 1  # |", Settings(trigger=TriggerSettings(scopes_off=("comment",)))),
    ],
    ids=["in mid-line", "manual", "in a comment"],
)
async def test_what_was_asked_for_by_key_stays_while_it_is_typed(
    sit: Sit, text: str, settings: Settings
) -> None:
    """Where typing never asks, a suggestion asked for by key is typed through all the same."""
    desk = sit(Scripted(streams("value")), text=text, settings=settings)
    assert text_of(await desk.ask(manual=True)) == "value"
    desk.type("v")
    assert desk.at_once() == "alue"
    desk.type("x")
    assert desk.at_once() == ""


async def test_taking_what_is_left_of_several_lines_is_no_paste(sit: Sit) -> None:
    """Typed along for a while without a request, then accepted: more may follow."""
    desk = sit(Scripted(streams(LOOP), streams("\n")), text="def run(sides):\n    |")
    assert text_of(await desk.ask()) == LOOP
    desk.type("for")
    desk.type(LOOP[3:])
    desk.engine.accepted(desk.uri)
    reply = desk.engine.at_once(desk.request())
    assert reply is None or "pasted" not in reply.reason


async def test_pasting_several_lines_asks_nothing(sit: Sit) -> None:
    """What was not suggested is a paste."""
    desk = await shown(sit, AREA)
    desk.type("for side in sides:\n        total += side\n    return total")
    reply = desk.engine.at_once(desk.request())
    assert reply is not None
    assert "pasted" in reply.reason


@pytest.mark.parametrize("answer", [")", "\n\n"])
async def test_an_answer_with_nothing_to_show_is_paid_for_once(sit: Sit, answer: str) -> None:
    """A bare closer and blank lines are not shown, and not asked for again."""
    desk = sit(Scripted(streams(answer)))
    assert text_of(await desk.ask()) == ""
    assert text_of(await desk.ask()) == ""
    assert len(desk.calls) == 1


async def test_what_was_thrown_away_does_not_come_back_in_parts(sit: Sit) -> None:
    """Dismissed, a suggestion is not offered again at its next letter; accepted, not when its end is deleted."""
    desk = sit(Scripted(streams(AREA), hangs(), hangs()))
    await desk.ask()
    desk.engine.rejected(desk.uri)
    desk.type("r")
    assert desk.at_once() == ""
    assert len(desk.calls) == 1
    desk = sit(Scripted(streams(AREA), hangs()))
    completion = (await desk.ask()).suggestions[0].completion
    desk.take(completion)
    desk.delete(6)
    assert desk.at_once() == ""
    assert len(desk.calls) == 1


async def test_an_accept_told_late_is_that_of_what_was_taken(sit: Sit) -> None:
    """Where the next request comes before the accept is told, what that shows stays."""
    lines = "load(path)\n    rows = parse(data)\n    save(rows)\n"
    desk = sit(Scripted(streams(lines)), text="def run(path):\n    data = |")
    first = text_of(await desk.ask())
    await asyncio.sleep(1)
    desk.type(first)
    following = desk.at_once()
    assert following == "\n    rows = parse(data)"
    desk.engine.accepted(desk.uri)
    assert desk.at_once() == following
    assert len(desk.calls) == 1


async def test_silence_is_remembered_briefly(sit: Sit) -> None:
    """A place where the model had nothing to say is not asked about again for some seconds, but by key it is."""
    desk = sit(Scripted(streams(""), streams(AREA), streams("")))
    assert text_of(await desk.ask()) == ""
    assert desk.at_once() == ""
    assert text_of(await desk.ask(manual=True)) == AREA
    desk.go("x = 1\ny|")
    await desk.ask()
    assert desk.at_once() == ""
    assert len(desk.calls) == 3
    await asyncio.sleep(10.1)
    assert desk.engine.at_once(desk.request()) is None


async def test_another_documents_end_is_another_place(sit: Sit) -> None:
    """An answer to a nearly empty document is not shown at the end of every other one."""
    desk = sit(Scripted(streams("area():\n    return 1"), streams("main():\n    return 0")), text="def |")
    await desk.ask()
    other = sit(desk.backend, beside=desk, uri="file:///b.py", text="import os\n\n\ndef |")
    assert text_of(await other.ask()).startswith("main()")
