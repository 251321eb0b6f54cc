"""A request with the data that its answer requires."""

from dataclasses import dataclass, replace

from midfill.core import policy
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, Prompt
from midfill.engine.document_state import DocumentState
from midfill.engine.request import SUPERSEDED, Reply, Request


@dataclass(frozen=True)
class PreparedRequest:
    """A request with the state of its document, its prompt and its limits."""

    document: DocumentState
    request: Request
    prompt: Prompt
    limits: AnswerLimits
    may_think: bool = False
    """The request is manual, to a model that may reason first."""
    earlier: tuple[str, ...] = ()
    """A chat model's earlier answers at this place, if the user wants another one."""

    @property
    def completion_count(self) -> int:
        """The number of completions to request; one for a repeated request to a chat model."""
        return 1 if self.earlier else self.request.completion_count

    @property
    def wants_more(self) -> bool:
        """Whether the request asks for completions beyond the known ones."""
        return self.completion_count > 1 or bool(self.earlier)

    @property
    def cursor(self) -> Cursor:
        """The cursor of the request."""
        return self.request.cursor

    @property
    def typed_at(self) -> float:
        """Time of the key before the request, in seconds; some editors delay the request (Neovim 200 ms)."""
        edit = self.document.edit
        follows = edit is not None and edit.version == self.cursor.version
        return min(self.document.typed_at, self.request.at) if follows else self.request.at

    @property
    def backend_request(self) -> BackendRequest:
        """The request to the backend."""
        prompt = replace(self.prompt, context=self.document.context.prompt_context.prompt_text)
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
        answers = self.document.earlier_answers.add(self.prompt, reply)
        return answers if self.earlier else reply
