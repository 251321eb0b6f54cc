"""The correctness of the measuring tools: the typist, the editor, the sums, and the bars."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import soak
from tests.bench.figures import Bar, Spread, judge, percentile, table
from tests.bench.ghost import Editor
from tests.bench.measures import BARS, MISTAKES, ROWS, way
from tests.bench.page import Page
from tests.bench.replay import Case, DocumentFilter, RealStage, Scenario, play, play_virtually, summary
from tests.bench.session import PAUSE, Asked, EditorName
from tests.bench.sources import DEFAULT, Source
from tests.bench.target import ECHO
from tests.bench.typist import Key, Typist
from tests.bench.upstream import Upcall
from tests.client import Call, Json

CODE = "if ready:\n    go(1, 2)\n    return [value for value in values if value]\nelse:\n    wait()\n" * 8


def written(typist: Typist, offer: Callable[[Typist], str] = lambda _: "") -> tuple[str, list[Key]]:
    """Return the document's text at the end of the typing, and the number of keys."""
    text, keys = "", []
    while not typist.done:
        key = typist.press(offer(typist), 1.0)
        text = text[:-1] if key.kind == "back" else text + key.text
        keys.append(key)
        assert typist.ahead == "" or typist.target == text + typist.ahead
    return text, keys


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_typist_corrects_typing_errors(seed: str) -> None:
    """After any typing errors, the document has the target text in the end."""
    text, keys = written(Typist(CODE, seed))
    assert text == CODE
    assert 0 < sum(key.kind == "back" for key in keys) < len(keys) / 4


@given(st.text(alphabet="ab1 \n(", min_size=1, max_size=60), st.integers())
def test_typist_types_any_text(target: str, seed: int) -> None:
    """The typist completes it."""
    assert written(Typist(target, str(seed)))[0] == target


def test_typist_depends_on_the_seed() -> None:
    """Keys and gaps have no other source of randomness."""

    def session(seed: str) -> list[tuple[float, Key]]:
        typist = Typist(CODE, seed)
        return [(typist.gap(), typist.press("", 0)) for _ in range(200)]

    assert session("a") == session("a")
    assert session("a") != session("b")


def test_typing_errors_do_not_depend_on_suggestions() -> None:
    """With a suggestion at every key, the typist makes only errors that it also makes without suggestions."""
    _, alone = written(Typist(CODE, "a"))
    text, helped = written(Typist(CODE, "a"), lambda typist: typist.ahead[:30])
    assert text == CODE
    assert any(key.kind == "take" for key in helped)
    assert sum(key.kind == "back" for key in helped) <= sum(key.kind == "back" for key in alone)


def test_gaps_are_realistic() -> None:
    """Half of the gaps are shorter than 120 ms, and a few are pauses."""
    typist = Typist(CODE * 4, "a")
    gaps = []
    for _ in range(1_000):
        gaps.append(typist.gap())
        typist.press("", 0)
    assert 0.11 < percentile(gaps, 0.5) < 0.135
    assert 0.3 < max(gaps) < 10


@pytest.mark.parametrize(
    ("shown", "taken"),
    [
        ("return value\nelse:\n", "return value\nelse:\n"),
        ("return value\nelse()", "return value"),
        ("return value[0]", "return"),
        ("remove", None),
        ("", None),
    ],
)
def test_typist_accepts_only_correct_text(shown: str, taken: str | None) -> None:
    """All of a suggestion is taken if all is right, else its first line, else its first word, else nothing."""
    target = "return value\nelse:\n    wait()"
    keys = [Typist(target, str(seed)).press(shown, 1.0) for seed in range(200)]
    assert {key.text for key in keys if key.kind == "take"} == ({taken} if taken else set())


def test_typist_does_not_accept_new_suggestions() -> None:
    """The typist does not accept a suggestion that has just appeared."""
    keys = [Typist("return value", str(seed)).press("return value", 0.2) for seed in range(200)]
    assert not any(key.kind == "take" for key in keys)


def item(text: str, start: tuple[int, int] = (3, 0), end: tuple[int, int] | None = None) -> Json:
    places = [{"line": line, "character": character} for line, character in (start, end or start)]
    return {"items": [{"insertText": text, "range": {"start": places[0], "end": places[1]}}]}


