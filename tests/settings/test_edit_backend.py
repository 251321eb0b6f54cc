"""The backend for next edits: its name, its address, its key, and its format."""

from typing import Any

import pytest

from midfill.core.providers import EDIT_PROVIDERS
from midfill.keys import key_of
from midfill.settings import Settings, edit_backend_config, load
from midfill.settings.merge import merge
from midfill.settings.settings_source import SettingsSource

WORK: dict[str, Any] = {
    "name": "work",
    "like": "openai-chat",
    "base_url": "https://llm.example",
    "model": "big",
}
ENVIRON = {
    "MIDFILL_API_KEY": "first-key-0",
    "DEEPSEEK_API_KEY": "deepseek-key",
    "INCEPTION_API_KEY": "mercury-key",
}


def settings(tree: dict[str, Any]) -> Settings:
    loaded = merge([SettingsSource("a file", tree, "user")])
    assert not loaded.problems
    return loaded.settings


@pytest.mark.parametrize("tree", [{}, {"backend": "ollama"}, {"edits": {"enabled": True}}])
def test_edit_backend_is_off_by_default(tree: dict[str, Any]) -> None:
    assert edit_backend_config(settings(tree)) is None


@pytest.mark.parametrize(
    ("tree", "backend", "url", "model", "key"),
    [
        # The service of the first backend has the same address and key.
        ({}, "deepseek", "", "deepseek-flash", "first-key-0"),
        (
            {"base_url": "https://gw.example"},
            "deepseek-chat",
            "https://gw.example",
            "deepseek-flash",
            "first-key-0",
        ),
        ({"model": "deepseek-v4-pro"}, "deepseek", "", "deepseek-flash", "first-key-0"),
        ({"backend": "inception"}, "inception", "", "mercury-edit-2", "first-key-0"),
        # Another service has its own.
        ({"base_url": "https://gw.example"}, "inception", "", "mercury-edit-2", "mercury-key"),
        ({"backend": "local"}, "deepseek", "", "deepseek-flash", "deepseek-key"),
        ({"backend": "work", "backends": [WORK]}, "openai-chat", "", "gpt-4.1-mini", None),
        ({"backend": "openai", "backends": [WORK]}, "work", "https://llm.example", "big", None),
        ({"backends": [WORK]}, "work", "https://llm.example", "big", None),
        ({"backend": "work", "backends": [WORK]}, "work", "https://llm.example", "big", "first-key-0"),
    ],
)
def test_address_and_key_are_separate(
    tree: dict[str, Any], backend: str, url: str, model: str, key: str | None
) -> None:
    """MIDFILL_API_KEY and the plain settings go to no other service than the first backend's."""
    member = edit_backend_config(settings({**tree, "edits": {"backend": backend}}))
    assert member is not None
    found = key_of(member, ENVIRON)
    assert (member.base_url, member.model) == (url, model)
    assert (None if found is None else found.secret) == key


def test_commands_and_files_for_keys_are_separate() -> None:
    """Those of the first backend are used if both are the same service; an entry's own have priority."""
    plain = {
        "backend": "work",
        "api_key_command": "pass a",
        "api_key_file": "~/a",
        "base_url": "https://gw.example",
    }
    bare = {"name": "work", "like": "openai-chat"}
    own = {"api_key_command": "pass b", "api_key_file": "~/b", "base_url": "https://own.example"}
    for entry, backend, expected in (
        (bare, "work", ("pass a", "~/a", "https://gw.example")),
        ({**bare, **own}, "work", ("pass b", "~/b", "https://own.example")),
        (bare, "inception", ("", "", "")),
    ):
        member = edit_backend_config(settings({**plain, "backends": [entry], "edits": {"backend": backend}}))
        assert member is not None
        assert (member.api_key_command, member.api_key_file, member.base_url) == expected


def test_template_is_that_of_the_format() -> None:
    """The template of completions is not used for next edits."""
    member = edit_backend_config(settings({"template": "plain", "edits": {"backend": "deepseek"}}))
    assert member is not None
    assert member.template == ""


