"""Whether to call a model at a cursor, how far to read, and what to show."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core import shape
from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.document import Document, Position
from midfill.core.edit import Edit
from midfill.core.model import AnswerLimits, Scope
from midfill.core.policy import (
    RequestPolicy,
    answer_limits,
    complete_part,
    enough_to_show,
    may_show_partial,
    no_call_reason,
    read_enough,
    switched_off,
    worth_showing,
)
from midfill.engine.request_policy import request_policy
from midfill.settings import Settings, backend_configs
from midfill.settings.tree import TriggerSettings


def at(text: str, language: str = "python") -> Cursor:
    """Return the cursor at the bar of a text."""
    before, _, after = text.partition("|")
    *above, head = before.split("\n")
    return Document("file:///a", language, before + after, 7).cursor(
        Position(len(above), len(head)), "utf-32"
    )


RULES = RequestPolicy()

# Whether to make a call.

ASKED = [
    ("at the end of a line", "value = |"),
    ("in an empty line of a block", "def f():\n    |"),
    ("before closers", "print(value|)"),
    ("before closers and a colon", "if any(x for x in y|):"),
    ("before an auto-closed quote", 'name = "|"'),
    ("before closers and an opening brace", "if (x|) {"),
    ("before blanks", "value = |   "),
    ("with enough text above only", "value = 1\n\n|"),
    ("at the end of a comment", "# the next|"),
]


@pytest.mark.parametrize("text", [row[1] for row in ASKED], ids=[row[0] for row in ASKED])
def test_typing_causes_requests_at_suitable_places(text: str) -> None:
    """Typing causes a request at the end of a line, or before closers and punctuation only."""
    assert no_call_reason(at(text), None, RULES) == ""


OFF = RequestPolicy(automatic=False)
NO_PYTHON = RequestPolicy(languages_off=frozenset({"python"}))
NO_COMMENTS = RequestPolicy(text_kinds_off=frozenset({"comment"}))
NO_STRINGS = RequestPolicy(text_kinds_off=frozenset({"string"}))

REFUSED = [
    ("before text", "value = | + 1", None, RULES, "after the cursor"),
    ("in the middle of a word", "val|ue = 1", None, RULES, "after the cursor"),
    ("before an opening bracket", "f|(x)", None, RULES, "after the cursor"),
    ("in an empty document", "|", None, RULES, "fewer than 3"),
    ("with blanks only before it", "\n\n    |", None, RULES, "fewer than 3"),
    ("in manual mode", "value = |", None, OFF, "manual"),
    ("in a language that is off", "value = |", None, NO_PYTHON, "off for python"),
    ("in a comment, where that is off", "# the next|", None, NO_COMMENTS, "comment"),
    ("in a string, where that is off", 'name = "the next|"', None, NO_STRINGS, "string"),
    ("after a paste", "value = |", Edit(7, "a\nb\nc"), RULES, "pasted"),
    ("with several cursors", "value = |", Edit(7, changes=2), RULES, "several places"),
]


@pytest.mark.parametrize(
    ("text", "edit", "rules", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_typing_causes_no_request_where_it_disturbs(
    text: str, edit: Edit | None, rules: RequestPolicy, reason: str
) -> None:
    """A forbidden call has a reason in words; a manual request is allowed nevertheless."""
    assert reason in no_call_reason(at(text), edit, rules)
    assert no_call_reason(at(text), edit, rules, manual=True) == ""


def test_older_change_does_not_prevent_a_request() -> None:
    """A paste counts for its own version, not for later typing."""
    assert no_call_reason(at("value = |"), Edit(6, "a\nb\nc"), RULES) == ""


@pytest.mark.parametrize(("text", "rules"), [("x = 1  # |", NO_STRINGS), ('x = "|"', NO_COMMENTS)])
def test_enabled_scope_causes_requests(text: str, rules: RequestPolicy) -> None:
    """Switched-off comments do not switch strings off, and vice versa."""
    assert no_call_reason(at(text), None, rules) == ""


@given(text=st.text(st.sampled_from("ab \n\"'#({)}|"), max_size=60), manual=st.booleans())
def test_every_text_has_a_verdict(text: str, manual: bool) -> None:
    """Any text has a verdict; a manual request is always allowed."""
    reason = no_call_reason(
        at(text), None, RequestPolicy(text_kinds_off=frozenset({"comment", "string"})), manual=manual
    )
    assert not (manual and reason)


# The limits of an answer.


def test_manual_request_allows_more_text() -> None:
    """After a manual request the model may write more; all else is as set."""
    rules = RequestPolicy(scope="line", max_lines=5, max_tokens=10, max_tokens_manual=99, stop=("END",))
    assert answer_limits(rules) == AnswerLimits(scope="line", max_lines=5, max_tokens=10, stop=("END",))
    assert answer_limits(rules, manual=True) == AnswerLimits(
        scope="line", max_lines=5, max_tokens=99, stop=("END",), manual=True
    )


# When a part is shown.

PARTS = [
    ("nothing", "value = |", "", False),
    ("a part of a line", "value = |", "comp", False),
    ("a whole line", "value = |", "compute()\n", True),
    ("a whole line and a part", "value = |", "compute()\nprint", True),
    ("a line behind blank ones", "value = 1|", "\n\nother = 2\n", True),
    ("blank lines only", "value = 1|", "\n\n", False),
    ("the head of a block", "value = 1\n|", "for x in y:\n", False),
    ("the head and a line of a block", "value = 1\n|", "for x in y:\n    print(x)\n", False),
    ("the end of the head of a block", "for x in |", "y:\n", False),
    ("a head with a comment", "value = 1\n|", "for x in y:  # each\n", False),
    ("an opened bracket", "value = |", "compute(\n", False),
    ("a line before closers", "print(|)", "value\n", True),
    ("an unfinished line, before a closer", "total(|)", "first,\n    sec", False),
    ("lines of their own before a closer", "total(|)", "\n    first,\n", False),
]


@pytest.mark.parametrize(
    ("text", "answer", "expected"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS]
)
def test_unfinished_answer_shown_early(text: str, answer: str, expected: bool) -> None:
    """Its first line must be complete and open no block; a manual request waits for the whole answer."""
    assert may_show_partial(answer, at(text), AnswerLimits()) is expected
    assert not may_show_partial(answer, at(text), AnswerLimits(manual=True))


def test_line_scope_does_not_wait_for_blocks() -> None:
    """With the scope `line`, a complete line is enough."""
    assert may_show_partial("for x in y:\n", at("value = 1\n|"), AnswerLimits(scope="line"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("  \n  ", False),
        ("abc", False),
        ("abcd", False),
        ("a = f(", True),
        ("f(a) + long", True),
    ],
)
def test_minimum_text_to_show(text: str, expected: bool) -> None:
    """A few complete tokens are enough to show a line; an incomplete word does not count."""
    assert enough_to_show(text, at("value = 1\n|"), AnswerLimits()) is expected


@pytest.mark.parametrize("text", ["def f():|", "def f():\n    |"])
def test_start_of_a_block_is_not_shown(text: str) -> None:
    """A part of the first line of a body is not shown."""
    assert not enough_to_show(
        "\n    return compute(" if text.endswith(":|") else "return compute(", at(text), AnswerLimits()
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", ""),
        ("a = comp", "a = "),
        ("a = compute(", "a = compute("),
        ("a = 1\nb = comp", "a = 1\n"),
        ("\n    a = 1", "\n    a = "),
        ('print("a\\', 'print("a'),
        ("a = 1<｜end", "a = 1"),
        ("a```", "a"),
    ],
)
def test_shown_part_is_sound(text: str, part: str) -> None:
    """It ends with a complete line, or with a complete token of the first line."""
    assert complete_part(text) == part


NOISE = [(")", False), ("})", False), (');"', True), ('"', False), ("\n}", False), ("x", True), ("})}", True)]


@pytest.mark.parametrize(("text", "shown"), NOISE)
def test_bare_closers_are_noise(text: str, shown: bool) -> None:
    """One or two closers are shown only after a manual request."""
    assert worth_showing(Completion(text), at("value = 1|")) is shown
    assert worth_showing(Completion(text), at("value = 1|"), manual=True)


@pytest.mark.parametrize(("text", "closer"), [("x = (1|", ")"), ("x = [{1: 2|", "}]"), ('x = "a|', '"')])
def test_missing_closer_is_shown(text: str, closer: str) -> None:
    """It repairs the file, so it is shown."""
    assert worth_showing(Completion(closer), at(text))


def test_empty_text_is_not_shown() -> None:
    """This applies to automatic and manual requests."""
    assert not worth_showing(Completion(""), at("|"))
    assert not worth_showing(Completion(""), at("|"), manual=True)


# The end of reading.

LINES = """load(path)
    rows = parse(data)
    total = add(rows)
    save(total)
    log(total)
    return total


