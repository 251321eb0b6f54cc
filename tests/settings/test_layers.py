"""Layers of settings with any values: a later one has priority, and a workspace only restricts."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from midfill.settings import SettingsSource, merge
from midfill.settings.merge import ORDERED
from midfill.settings.setting_specs import SettingSpec, setting_specs, value_of
from midfill.settings.tree import MOST_RESTRICTIVE_FIRST

PAIRED = {key for pair in ORDERED for key in pair}
"""Settings that change with another one."""

WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)


def valid(spec: SettingSpec) -> st.SearchStrategy[Any] | None:
    """Return the values of a setting; None for free texts, which have their own rules."""
    kind, least, most = spec.json.get("type"), spec.json.get("minimum"), spec.json.get("maximum")
    if "enum" in spec.json:
        return st.sampled_from(spec.json["enum"])
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        return st.integers(least, most if most is not None else (least or 0) + 10_000)
    if kind == "number" and least is not None:
        return st.floats(least, most if most is not None else least + 1_000, allow_nan=False)
    return None


VALID = {
    key: way
    for key, spec in setting_specs().items()
    if key not in PAIRED and (way := valid(spec)) is not None
}
TREES = st.fixed_dictionaries({}, optional=VALID)
LISTS = st.fixed_dictionaries({}, optional={"trigger.paths_off": WORDS, "trigger.languages_off": WORDS})


def layer(kind: str, flat: Mapping[str, object]) -> SettingsSource:
    """Return a source with settings by dotted keys."""
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        section, _, name = key.rpartition(".")
        (tree.setdefault(section, {}) if section else tree)[name] = value
    return SettingsSource(kind, tree, kind)  # type: ignore[arg-type]


def test_most_settings_are_tested() -> None:
    """Values cannot be generated for a few settings."""
    assert len(VALID) > len(setting_specs()) / 2


@given(st.lists(st.tuples(st.sampled_from(["user", "environment", "client"]), TREES), max_size=4))
def test_last_layer_has_priority(layers: list[tuple[str, dict[str, object]]]) -> None:
    """This holds for any weaker values, and for each setting separately."""
    loaded = merge([layer(kind, flat) for kind, flat in layers])
    assert loaded.problems == ()
    for key in VALID:
        found = [(flat[key], kind) for kind, flat in layers if key in flat]
        value, origin = found[-1] if found else (setting_specs()[key].default, "default")
        assert (value_of(loaded.settings, key), loaded.origins[key]) == (value, origin)


@given(st.builds(dict.__or__, TREES, LISTS), st.builds(dict.__or__, TREES, LISTS))
def test_workspace_can_only_restrict(mine: dict[str, object], theirs: dict[str, object]) -> None:
    """It keeps each of the user's settings, or makes it stricter."""
    before = merge([layer("user", mine)]).settings
    after = merge([layer("user", mine), layer("workspace", theirs)]).settings
    for key, spec in setting_specs().items():
        old, new = value_of(before, key), value_of(after, key)
        if key in theirs and old != new:
            assert restrains(spec, old, new), (key, old, new)
        elif key not in PAIRED:
            assert old == new


def restrains(spec: SettingSpec, old: Any, new: Any) -> bool:
    """Return whether a setting is stricter than before, according to its rule in the tree."""
    match spec.workspace:
        case "any":
            return True
        case "lower":
            return bool(new < old)
        case "raise":
            return bool(new > old)
        case "narrow":
            order: list[Any] = list(MOST_RESTRICTIVE_FIRST.get(spec.key, (False, True)))
            return order.index(new) < order.index(old)
        case "add":
            return bool(new[: len(old)] == old)
        case "fewer":
            return set(new) < set(old)
    return False
