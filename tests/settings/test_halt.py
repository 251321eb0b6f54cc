"""Wrong settings fail closed: the ones that stop all calls until they are fixed, and the end of that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from midfill.settings import LoadedSettings, Problem, SettingsSource, load, merge
from midfill.settings.setting_specs import setting_specs
from tests.settings.test_merge import SECRET, UNTIL, client, nested, user, variable, workspace


def halted(loaded: LoadedSettings) -> bool:
    """Whether all calls are stopped; each problem that says so stops them."""
    assert [UNTIL in str(problem) for problem in loaded.problems] == [
        problem.blocks_calls for problem in loaded.problems
    ]
    assert loaded.blocking == tuple(problem for problem in loaded.problems if problem.blocks_calls)
    return bool(loaded.blocking)


WRONG: dict[str, object] = {
    "enabled": "false",
    "backend": "locall",
    "base_url": "localhost:8000",
    "model": 5,
    "template": "qwin-coder",
    "backends": [{"name": "work", "like": "opanai"}],
    "templates": [{"name": "mine", "prompt": "<P>{prefixx}"}],
    "api_key_command": ["pass", "deepseek"],
    "api_key_file": 5,
    "trigger.mode": "manul",
    "trigger.languages_off": "markdown",
    "trigger.paths_off": "secret/*",
    "trigger.scopes_off": ["comments"],
    "trigger.min_characters": "5",
    "trigger.max_file_kb": "10",
    "context.enabled": "no",
    "context.sources": ["recents"],
    "context.extra": "notes.md",
    "edits.enabled": "false",
    "network.proxy": "proxy.example:3128",
    "network.ca_file": 5,
    "network.allow_http": "false",
    "ledger.enabled": "false",
    "ledger.keep_days": 0,
    "ledger.currency": "EUR",
    "ledger.prices": ["my-model 0.1 0.4"],
    "caps.money_per_day": "5",
    "caps.tokens_per_day": -1,
    "caps.low_balance": "1",
}
"""Each setting of backends, connections, exclusions and spending, with a wrong value."""

TUNES = {
    "popup",
    "completion.scope",
    "completion.max_lines",
    "completion.max_tokens",
    "completion.max_tokens_manual",
    "completion.temperature",
    "completion.stop",
    "completion.alternatives",
    "completion.embedded_first",
    "completion.think",
    "prompt.prefix_tokens",
    "prompt.suffix_tokens",
    "context.tokens",
    "context.format",
    "timing.debounce_min_ms",
    "timing.debounce_max_ms",
    "timing.first_token_ms",
    "edits.backend",
    "edits.model",
    "edits.format",
    "timing.total_ms",
    "timing.linger_ms",
    "timing.think_ms",
    "requests.max_flights",
    "requests.speculate",
    "cache.capacity",
    "cache.ttl_s",
    "cache.empty_ttl_s",
}
"""Every tuning setting."""


def test_every_setting_is_in_one_table() -> None:
    """A new setting is added to one of the two tables."""
    assert set(WRONG) | TUNES == set(setting_specs())
    assert not set(WRONG) & TUNES


@pytest.mark.parametrize("key", WRONG)
@pytest.mark.parametrize("source", [user, client])
def test_wrong_value_stops_all_calls(source: Any, key: str) -> None:
    """The default does not replace it: there are no calls, and one message says so."""
    loaded = merge([source(nested(key, WRONG[key]))])
    assert halted(loaded)
    assert len(loaded.problems) == 1


@pytest.mark.parametrize(
    "address", ["http://999.999.999.999", "http://[v1.x]:1/", "http://host:99999", "http://" + "a" * 70_000]
)
@pytest.mark.parametrize("key", ["base_url", "network.proxy"])
def test_invalid_address_stops_all_calls(key: str, address: str) -> None:
    """The message names the setting before any connection."""
    loaded = merge([user(nested(key, address))])
    assert halted(loaded)
    assert str(loaded.problems[0]).startswith(f"{key} in ")


CLEAR = {"base_url": "http://gateway.example"}


@pytest.mark.parametrize(
    ("sources", "blocks_calls"),
    [
        ([user(CLEAR)], True),
        ([variable("MIDFILL_BASE_URL", "base_url", "http://10.0.0.1:8000")], True),
        ([client({"baseUrl": "http://[fe80::1]:8000"})], True),
        ([user({"base_url": "http://localhost:1", "network": {"proxy": "http://proxy.example:3128"}})], True),
        ([user({"base_url": "http://localhost:1", "network": {"proxy": "http://127.0.0.1:2"}})], False),
        ([user({"base_url": "https://gateway.example", "network": {"proxy": "http://proxy.example:1"}})], False),
        ([user({"base_url": "http://127.0.0.2:8000"})], False),
        ([user({"base_url": "http://api.deepseek.com"})], False),
        ([user({**CLEAR, "backend": "local"})], False),
        ([user({**CLEAR, "network": {"allow_http": True}})], False),
        ([user(CLEAR), client({"network.allowHttp": True})], False),
        ([user(CLEAR), client({"baseUrl": "https://gateway.example"})], False),
    ],
)  # fmt: skip
def test_plain_http_to_another_machine_stops_all_calls(
    sources: list[SettingsSource], blocks_calls: bool
) -> None:
    """Others on the network could read the key and the text: the user must allow it."""
    loaded = merge(sources)
    assert halted(loaded) == blocks_calls
    assert len(loaded.problems) == blocks_calls
    for problem in loaded.problems:
        assert problem.key == "base_url"
        assert "base_url" in str(problem)
        assert "network.allow_http" in str(problem)
        assert "example" not in str(problem)


def test_workspace_cannot_allow_plain_http() -> None:
    """A cloned repository is not trusted."""
    loaded = merge([user(CLEAR), workspace({"network": {"allow_http": True}})])
    assert halted(loaded)
    assert len(loaded.problems) == 2


@pytest.mark.parametrize("key", ["backend", "base_url"])
def test_wrong_variable_stops_all_calls(key: str) -> None:
    """The same rule applies to the environment."""
    assert halted(merge([variable("MIDFILL_" + key.upper(), key, str(WRONG[key]))]))


@pytest.mark.parametrize("key", WRONG)
def test_wrong_restriction_of_a_workspace_stops_all_calls(key: str) -> None:
    """A wrong value counts if the workspace may restrict that setting, and is ignored otherwise."""
    loaded = merge([workspace(nested(key, WRONG[key]))])
    assert halted(loaded) == (setting_specs()[key].workspace != "never")


@pytest.mark.parametrize("key", sorted(TUNES))
@pytest.mark.parametrize("source", [user, workspace, client])
def test_wrong_tuning_setting_stops_nothing(source: Any, key: str) -> None:
    """Its default is used and reported."""
    loaded = merge([source(nested(key, {"a": 1}))])
    assert not halted(loaded)
    assert len(loaded.problems) == 1


@pytest.mark.parametrize(
    ("tree", "blocks_calls"),
    [
        ({"enabld": False}, True),
        ({"base_ur": "http://localhost:8000"}, True),
        ({"paths_off": ["secret/*"]}, True),
        ({"trigger": {"path_off": ["secret/*"]}}, True),
        ({"triger": {"paths_off": ["secret/*"]}}, True),
        ({"trigger": {"paths_off": ["a", "{b,c}/**"]}}, True),
        ({"trigger": {"paths_off": ["a", "#secret"]}}, True),
        ({"trigger": {"paths_off": ["a", ""]}}, True),
        ({"ENABLED": False}, True),
        ({"off": True}, True),
        ({"exclude": ["a"]}, True),
        ({"privacy": {"mode": "strict"}}, True),
        ({"endpoint": "http://localhost:1"}, True),
        ({"url": "http://localhost:1"}, True),
        ({"provider": "local"}, True),
        ({"offline": True}, True),
        ({"midfill": {"enabled": False}}, True),
        ({"settings": {"trigger": {"paths_off": ["a"]}}}, True),
        ({"midfill": {"timing": {"total_ms": 5000}}}, False),
        ({"zzz": {"size": 5}}, False),
        ({"netwrok": {"proxy": "http://localhost:8000"}}, True),
        ({"trigger": ["secret/*"]}, True),
        ({"network": "http://localhost:8000"}, True),
        ({"base_url": f"https://gateway.example/?key={SECRET}"}, True),
        ({"network": SECRET}, True),
        ({"max_tokns": 5}, False),
        ({"completions": {"max_tokens": 5}}, False),
        ({"timing": 5}, False),
        ({"timing": SECRET}, False),
        ({"zzz": 5}, False),
        ({f"key{number}": 1 for number in range(201)}, True),
        ({"caps": {"day_money": 1}}, True),
        ({"network": {"offline": True}}, True),
        ({"completion": {"mode": "manual"}}, True),
        ({"completion": {"enabled": False}}, True),
        ({"completion": {"lines": 5}}, False),
        ({"trigger": {"max_lines": 5}}, True),
        ({"network": {"max_lines": 5}}, True),
    ],
)
@pytest.mark.parametrize("source", [user, client])
def test_unknown_names_stop_all_calls(source: Any, tree: Mapping[str, object], blocks_calls: bool) -> None:
    """A misspelt name, a wrong table, a secret, too many entries: these may have been restrictions."""
    assert halted(merge([source(tree)])) == blocks_calls


@pytest.mark.parametrize(
    ("tree", "blocks_calls"),
    [
        ({"enabld": False}, True),
        ({"trigger": ["secret/*"]}, True),
        ({"base_ur": "http://localhost:8000"}, False),
        ({"base_url": f"https://gateway.example/?key={SECRET}"}, False),
        ({"network": 5}, False),
        ({"trigger": {"paths_off": ["secret/*", "!secret/a.py"]}}, True),
        ({"completion": {"stop": ["a"] * 16}}, False),
        ({"enabled": True, "trigger": {"mode": "automatic", "max_file_kb": 99_999}}, False),
        ({f"key{number}": 1 for number in range(201)}, True),
    ],
)
def test_ignored_workspace_settings_stop_nothing(tree: Mapping[str, object], blocks_calls: bool) -> None:
    """A forbidden setting is ignored; a rejected restriction halts."""
    sources = [user({"enabled": False, "trigger": {"mode": "manual"}, "completion": {"stop": ["b"]}})]
    assert halted(merge([*sources, workspace(tree)])) == blocks_calls


NAMES_OF_OTHERS = {
    "base_url": "url api_url endpoint host server address api_base openai_api_base base",
    "backend": "provider engine service local offline llm",
    "trigger.paths_off": (
        "exclude excludes excluded ignore ignores ignored deny private privacy secrets exclude_files ignore_files "
        "files_off"
    ),
    "enabled": "off on active enable disable disabled",
}


@pytest.mark.parametrize(
    ("name", "meant"), [(name, key) for key, names in NAMES_OF_OTHERS.items() for name in names.split()]
)
def test_names_of_other_tools_are_understood(name: str, meant: str) -> None:
    """A restriction under a name that other tools use stops all calls, and the message says midfill's name."""
    for spelt in (name, name.upper(), name.replace("_", "-"), f"ai.{name}"):
        loaded = merge([user({spelt: "x"})])
        assert halted(loaded)
        assert f"did you mean {meant}?" in str(loaded.problems[0])


