"""The backends with their order and languages, and the messages about unknown names."""

from typing import Any

import pytest

from midfill.core.templates import TEMPLATES
from midfill.settings import backend_configs, merge, template_of
from midfill.settings.problem import shown
from midfill.settings.settings_source import SettingsSource
from tests.settings.test_merge import UNTIL

FREE = frozenset[str]()


def loaded(**tree: Any) -> Any:
    return merge([SettingsSource("/config.toml", tree)])


@pytest.mark.parametrize(
    ("backend", "names"),
    [
        ("auto", [("deepseek", FREE)]),
        ("local", []),
        ("ollama", [("ollama", FREE)]),
        (["mistral", "ollama", "local"], [("mistral", FREE), ("ollama", FREE)]),
        ("mistral ollama", [("mistral", FREE), ("ollama", FREE)]),
        (["ollama:python,rust", "deepseek"], [("ollama", {"python", "rust"}), ("deepseek", FREE)]),
        ([" ollama : .py,, Rust ", "deepseek:"], [("ollama", {"python", "rust"}), ("deepseek", FREE)]),
    ],
)
def test_order_and_languages_of_backends(backend: object, names: list[tuple[str, object]]) -> None:
    """The setting has one or several names, each with its languages."""
    assert [(one.name, one.languages) for one in backend_configs(loaded(backend=backend).settings)] == names


def test_first_backend_has_the_plain_settings() -> None:
    """Address, model, template and key without a backend's name apply to the first one only."""
    plain = {"base_url": "https://gw.example", "model": "m", "template": "plain", "api_key_file": "~/key"}
    first, second = backend_configs(loaded(backend=["openai", "mistral"], **plain).settings)
    assert (first.base_url, first.model, first.template, first.api_key_file) == tuple(plain.values())
    assert (second.base_url, second.model, second.template, second.api_key_file) == ("", "", "", "")
    assert (first.first, second.first) == (True, False)


def test_own_entry_of_a_backend_has_priority() -> None:
    """Also for the first backend, to which the plain settings apply; it has those that its entry leaves out."""
    plain = {"base_url": "https://gw.example", "model": "m", "template": "plain"}
    keys = {"api_key_command": "pass a", "api_key_file": "~/a"}
    own = {"base_url": "https://own.example", "model": "o", "template": "codellama"}
    own_keys = {"api_key_command": "pass b", "api_key_file": "~/b"}
    entries = [{**WORK, **own, **own_keys}, {**WORK, "name": "bare"}]
    for name, expected in (("work", {**own, **own_keys}), ("bare", {**plain, **keys})):
        [found] = backend_configs(loaded(backend=name, backends=entries, **plain, **keys).settings)
        assert {field: getattr(found, field) for field in expected} == expected


@pytest.mark.parametrize(
    ("tree", "template"),
    [({"backend": "openai"}, ""), ({"backend": "dashscope"}, "qwen-coder"),
     ({"backend": "dashscope", "template": "plain"}, "plain")],
)  # fmt: skip
def test_template_of_a_provider_is_the_last_choice(tree: dict[str, Any], template: str) -> None:
    """A provider that does not join prefix and suffix has a template."""
    [found] = backend_configs(loaded(**tree).settings)
    assert found.template == template


def test_custom_backend_has_its_own_entry() -> None:
    """It has its provider's wire format and its own address; VS Code writes its names in camelCase."""
    entry = {
        "name": "work",
        "like": "openai",
        "baseUrl": "https://gw.example/v1",
        "model": "q",
        "template": "mine",
    }
    mine = {"name": "mine", "prompt": "<P>{prefix}<S>{suffix}<M>", "stop": ["<P>"]}
    result = merge(
        [SettingsSource("client", {"backend": ["work"], "backends": [entry], "templates": [mine]}, "client")]
    )
    [work] = backend_configs(result.settings)
    assert not result.problems
    assert (work.name, work.provider.name, work.base_url) == ("work", "openai", "https://gw.example/v1")
    template = template_of(work.template, result.settings)
    assert template is not None
    assert template.filled("a", "b") == "<P>a<S>b<M>"


WORK = {"name": "work", "like": "openai"}


NAMES = [{**WORK, "name": name} for name in ("a", "a-b", "wörk", "mistral")]


