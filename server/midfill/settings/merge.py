"""Merges several sources into one tree: each setting has the value of the last source with a valid one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from midfill.core.service_urls import UNENCRYPTED_MESSAGE, is_unencrypted
from midfill.settings.backend_config import backend_configs, contradictions
from midfill.settings.edit_backend import edit_backend_config, edit_contradictions
from midfill.settings.problem import Problem, described, shown
from midfill.settings.setting_specs import assemble, setting_specs
from midfill.settings.settings_source import RawSetting, SettingsSource, entries, origin_in_words
from midfill.settings.tree import Settings
from midfill.settings.trust import combined, refusal, socket_refusal

DEFAULT = "default"
"""The origin of a setting that is not set."""

ORDERED = (
    ("timing.debounce_min_ms", "timing.debounce_max_ms"),
    ("timing.first_token_ms", "timing.total_ms"),
    ("cache.empty_ttl_s", "cache.ttl_s"),
)
"""Pairs whose first value must not exceed the second; both have the same limits."""

_EDIT_BACKEND = ("edits.backend", "edits.model")
"""The settings that choose the model of next edits; if one is wrong, no model is called."""

_PRIVATE = ("api_key_", "base_url", "backends", "network.")
"""Settings whose values a problem never repeats, because they may contain a password."""


@dataclass(frozen=True)
class LoadedSettings:
    """The effective settings, their origins, and the problems."""

    settings: Settings
    origins: Mapping[str, str]
    """For each dotted key `default`, a file's path, `environment NAME`, `client`, or two joined by ` + `."""
    problems: tuple[Problem, ...]

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """The problems that stop all calls: of the backends, and of the commands for keys."""
        return tuple(problem for problem in self.problems if problem.blocks_calls)


class _Effective(NamedTuple):
    """A setting's checked value, its origin, and the rank of the user's last source that set it."""

    key: str
    value: Any
    origin: str = DEFAULT
    rank: int = 0


class _InvalidEntry(NamedTuple):
    """An invalid value, and the rank of its source."""

    entry: RawSetting
    rank: int


def merge(sources: Iterable[SettingsSource | Problem]) -> LoadedSettings:
    """Return the result of `sources`, the weakest first; an unreadable source is a Problem."""
    by_key = {key: _Effective(key, spec.default) for key, spec in setting_specs().items()}
    outcomes: list[Problem | _InvalidEntry] = []
    for rank, source in enumerate(sources, start=1):
        for found in [source] if isinstance(source, Problem) else entries(source):
            outcome = (
                _after_entry(found, by_key[found.spec.key], rank) if isinstance(found, RawSetting) else found
            )
            if isinstance(outcome, _Effective):
                by_key[outcome.key] = outcome
            else:
                outcomes.append(outcome)
    problems = [_invalid_problem(one, by_key) if isinstance(one, _InvalidEntry) else one for one in outcomes]
    problems += _repair_order(by_key)
    problems += _unknown(_assembled(by_key), by_key)
    settings = _assembled(by_key)
    problems += _unencrypted(settings, by_key)
    return LoadedSettings(
        settings=settings,
        origins=MappingProxyType({key: effective.origin for key, effective in by_key.items()}),
        problems=tuple(problems),
    )


def _after_entry(entry: RawSetting, current: _Effective, rank: int) -> _Effective | _InvalidEntry | Problem:
    """Return the value and origin after `entry`, or the problem for which nothing changes."""
    spec, source = entry.spec, entry.source
    if source.kind == "workspace" and spec.workspace == "never":
        return _refused(entry, refusal(spec, current.value, None))
    if not source.is_local and (why := socket_refusal(spec, entry.raw)):
        return _refused(entry, why)
    try:
        value = spec.typed(entry.raw)
    except msgspec.ValidationError:
        return _InvalidEntry(entry, rank)
    if source.kind != "workspace":
        return _Effective(spec.key, value, source.origin, rank)
    if why := refusal(spec, current.value, value):
        return _refused(entry, why)
    both = spec.workspace == "add" and current.value
    origin = f"{current.origin} + {source.origin}" if both else source.origin
    return current._replace(value=combined(spec, current.value, value), origin=origin)


