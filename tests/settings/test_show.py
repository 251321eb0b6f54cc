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
