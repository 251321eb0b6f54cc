"""What users can set, where they set it, and how it is told to them when something is wrong."""

from midfill.settings.tree import (
    BackendName,
    CacheSettings,
    CompletionSettings,
    NetworkSettings,
    PromptSettings,
    RequestSettings,
    Settings,
    TimingSettings,
    TriggerSettings,
)

__all__ = [
    "BackendName",
    "CacheSettings",
    "CompletionSettings",
    "NetworkSettings",
    "PromptSettings",
    "RequestSettings",
    "Settings",
    "TimingSettings",
    "TriggerSettings",
]
