"""The policy's rules and the size limits, from the settings."""

from functools import lru_cache

from midfill.core.context import BlockSizes
from midfill.core.model import Backend
from midfill.core.policy import RequestRules
from midfill.core.prompt import Budget
from midfill.settings import Settings
from midfill.settings.tree import ContextSettings, PromptSettings

UNCACHED_PREFIX, UNCACHED_CONTEXT = 1_000, 850
"""The defaults, in tokens, for a backend without a cache, which charges or reads each token in full."""


def budget_of(settings: Settings, backend: Backend) -> Budget:
    """Return the size limit of the document's text; without a cache the default is smaller."""
    sizes = settings.prompt
    prefix = _with_default(sizes.prefix_tokens, PromptSettings().prefix_tokens, UNCACHED_PREFIX, backend)
    return Budget(prefix, sizes.suffix_tokens)


def sizes_of(settings: Settings, backend: Backend) -> BlockSizes:
    """Return the size limits of the context; without a cache the default is smaller."""
    budget = _with_default(settings.context.tokens, ContextSettings().tokens, UNCACHED_CONTEXT, backend)
    return BlockSizes.of(budget, budget_of(settings, backend))


def _with_default(wanted: int, default: int, uncached: int, backend: Backend) -> int:
    return wanted if backend.caches_prefix or wanted != default else min(wanted, uncached)


@lru_cache(maxsize=32)
def rules_of(settings: Settings) -> RequestRules:
    """Return the policy's rules for these settings."""
    trigger, completion = settings.trigger, settings.completion
    return RequestRules(
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