x = 1
"""


@given(
    length=st.integers(0, len(LINES)),
    manual=st.booleans(),
    scope=st.sampled_from(get_args(Scope)),
)
def test_completion_is_independent_of_the_end_of_reading(length: int, manual: bool, scope: Scope) -> None:
    """At every end of reading, the completion is that of the whole answer."""
    cursor = at("def run(path):\n    data = |")
    limits = AnswerLimits(scope=scope, manual=manual)
    if read_enough(LINES[:length], cursor, limits):
        assert shape.shape(LINES[:length], cursor, limits) == shape.shape(LINES, cursor, limits)


def test_reading_ends_after_some_lines() -> None:
    """A long answer is enough after some lines; with the scope `line`, after that line."""
    cursor = at("def run(path):\n    data = |")

    def lines_read(limits: AnswerLimits) -> int:
        lines = LINES.splitlines(keepends=True)
        return next(n for n in range(len(lines) + 1) if read_enough("".join(lines[:n]), cursor, limits))

    assert lines_read(AnswerLimits(scope="line")) == 1
    assert 1 <= lines_read(AnswerLimits()) <= 4


def test_lookahead_depends_on_earlier_answers() -> None:
    """While most answers are short, some lines beyond the first piece are read, otherwise none."""
    cursor, limits = at("def run(path):\n    data = |"), AnswerLimits(scope="statement")
    lines = "f)\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n".splitlines(keepends=True)

    def read(ahead: int) -> int:
        return next(
            n for n in range(len(lines) + 1) if read_enough("".join(lines[:n]), cursor, limits, ahead)
        )

    assert (read(1), read(2), read(3)) == (1, 2, 3)


def test_manual_mode_says_so() -> None:
    """The status names it when nothing is suggested."""
    rules = request_policy(Settings(trigger=TriggerSettings(mode="manual")))
    assert switched_off("python", rules) == "completion is set to manual"


@pytest.mark.parametrize("name", ["python", "Python", " PYTHON ", "py", ".py"])
def test_language_is_excluded_by_any_of_its_names(name: str) -> None:
    """The settings exclude a language, and choose a backend's, in any case and by the ending of its files."""
    settings = Settings(
        backend=(f"ollama:{name}", "deepseek"), trigger=TriggerSettings(languages_off=(name,))
    )
    assert switched_off("python", request_policy(settings))
    assert not switched_off("rust", request_policy(settings))
    assert backend_configs(settings)[0].languages == {"python"}
