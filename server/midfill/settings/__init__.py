"""The settings, their sources, and the reports of invalid ones.

In reading order: `section`, `completion_settings`, `timing_settings`, `edit_settings` and `limits` (the sections),
`entries` (the user's own backends and templates), `tree` (all settings), `setting_specs` (each by its key),
`problem`, `bounds`, `misnamed`, `settings_source`, `trust` (what a cloned repository may set), `backend_config` and
`edit_backend` (the backends), `merge`, `load` (the files); `settings_schema` and `show` are derived from them.
"""

from midfill.locations import WORKSPACE_FILE, user_file
from midfill.settings.backend_config import BackendConfig, backend_configs, template_of
from midfill.settings.completion_settings import CompletionSettings
from midfill.settings.edit_backend import edit_backend_config
from midfill.settings.entries import BackendEntry, TemplateEntry
from midfill.settings.limits import CapSettings, LedgerSettings, NetworkSettings
from midfill.settings.load import Files, load, read_files
from midfill.settings.merge import LoadedSettings, merge
from midfill.settings.problem import Problem
from midfill.settings.settings_source import SettingsSource
from midfill.settings.timing_settings import CacheSettings, RequestSettings, TimingSettings
from midfill.settings.tree import ContextSettings, PromptSettings, Settings, TriggerSettings

__all__ = [
    "WORKSPACE_FILE",
    "BackendConfig",
    "BackendEntry",
    "CacheSettings",
    "CapSettings",
    "CompletionSettings",
    "ContextSettings",
    "Files",
    "LedgerSettings",
    "LoadedSettings",
    "NetworkSettings",
    "Problem",
    "PromptSettings",
    "RequestSettings",
    "Settings",
    "SettingsSource",
    "TemplateEntry",
    "TimingSettings",
    "TriggerSettings",
    "backend_configs",
    "edit_backend_config",
    "load",
    "merge",
    "read_files",
    "template_of",
    "user_file",
]
