"""The output of `midfill config show`."""

import tomllib
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from midfill.settings import Problem, Settings, SettingsSource, merge
from midfill.settings.setting_specs import setting_specs
from midfill.settings.show import explain, render_toml


def test_each_value_has_its_origin() -> None:
    """Every setting has a line, in the order of the tree, with its origin."""
    sources = [
        SettingsSource("/a.toml", {"model": 'a "b" \\ é\n'}),
        SettingsSource("client", {"cache": {"ttlS": 60}}, "client"),
    ]
    shown = explain(merge(sources))
    assert [line.key for line in shown] == list(setting_specs())
    changed = [tuple(line) for line in shown if line.origin != "default"]
    assert changed == [("model", '"a \\"b\\" \\\\ é\\n"', "/a.toml"), ("cache.ttl_s", "60", "client")]


def test_problems_are_at_the_top() -> None:
    """The problems are comments, each on one line, for any file name."""
    loaded = merge([Problem("first"), SettingsSource("/odd\nmodel = 5", {"model": "m", "x": 1})])
    lines = render_toml(loaded).splitlines()
    assert lines[:2] == ["# first", "# x in /odd?model = 5 is not a setting of midfill and is skipped."]
    assert tomllib.loads(render_toml(loaded))["model"] == "m"


def test_secrets_are_masked() -> None:
    """A password in an address and a possible key in a command are not shown."""
    password, key = "pass" + "word", "sk-" + "x" * 12
    tree = {"network": {"proxy": f"http://ann:{password}@host:1"}, "api_key_command": f"echo {key}"}
    text = render_toml(merge([SettingsSource("/a", tree)]))
    assert 'proxy = "http://…@host:1"' in text
    assert 'api_key_command = "echo sk-…"' in text
    assert password not in text
    assert key not in text


def test_entries_of_a_list_are_on_one_line() -> None:
    """An entry has the values that are set; what a terminal or an editor interprets is escaped."""
    tree = {
        "backends": [{"name": "a", "like": "openai", "model": "m"}, {"name": "b", "like": "ollama"}],
        "model": "a\u202e\U000e0001\uffff",
    }
    lines = render_toml(merge([SettingsSource("/a", tree)])).splitlines()
    assert (
        'backends = [{ name = "a", like = "openai", model = "m" }, { name = "b", like = "ollama" }]  # /a'
        in lines
    )
    assert 'model = "a\\u202e\\U000e0001\\uffff"  # /a' in lines


def test_each_section_is_a_table() -> None:
    """A blank line and the name come before its settings; those outside of any are first."""
    lines = render_toml(merge([])).splitlines()
    assert lines[0] == "enabled = true  # default"
    assert lines[lines.index("[trigger]") - 1] == ""
    assert lines[lines.index("[trigger]") + 1] == 'mode = "automatic"  # default'
    assert [line for line in lines if line.startswith("[")].count("[trigger]") == 1


TEXTS = st.text(max_size=20).filter(lambda text: "sk-" not in text and "@" not in text)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "model": TEXTS,
            "api_key_file": TEXTS,
            "completion": st.fixed_dictionaries(
                {"temperature": st.floats(0, 2), "stop": st.lists(TEXTS.filter(bool), max_size=16)}
            ),
            "trigger": st.fixed_dictionaries({"languages_off": st.lists(TEXTS, max_size=4)}),
        },
    )
)
def test_output_is_a_settings_file(tree: dict[str, Any]) -> None:
    """The output is a valid settings file with the same meaning."""
    loaded = merge([SettingsSource("/a.toml", tree)])
    assert loaded.problems == ()
    again = merge([SettingsSource("/b.toml", tomllib.loads(render_toml(loaded)))])
    assert again.problems == ()
    assert again.settings == loaded.settings


def test_defaults_are_a_settings_file() -> None:
    """The defaults, printed and read again, are the defaults."""
    assert msgspec.convert(tomllib.loads(render_toml(merge([]))), Settings) == Settings()
