"""The effective value, its origin, and the messages: by table, without a file."""

import datetime
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.settings import LoadedSettings, Settings, SettingsSource, TimingSettings, merge
from midfill.settings.setting_specs import camel, setting_specs, value_of
from midfill.settings.settings_source import MAX_ENTRIES

USER, WORKSPACE = "/home/ann/config.toml", "/work/.midfill.toml"
SECRET = "sk-" + "0a1b2c3d" * 4
UNTIL = "No backend is called until this is fixed."


def user(tree: Mapping[str, object]) -> SettingsSource:
    return SettingsSource(USER, tree)


def workspace(tree: Mapping[str, object]) -> SettingsSource:
    return SettingsSource(WORKSPACE, tree, "workspace")


def variable(name: str, key: str, value: str) -> SettingsSource:
    return SettingsSource(f"environment {name}", {key: value}, "environment")


def client(tree: Mapping[str, object]) -> SettingsSource:
    return SettingsSource("client", tree, "client")


def values(loaded: LoadedSettings, *keys: str) -> list[object]:
    return [value_of(loaded.settings, key) for key in keys]


def texts(loaded: LoadedSettings) -> list[str]:
    return [str(problem) for problem in loaded.problems]


def test_defaults_apply_without_sources() -> None:
    """Each setting has the origin `default`."""
    loaded = merge([])
    assert loaded.settings == Settings()
    assert set(loaded.origins) == set(setting_specs())
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.problems == ()


LAYERS = [
    user({"model": "a"}),
    workspace({"completion": {"max_tokens": 64}}),
    variable("MIDFILL_MODEL", "model", "c"),
    client({"model": "d"}),
]


@pytest.mark.parametrize(
    ("count", "model", "origin"),
    [(0, "", "default"), (1, "a", USER), (3, "c", "environment MIDFILL_MODEL"), (4, "d", "client")],
)
def test_later_source_has_priority(count: int, model: str, origin: str) -> None:
    """A setting has the value and the origin of the last source that sets it."""
    loaded = merge(LAYERS[:count])
    assert (loaded.settings.model, loaded.origins["model"]) == (model, origin)
    assert loaded.problems == ()


def test_sections_are_merged_key_by_key() -> None:
    """A section in a later source replaces only the keys that it names."""
    loaded = merge(
        [user({"timing": {"linger_ms": 1, "total_ms": 9000}}), client({"timing": {"linger_ms": 2}})]
    )
    assert loaded.settings.timing == TimingSettings(linger_ms=2, total_ms=9000)
    assert loaded.origins["timing.total_ms"] == USER


@pytest.mark.parametrize(
    "tree",
    [
        {"completion": {"maxTokensManual": 99}},
        {"completion": {"max_tokens_manual": 99}},
        {"completion": {"maxTokensManual": 99.0}},
        {"completion.maxTokensManual": 99},
        {"model": None, "trigger": None, "completion": {"stop": None, "maxTokensManual": 99}},
        {
            "completion.max_tokens_manual": 99,
            "model": None,
            "timing": None,
            "trigger": {"languagesOff": None},
        },
        {"completion": {"maxTokensManual": 99}, "cache": [], "trigger": {"languagesOff": {}}},
    ],
)
def test_client_notations_are_accepted(tree: Mapping[str, object]) -> None:
    """Clients may write camelCase, dotted names, whole floats, null for "not set" and Lua's empty tables."""
    loaded = merge([client(tree)])
    assert values(loaded, "completion.max_tokens_manual", "trigger.languages_off") == [99, ()]
    assert loaded.origins["completion.max_tokens_manual"] == "client"
    assert loaded.origins["model"] == "default"
    assert loaded.problems == ()


def test_files_use_snake_case() -> None:
    """In a file camelCase is an unknown key, and the right spelling is suggested."""
    loaded = merge([user({"timing": {"totalMs": 9000}})])
    assert texts(loaded) == [
        f"timing.totalMs in {USER} is not a setting of midfill and is skipped; did you mean timing.total_ms?"
    ]