def editor(text: str = "", after: str = "", *, pairs: bool = False) -> Editor:
    return Editor("file:///a.py", Page(3, text, after, pairs))


def test_typing_along_keeps_an_agreeing_suggestion() -> None:
    """A suggestion shrinks as its characters are typed, grows again on backspace, and is removed at a wrong key."""
    page = editor()
    assert page.answer(item("abcd"), 0, 1.0) == "abcd"
    for key, shown in (("a", "bcd"), ("b", "cd"), ("", "bcd"), ("b", "cd"), ("x", ""), ("", "")):
        page.press(Key("type", key) if key else Key("back"))
        assert page.shown == shown
    assert not page.vanished
    assert not page.changed


@pytest.mark.parametrize(
    ("answer", "vanished", "changed", "since"),
    [
        (item("abcd"), 0, 0, 1.0),
        (item("abcdef"), 0, 0, 1.0),
        (item("abc"), 0, 1, 2.0),
        (item("axxx"), 0, 1, 2.0),
        ({"items": []}, 1, 0, 1.0),
        ([], 1, 0, 1.0),
    ],
)
def test_flickers_are_counted(answer: object, vanished: int, changed: int, since: float) -> None:
    """A removed agreeing suggestion has vanished, a replaced one has changed; a longer one is neither."""
    page = editor()
    page.answer(item("abcd"), 0, 1.0)
    page.press(Key("type", "a"))
    page.answer(answer, 1, 2.0)
    assert (len(page.vanished), len(page.changed)) == (vanished, changed)
    assert not page.shown or page.since == since


@pytest.mark.parametrize("answer", [None, item("x", (3, 0), (4, 0)), item("x", (2, 0)), item("x", (9, 0))])
def test_unusable_answers_are_reported(answer: object) -> None:
    """Null, a range over lines, and one outside the typed text are shown by no editor."""
    page = editor("ab")
    assert page.answer(answer, 2, 1.0) == ""
    assert len(page.faults) == 1


def test_answer_applies_at_its_position() -> None:
    """Typed text counts as typed through, an outdated answer is ignored, an empty one hides the suggestion."""
    page = editor("so")
    assert page.answer({"items": [{"insertText": "mething"}]}, 2, 1.0) == "mething"
    page = editor("some")
    assert page.answer({"items": [{"insertText": "mething"}]}, 2, 1.0) == "thing"
    assert page.answer(item("something", (3, 0), (3, 4)), 4, 1.0) == "thing"
    assert page.answer({"items": [{"insertText": "lo"}]}, 2, 1.0) == "thing"
    assert page.answer(item("where", (3, 6)), 6, 1.0) == "thing"
    assert page.answer({"items": []}, 2, 1.0) == ""
    assert page.vanished == [(4, "thing")]


def test_accepted_item_replaces_its_range() -> None:
    """The server receives the same change."""
    page = editor("é so")
    page.answer(item("something\n", (3, 2), (3, 4)), 4, 1.0)
    change = page.press(Key("take", "mething\n"))
    assert page.page.text == "é something\n"
    assert change["range"]["start"] == {"line": 3, "character": 2}
    assert change["range"]["end"] == {"line": 3, "character": 4}
    assert change["text"] == "something\n"
    assert page.page.place == (4, 0)


@pytest.mark.parametrize(
    ("keys", "text", "after"),
    [
        ("f(", "f(", ")"),
        ("f(a)", "f(a)", ""),
        ("f([", "f([", "])"),
        ("f(\b", "f", ""),
        ("f(a\b", "f(", ")"),
        ("f(\n    ", "f(\n    ", "\n)"),
        ('f("a")', 'f("a")', ""),
        ("don't", "don't", ""),
        ("'it(", "'it(", "'"),
    ],
)
def test_pairs_are_closed_as_in_vs_code(keys: str, text: str, after: str) -> None:
    """Openers bring their closers, closers are typed over, backspace takes both; `\b` is backspace here."""
    page, received = Page(0, pairs=True), ""
    for key in re.findall(r"\n *|.", keys, re.DOTALL):
        change = page.back() if key == "\b" else page.type(key)
        received = applied(received, change)
        assert received == page.text + page.after
    assert (page.text, page.after) == (text, after)


