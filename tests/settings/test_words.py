"""The values in messages, the detection of secrets, and the rules for workspaces."""

from typing import Any

import pytest

from midfill.settings.problem import (
    MAX_KEY_LENGTH,
    Problem,
    described,
    is_secret,
    named,
    shown,
    without_secrets,
)
from midfill.settings.setting_specs import setting_specs
from midfill.settings.tree import MOST_RESTRICTIVE_FIRST
from midfill.settings.trust import RULES, combined, refusal

KEY = "sk-" + "0a1b2c3d" * 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (-0.5, "-0.5"),
        (10**12, "1000000000000"),
        (10**12 + 1, "a huge number"),
        (-(10**12), "-1000000000000"),
        (-(10**12) - 1, "a huge number"),
        ("é", '"é"'),
        ("x" * 24, f'"{"x" * 24}"'),
        ("x" * 25, "a string of 25 characters"),
        ("a\nb", "a string of 3 characters"),
        ([], "[]"),
        ((), "[]"),
        ([1], "a list of 1"),
        ((1, 2), "a list of 2"),
        ({}, "a table"),
        (None, "nothing"),
    ],
)
def test_value_in_a_message(value: object, text: str) -> None:
    """A short value is shown as written, another one by its type."""
    assert shown(value) == text


def test_description_of_a_value_has_no_text() -> None:
    """This includes short values."""
    values: list[object] = ["ab", [1], {}, None, 5]
    descriptions = ["a string of 2 characters", "a list of 1", "a table", "nothing", "a int"]
    assert list(map(described, values)) == descriptions


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (KEY, "sk-…"),
        (f"my {KEY}!", "my sk-…!"),
        ("sk-abcd", "sk-…"),
        ("sk-abc", "sk-…"),
        ("task-abcdefg", "task-abcdefg"),
        ("x sk-abc", "x sk-abc"),
        ("https://me:pw@host/a", "https://…@host/a"),
        ("https://host/a@b", "https://host/a@b"),
        ("plain", "plain"),
    ],
)
def test_keys_and_passwords_are_not_shown(text: str, left: str) -> None:
    """This includes the name and the password in an address."""
    assert without_secrets(text) == left
    assert named(text) == left


def test_long_or_odd_names_are_not_shown() -> None:
    """Their length is shown."""
    assert named("x" * MAX_KEY_LENGTH) == "x" * MAX_KEY_LENGTH
    assert named("x" * (MAX_KEY_LENGTH + 1)) == f"a key of {MAX_KEY_LENGTH + 1} characters"
    assert named("a\nb") == "a key of 3 characters"


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("key", "x", True), ("token", 5, True), ("Secret", "x", True), ("pass-word", "x", True),
        ("bearer", "", True),
        ("authorization", "x", True), ("API_KEY", "x", True), ("my-api-token", "x", True),
        ("myApiKey", "x", True),
        ("key", None, False), ("keys", "x", False), ("tokens", 5, False), ("api_key_file", "x", False),
        ("model", KEY, True), ("model", f"a {KEY}", True), ("model", "sk-x", True),
        ("model", "task-1234567890123456", False),
        ("model", "a sk-abcdefghijklmnopq", False), (KEY, 5, True), ("a", {"key": "x"}, True),
        ("a", {"b": {"token": 1}}, True),
        ("a", ["x", KEY], True), ("a", [["x", {"c": KEY}]], True), ("a", ("x",), False),
        ("a", {"b": ["c"]}, False),
        ("a", {"key": "x", "b": ["c"]}, True), ("a", {"key": "x", "b": {"c": 1}}, True),
        ("a", [KEY, {"b": 1}], True), ("a", [KEY, ["b"]], True),
    ],
)  # fmt: skip
def test_secrets_are_detected(name: str, value: object, secret: bool) -> None:
    """The name or the form of a key decides, at any depth; a file name with the same start is none."""
    assert is_secret(name, value) is secret


def test_problem_that_stops_all_calls_says_so() -> None:
    """The sentence follows the problem."""
    assert str(Problem("It is wrong.")) == "It is wrong."
    assert (
        str(Problem("It is wrong.", blocks_calls=True))
        == "It is wrong. No backend is called until this is fixed."
    )


NARROWED = {
    "enabled": ["false", "true"],
    "context.enabled": ["false", "true"],
    "edits.enabled": ["false", "true"],
    "trigger.mode": ["manual", "automatic"],
    "completion.scope": ["line", "statement", "block"],
}