WRONG: list[tuple[str, object, str]] = [
    ("enabled", "yes", 'must be true or false, not "yes".'),
    ("enabled", 1, "must be true or false, not 1."),
    ("backend", "gpt", 'must be one of "auto", "dashscope",'),
    ("backend", 5, 'must be one of "auto", "deepseek",'),
    ("base_url", "x", "must be empty or a valid address that begins with"),
    ("base_url", "http://ann:pw@host", "without a user name, not a string of 18 characters."),
    ("model", 5, "must be a string, not 5."),
    ("model", True, "must be a string, not true."),
    ("trigger.mode", "off", 'must be one of "automatic", "manual", not "off".'),
    (
        "backends",
        [{"name": "a", "like": "openai", "url": "x"}],
        "must be a list of tables with name, like, base_url, model, template, api_key_command, api_key_file, not a ",
    ),
    (
        "templates",
        [{"name": "a", "prompt": "{prefix}", "suffix": "x"}],
        "must be a list of tables with name, prompt, file, stop, fills_in, not a list of 1.",
    ),
    ("trigger.languages_off", "python", 'must be a list of strings, not "python".'),
    ("trigger.languages_off", [1], "must be a list of strings, not a list of 1."),
    ("trigger.scopes_off", ["code"], 'must be a list of "comment" and "string", not a list of 1.'),
    ("trigger.min_characters", -1, "must be an integer from 0 to 1000, not -1."),
    ("completion.temperature", 2.5, "must be a number from 0 to 2, not 2.5; the default 0.0 is used."),
    ("completion.temperature", float("nan"), "must be a number from 0 to 2, not nan;"),
    ("completion.max_tokens", 4097, "must be an integer from 1 to 4096, not 4097; the default 128 is used."),
    ("completion.max_tokens", 1.5, "must be an integer from 1 to 4096, not 1.5;"),
    ("completion.max_tokens", True, "must be an integer from 1 to 4096, not true;"),
    ("completion.max_tokens", 10**30, "must be an integer from 1 to 4096, not a huge number;"),
    (
        "completion.stop",
        ["a"] * 17,
        "must be a list of at most 16 strings, none of them empty, not a list of 17;",
    ),
    ("completion.stop", [""], "must be a list of at most 16 strings, none of them empty, not a list of 1;"),
    (
        "timing.debounce_min_ms",
        "fast",
        'must be an integer from 0 to 5000, not "fast"; the default 20 is used.',
    ),
    ("timing.total_ms", datetime.date(2026, 1, 1), "must be an integer from 100 to 60000, not a date;"),
    ("timing.total_ms", {"a": 1}, "must be an integer from 100 to 60000, not a table;"),
    ("timing.total_ms", "9" * 30, "must be an integer from 100 to 60000, not a string of 30 characters;"),
    ("timing", 5, "must be a table of settings, not 5; it is skipped."),
    ("network.proxy", "ann:pw@host", "not a string of 11 characters."),
    ("cache.ttl_s", -1, "must be an integer from 0 to 604800, not -1; the default 3600 is used."),
]


def nested(key: str, value: object) -> dict[str, object]:
    section, _, name = key.rpartition(".")
    return {section: {name: value}} if section else {name: value}


@pytest.mark.parametrize(("key", "value", "message"), WRONG)
@pytest.mark.parametrize("source", [user, client])
def test_wrong_values_are_reported_and_skipped(source: Any, key: str, value: object, message: str) -> None:
    """A wrong type or a violated limit: one sentence with key, place, rule and remedy; see test_halt.py, too."""
    loaded = merge([source(nested(key, value)), source({"requests": {"max_flights": 2}})])
    assert loaded.settings == merge([source({"requests": {"max_flights": 2}})]).settings
    [problem] = loaded.problems
    place = USER if source is user else "the editor's settings"
    assert str(problem).startswith(f"{key} in {place} must be ")
    assert message in str(problem)
    assert problem.key == key
    assert problem.origin in (USER, "client")


