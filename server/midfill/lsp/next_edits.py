"""The next edit in the open documents: when to search for one, its outcome, and the refused ones."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from midfill.core.document import Document, Position
from midfill.core.edit import Edit
from midfill.core.edit_rules import DocumentSnapshot, History, SuggestedEdit
from midfill.core.records import EditRecord
from midfill.core.timing import MAX_BURST_GAP_S
from midfill.ledger import Ledger
from midfill.lsp.completion_source import CompletionSource, is_completion_shown
from midfill.lsp.document_filter import DocumentFilter
from midfill.lsp.documents import Documents
from midfill.lsp.edit_search import EditSearchInput, FindFiles, find_edit
from midfill.lsp.feature_switch import FeatureSwitch
from midfill.lsp.model_edits import ModelEdits

BACKEND = "local"
"""The backend's name in the ledger for a suggested edit without a model."""
MAX_REFUSED, MAX_OFFERS = 32, 64
"""Maximum number of refused edits, and of offers, that are kept."""
MAX_IGNORED_OFFERS = 3
"""Number of offers of a suggested edit after which it counts as refused, if the user accepts none."""


@dataclass(frozen=True)
class Offer:
    """A suggested edit that was sent to the client, and the version of its document."""

    number: int
    suggested_edit: SuggestedEdit
    version: int | None
    backend: str = BACKEND


class NextEdits:
    """Records edits, and offers the next one.

    Args:
        documents: the open documents.
        document_filter: determines the excluded documents.
        ledger: records what is shown.
        find_files: finds other files; called in a thread.
        source: has the shown completions, and the engine.
        clock: returns the current time in seconds.
    """

    def __init__(
        self,
        documents: Documents,
        document_filter: DocumentFilter,
        ledger: Ledger,
        find_files: Callable[[str], FindFiles],
        source: CompletionSource,
        clock: Callable[[], float],
    ) -> None:
        self.switch = FeatureSwitch("next edits are")
        self._documents = documents
        self._document_filter = document_filter
        self._ledger = ledger
        self._find_files = find_files
        self._source = source
        self._model = ModelEdits(documents, document_filter, source)
        self._clock = clock
        self._history = History()
        self._refused: deque[SuggestedEdit] = deque(maxlen=MAX_REFUSED)
        self._ignored: Counter[tuple[tuple[str, ...], tuple[str, ...]]] = Counter()
        self._offers: OrderedDict[int, Offer] = OrderedDict()
        self._recorded: dict[int, EditRecord] = {}
        self._typed_at = 0.0
        self._generation = 0

    # The client's events.

    def changed(self, document: Document, edit: Edit) -> None:
        """Record a document's change, unless the document is excluded."""
        self._generation += 1
        self._typed_at = self._clock()
        self._model.changed(document)
        replaced = [span.replaced for span in edit.spans if span.replaced is not None]
        if not replaced or self._document_filter.skip_reason(document):
            self._history.forget(document.uri)
            return
        for lines in replaced:
            self._history.edited(document.uri, lines)

    async def offer(self, uri: str, position: Position, *, everywhere: bool) -> Offer | None:
        """Return the next edit once the user pauses; None if there is none, or if another request arrives meanwhile.

        A model is called only if no earlier edit fits. `everywhere`: the edit may be in another document than `uri`.
        """
        self._generation += 1
        self._model.supersede()
        generation = self._generation
        await asyncio.sleep(max(0.0, self._typed_at + MAX_BURST_GAP_S - self._clock()))
        document = self._documents.get(uri)
        if generation != self._generation or document is None or self.skip_reason(document):
            return None
        inputs = EditSearchInput(
            hunks=tuple(self._history.hunks(self._line_at)),
            snapshots=tuple(self._snapshots(document, everywhere=everywhere)),
            refused=tuple(self._refused),
            find_files=self._find_files(uri) if everywhere else None,
        )
        suggested_edit, backend = await asyncio.to_thread(find_edit, inputs, uri), BACKEND
        if generation == self._generation and suggested_edit is None:
            suggested_edit = await self._model.next_edit(document, position, inputs.hunks, inputs.refused)
            backend = self._model.backend
        return (
            None
            if generation != self._generation or suggested_edit is None
            else self._offered(suggested_edit, backend)
        )

    def shown(self, number: int) -> None:
        """Record that the client shows an offer."""
        offer = self._offers.get(number)
        if offer is None or number in self._recorded:
            return
        document = self._documents.get(offer.suggested_edit.uri)
        language = document.language if document is not None else ""
        self._record(EditRecord(number=number, backend=offer.backend, language=language))

    def accepted(self, number: int) -> None:
        """Record that an offer was accepted; the next request does not wait for a pause."""
        self.shown(number)
        offer = self._offers.pop(number, None)
        if offer is not None:
            self._typed_at = 0.0
            del self._ignored[offer.suggested_edit.before, offer.suggested_edit.after]
            self._record(replace(self._recorded.pop(number), accepted=True))

    def refused(self, number: int) -> None:
        """Record that an offer was refused."""
        self.shown(number)
        offer = self._offers.pop(number, None)
        if offer is not None:
            self._refused.append(offer.suggested_edit)
            self._record(replace(self._recorded.pop(number), refused=True))

    # The reasons for no offer.

    def skip_reason(self, document: Document) -> str:
        """Return why nothing is offered in a document, as text; empty if an offer is possible."""
        if not self._document_filter.loaded_for(document.uri).settings.edits.enabled:
            return "next edits are switched off in the settings"
        if is_completion_shown(self._source, document.uri):
            return "a completion is shown there"
        reason = self.switch.reason(document.language, self._clock())
        return reason or self._document_filter.skip_reason(document)

    def _line_at(self, uri: str, row: int) -> str:
        document = self._documents.get(uri)
        return document.line(row) if document is not None and 0 <= row < document.line_count else ""

    def _snapshots(self, document: Document, *, everywhere: bool) -> list[DocumentSnapshot]:
        """Return the texts that may contain the next edit, that of `document` first."""
        others = [
            other
            for other in self._documents
            if other is not document and other.language == document.language
        ]
        listed = [
            other
            for other in others
            if not self._document_filter.skip_reason(other) and not self._document_filter.is_hidden(other.uri)
        ]
        return [
            DocumentSnapshot(other.uri, other.language, other.text_of_rows(0, other.line_count))
            for other in (document, *(listed if everywhere else ()))
        ]

    def _offered(self, suggested_edit: SuggestedEdit, backend: str) -> Offer:
        """Return the offer of a suggested edit, the last one if that is the same; the client shows it."""
        document = self._documents.get(suggested_edit.uri)
        version = None if document is None else document.version
        key = suggested_edit.before, suggested_edit.after
        self._ignored[key] += 1
        if self._ignored[key] >= MAX_IGNORED_OFFERS:
            self._refused.append(suggested_edit)
        last = next(reversed(self._offers.values()), None)
        if last is not None and (last.suggested_edit, last.version, last.backend) == (
            suggested_edit,
            version,
            backend,
        ):
            return last
        offer = Offer(self._ledger.new_id(), suggested_edit, version, backend)
        self._offers[offer.number] = offer
        if len(self._offers) > MAX_OFFERS:
            number, _ = self._offers.popitem(last=False)
            self._recorded.pop(number, None)
        return offer

    def _record(self, record: EditRecord) -> None:
        self._recorded[record.number] = record
        self._ledger.record_edit(record)
