"""Counters of the engine's work since its start."""

from dataclasses import asdict, dataclass

from midfill.core.model import Usage


@dataclass
class Counters:
    """Counts of one engine; token counts are those that the backend bills."""

    requests: int = 0
    cached: int = 0
    """Requests answered at once: from the cache, a flight's text, or the shown suggestion."""
    joined: int = 0
    """Requests that waited for the in-flight call of another request."""
    calls: int = 0
    speculative: int = 0
    """Calls started before a request; `calls` does not include them."""
    stopped: int = 0
    """Calls cancelled before the model ended its answer."""
    failed: int = 0
    shown: int = 0
    """Suggestions that the editor has shown; if it does not report that, suggestions that it received."""
    accepted: int = 0
    partly_accepted: int = 0
    dismissed: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def add_usage(self, usage: Usage) -> None:
        """Add the tokens of one call."""
        self.prompt_tokens += usage.prompt
        self.cached_tokens += usage.cached
        self.output_tokens += usage.output

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name for the command `midfill.stats`, which has `rejected` for `dismissed`."""
        return {"rejected" if name == "dismissed" else name: count for name, count in asdict(self).items()}
