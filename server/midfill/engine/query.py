"""A request with the data that its answer requires."""

from dataclasses import dataclass, replace

from midfill.core import policy
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, Prompt
from midfill.engine.request import SUPERSEDED, Reply, Request
from midfill.engine.session import Session


@dataclass(frozen=True)
class Query:
    """A request with its document's session, its prompt and its limits."""

    session: Session
    request: Request
    prompt: Prompt
    limits: AnswerLimits
    may_think: bool = False
    """The request is manual, to a model that may reason first."""
    earlier: tuple[str, ...] = ()
    """A chat model's earlier answers at this place, if the user wants another one."""

    @property
    def choices(self) -> int:
        """The number of completions to request; one for a repeated request to a chat model."""
        return 1 if self.earlier else self.request.choices

    @property
    def wants_more(self) -> bool:
        """Whether the request asks for completions beyond the known ones."""
        return self.choices > 1 or bool(self.earlier)

    @property
    def cursor(self) -> Cursor:
        """The cursor of the request."""
        return self.request.cursor

    @property
    def typed_at(self) -> float:
        """Time of the key before the request, in seconds; some editors delay the request (Neovim 200 ms)."""
        edit = self.session.edit
        follows = edit is not None and edit.version == self.cursor.version
        return min(self.session.typed_at, self.request.at) if follows else self.request.at

    @property
    def question(self) -> BackendRequest:
        """The question for the backend."""
        prompt = replace(self.prompt, context=self.session.context.block.head)
        return BackendRequest(cursor=self.cursor, prompt=prompt, limits=self.limits, earlier=self.earlier)

    def may_show_partial(self, text: str) -> bool:
        """Whether the unfinished answer `text` may be shown."""
        return policy.may_show_partial(text, self.cursor, self.limits)

    def record(self, reply: Reply) -> Reply:
        """Record the answers to a manual request; a repeated request sends them to a chat model.

        Returns the reply, with the earlier answers after it.
        """
        if not self.request.manual or reply is SUPERSEDED:
            return reply
        answers = self.session.earlier_answers.take(self.prompt, reply)
        return answers if self.earlier else reply
