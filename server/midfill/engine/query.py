"""A request together with everything that answering it takes."""

from dataclasses import dataclass

from midfill.core import policy
from midfill.core.cursor import Cursor
from midfill.core.model import Ask, Prompt, Question
from midfill.engine.request import Request
from midfill.engine.session import Session


@dataclass(frozen=True)
class Query:
    """A request, its document's session, its prompt, and how much is asked for."""

    session: Session
    request: Request
    prompt: Prompt
    ask: Ask

    @property
    def cursor(self) -> Cursor:
        """Where a completion is wanted."""
        return self.request.cursor

    @property
    def typed_at(self) -> float:
        """When the key was typed that the request follows; some editors wait before they ask (Neovim 200 ms)."""
        edit = self.session.edit
        follows = edit is not None and edit.version == self.cursor.version
        return min(self.session.typed_at, self.request.at) if follows else self.request.at

    @property
    def question(self) -> Question:
        """What the model is asked."""
        return Question(cursor=self.cursor, prompt=self.prompt, ask=self.ask)

    def may_show_partial(self, said: str) -> bool:
        """Whether an unfinished answer may be shown."""
        return policy.may_show_partial(said, self.cursor, self.ask)