@pytest.mark.parametrize(("key", "values"), NARROWED.items())
def test_workspace_can_only_narrow(key: str, values: list[str]) -> None:
    """Values are ordered from the widest to the narrowest."""
    assert set(NARROWED) == set(MOST_RESTRICTIVE_FIRST)
    typed: list[Any] = [{"true": True, "false": False}.get(value, value) for value in values]
    for at, current in enumerate(typed):
        for other, wanted in enumerate(typed):
            found = refusal(setting_specs()[key], current, wanted)
            assert (found is None) is (other <= at)
            if found:
                assert (
                    found
                    == f"a workspace may narrow it only, and {shown(current)} may not become {shown(wanted)}"
                )


def by_rule(rule: str) -> list[str]:
    return [key for key, spec in setting_specs().items() if spec.workspace == rule]


def test_each_rule_has_settings() -> None:
    """Each setting has one of the rules."""
    assert {spec.workspace for spec in setting_specs().values()} == set(RULES)


@pytest.mark.parametrize(("rule", "fine", "refused"), [("lower", 1, 3), ("raise", 3, 1)])
def test_workspace_can_only_lower_or_raise_a_number(rule: str, fine: int, refused: int) -> None:
    """The same value is allowed."""
    for key in by_rule(rule):
        spec = setting_specs()[key]
        assert refusal(spec, 2, fine) is refusal(spec, 2, 2) is None
        assert refusal(spec, 2, refused) == f"a workspace may {rule} it only, and 2 may not become {refused}"


def test_settings_that_a_workspace_cannot_set() -> None:
    """No value is allowed; other settings allow any value."""
    for key in by_rule("never"):
        assert (
            refusal(setting_specs()[key], 1, 1)
            == "a workspace may not set it; it belongs in your own settings"
        )
    for key in by_rule("any"):
        assert refusal(setting_specs()[key], 1, 2) is None
    assert {"api_key_command", "base_url", "backend"} <= set(by_rule("never"))


def test_list_that_can_only_shrink() -> None:
    """The message names the first entry that is not in the user's list."""
    for key in by_rule("fewer"):
        spec = setting_specs()[key]
        assert refusal(spec, ("a", "b"), ("b",)) is refusal(spec, ("a",), ()) is None
        assert refusal(spec, ("a",), ("a", "c", "d")) == (
            'a workspace may only leave out some of it, and "c" is not in it'
        )


def test_list_that_can_only_grow() -> None:
    """The user's entries stay, and are first; a pattern cannot re-include a file that the user excludes."""
    for key in by_rule("add"):
        spec = setting_specs()[key]
        assert refusal(spec, ("a",), ("b",)) is None
        assert combined(spec, ("a", "b"), ("b", "c")) == ("a", "b", "c")
        most = spec.json.get("maxItems")
        if most:
            full = tuple(f"n{number}" for number in range(most))
            assert refusal(spec, full, full) is None
            assert f"would be more than {most}" in (refusal(spec, full, ("another",)) or "")
    paths = setting_specs()["trigger.paths_off"]
    assert refusal(paths, (), ("a!b",)) is None
    assert '"!" includes them' in (refusal(paths, (), ("a", "!b")) or "")
    assert combined(setting_specs()["model"], "a", "b") == "b"


@pytest.mark.parametrize(
    ("key", "entry"),
    [("trigger.paths_off", "/build/**"), ("trigger.paths_off", "~*"), ("completion.stop", "!"),
     ("completion.stop", "//"), ("completion.stop", ".."), ("context.extra", "! Be brief."),
     ("trigger.languages_off", "!x")],
)  # fmt: skip
def test_each_list_has_its_own_rules(key: str, entry: str) -> None:
    """A pattern may begin with a slash, a stop sequence and a note with anything."""
    assert refusal(setting_specs()[key], (), (entry,)) is None


@pytest.mark.parametrize("entry", ["/etc/x", "~/x", "C:\\x", "c:x", "\\x", "a/../../x", "..", "a\\..\\x"])
def test_workspace_cannot_name_outside_files(entry: str) -> None:
    """Its notes are text and its own files."""
    extra = setting_specs()["context.extra"]
    assert refusal(extra, (), ("a.md", entry)) == "a workspace may only add text and files of its own"
    for fine in ("a/b.md", "Be brief.", "a..b", "...", "note: y"):
        assert refusal(extra, (), (fine,)) is None