@pytest.mark.parametrize(("length", "blocks_calls"), [(60, True), (61, False)])
def test_long_names_mean_nothing(length: int, blocks_calls: bool) -> None:
    """A name of more than 60 characters is no slip of a setting's name."""
    name = "x" * (length - len(".offline")) + ".offline"
    assert halted(merge([user({name: True})])) is blocks_calls


@pytest.mark.parametrize("table", ["midfill", "Midfill", "settings", "initializationOptions"])
def test_tables_around_a_clients_settings_are_searched(table: str) -> None:
    """A client may put the settings into one table too many, at any depth; what only tunes stops nothing."""
    inner: dict[str, Any] = {"trigger": {"paths_off": ["a"]}}
    assert halted(merge([client({table: inner})]))
    assert halted(merge([client({table: {"zzz": {"zzz": inner}}})]))
    assert not halted(merge([client({table: {"timing": {"total_ms": 5000}}})]))


def test_stronger_source_overrides_a_wrong_value() -> None:
    """An overridden wrong value is reported, and stops nothing, because the effective value is valid."""
    loaded = merge([user({"model": 5}), client({"model": "a"})])
    assert not halted(loaded)
    assert str(loaded.problems[0]).endswith("; that of client is used.")
    assert not halted(merge([user({"backend": "locall"}), client({"backend": "local"})]))
    assert halted(merge([user({"backend": "local"}), client({"backend": "locall"})]))
    assert halted(merge([client({"base_url": "http://localhost:1", "baseUrl": "localhost:8000"})]))