def test_wrong_value_keeps_that_of_a_weaker_source() -> None:
    """The weaker source's value stays in force, and the message says so."""
    loaded = merge([user({"cache": {"ttl_s": 60}}), client({"cache": {"ttlS": "x"}})])
    assert values(loaded, "cache.ttl_s") == [60]
    assert texts(loaded)[0].endswith(f', not "x"; that of {USER} is used.')


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("modle", "model"),
        ("timing.debounce_min", "timing.debounce_min_ms"),
        ("debounce_min_ms", "timing.debounce_min_ms"),
        ("maxTokens", "completion.max_tokens"),
        ("max_tokens", "completion.max_tokens"),
        ("completions.max_lines", "completion.max_lines"),
        ("completion.limits.max_lines", "completion.max_lines"),
        ("completion.limits.max_lnes", "completion.max_lines"),
        ("cache.capasity", "cache.capacity"),
        ("completion.model", "model"),
        ("max_tokns", "completion.max_tokens"),
        ("ai.rules.path_off", "trigger.paths_off"),
        ("completions", "completion"),
        ("disabled", "enabled"),
        ("context.disabled", "context.enabled"),
        ("API-URL", "base_url"),
        ("BASE-URL", "base_url"),
        ("openai.apiBase", "base_url"),
        ("zzz", None),
        ("", None),
    ],
)
def test_unknown_keys_are_reported_with_the_nearest(written: str, meant: str | None) -> None:
    """An unknown key is reported with the nearest known one."""
    [text] = texts(merge([user({written: 1})]))
    assert text.startswith(f"{written} in {USER} is not a setting of midfill and is skipped")
    assert text.removesuffix(f" {UNTIL}").endswith(f"; did you mean {meant}?" if meant else "skipped.")


WORKSPACE_CASES: list[tuple[str, object, object, object]] = [
    # key, the user's value, the workspace's value, the result (None: the user's, with a problem)
    ("enabled", True, False, False),
    ("enabled", False, True, None),
    ("trigger.mode", "automatic", "manual", "manual"),
    ("trigger.mode", "manual", "automatic", None),
    ("trigger.languages_off", ["markdown"], ["text", "markdown"], ("markdown", "text")),
    ("trigger.languages_off", ["markdown"], [], ("markdown",)),
    ("trigger.paths_off", ["*.sql"], ["gen/**"], ("*.sql", "gen/**")),
    ("trigger.paths_off", ["*.sql"], ["gen/**", "!*.sql"], None),
    ("trigger.scopes_off", [], ["comment"], ("comment",)),
    ("trigger.min_characters", 3, 5, 5),
    ("trigger.min_characters", 3, 0, None),
    ("trigger.max_file_kb", 100, 50, 50),
    ("trigger.max_file_kb", 100, 200, None),
    ("completion.scope", "statement", "line", "line"),
    ("completion.scope", "statement", "block", None),
    ("completion.max_lines", 12, 12, 12),
    ("completion.max_lines", 12, 13, None),
    ("completion.max_tokens", 128, 4096, None),
    ("completion.max_tokens_manual", 256, 64, 64),
    ("completion.temperature", 0.0, 1, 1.0),
    ("completion.stop", ["a"], ["b"], ("a", "b")),
    ("completion.stop", ["a"] * 10, [*"bcdefghi"], None),
    ("completion.alternatives", 3, 8, None),
    ("prompt.prefix_tokens", 2000, 1000, 1000),
    ("prompt.suffix_tokens", 200, 201, None),
    ("context.enabled", True, False, False),
    ("edits.enabled", True, False, False),
    ("edits.enabled", False, True, None),
    ("context.enabled", False, True, None),
    ("context.tokens", 4000, 0, 0),
    ("context.tokens", 1000, 4000, None),
    ("context.sources", ["recent", "search"], ["search"], ("search",)),
    ("context.sources", ["recent"], ["recent", "search"], None),
    ("context.extra", ["~/notes.md"], ["docs/notes.md"], ("~/notes.md", "docs/notes.md")),
    ("context.extra", [], ["~/.ssh/config"], None),
    ("context.extra", [], ["/etc/passwd"], None),
    ("context.extra", [], ["docs/../../notes.md"], None),
    ("context.extra", [], ["C:\\notes.md"], None),
]


