"""One repository's commits, replayed once for all variants: the names in the prompts, and the cost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from pathlib import Path

from midfill.core.context.nearby_words import NAME
from midfill.core.cursor import Cursor
from midfill.core.tokens import ASCII_PER_TOKEN
from tests.quality.context.cost import Bill
from tests.quality.context.history import History
from tests.quality.context.postings import Postings
from tests.quality.context.replay import WARM_UP_COMMITS, Prompter, Stop, Variant, Writer, needed

PAUSE = 12
"""Characters between two requests while a line is written."""


@dataclass
class Figures:
    """The results of a variant, summed over repositories."""

    needed: Counter[str] = field(default_factory=Counter)
    """Names that the lines needed, by their other places: `own` file, `cross` (only in others), `new` (nowhere)."""
    there: Counter[str] = field(default_factory=Counter)
    """Those of them in the prompt."""
    lines: int = 0
    tokens: float = 0.0
    bill: Bill = field(default_factory=Bill)

    @property
    def all_names(self) -> float:
        """The share of names in the prompt, in %."""
        return 100 * self.there.total() / max(1, self.needed.total())

    @property
    def cross_file(self) -> float:
        """The same for names that occur only in other files."""
        return 100 * self.there["cross"] / max(1, self.needed["cross"])

    def add(self, other: "Figures") -> None:
        """Add the results of another repository."""
        self.needed += other.needed
        self.there += other.there
        self.lines += other.lines
        self.tokens += other.tokens
        self.bill.requests += other.bill.requests
        self.bill.tokens += other.bill.tokens
        for rule, tokens in other.bill.cached.items():
            self.bill.cached[rule] += tokens


def measured(
    repository: Path, variants: Sequence[Variant], commits: int, *, billed: Sequence[str] = ()
) -> dict[str, Figures]:
    """Return the figures of each variant over the latest commits; those named in `billed` are also billed."""
    history = History(repository)
    index = Postings(history.text)
    writer = Writer(history, index)
    found = {variant.name: Figures() for variant in variants}
    prompters = [Prompter(variant, writer) for variant in variants]
    for number, commit in enumerate(history.commits(commits + WARM_UP_COMMITS)):
        for stop in writer.stops(commit, measured=number >= WARM_UP_COMMITS):
            if number < WARM_UP_COMMITS:
                continue
            for prompter in prompters:
                prompter.move_to(stop)
                if prompter.variant.name in billed:
                    _bill(found[prompter.variant.name].bill, prompter, stop)
            if stop.measured:
                _look(stop, index, prompters, found)
    history.close()
    return found


def _look(stop: Stop, index: Postings, prompters: Sequence[Prompter], found: dict[str, Figures]) -> None:
    """Count the names of a line that each variant's prompt contains."""
    own = {*NAME.findall(stop.cursor.prefix), *NAME.findall(stop.cursor.suffix)}
    where = {
        name: "own" if name in own else "cross" if index.has_name(name, stop.path) else "new"
        for name in needed(stop.line)
    }
    for prompter in prompters if where else ():
        figures, text = found[prompter.variant.name], "".join(prompter.prompt(stop.cursor, stop.path))
        there = set(NAME.findall(text))
        figures.needed.update(where.values())
        figures.there.update(kind for name, kind in where.items() if name in there)
        figures.lines += 1
        figures.tokens += len(text) / ASCII_PER_TOKEN


def _bill(bill: Bill, prompter: Prompter, stop: Stop) -> None:
    """Send a request at the line's start and after every few characters."""
    for cursor in _pauses(stop):
        bill.ask("\0".join(prompter.prompt(cursor, stop.path)))


def _pauses(stop: Stop) -> Iterator[Cursor]:
    head = stop.cursor.head
    for at in range(0, max(1, len(stop.line) - len(head)), PAUSE):
        yield replaced(stop.cursor, head=head + stop.line[len(head) : len(head) + at])