def applied(text: str, change: Json) -> str:
    """Return `text` with an LSP content change made to it."""
    lines = text.split("\n")
    places = (change["range"]["start"], change["range"]["end"])
    start, end = (sum(len(line) + 1 for line in lines[: at["line"]]) + at["character"] for at in places)
    return f"{text[:start]}{change['text']}{text[end:]}"


@pytest.mark.parametrize("path", DEFAULT, ids=lambda path: path.name)
def test_text_typed_with_pairs_is_unchanged(path: Path) -> None:
    """An auto-closed character is typed over, or joined with the next one."""
    target = Source.read(path).cut(1, 1_000).target
    page = Page(0, pairs=True)
    while len(page.text) < len(target):
        if page.skip(target[len(page.text) :]):
            continue
        page.join(target[len(page.text) :])
        page.type(target[len(page.text)])
        assert target.startswith(page.text)
    assert len(page.after) < 20


def test_suggestion_survives_auto_closed_brackets() -> None:
    """A typed `(` inserts a `)` that the suggestion also contains; its acceptance replaces that."""
    page = editor("f", pairs=True)
    page.answer(item("(a, b):\n    pass", (3, 1)), 1, 1.0)
    page.press(Key("type", "("))
    assert page.shown == "a, b):\n    pass"
    page.answer(item("a, b):\n    pass", (3, 2), (3, 3)), 2, 2.0)
    assert not page.changed
    page.press(Key("take", "a, b):"))
    assert (page.page.text, page.page.after) == ("f(a, b):", "")
    assert page.shown == "\n    pass"
    page = editor("f(", ")")
    page.answer(item("a", (3, 2)), 2, 1.0)
    page.answer(item("a):", (3, 2), (3, 3)), 2, 1.0)
    assert not page.changed
    page.answer(item("a", (3, 2)), 2, 1.0)
    assert page.changed == [(2, "a):", "a")]


def test_enter_removes_a_suggestion_over_a_moved_closer() -> None:
    """A suggestion that replaces text on another line is not shown; the answer to Enter shows the rest again."""
    page = editor("{", "}", pairs=True)
    page.answer(item("\n    a\n}", (3, 1), (3, 2)), 1, 1.0)
    assert page.shown == "\n    a\n}"
    page.press(Key("type", "\n    "))
    assert page.shown == ""
    page.answer(item("a", (4, 4)), 6, 2.0)
    assert (page.shown, page.changed, page.vanished) == ("a", [], [])


@pytest.mark.parametrize("path", DEFAULT, ids=lambda path: path.name)
def test_typed_hole_restores_the_file(path: Path) -> None:
    """The hole is in the middle, long enough, and has whole lines."""
    source = Source.read(path)
    for seed in range(1, 6):
        cut = source.cut(seed, 1_000)
        assert cut.above + cut.indent + cut.target + "\n" + cut.below == source.text
        assert len(cut.target) > 2_300
        assert cut.above.endswith("\n")
        assert cut.target[0] not in " \t\n"


async def _asked(sent: float, answered: float) -> Asked:
    call = Call(1, "textDocument/inlineCompletion")
    call.sent, call.answered = sent, answered
    return Asked(call, 0, 0)


