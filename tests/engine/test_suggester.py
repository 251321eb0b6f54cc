"""Known suggestions are shown at once, and a shown suggestion never flickers."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.answer_cache import CachedAnswer
from midfill.core.completion import Completion
from midfill.core.model import Prompt
from midfill.settings import CacheSettings, Settings, TriggerSettings
from tests.engine.scripted import Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

AREA = "return width * height"
LOOP = "for side in sides:\n        total += side\n    return total"


async def shown(open_editor: OpenEditor, answer: str, **options: str) -> SimulatedEditor:
    """Return an editor that shows the answer."""
    editor = open_editor(Scripted(streams(answer)), **options)
    assert text_of(await editor.ask()) == answer
    return editor


async def test_cached_answer_is_shown_at_once(open_editor: OpenEditor) -> None:
    """A repeated request at the same place is answered from the cache, without a wait or a call."""
    editor = await shown(open_editor, AREA)
    editor.engine.dismissed("file:///elsewhere.py")
    before = editor.now
    reply = await editor.ask()
    assert (text_of(reply), reply.cached, editor.now - before, len(editor.calls)) == (AREA, True, 0, 1)


async def test_typing_along_shows_the_rest_at_every_key(open_editor: OpenEditor) -> None:
    """While the user types the suggestion, each key is answered at once by the rest."""
    editor = await shown(open_editor, AREA)
    for at in range(1, len(AREA)):
        editor.type(AREA[at - 1])
        assert editor.reply_without_call() == AREA[at:]
    assert len(editor.calls) == 1


async def test_typing_along_continues_after_enter(open_editor: OpenEditor) -> None:
    """After Enter with the editor's indentation the remaining lines stay shown."""
    editor = await shown(open_editor, LOOP)
    editor.type("for side in sides:")
    assert editor.reply_without_call() == LOOP[18:]
    editor.type("\n        ")
    assert editor.reply_without_call() == "total += side\n    return total"
    assert len(editor.calls) == 1


@pytest.mark.parametrize(
    ("opener", "closer", "answer"),
    [
        ("(", ")", "print(total)"),
        ("[", "]", "sides[0]"),
        ('"', '"', 'name = "square"'),
        ("{", "}", "sides = {1: 2}"),
    ],
)
async def test_auto_closed_bracket_keeps_the_suggestion(
    open_editor: OpenEditor, opener: str, closer: str, answer: str
) -> None:
    """An auto-closed bracket or quote changes the suffix; the suggestion stays, and replaces the closer."""
    editor = await shown(open_editor, answer)
    head, _, rest = answer.partition(opener)
    editor.type(head)
    assert editor.reply_without_call() == opener + rest
    editor.type(opener, behind=closer)
    reply = editor.engine.reply_without_call(editor.request())
    assert reply is not None
    assert text_of(reply) == rest
    assert reply.suggestions[0].completion.replace == 1
    assert len(editor.calls) == 1


async def test_closer_that_the_rest_does_not_contain_stays(open_editor: OpenEditor) -> None:
    """An answer that is interrupted within brackets replaces nothing after the cursor."""
    editor = await shown(open_editor, "print(width")
    editor.type("print(", behind=")")
    reply = editor.engine.reply_without_call(editor.request())
    assert reply is not None
    assert reply.suggestions[0].completion == Completion("width", 0)


async def test_typing_over_a_closer_keeps_the_suggestion(open_editor: OpenEditor) -> None:
    """After the user types over an inserted closer, the rest stays shown."""
    editor = await shown(open_editor, "print(total) or total")
    editor.type("print(", behind=")")
    assert editor.reply_without_call() == "total) or total"
    editor.type("total")
    assert editor.reply_without_call() == ") or total"
    editor.type(")", over=1)
    assert editor.reply_without_call() == " or total"


CALL = "\n        width,\n        height(2),\n    )"


async def test_rest_omits_a_closer_that_enter_has_moved(open_editor: OpenEditor) -> None:
    """If Enter moves the auto-closed bracket to its own line it stays there, and the rest omits it."""
    editor = await shown(open_editor, CALL, text="def area():\n    call(|)")
    editor.type("\n        ", behind="\n    ")
    assert editor.reply_without_call() == "width,\n        height(2),"


async def test_partial_acceptance_over_a_closer_keeps_the_other_closers(open_editor: OpenEditor) -> None:
    """If the accepted part contains the auto-closed bracket, the rest keeps all of its own."""
    editor = await shown(open_editor, CALL, text="def area():\n    call(|)")
    editor.type("\n        width,\n        height(2)", over=1)
    assert editor.reply_without_call() == ",\n    )"


