"""Speculative calls: for the text after the shown suggestion, before a request."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from midfill.core.answer_cache import AnswerCache
from midfill.engine.calls import Calls
from midfill.engine.prepared_request import PreparedRequest
from midfill.engine.request import Request


class Speculator:
    """Starts a call for the text after the shown suggestion.

    Args:
        calls: starts the calls.
        answers: the cache of answers.
        setting: `requests.speculate`; `auto` allows only calls that cost nothing.
        prepare: prepares a request.
    """

    def __init__(
        self,
        calls: Calls,
        answers: AnswerCache,
        setting: Literal["auto", "always", "never"],
        prepare: Callable[[Request], PreparedRequest],
    ) -> None:
        self._calls = calls
        self._answers = answers
        self._setting = setting
        self._prepare = prepare

    def speculate(self, prepared: PreparedRequest) -> None:
        """Start a call for the text after the suggestion shown at `prepared`, if it is allowed and not known."""
        shown = prepared.document.suggestions.shown
        stays = (
            shown is not None and shown.prompt == prepared.prompt and prepared.document.model_request is None
        )
        if not self._allowed or shown is None or not stays or shown.speculated:
            return
        shown.speculated = True
        cursor = prepared.cursor.advanced(shown.completion.text, shown.completion.replace)
        after = self._prepare(replace(prepared.request, cursor=cursor, manual=False))
        known = next(self._answers.find(after.prompt), None)
        if self._calls.joinable(after.prompt) is None and known is None:
            self._calls.start(after.backend_request, speculative=True)

    @property
    def _allowed(self) -> bool:
        """Whether the setting and the price allow a speculative call."""
        return self._setting == "always" or (
            self._setting == "auto" and not self._calls.backends.primary.paid
        )
