"""The context before a document in the prompt: it grows at its end until its older half is dropped at once.

A provider caches the common prefix of two prompts. So text stays in its place once it was sent, as long as it is
useful.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from midfill.core.context.comments import commented
from midfill.core.context.snippet import Snippet
from midfill.core.control_tokens import neutralized
from midfill.core.tokens import estimate

KEPT_SHARE = 0.5
"""Maximum share of the budget that the newest snippets keep when the context is full; the others are dropped."""
MIN_KNOWN_SHARE = 0.7
"""Minimum share of a snippet's lines in the context for which the snippet counts as known."""


LinesByPath = dict[str, set[str]]
"""Lines by the path of their file."""


@dataclass(frozen=True)
class PromptContext:
    """The snippets of other files before a document, oldest first."""

    snippets: tuple[Snippet, ...] = ()
    path: str = ""
    """The path of the document itself."""
    comment_marker: str = ""
    """The comment marker before each line of other files; empty: the lines are unchanged."""

    @cached_property
    def prompt_text(self) -> str:
        """All text that the model reads before the document's text.

        The document's own path is at the end, directly before its text, as in training. Before the context it would
        invalidate the provider's cache at each change of file.
        """
        return self.text + (f"{self.comment_marker or '#'} {self.path}\n" if self.path else "")

    @cached_property
    def text(self) -> str:
        """The context as the model reads it: a path, then the code, in the style of DeepSeek-Coder's training data."""
        return neutralized("".join(render(snippet, self.comment_marker) for snippet in self.snippets))

    @cached_property
    def tokens(self) -> float:
        """The estimated size of the context, in tokens."""
        return sum(map(token_cost, self.snippets))

    @cached_property
    def lines(self) -> LinesByPath:
        """The lines of the context, by path."""
        found: LinesByPath = {}
        for snippet in self.snippets:
            found.setdefault(snippet.path, set()).update(content_lines(snippet))
        return found

    def without(self, source: str) -> "PromptContext":
        """Return the context without the snippets of a source."""
        return replace(self, snippets=tuple(one for one in self.snippets if one.source != source))

    def extended(self, snippets: Sequence[Snippet], budget: float) -> "PromptContext":
        """Return the context with `snippets` at its end; the oldest snippets are dropped if it exceeds `budget`."""
        if not snippets:
            return self
        room = budget - sum(map(token_cost, snippets))
        kept = (
            self.snippets if self.tokens <= room else _newest(self.snippets, min(room, KEPT_SHARE * budget))
        )
        return replace(self, snippets=(*kept, *snippets))


def render(snippet: Snippet, comment_marker: str = "") -> str:
    """Return a snippet as the model reads it; with `comment_marker`, as comments."""
    if comment_marker:
        title = f"{comment_marker} {snippet.path}\n" if snippet.path else ""
        return f"{title}{commented(snippet.text.rstrip(), comment_marker)}\n"
    return (
        f"# {snippet.path}\n{snippet.text.rstrip()}\n\n" if snippet.path else f"{snippet.text.rstrip()}\n\n"
    )


def token_cost(snippet: Snippet) -> float:
    """Return the estimated tokens of a snippet."""
    return estimate(render(snippet))


def merged(snippets: Iterable[Snippet]) -> list[Snippet]:
    """Return the snippets with overlapping or adjacent ones of a file merged, in the place of the first."""
    found: list[Snippet] = []
    for snippet in snippets:
        for at, other in enumerate(found):
            if snippet.path and other.path == snippet.path and _touch(other, snippet):
                found[at] = _union(other, snippet)
                break
        else:
            found.append(snippet)
    return found


def _touch(one: Snippet, other: Snippet) -> bool:
    upper, lower = sorted((one, other), key=lambda snippet: snippet.line)
    return lower.line <= upper.line + len(_lines(upper))


def _union(one: Snippet, other: Snippet) -> Snippet:
    upper, lower = sorted((one, other), key=lambda snippet: snippet.line)
    lines = _lines(upper)
    lines += _lines(lower)[upper.line + len(lines) - lower.line :]
    return replace(upper, text="\n".join(lines), source=one.source, score=max(one.score, other.score))


def _lines(snippet: Snippet) -> list[str]:
    return snippet.text.removesuffix("\n").split("\n")


def _newest(snippets: Sequence[Snippet], room: float) -> Sequence[Snippet]:
    start = len(snippets)
    while start and (room := room - token_cost(snippets[start - 1])) >= 0:
        start -= 1
    return snippets[start:]


def has_new_lines(snippet: Snippet, known: LinesByPath) -> bool:
    """Whether a snippet has new lines of its file."""
    lines, of_file = content_lines(snippet), known.get(snippet.path)
    return bool(lines) and (
        not of_file or sum(line in of_file for line in lines) < MIN_KNOWN_SHARE * len(lines)
    )


def content_lines(snippet: Snippet) -> list[str]:
    """Return the lines of a snippet that are not blank, without indentation."""
    return [line for line in map(str.strip, snippet.text.split("\n")) if line]