def test_workspace_does_not_override_a_wrong_value() -> None:
    """It cannot replace the user's wrong value, because it may only restrict."""
    wrong = user({"trigger": {"paths_off": "secret/*", "max_file_kb": "10"}})
    assert halted(merge([wrong, workspace({"trigger": {"paths_off": ["a"], "max_file_kb": 5}})]))


def test_unreadable_file_stops_all_calls(tmp_path: Path) -> None:
    """An unreadable file may set anything: the user's, one that MIDFILL_CONFIG names, a workspace's."""
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.touch()
    bad.write_text("[timing\n", "utf-8")
    (tmp_path / ".midfill.toml").write_bytes(b"\xff")
    assert not halted(load({"MIDFILL_CONFIG": str(good)}))
    assert halted(load({"MIDFILL_CONFIG": str(bad)}))
    assert halted(load({"MIDFILL_CONFIG": str(tmp_path / "missing.toml")}))
    assert halted(load({"MIDFILL_CONFIG": str(good)}, workspaces=[tmp_path]))


@pytest.mark.parametrize("sent", ["x", 5, ["a"], {"midfill": "x"}])
def test_client_settings_that_are_no_object_stop_all_calls(tmp_path: Path, sent: object) -> None:
    """Its meaning is unknown."""
    (config := tmp_path / "config.toml").touch()
    assert halted(load({"MIDFILL_CONFIG": str(config)}, clients=[sent]))