@pytest.mark.anyio
@pytest.mark.parametrize("editor_name", ["vscode", "nvim"])
async def test_session_runs_against_a_real_server(
    editor_name: EditorName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every request is answered once; the answers of an echo server are not useful."""
    monkeypatch.setattr("tests.bench.replay.WARM_UP", 0.0)
    monkeypatch.setitem(PAUSE, "nvim", 0.003)
    case = Case(Scenario("any", editor_name), Source.read(DEFAULT[0]), 1, keys=30, speed=20)
    played = await play(case, RealStage(ECHO), DocumentFilter(1))
    found = played.measures
    assert found.keys() == ROWS.keys()
    assert (found["unanswered"], found["twice"], found["faults"], found["calls"]) == (0, 0, 0, 0)
    assert found["requests"] >= (1_000 if editor_name == "vscode" else 1)
    assert found["useful"] == 0
    # In Neovim each answer may be outdated by a key; in VS Code the last one is not.
    assert editor_name == "nvim" or any("value_of(item)" in line for line in played.trace)
    assert summary([played])["any"]["cpu"].median == found["cpu"]


SCENARIOS = (
    Scenario("vscode"),
    Scenario("a slow model", first_token_ms=600, token_ms=40),
    Scenario("a quick model", first_token_ms=80, token_ms=3),
    Scenario("wrong 30, pairs", wrong=30, pairs=True),
    Scenario("ramble, pairs", ramble=100, pairs=True),
    Scenario("nvim, pairs", editor="nvim", pairs=True),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("path", DEFAULT, ids=lambda path: path.name)
def test_agreeing_suggestions_do_not_flicker(path: Path, scenario: Scenario) -> None:
    """In virtual time, for each editor and model, nothing vanishes or changes, and each request has one answer."""
    played = play_virtually(Case(scenario, Source.read(path), seed=7, keys=500))
    assert played.remarks == []
    found = played.measures
    assert {name: found[name] for name in MISTAKES} == dict.fromkeys(MISTAKES, 0)
    assert found["right"] > 20
    assert found["calls"] < 160


def test_long_session_uses_no_memory() -> None:
    """Twenty documents are typed one after the other: each request has one answer, and no call or task remains."""
    soaked = soak.run(10_000, part=500)
    assert soaked.keys == 10_000
    assert soaked.calls > 100
    assert soaked.faults == []
    assert soaked.grown < 25  # The heap of a short run still grows; `MAX_GROWN_MB` applies to the long one.


def test_session_in_virtual_time_is_repeatable() -> None:
    """Two runs differ only in the resources of the process."""
    case = Case(Scenario("vscode"), Source.read(DEFAULT[1]), seed=3, keys=200)
    first, second = play_virtually(case), play_virtually(case)
    assert first.trace == second.trace
    assert any(" call " in line for line in first.trace)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("sent", "answered", "expected"),
    [
        (9.0, 9.9, "cached"),
        (9.5, 11.5, "new"),
        (10.5, 11.5, "joined"),
        (10.2, 10.4, "cached"),
        (13.0, 13.1, "cached"),
    ],
)
def test_log_shows_the_source_of_an_answer(sent: float, answered: float, expected: str) -> None:
    """An answer is new if a call started meanwhile, and joined if a token arrived meanwhile."""
    call = Upcall(
        arrived=10.0,
        ended=12.0,
        spoken=[11.0, 12.0],
        aborted=False,
        question="return ",
        answer=["value", "\n"],
        prompt_tokens=9,
        cached_tokens=0,
    )
    assert way(asyncio.run(_asked(sent, answered)), [call]) == expected


def test_bar_can_fail() -> None:
    """A bar compares the median or the worst run with its limit; a missing figure fails."""
    columns = {
        "a": {"x": Spread.of([1, 2, 6]), "lost": Spread.of([])},
        "b": {"x": Spread.of([4, 4, 4])},
    }
    cases = [
        (Bar(column="a", row="x", limit=2), True),
        (Bar(column="a", row="x", limit=1.9), False),
        (Bar(column="a", row="x", limit=2, worst=True), False),
        (Bar(column="a", row="x", limit=1, least=True, worst=True), True),
        (Bar(column="a", row="x", limit=0.5, versus="b"), True),
        (Bar(column="a", row="x", limit=0.6, versus="b", least=True), False),
        (Bar(column="a", row="lost", limit=9), False),
    ]
    assert [verdict.passed for verdict in judge([bar for bar, _ in cases], columns)] == [
        passed for _, passed in cases
    ]
    assert judge([Bar(column="c", row="x", limit=1)], columns) == []


def test_every_bar_has_a_measured_row() -> None:
    """Every bar is on a measured row."""
    assert {bar.row for bar in BARS} <= ROWS.keys()


def test_table_shows_median_and_range() -> None:
    """Rows without any figure are left out."""
    columns = {"a": {"x": Spread.of([1, 2, 6]), "y": Spread.of([])}}
    assert table(columns, {"x": "first", "y": "second"}).splitlines() == ["       a", "first  2 [1-6]"]
