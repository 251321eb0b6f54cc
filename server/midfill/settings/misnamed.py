"""Maps names that are not settings to the settings that they probably mean."""

from collections.abc import Iterator, Mapping
from itertools import islice

from midfill.settings.problem import MAX_KEY_LENGTH
from midfill.settings.setting_specs import nearest, setting_specs, snake

MAX_NAMES = 50
"""Maximum names in a table that are examined."""

SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(
        ("url", "api_url", "endpoint", "host", "server", "address", "api_base", "openai_api_base", "base"),
        "base_url",
    ),
    **dict.fromkeys(("provider", "engine", "service", "local", "offline", "llm"), "backend"),
    **dict.fromkeys(
        ("exclude", "excludes", "excluded", "ignore", "ignores", "ignored", "deny", "private", "privacy"),
        "trigger.paths_off",
    ),
    **dict.fromkeys(("secrets", "exclude_files", "ignore_files", "files_off"), "trigger.paths_off"),
    **dict.fromkeys(("off", "on", "active", "disable", "disabled"), "enabled"),
}
"""Names that other tools use for settings which restrict, by their last part."""


def meant_by(name: str) -> str | None:
    """Return the setting or table that a name may mean; None if there is none.

    >>> meant_by("endpoint"), meant_by("ENABLED"), meant_by("tigger"), meant_by("zzz")
    ('base_url', 'enabled', 'trigger', None)
    """
    if len(name) > MAX_KEY_LENGTH:
        return None
    plain = snake(name).replace("-", "_").lower()
    # `disabled` resembles `edits.enabled`, but means `enabled`.
    return SYNONYMS.get(plain) or nearest(name) or SYNONYMS.get(plain.rpartition(".")[2]) or nearest(plain)


def meant_within(table: object) -> Iterator[str]:
    """Yield the settings that the names in a table mean, at any depth: `[midfill]`, `[settings.trigger]`."""
    yield from filter(None, map(meant_by, islice(_names(table), MAX_NAMES)))


def meant_by_variable(name: str) -> str | None:
    """Return the setting that an environment variable `MIDFILL_...` may mean; None if there is none."""
    wanted = name.removeprefix("MIDFILL_").lower()
    return next(
        (key for key in setting_specs() if wanted in {key.replace(".", "_"), key.rpartition(".")[2]}), None
    ) or SYNONYMS.get(wanted)


def _names(table: object) -> Iterator[str]:
    tables = [table]
    while tables:
        found = tables.pop()
        if isinstance(found, Mapping):
            yield from map(str, found)
            tables += found.values()