@pytest.mark.parametrize(("key", "users", "wanted", "result"), WORKSPACE_CASES)
def test_workspace_can_only_restrict(key: str, users: object, wanted: object, result: object) -> None:
    """`.midfill.toml` makes midfill send and spend less, never more, and does not lift the user's exclusions."""
    alone = merge([user(nested(key, users))])
    loaded = merge([user(nested(key, users)), workspace(nested(key, wanted))])
    refused = result is None
    assert values(loaded, key) == (values(alone, key) if refused else [result])
    assert len(loaded.problems) == int(refused)
    for text in texts(loaded):
        assert text.startswith(f"{key} in {WORKSPACE} is skipped: a workspace may ")


def test_every_rule_for_workspaces_is_tested() -> None:
    """Each setting that a workspace may change is in the table above; the next test has the others."""
    assert {key for key, *_ in WORKSPACE_CASES} == {
        spec.key for spec in setting_specs().values() if spec.workspace != "never"
    }


FORBIDDEN = [spec.key for spec in setting_specs().values() if spec.workspace == "never"]


@pytest.mark.parametrize("key", FORBIDDEN)
def test_workspace_cannot_choose_the_backend(key: str) -> None:
    """Backend, address, model, keys, network, timing, requests and cache belong to the user only."""
    spec = setting_specs()[key]
    other = spec.default + 1 if isinstance(spec.default, int) else [*spec.values, "https://evil.example"][-1]
    for value in (other, 5.5, ["x"]):
        loaded = merge([workspace(nested(key, value))])
        assert loaded.settings == Settings()
        [text] = texts(loaded)
        assert text.endswith("is skipped: a workspace may not set it; it belongs in your own settings.")


def test_workspace_cannot_set_connections_or_commands() -> None:
    """The settings of connections and commands are forbidden by name; this list is the guarantee."""
    promise = {"backend", "base_url", "model", "api_key_command", "api_key_file", "network.proxy"}
    assert promise | {
        "network.ca_file",
        "network.allow_http",
        "requests.max_flights",
        "requests.speculate",
    } <= set(FORBIDDEN)


def test_added_lists_name_both_origins() -> None:
    """If a workspace has added to the user's list, both are its origin."""
    sources = [user({"trigger": {"paths_off": ["a"]}}), workspace({"trigger": {"paths_off": ["b"]}})]
    assert merge(sources).origins["trigger.paths_off"] == f"{USER} + {WORKSPACE}"
    assert merge(sources[1:]).origins["trigger.paths_off"] == WORKSPACE


@pytest.mark.parametrize(
    ("users", "clients", "pair", "problems"),
    [
        ({"debounce_min_ms": 700}, {}, (700, 700), 0),
        ({"debounce_max_ms": 10}, {}, (10, 10), 0),
        ({"debounce_min_ms": 300, "debounce_max_ms": 200}, {}, (300, 300), 1),
        ({"debounce_max_ms": 200}, {"debounceMinMs": 300}, (300, 300), 1),
        ({"debounce_min_ms": 300}, {"debounceMaxMs": 200}, (200, 200), 1),
        ({"debounce_min_ms": 300}, {"debounceMaxMs": 300}, (300, 300), 0),
    ],
)
def test_reversed_pairs_are_sorted(
    users: Mapping[str, object], clients: Mapping[str, object], pair: tuple[int, int], problems: int
) -> None:
    """A reversed pair takes the stronger source's value; it is reported if the user has set both."""
    loaded = merge([user({"timing": users}), client({"timing": clients})])
    assert values(loaded, "timing.debounce_min_ms", "timing.debounce_max_ms") == list(pair)
    assert len(loaded.problems) == problems
    for problem in loaded.problems:
        both = {**users, "debounce_min_ms": 300, "debounce_max_ms": 200}
        assert str(problem).startswith(f"timing.debounce_min_ms ({both['debounce_min_ms']}, ")
        assert f") is more than timing.debounce_max_ms ({both['debounce_max_ms']}, " in str(problem)
        assert str(problem).endswith(f"); {pair[0]} is used for both.")
    if pair[0] == pair[1] == 200:
        assert loaded.origins["timing.debounce_min_ms"] == "client"


