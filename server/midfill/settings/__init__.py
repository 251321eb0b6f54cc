"""What users can set, where they set it, and how they are told when something is wrong.

In reading order: `tree` (the settings), `leaves` (each by its key), `problem`, `source`, `trust` (what a
cloned repository may set), `merge`, `load` (the files); `schema` and `show` are what others derive from them.
"""

from midfill.settings.load import WORKSPACE_FILE, Files, load, read_files, user_file
from midfill.settings.merge import Loaded, merge
from midfill.settings.problem import Problem
from midfill.settings.source import Source
from midfill.settings.tree import (
    BackendName,
    CacheSettings,
    CapSettings,
    CompletionSettings,
    LedgerSettings,
    NetworkSettings,
    PromptSettings,
    RequestSettings,
    Settings,
    TimingSettings,
    TriggerSettings,
)

__all__ = [
    "WORKSPACE_FILE",
    "BackendName",
    "CacheSettings",
    "CapSettings",
    "CompletionSettings",
    "Files",
    "LedgerSettings",
    "Loaded",
    "NetworkSettings",
    "Problem",
    "PromptSettings",
    "RequestSettings",
    "Settings",
    "Source",
    "TimingSettings",
    "TriggerSettings",
    "load",
    "merge",
    "read_files",
    "user_file",
]