def _refused(entry: RawSetting, why: str | None) -> Problem:
    """Return the problem. It stops all calls if the file would have excluded more, because that addition is missing."""
    spec, source = entry.spec, entry.source
    text = f"{spec.key} in {source.origin_in_words} is skipped: {why}."
    return Problem(text, source.origin, spec.key, blocks_calls=spec.workspace == "add" and not spec.is_tuning)


def _invalid_problem(invalid: _InvalidEntry, by_key: dict[str, _Effective]) -> Problem:
    """Return the problem. It stops all calls, unless the setting only tunes or a stronger source sets it."""
    spec, source = invalid.entry.spec, invalid.entry.source
    used = by_key[spec.key]
    display = described if spec.key.startswith(_PRIVATE) else shown
    text = f"{spec.key} in {source.origin_in_words} must be {spec.expected}, not {display(invalid.entry.raw)}"
    if spec.key in _EDIT_BACKEND and used.rank <= invalid.rank:
        by_key[_EDIT_BACKEND[0]] = _Effective(_EDIT_BACKEND[0], setting_specs()[_EDIT_BACKEND[0]].default)
        return Problem(f"{text}; no model is called for next edits.", source.origin, spec.key)
    if not spec.is_tuning and used.rank <= invalid.rank:
        return Problem(f"{text}.", source.origin, spec.key, blocks_calls=True)
    instead = f"the default {shown(used.value)}" if used.origin == DEFAULT else f"that of {used.origin}"
    return Problem(f"{text}; {instead} is used.", source.origin, spec.key)


def _assembled(by_key: Mapping[str, _Effective]) -> Settings:
    return assemble({key: effective.value for key, effective in by_key.items()})


def _unknown(settings: Settings, by_key: dict[str, _Effective]) -> list[Problem]:
    """Reset settings that name unknown backends or templates, because their intent is unknown; return the problems."""
    problems = []
    for key, text in (*contradictions(settings), *edit_contradictions(settings)):
        origin = by_key[key].origin
        end = "" if text.endswith("?") else "."
        blocks_calls = not setting_specs()[key].is_tuning
        problems.append(
            Problem(f"{key} in {origin_in_words(origin)} {text}{end}", origin, key, blocks_calls=blocks_calls)
        )
    for problem in problems:
        by_key[problem.key] = by_key[problem.key]._replace(value=setting_specs()[problem.key].default)
    return problems


def _unencrypted(settings: Settings, by_key: Mapping[str, _Effective]) -> Iterator[Problem]:
    """Yield a problem if others could read the traffic to a backend, and the user has not allowed it."""
    network, editor = settings.network, edit_backend_config(settings)
    for member in (
        *backend_configs(settings),
        *([editor] if editor is not None and not editor.first else []),
    ):
        if not network.allow_http and is_unencrypted(member.address, network.proxy):
            key = "base_url" if member.first else "backends"
            origin = by_key[key].origin
            yield Problem(f"{key} ({origin}) {UNENCRYPTED_MESSAGE}", origin, key, blocks_calls=True)


def _repair_order(by_key: dict[str, _Effective]) -> Iterator[Problem]:
    """Give both of a pair in the wrong order the stronger source's value; yield the problem.

    A default that the user's value replaces is not a problem.
    """
    for lesser, greater in ORDERED:
        low, high = by_key[lesser], by_key[greater]
        if low.value <= high.value:
            continue
        kept, changed = (high, low) if low.rank < high.rank else (low, high)
        by_key[changed.key] = kept._replace(key=changed.key)
        if changed.origin != DEFAULT:
            text = (
                f"{lesser} ({low.value}, {low.origin}) is more than {greater} ({high.value}, {high.origin}); "
                f"{kept.value} is used for both."
            )
            yield Problem(text, changed.origin, changed.key)
