"""The policy's rules, taken from the settings."""

from functools import lru_cache

from midfill.core.policy import Rules
from midfill.settings import Settings


@lru_cache(maxsize=32)
def rules_of(settings: Settings) -> Rules:
    """Return the policy's rules for these settings."""
    trigger, completion = settings.trigger, settings.completion
    return Rules(
        automatic=trigger.mode == "automatic",
        languages_off=frozenset(trigger.languages_off),
        scopes_off=frozenset(trigger.scopes_off),
        min_characters=trigger.min_characters,
        scope=completion.scope,
        max_lines=completion.max_lines,
        max_tokens=completion.max_tokens,
        max_tokens_manual=completion.max_tokens_manual,
        temperature=completion.temperature,
        stop=completion.stop,
    )