SECRET_TREES: list[dict[str, object]] = [
    {"api_key": SECRET},
    {"api_key": "0123456789abcdef"},
    {"apiKey": "0123456789abcdef"},
    {"deepseek_api_key": "0123456789abcdef"},
    {"token": "0123456789abcdef"},
    {"model": SECRET},
    {"model": f" '{SECRET}'"},
    {"model": "sk-" + "x" * 8},
    {"api_key_file": SECRET},
    {"api_key_command": f"echo {SECRET}"},
    {"base_url": f"https://host/?key={SECRET}"},
    {"backend": SECRET},
    {"timing": {"total_ms": SECRET}},
    {"timing": SECRET},
    {"completion": {"stop": ["a", SECRET]}},
    {"deepseek": {"api_key": "0123456789abcdef"}},
    {"unknown": [{"deep": [SECRET]}]},
    {SECRET: True},
    {"timing": {SECRET: 5}},
]


@pytest.mark.parametrize("tree", SECRET_TREES)
@pytest.mark.parametrize("source", [user, workspace, client])
def test_secrets_are_reported_without_their_value(source: Any, tree: dict[str, object]) -> None:
    """A key in the settings is not used and never repeated; the message says where it belongs."""
    loaded = merge([source(tree)])
    assert loaded.settings == Settings()
    [problem] = loaded.problems
    place = {user: USER, workspace: WORKSPACE, client: "the editor's settings"}[source]
    belongs = (
        f" in {place} is or holds a secret, and is not used: an API key belongs in the environment variable "
        "MIDFILL_API_KEY, in the system keyring, or where your api_key_command or api_key_file says."
    )
    assert belongs in str(problem)
    assert ("says. If that file has been shared, make a new key." in str(problem)) is (source is workspace)
    shown = f"{problem!r} {loaded!r} {source(tree)!r}"
    for secret in (SECRET, SECRET[3:], "0123456789abcdef", "x" * 8):
        assert secret not in shown


@pytest.mark.parametrize(
    "tree",
    [
        {"api_key_command": 4711},
        {"api_key_file": 4711},
        {"base_url": 4711},
        {"backends": 4711},
        {"network": {"proxy": 4711}},
    ],
)
def test_wrong_value_that_may_contain_a_password_is_not_repeated(tree: dict[str, object]) -> None:
    """The message names its type only; other values are shown as they are written."""
    [problem] = merge([user(tree)]).problems
    assert "4711" not in str(problem)
    assert "4711" in str(merge([user({"backend": 4711})]).problems[0])


def test_settings_beside_a_secret_apply() -> None:
    """They may be in its section or outside."""
    tree = {"timing": {"linger_ms": 1, "api_key": SECRET}, "model": "m"}
    loaded = merge([user(tree)])
    assert values(loaded, "timing.linger_ms", "model") == [1, "m"]
    assert [problem.key for problem in loaded.problems] == ["timing.api_key"]


def test_number_of_reported_problems_is_limited() -> None:
    """If a file has thousands of unknown keys, some hundreds are reported, and the number of the others."""
    loaded = merge([workspace({f"key{number}": 1 for number in range(10_000)} | {"x" * 10**6: 1})])
    assert len(loaded.problems) == MAX_ENTRIES + 1
    last = f"{WORKSPACE} sets more than 200 values; the rest is skipped. {UNTIL}"
    assert texts(loaded)[-1] == last
    assert len(texts(merge([user({"x" * 10**6: 1})]))[0]) < 200
    many = {f"key{number}": 1 for number in range(MAX_ENTRIES)}
    assert len(merge([client(many)]).problems) == MAX_ENTRIES
    assert texts(merge([client(many | {"model": "m"})]))[-1].startswith(
        "The editor's settings sets more than 200"
    )