async def test_deleting_typed_text_shows_the_suggestion_again(open_editor: OpenEditor) -> None:
    """After typing along and deleting, the same suggestion is shown."""
    editor = await shown(open_editor, AREA)
    for char in AREA[:9]:
        editor.type(char)
        editor.reply_without_call()
    for left in range(8, -1, -1):
        editor.delete()
        assert editor.reply_without_call() == AREA[left:]
    assert len(editor.calls) == 1


async def test_corrected_typing_error_shows_the_suggestion_again(open_editor: OpenEditor) -> None:
    """A wrong letter hides the suggestion; after its deletion it is shown again without a call."""
    editor = open_editor(Scripted(streams(AREA), hangs()))
    await editor.ask()
    editor.type("rex")
    request = editor.start()
    await asyncio.sleep(0.01)
    editor.delete()
    assert editor.reply_without_call() == AREA[2:]
    assert text_of(await request) == ""
    assert len(editor.calls) == 1


async def test_accepted_word_leaves_the_rest(open_editor: OpenEditor) -> None:
    """After a word or a line was accepted, the rest stays shown."""
    editor = await shown(open_editor, LOOP)
    completion = (await editor.ask()).suggestions[0].completion
    editor.take(completion, len("for side"))
    assert editor.reply_without_call() == LOOP[len("for side") :]
    editor.type(" in sides:")
    assert editor.reply_without_call() == LOOP[len("for side in sides:") :]
    assert len(editor.calls) == 1


async def test_accepted_suggestion_is_not_shown_again_after_undo(open_editor: OpenEditor) -> None:
    """An accepted and undone suggestion is shown again only after a manual request."""
    editor = open_editor(Scripted(streams(AREA), streams("\n")))
    completion = (await editor.ask()).suggestions[0].completion
    editor.take(completion)
    editor.delete(len(AREA))
    assert text_of(await editor.ask()) == ""
    assert text_of(await editor.ask(manual=True)) == AREA


async def test_undone_word_is_shown_again(open_editor: OpenEditor) -> None:
    """An accepted and undone part belongs to the shown suggestion again."""
    editor = await shown(open_editor, AREA)
    completion = (await editor.ask()).suggestions[0].completion
    editor.take(completion, 6)
    assert editor.reply_without_call() == AREA[6:]
    editor.delete(6)
    assert editor.reply_without_call() == AREA
    assert len(editor.calls) == 1


async def test_shown_suggestion_has_priority_over_other_answers(open_editor: OpenEditor) -> None:
    """An answer for the exact place does not replace the shown suggestion that still agrees."""
    editor = await shown(open_editor, AREA)
    editor.engine._answers.put(CachedAnswer(Prompt(editor.before + "r", ""), "eturn height * width"))
    editor.type("r")
    assert editor.reply_without_call() == AREA[1:]
    editor.type("e")
    assert editor.reply_without_call() == AREA[2:]


async def test_dismissed_suggestion_is_not_shown_again(open_editor: OpenEditor) -> None:
    """A dismissed suggestion is shown again at its place only after a manual request."""
    editor = open_editor(Scripted(streams(AREA), hangs()))
    await editor.ask()
    editor.engine.dismissed(editor.uri)
    request = editor.start()
    await asyncio.sleep(5)
    assert not request.done() or text_of(request.result()) == ""
    assert text_of(await editor.ask(manual=True)) == AREA


async def test_answer_expires_after_its_lifetime(open_editor: OpenEditor) -> None:
    """After the lifetime of an answer there is a new call."""
    editor = open_editor(
        Scripted(streams(AREA), streams(AREA)), settings=Settings(cache=CacheSettings(ttl_s=60))
    )
    await editor.ask()
    editor.go("x = 1\n|")
    editor.engine.reply_without_call(editor.request())
    editor.engine.dismissed("file:///elsewhere.py")
    editor.engine._documents.clear()
    editor.go("def area(width, height):\n    |")
    await asyncio.sleep(59)
    assert editor.reply_without_call() == AREA
    editor.engine._documents.clear()
    await asyncio.sleep(2)
    assert text_of(await editor.ask()) == AREA
    assert len(editor.calls) == 2


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("x = | + y", Settings()),
        ("x = |", Settings(trigger=TriggerSettings(mode="manual"))),
        ("x = 1  # |", Settings(trigger=TriggerSettings(scopes_off=("comment",)))),
    ],
    ids=["in mid-line", "manual", "in a comment"],
)
async def test_manual_suggestion_stays_while_typed_along(
    open_editor: OpenEditor, text: str, settings: Settings
) -> None:
    """This also holds where typing causes no request."""
    editor = open_editor(Scripted(streams("value")), text=text, settings=settings)
    assert text_of(await editor.ask(manual=True)) == "value"
    editor.type("v")
    assert editor.reply_without_call() == "alue"
    editor.type("x")
    assert editor.reply_without_call() == ""


