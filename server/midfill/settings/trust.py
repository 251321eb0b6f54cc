"""The settings that a workspace's own file may change: a cloned repository is not trusted."""

from collections.abc import Sequence
from typing import Any

from midfill.settings.problem import shown
from midfill.settings.section import Workspace
from midfill.settings.setting_specs import SettingSpec
from midfill.settings.tree import MOST_RESTRICTIVE_FIRST

RULES: dict[Workspace, str] = {
    "never": "may not set it",
    "any": "may set it",
    "lower": "may lower it",
    "raise": "may raise it",
    "narrow": "may narrow it",
    "add": "may add to it",
    "fewer": "may leave out some of it",
}
"""Each rule as words after "a workspace"."""


NAMES_FILES = ("model", "edits.model", "context.extra")
"""The settings that may name files: a model is one for the backend `gguf`."""


def refusal(spec: SettingSpec, current: object, wanted: object) -> str | None:
    """Return why a workspace may not change `current` to `wanted`, as text; None if it may.

    Both values are typed already. `wanted` is the file's value, not yet joined to the current one.
    """
    rule = spec.workspace
    if rule == "never":
        return "a workspace may not set it; it belongs in your own settings"
    if rule == "add":
        return _addition_refusal(spec, current, wanted)
    if rule == "fewer":
        more = [entry for entry in _entries(wanted) if entry not in _entries(current)]
        return (
            f"a workspace may only leave out some of it, and {shown(more[0])} is not in it" if more else None
        )
    if rule == "any" or _permissiveness(spec, wanted) <= _permissiveness(spec, current):
        return None
    return f"a workspace {RULES[rule]} only, and {shown(current)} may not become {shown(wanted)}"


def socket_refusal(spec: SettingSpec, wanted: Any) -> str | None:
    """Return why a client on a socket may not set `wanted`, as text; None if it may."""
    if spec.local_only:
        return (
            "a client on a socket may not set it; it belongs in the settings file or the environment of whoever starts "
            "the server"
        )
    entries = wanted if isinstance(wanted, list | tuple) else (wanted,)
    named = entries if spec.key in NAMES_FILES else ()
    if any(isinstance(entry, str) and _leads_outside(entry) for entry in named):
        return "a client on a socket may not name files outside the workspace"
    return None


def combined(spec: SettingSpec, current: Any, wanted: Any) -> Any:
    """Return the value after a workspace sets `wanted`; an addition keeps the current list."""
    if spec.workspace != "add":
        return wanted
    return (*current, *(entry for entry in wanted if entry not in current))


def _addition_refusal(spec: SettingSpec, current: Any, wanted: Any) -> str | None:
    """Refuse patterns with `!` as well: after the user's own they would include excluded files."""
    if spec.key == "trigger.paths_off" and any(pattern.startswith("!") for pattern in wanted):
        return 'a workspace may only exclude files, and a pattern that begins with "!" includes them'
    if spec.key == "context.extra" and any(_leads_outside(entry) for entry in wanted):
        return "a workspace may only add text and files of its own"
    most = spec.json.get("maxItems")
    if most is not None and len(combined(spec, current, wanted)) > most:
        return f"a workspace may only add to it, and with yours that would be more than {most}"
    return None


def _entries(value: object) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _leads_outside(entry: str) -> bool:
    """Whether an entry may name a file outside the workspace."""
    plain = entry.replace("\\", "/")
    return plain.startswith(("/", "~")) or plain[1:2] == ":" or ".." in plain.split("/")


def _permissiveness(spec: SettingSpec, value: Any) -> float:
    """Return a number that increases with what `value` allows midfill to do."""
    order: Sequence[object] = MOST_RESTRICTIVE_FIRST.get(spec.key, ())
    if order:
        return order.index(value)
    return -float(value) if spec.workspace == "raise" else float(value)