@pytest.mark.parametrize(
    ("key", "value", "valid"),
    [
        ("model", "a\ud800", False),
        ("model", "\udfffa", False),
        ("model", "\ud7ff\ue000", True),
        ("trigger.languages_off", ["a", "\ud83d"], False),
        ("backends", [{"name": "work", "like": "openai", "model": "\ud83d"}], False),
        ("backends", [{"name": "work", "like": "openai", "model": "\U0001f600"}], True),
    ],
)
def test_half_of_a_character_is_no_text(key: str, value: object, valid: bool) -> None:
    """JSON may have one half of a surrogate pair, which no file and no request can have."""
    loaded = merge([client(nested(key, value))])
    assert (loaded.problems == ()) is valid
    assert (loaded.settings != Settings()) is valid


def test_names_in_a_table_are_in_the_notation_of_the_source() -> None:
    """Tables in a list may be written in camelCase, whoever writes them."""
    tree = {"backends": [{"name": "work", "like": "openai", "apiKeyFile": "~/key"}]}
    for source in (user, client):
        loaded = merge([source(tree)])
        assert loaded.problems == ()
        assert loaded.settings.backends[0].api_key_file == "~/key"


@pytest.mark.parametrize(
    "tree",
    [
        {"api_key_file": "/home/ann/.keys/sk-deepseek-key"},
        {"api_key_command": "pass show risk-assessment-0123456789abcdef"},
        {"base_url": "https://disk-1234567890123456.example"},
        {"trigger": {"paths_off": ["task-0123456789abcdef"]}},
    ],
)
def test_text_that_resembles_a_key_is_accepted(tree: dict[str, object]) -> None:
    """Names of files and hosts that have "sk-" in them are no keys."""
    assert merge([user(tree)]).problems == ()


def test_passwords_in_addresses_are_not_repeated() -> None:
    """Only the type of an ill-typed address is reported, also in a weaker source."""
    good, bad = "http://ann:pass1@proxy:1", "ftp://ann:pass2@proxy:1"
    loaded = merge([user({"network": {"proxy": good}}), client({"network": {"proxy": bad}})])
    assert values(loaded, "network.proxy") == [good]
    [problem] = loaded.problems
    assert "pass" not in repr(problem)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([part for key in setting_specs() for part in (*key.split("."), key, camel(key))])
TREES = st.dictionaries(
    NAMES | st.text(max_size=12), JSON | st.dictionaries(NAMES, JSON, max_size=4), max_size=5
)


@given(st.lists(st.builds(lambda make, tree: make(tree), st.sampled_from([user, workspace, client]), TREES)))
def test_tree_is_valid_for_any_sources(sources: list[SettingsSource]) -> None:
    """For any sources, the tree is within its limits, and every setting has an origin."""
    loaded = merge(sources)
    for key, spec in setting_specs().items():
        value = value_of(loaded.settings, key)
        assert spec.typed(list(value) if isinstance(value, tuple) else value) == value
    assert set(loaded.origins) == set(setting_specs())
    assert all(str(problem).endswith((".", "?")) for problem in loaded.problems)


@given(TREES)
def test_hostile_workspace_loosens_no_limit(tree: dict[str, object]) -> None:
    """Under a hostile workspace file no limit is looser than the user's."""
    settings = merge([workspace(tree)]).settings
    default = Settings()
    assert (settings.backend, settings.base_url, settings.model) == ("auto", "", "")
    assert settings.timing == default.timing
    assert settings.network == default.network
    assert settings.completion.max_tokens <= default.completion.max_tokens
    assert settings.trigger.min_characters >= default.trigger.min_characters
