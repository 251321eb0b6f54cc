"""The interface of the formats: a prompt for a region, and the rewritten lines in the answer."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from midfill.core.control_tokens import restored
from midfill.core.rewrite.rewrite_region import EditableRegion


@dataclass(frozen=True, kw_only=True)
class RewritePrompt:
    """A prompt for a rewritten region."""

    prompt: str
    """The user's message in a chat; otherwise the whole prompt."""
    system: str = ""
    """The instructions of a chat."""
    required_start: str = ""
    """The start of the answer, for a chat whose last message the model continues."""
    stop: tuple[str, ...] = ()
    json: bool = False
    """The answer is JSON."""


class Rewritten(NamedTuple):
    """The rewritten lines, as far as they are known."""

    first: int
    """The line of the region at which they start."""
    until: int
    """The line of the region before which they end."""
    lines: tuple[str, ...]
    whole: bool
    """Whether the model ended them."""


class RewriteFormat(Protocol):
    """A format of prompts and answers."""

    lines_around: tuple[int, int]
    """Number of lines above and below the cursor that are rewritten."""

    def prompt_for(self, region: EditableRegion) -> RewritePrompt | None:
        """Return the prompt for a region; None if its text cannot be told from the format's own marks."""
        ...

    def read(self, text: str, region: EditableRegion, *, ended: bool) -> Rewritten | None:
        """Return the rewritten lines in an answer; None for an answer without an edit, or a malformed one.

        `ended`: the model ended the answer. Until then, its last line is left out.
        """
        ...


def lines_of(text: str, *, ended: bool) -> tuple[str, ...]:
    r"""Return the lines of a text as the document has them, without the last one if that may go on.

    >>> lines_of("a\nb", ended=False), lines_of("a\nb\n", ended=True)
    (('a',), ('a', 'b'))
    """
    *lines, last = restored(text.replace("\r\n", "\n")).split("\n")
    return (*lines, last) if ended and last else tuple(lines)


def all_lines_rewritten(text: str, region: EditableRegion, *, ended: bool) -> Rewritten:
    """Return a text as the rewritten lines of a whole region."""
    return Rewritten(0, len(region.lines), lines_of(text, ended=ended), ended)