def test_model_is_separate() -> None:
    member = edit_backend_config(settings({"edits": {"backend": "ollama", "model": "sweep-next-edit"}}))
    assert member is not None
    assert member.model == "sweep-next-edit"


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        (
            {"backend": "mistral"},
            'edits.backend in the editor\'s settings must be empty, one of "deepseek", "deepseek-chat", ',
        ),
        ({"backend": "deepsek"}, 'or a backend like one of them, not "deepsek".'),
        (
            {"backend": "ollama"},
            'needs a model for next edits: set edits.model to one for "ollama" whose name contains zeta or sweep, or '
            "edits.format.",
        ),
        ({"backend": "openai", "model": "gpt-3.5-turbo-instruct"}, "set edits.model"),
        ({"backend": "deepseek", "format": "zeta3"}, "edits.format"),
        ({"backend": "ollama", "model": "llama3", "format": "json"}, "set edits.model"),
        ({"backend": 5}, "edits.backend"),
    ],
)
def test_wrong_edit_backend_is_reported_and_stops_no_completions(edits: dict[str, Any], message: str) -> None:
    """Next edits are off, or the default is used; completions continue."""
    loaded = load({}, clients=[{"edits": edits}], files=())
    [problem] = loaded.problems
    assert message in str(problem)
    assert not loaded.blocking


@pytest.mark.parametrize(
    ("edits", "model"),
    [
        ({"backend": "llamacpp", "format": "sweep"}, ""),
        ({"backend": "ollama", "model": "zeta2"}, "zeta2"),
        ({"backend": "mine"}, "zeta2"),
        ({"backend": "mine", "model": "sweep"}, "sweep"),
    ],
)
def test_custom_edit_model(edits: dict[str, str], model: str) -> None:
    """The model that `edits.model` names, or that of the user's entry."""
    mine = {"name": "mine", "like": "ollama", "model": "zeta2"}
    member = edit_backend_config(settings({"backends": [mine], "edits": edits}))
    assert member is not None
    assert member.model == model


def test_workspace_cannot_choose_the_edit_backend() -> None:
    loaded = merge([SettingsSource("w/.midfill.toml", {"edits": {"backend": "deepseek"}}, "workspace")])
    assert "may not set it" in str(loaded.problems[0])
    assert loaded.settings.edits.backend == ""


def test_plain_http_to_another_machine_stops_all_calls() -> None:
    entry = {**WORK, "base_url": "http://llm.example"}
    loaded = merge([SettingsSource("a file", {"backends": [entry], "edits": {"backend": "work"}}, "user")])
    assert loaded.blocking
    assert [problem.key for problem in loaded.problems] == ["backends"]


def test_plain_http_to_both_backends_is_one_problem() -> None:
    """Completions and next edits have the same address."""
    tree = {"backend": "openai", "base_url": "http://llm.example", "edits": {"backend": "openai-chat"}}
    assert len(merge([SettingsSource("a file", tree, "user")]).problems) == 1


def test_each_edit_backend_has_a_key_or_needs_none() -> None:
    assert all(bool(row.variable) == row.paid for row in EDIT_PROVIDERS.values())


@pytest.mark.parametrize("wrong", [{"backend": 5}, {"model": ["x"]}, {"backend": "deepsek"}])
def test_wrong_choice_is_not_replaced_by_a_weaker_source(wrong: dict[str, Any]) -> None:
    """If the stronger choice is invalid, next edits are off."""
    loaded = load({}, clients=[{"edits": {"backend": "deepseek"}}, {"edits": wrong}], files=())
    assert loaded.settings.edits.backend == ""
    assert len(loaded.problems) == 1


@pytest.mark.parametrize("wrong", [{"edits.backend": 5}, {"edits.model": ["x"]}])
def test_wrong_choice_beside_a_valid_one_counts(wrong: dict[str, Any]) -> None:
    """A source that sets the backend twice, once wrongly, has chosen none, and the message says so."""
    loaded = load({}, clients=[{"edits": {"backend": "deepseek", "model": "x"}, **wrong}], files=())
    assert loaded.settings.edits.backend == ""
    assert str(loaded.problems[0]).endswith("; no model is called for next edits.")


def test_stronger_choice_replaces_a_wrong_one() -> None:
    """A valid value of a stronger source is used."""
    loaded = load({}, clients=[{"edits": {"backend": 5}}, {"edits": {"backend": "deepseek"}}], files=())
    assert loaded.settings.edits.backend == "deepseek"
    assert str(loaded.problems[0]).endswith("; that of client is used.")
