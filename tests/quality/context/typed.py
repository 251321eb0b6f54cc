"""The cost of an hour of typing: the typist of the typing replay, with requests at pauses, one file at a time."""

from collections.abc import Iterator, Sequence

from midfill.core.cursor import Cursor
from midfill.core.document import Document, Position
from tests.bench.sources import DEFAULT, Cut, Source
from tests.bench.typist import Typist
from tests.quality.context.cost import Bill
from tests.quality.context.replay import Prompter, Stop, Variant, Writer

PAUSE = 0.25
"""Seconds without a key before a request."""
KEYS = 1_000
SEEDS = 2


def typed(writer: Writer, variants: Sequence[Variant]) -> dict[str, Bill]:
    """Return the bill of each variant, all of whose sessions share a provider's cache."""
    bills = {variant.name: Bill() for variant in variants}
    for path in DEFAULT:
        source = Source.read(path)
        for seed in range(1, SEEDS + 1):
            prompters = [Prompter(variant, writer) for variant in variants]
            for stop in _pauses(source, source.cut(seed, KEYS), seed):
                for prompter in prompters:
                    prompter.move_to(stop)
                    bills[prompter.variant.name].ask("\0".join(prompter.prompt(stop.cursor, stop.path)))
    return bills


def _pauses(source: Source, cut: Cut, seed: int) -> Iterator[Stop]:
    """Yield each pause of a session as a stop."""
    document = Document(source.name, source.language, cut.document)
    typist, row, column = Typist(cut.target, f"{source.name} {seed}"), cut.above.count("\n"), len(cut.indent)
    for _ in range(KEYS):
        if typist.done:
            return
        key = typist.press("", 0.0)
        here = Position(row, column)
        if key.kind == "back":
            document.edit(Position(row, column - 1), here, "", "utf-32")
            column -= 1
        else:
            document.edit(here, here, key.text, "utf-32")
            lines = key.text.split("\n")
            row, column = row + len(lines) - 1, len(lines[-1]) + (column if len(lines) == 1 else 0)
        if typist.gap() >= PAUSE:
            cursor: Cursor = document.cursor(Position(row, column), "utf-32")
            yield Stop(source.name, cursor, "", False, False)