async def test_acceptance_of_several_lines_is_no_paste(open_editor: OpenEditor) -> None:
    """A suggestion that is typed along without a request and then accepted: the next one may follow."""
    editor = open_editor(Scripted(streams(LOOP), streams("\n")), text="def run(sides):\n    |")
    assert text_of(await editor.ask()) == LOOP
    editor.type("for")
    editor.type(LOOP[3:])
    editor.engine.accepted(editor.uri)
    reply = editor.engine.reply_without_call(editor.request())
    assert reply is None or "pasted" not in reply.reason


async def test_pasted_lines_cause_no_call(open_editor: OpenEditor) -> None:
    """Inserted text that was not suggested is a paste."""
    editor = await shown(open_editor, AREA)
    editor.type("for side in sides:\n        total += side\n    return total")
    reply = editor.engine.reply_without_call(editor.request())
    assert reply is not None
    assert "pasted" in reply.reason


@pytest.mark.parametrize("answer", [")", "\n\n"])
async def test_answer_without_visible_text_is_not_requested_again(
    open_editor: OpenEditor, answer: str
) -> None:
    """A single closer and blank lines are not shown, and cause no further call."""
    editor = open_editor(Scripted(streams(answer)))
    assert text_of(await editor.ask()) == ""
    assert text_of(await editor.ask()) == ""
    assert len(editor.calls) == 1


async def test_dismissed_suggestion_does_not_return_in_parts(open_editor: OpenEditor) -> None:
    """A dismissed suggestion does not return after its next letter, an accepted one not after a deletion at its end."""
    editor = open_editor(Scripted(streams(AREA), hangs(), hangs()))
    await editor.ask()
    editor.engine.dismissed(editor.uri)
    editor.type("r")
    assert editor.reply_without_call() == ""
    assert len(editor.calls) == 1
    editor = open_editor(Scripted(streams(AREA), hangs()))
    completion = (await editor.ask()).suggestions[0].completion
    editor.take(completion)
    editor.delete(6)
    assert editor.reply_without_call() == ""
    assert len(editor.calls) == 1


async def test_late_report_of_an_acceptance_belongs_to_its_suggestion(open_editor: OpenEditor) -> None:
    """If the next request comes before the report of an acceptance, its suggestion stays."""
    lines = "load(path)\n    rows = parse(data)\n    save(rows)\n"
    editor = open_editor(Scripted(streams(lines)), text="def run(path):\n    data = |")
    first = text_of(await editor.ask())
    await asyncio.sleep(1)
    editor.type(first)
    following = editor.reply_without_call()
    assert following == "\n    rows = parse(data)"
    editor.engine.accepted(editor.uri)
    assert editor.reply_without_call() == following
    assert len(editor.calls) == 1


async def test_empty_answer_is_remembered_briefly(open_editor: OpenEditor) -> None:
    """After an empty answer only a manual request calls the model at that place within some seconds."""
    editor = open_editor(Scripted(streams(""), streams(AREA), streams("")))
    assert text_of(await editor.ask()) == ""
    assert editor.reply_without_call() == ""
    assert text_of(await editor.ask(manual=True)) == AREA
    editor.go("x = 1\ny|")
    await editor.ask()
    assert editor.reply_without_call() == ""
    assert len(editor.calls) == 3
    await asyncio.sleep(10.1)
    assert editor.engine.reply_without_call(editor.request()) is None


async def test_answer_is_not_shown_at_the_end_of_another_document(open_editor: OpenEditor) -> None:
    """An answer to a nearly empty document is not shown at the end of every other one."""
    editor = open_editor(
        Scripted(streams("area():\n    return 1"), streams("main():\n    return 0")), text="def |"
    )
    await editor.ask()
    other = open_editor(editor.backend, beside=editor, uri="file:///b.py", text="import os\n\n\ndef |")
    assert text_of(await other.ask()).startswith("main()")
