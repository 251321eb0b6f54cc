"""The policy's rules and the size limits, from the settings."""

from functools import lru_cache

from midfill.core.context import ContextSizes
from midfill.core.language_ids import language_named
from midfill.core.model import Backend
from midfill.core.policy import RequestPolicy
from midfill.core.prompt import Budget
from midfill.settings import Settings
from midfill.settings.tree import ContextSettings, PromptSettings

UNCACHED_PREFIX, UNCACHED_CONTEXT = 1_000, 850
"""The defaults, in tokens, for a backend without a cache, which charges or reads each token in full."""


def prompt_budget(settings: Settings, backend: Backend) -> Budget:
    """Return the size limit of the document's text; without a cache the default is smaller."""
    sizes = settings.prompt
    prefix = _with_default(sizes.prefix_tokens, PromptSettings().prefix_tokens, UNCACHED_PREFIX, backend)
    return Budget(prefix, sizes.suffix_tokens)


def context_sizes(settings: Settings, backend: Backend) -> ContextSizes:
    """Return the size limits of the context; without a cache the default is smaller."""
    budget = _with_default(settings.context.tokens, ContextSettings().tokens, UNCACHED_CONTEXT, backend)
    return ContextSizes.of(budget, prompt_budget(settings, backend))


def _with_default(wanted: int, default: int, uncached: int, backend: Backend) -> int:
    return wanted if backend.caches_prefix or wanted != default else min(wanted, uncached)


@lru_cache(maxsize=32)
def request_policy(settings: Settings) -> RequestPolicy:
    """Return the policy's rules for these settings."""
    trigger, completion = settings.trigger, settings.completion
    return RequestPolicy(
        automatic=trigger.mode == "automatic",
        languages_off=frozenset(map(language_named, trigger.languages_off)),
        text_kinds_off=frozenset(trigger.scopes_off),
        min_characters=trigger.min_characters,
        scope=completion.scope,
        max_lines=completion.max_lines,
        max_tokens=completion.max_tokens,
        max_tokens_manual=completion.max_tokens_manual,
        temperature=completion.temperature,
        stop=completion.stop,
    )