def test_names_of_backends_are_single_words() -> None:
    """A name may be that of a provider, whose place the entry then takes."""
    found = loaded(backends=NAMES, backend=[entry["name"] for entry in NAMES])
    assert found.problems == ()
    assert [one.provider.name for one in backend_configs(found.settings)] == ["openai"] * 4


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"backend": "olama"}, ' must be one of "auto", "dashscope", "deepseek", "deepseek-chat", "gguf", '),
        ({"backend": "olama"}, f', or a list of them, not "olama"; did you mean ollama? {UNTIL}'),
        ({"backend": ["deepseek", "olama:python"]}, 'not "olama"; did you mean ollama?'),
        ({"backend": "zzz"}, f', or a list of them, not "zzz". {UNTIL}'),
        ({"backend": "wark", "backends": [WORK]}, "did you mean work?"),
        ({"backend": "lokal"}, "did you mean local?"),
        ({"backend": []}, " must name a backend: the list is empty."),
        ({"backend": ["auto", "ollama"]}, ' must name the backends one by one: "auto" cannot be in a list.'),
        ({"backend": ["ollama", "ollama:python"]}, " names a backend twice."),
        ({"template": "qwen"}, ' must be one of "codegemma", "codellama", '),
        ({"template": "qwen-kodr"}, 'not "qwen-kodr"; did you mean qwen-coder?'),
        ({"backends": [{"name": "work", "like": "opanai"}]}, 'not "opanai"; did you mean openai?'),
        (
            {"backends": [{"name": "work", "like": "opanai"}]},
            ' must set like to a provider for "work" (one of "dashscope", "deepseek", ',
        ),
        ({"backends": [{**WORK, "base_url": "ftp://x"}]}, 'a valid web address as base_url of "work"'),
        ({"backends": [{**WORK, "template": "nope"}]}, 'not "nope". '),
        ({"backends": [WORK, WORK]}, "names of one word, each once"),
        *(
            (
                {"backends": [{**WORK, "name": name}]},
                f"must have names of one word, each once, not {shown(name)}.",
            )
            for name in ("auto", "local", "", " ", "a b", " a", "a:b", "a,b", "a\tb")
        ),
        ({"backends": [{"name": "work"}]}, "must be a list of tables with name, like"),
        ({"templates": [{"name": "t", "prompt": "<P>"}]}, "must have the placeholder {prefix} in its prompt"),
        ({"templates": [{"name": "t", "prompt": "{prefix}{sufix}"}]}, "has the unknown placeholder {sufix}"),
        (
            {"templates": [{"name": "t", "prompt": "{prefix}", "file": "x"}]},
            "must have the placeholder {text}",
        ),
        ({"templates": [{"name": "t", "prompt": "{prefix}", "file": "{text}"}]}, "no placeholder {files}"),
        ({"backend": "ollama", "base_url": "http://gw.example"}, "base_url"),
        (
            {"backend": ["deepseek", "work"], "backends": [{**WORK, "base_url": "http://gw.example"}]},
            "backends (/config.toml) leads to another machine without TLS",
        ),
    ],
)
def test_wrong_backend_stops_all_calls(tree: dict[str, Any], message: str) -> None:
    """An unknown backend or an unencrypted address causes no call; the message names the setting."""
    result = loaded(**tree)
    assert any(message in str(problem) for problem in result.blocking), result.problems
    assert all(str(problem).startswith(("backend", "template", "base_url")) for problem in result.problems)


def test_key_in_a_backend_entry_is_refused() -> None:
    """A secret does not belong in the settings, at any depth."""
    result = loaded(backends=[{**WORK, "api_key": "sk-0123456789abcdef0123"}])
    assert "is or holds a secret" in str(result.problems[0])
    assert result.settings.backends == ()


def test_template_is_found_by_its_name() -> None:
    """Among several of the user's, whose names may be those of known ones."""
    own = [
        {"name": "mine", "prompt": "<A>{prefix}<B>{suffix}<C>"},
        {"name": "qwen-coder", "prompt": "{prefix}", "fills_in": False},
    ]
    settings = merge([SettingsSource("x", {"templates": own})]).settings
    mine = template_of("mine", settings)
    assert mine is not None
    assert (mine.file, mine.stop, mine.fills_in) == ("", (), True)
    base = template_of("qwen-coder", settings)
    assert base is not None
    assert not base.fills_in
    filled = {name: template_of(name, settings) for name in ("mine", "qwen-coder", "codegemma", "none")}
    assert {name: found and found.prompt[:3] for name, found in filled.items()} == {
        "mine": "<A>", "qwen-coder": "{pr", "codegemma": TEMPLATES["codegemma"].prompt[:3], "none": None,
    }  # fmt: skip