def test_explanation_is_at_the_end() -> None:
    """Wrong settings are reported first."""
    assert str(Problem("first.", blocks_calls=True)) == f"first. {UNTIL}"
    assert str(Problem("first.")) == "first."


def test_tables_of_others_are_none_of_ours() -> None:
    """An editor sends the settings of its other servers, too; a file is ours alone."""
    tree = {"pylsp": {"enabled": False}}
    assert not halted(merge([client(tree)]))
    assert halted(merge([user(tree)]))
    assert halted(merge([user({"tool": {"midfill": {"enabled": False}}})]))


@pytest.mark.parametrize(
    ("name", "blocks_calls"),
    [
        ("MIDFILL_BACKENDS", True),
        ("MIDFILL_ENABLED", True),
        ("MIDFILL_URL", True),
        ("MIDFILL_PROXY", True),
        ("MIDFILL_NETWORK_PROXY", True),
        ("MIDFILL_PATHS_OFF", True),
        ("MIDFILL_OFFLINE", True),
        ("MIDFILL_TOTAL_MS", False),
        ("MIDFILL_LOG", False),
        ("MIDFILL_VSCODE", False),
        ("MIDFILL_EDITORS", False),
    ],
)
def test_misnamed_restriction_in_a_variable_stops_all_calls(
    tmp_path: Path, name: str, blocks_calls: bool
) -> None:
    """Other unknown variables, and empty ones, stop nothing."""
    (config := tmp_path / "config.toml").touch()
    assert halted(load({"MIDFILL_CONFIG": str(config), name: "local"})) == blocks_calls
    assert not halted(load({"MIDFILL_CONFIG": str(config), name: " "}))


@pytest.mark.parametrize(
    "sent",
    [
        {"midfill": {"timing": {}}, "midfill.enabled": False},
        {"midfill": None, "midfill.enabled": False},
        {"midfill.enabled": False, "pylsp": {"enabled": True}},
    ],
)
def test_both_forms_of_a_clients_settings_count(tmp_path: Path, sent: object) -> None:
    """A table of midfill's does not hide names like `midfill.enabled`."""
    (config := tmp_path / "config.toml").touch()
    assert not load({"MIDFILL_CONFIG": str(config)}, clients=[sent]).settings.enabled


@pytest.mark.parametrize(
    "sent", [{"Midfill": {"enabled": False}}, {"settings": {"midfill": {"enabled": False}}}]
)
def test_settings_in_a_wrong_table_stop_all_calls(tmp_path: Path, sent: object) -> None:
    """The client's settings are not where midfill looks for them."""
    (config := tmp_path / "config.toml").touch()
    assert halted(load({"MIDFILL_CONFIG": str(config)}, clients=[sent]))
