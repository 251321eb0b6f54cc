"""Speculative calls: for the text after the shown suggestion, before a request."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from midfill.core.answers import Answers
from midfill.engine.calls import Calls
from midfill.engine.query import Query
from midfill.engine.request import Request


class Speculator:
    """Starts a call for the text after the shown suggestion.

    Args:
        calls: starts the calls.
        answers: the cache of answers.
        setting: `requests.speculate`; `auto` allows only calls that cost nothing.
        query_of: returns the query of a request.
    """

    def __init__(
        self,
        calls: Calls,
        answers: Answers,
        setting: Literal["auto", "always", "never"],
        query_of: Callable[[Request], Query],
    ) -> None:
        self._calls = calls
        self._answers = answers
        self._setting = setting
        self._query_of = query_of

    def speculate(self, query: Query) -> None:
        """Start a call for the text after the suggestion shown at `query`, if it is allowed and not known."""
        shown = query.session.suggestions.shown
        stays = shown is not None and shown.prompt == query.prompt and query.session.model_wait is None
        if not self._allowed or shown is None or not stays or shown.speculated:
            return
        shown.speculated = True
        cursor = query.cursor.advanced(shown.completion.text, shown.completion.replace)
        after = self._query_of(replace(query.request, cursor=cursor, manual=False))
        known = next(self._answers.find(after.prompt), None)
        if self._calls.joinable(after.prompt) is None and known is None:
            self._calls.start(after.question, speculative=True)

    @property
    def _allowed(self) -> bool:
        """Whether the setting and the price allow a speculative call."""
        return self._setting == "always" or (
            self._setting == "auto" and not self._calls.backends.primary.paid
        )
