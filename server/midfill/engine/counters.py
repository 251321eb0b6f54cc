"""What the engine has done since it began."""

from dataclasses import asdict, dataclass

from midfill.core.model import Usage


@dataclass
class Counters:
    """Counts of one engine; tokens as the backend billed them."""

    requests: int = 0
    cached: int = 0
    """Requests answered at once: from the cache, or by typing through an answer."""
    joined: int = 0
    """Requests that waited for a call that another one had made."""
    calls: int = 0
    speculative: int = 0
    """Calls made ahead of a request; counted apart from `calls`."""
    stopped: int = 0
    """Calls that were closed before the model had ended."""
    failed: int = 0
    shown: int = 0
    """Suggestions that an editor said it has shown; few do."""
    accepted: int = 0
    partly_accepted: int = 0
    rejected: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def add_usage(self, usage: Usage) -> None:
        """Add what a call cost."""
        self.prompt_tokens += usage.prompt
        self.cached_tokens += usage.cached
        self.output_tokens += usage.output

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)
