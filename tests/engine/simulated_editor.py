"""An editor with an engine: a text with a cursor, keys, and requests."""

import asyncio

from midfill.core.completion import Completion
from midfill.core.document import Document, Position
from midfill.core.edit import Edit
from midfill.core.model import BackendError, Backends
from midfill.core.records import NoRecords, Records, SuggestionRecord
from midfill.engine import Engine, Reply, Request
from midfill.engine.suggestion_tracker import AcceptedText, SuggestionTracker
from midfill.settings import Settings
from tests.engine.scripted import Call, Scripted

EMPTY = Settings()


class SimulatedEditor:
    """One document, with its cursor at `|` in its text.

    Args:
        backend: the primary backend.
        fallback: the backend while the primary is unavailable.
        settings: those of the engine.
        text: the document.
        records: records calls and suggestions.
        beside: another editor, whose engine this one shares.
    """

    def __init__(
        self,
        backend: Scripted,
        fallback: Scripted | None = None,
        *,
        settings: Settings = EMPTY,
        text: str = "def area(width, height):\n    |",
        uri: str = "file:///shapes.py",
        beside: "SimulatedEditor | None" = None,
        records: Records | None = None,
    ) -> None:
        self.backend = backend
        self.uri = uri
        self.errors: list[BackendError] = []
        self.on_refresh: list[str] = []
        """Documents whose suggestion changed after it was shown."""
        self.accepted_texts: list[tuple[str, AcceptedText]] = []
        """The accepted texts, each with its document."""
        self.loop = asyncio.get_running_loop()
        backends, on_error = Backends(backend, fallback), self.errors.append
        self.engine: Engine = (
            beside.engine
            if beside
            else Engine(
                backends,
                settings,
                on_error=on_error,
                on_refresh=self.on_refresh.append,
                records=records,
                clock=self.loop.time,
                on_accepted=lambda uri, accepted: self.accepted_texts.append((uri, accepted)),
            )
        )
        self.version = 1
        self.before, _, self.after = text.partition("|")

    @property
    def now(self) -> float:
        """Seconds of the virtual clock."""
        return self.loop.time()

    @property
    def calls(self) -> list[Call]:
        """The calls of the backend."""
        return self.backend.calls

    # Keys.

    def type(self, text: str, *, behind: str = "", over: int = 0) -> None:
        """Type `text`; the editor inserts `behind` after the cursor, or the text replaces `over` characters there."""
        self.before, self.after = self.before + text, behind + self.after[over:]
        self._changed(Edit(self.version + 1, text + behind, over))

    def type_whole(self, text: str, *, reports_parts: bool) -> None:
        """Insert `text` in one change, in an editor that reports accepted parts or does not."""
        self.before += text
        self.version += 1
        self.engine.changed(self.uri, Edit(self.version, text), reports_parts=reports_parts)

    def delete(self, count: int = 1) -> None:
        """Delete characters before the cursor, in one change."""
        self.before = self.before[:-count]
        self._changed(Edit(self.version + 1, removed=count))

    def go(self, text: str) -> None:
        """Replace the text and move the cursor, without an edit by the user."""
        self.before, _, self.after = text.partition("|")
        self.version += 1

    def _changed(self, edit: Edit) -> None:
        self.version += 1
        self.engine.changed(self.uri, edit)

    # Requests.

    def request(self, *, manual: bool = False, completion_count: int = 1) -> Request:
        """Return a request at the cursor, for a key that was typed just now."""
        document = Document(self.uri, "python", self.before + self.after, self.version)
        *above, head = self.before.split("\n")
        cursor = document.cursor(Position(len(above), len(head)), "utf-32")
        return Request(cursor=cursor, at=self.now, manual=manual, completion_count=completion_count)

    async def ask(self, *, manual: bool = False, completion_count: int = 1) -> Reply:
        """Request, and wait for the reply."""
        return await self.engine.complete(self.request(manual=manual, completion_count=completion_count))

    def start(self, *, manual: bool = False, completion_count: int = 1) -> "asyncio.Task[Reply]":
        """Request, and do not wait."""
        return self.loop.create_task(self.ask(manual=manual, completion_count=completion_count))

    def reply_without_call(self) -> str:
        """Return the suggestion that is shown without a wait; fail if there is a wait."""
        reply = self.engine.reply_without_call(self.request())
        assert reply is not None, "it takes a wait"
        return text_of(reply)

    def take(self, completion: Completion, length: int | None = None) -> None:
        """Accept a completion, or only that many characters of it, as an editor does: insert it."""
        text = completion.text[:length]
        whole = len(text) == len(completion.text)
        self.type(text, over=completion.replace if whole else 0)
        if whole:
            self.engine.accepted(self.uri)


class RecordingLedger(NoRecords):
    """Keeps each record of a suggestion, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[SuggestionRecord] = []

    def record_suggestion(self, suggested: SuggestionRecord) -> None:
        """Keep a record."""
        self.kept.append(suggested)


def tracker(records: Records | None = None) -> SuggestionTracker:
    """Return the tracker of a suggestion, which is recorded by `records`."""
    return SuggestionTracker(
        SuggestionRecord(number=1, call_id=1, backend="scripted", language="python"), records or NoRecords()
    )


def text_of(reply: Reply) -> str:
    """Return what a reply shows; empty if nothing."""
    return reply.suggestions[0].completion.text if reply.suggestions else ""
