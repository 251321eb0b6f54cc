"""The ledger agrees with the model's own counts over a session of typing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from midfill.core.prices import rates_of
from midfill.ledger import Ledger
from midfill.ledger.figures import report
from midfill.ledger.store import Store
from tests.bench.replay import Case, DocumentFilter, Scenario, play
from tests.bench.sources import DEFAULT, Source
from tests.bench.virtual import VirtualModel, VirtualStage
from tests.clock import JumpingLoop
from tests.ledger.records import NOON
from tests.loopback.ledger import Call

KEYS = 700
PYTHON = DEFAULT[2]
"""A file on which the loopback's own tokenizer is the coarse one.

In the typed text the loopback counts 1,198 tokens, the estimate 1,402, and DeepSeek's V4 tokenizer 1,507.
In the file the loopback counts 6 % less than that tokenizer. So the limits of output and money are wider
for this file.
"""


@dataclass
class Sum:
    """Calls, their tokens, and their price off peak."""

    calls: int = 0
    read: float = 0
    written: float = 0
    money: float = 0

    def plus(self, cached: float, missed: float, output: float) -> Self:
        """Return the sum with another call."""
        rates = rates_of("deepseek-flash", "USD", NOON)
        assert rates is not None
        money = self.money + rates.of(cached, missed, output)
        return type(self)(self.calls + 1, self.read + cached + missed, self.written + output, money)

    @property
    def tokens(self) -> float:
        """All tokens."""
        return self.read + self.written


class Stage(VirtualStage):
    """The stage of a session; it keeps the model."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.calls: Sequence[Call] = ()

    @asynccontextmanager
    async def model(self, **behaviour: Any) -> AsyncIterator[VirtualModel]:
        """Yield the model, and keep its log."""
        async with super().model(**behaviour) as model:
            yield model
            self.calls = model._ledger.calls_of("/completions")


def played(scenario: Scenario, file: Path, path: Path) -> Sequence[Call]:
    """Play a session, and return the calls in the model's log."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        ledger = Ledger(path, clock=lambda: NOON - 1_000 + loop.time())
        stage = Stage(ledger)
        runner.run(play(Case(scenario, Source.read(file), 1, KEYS), stage, DocumentFilter(1)))
        ledger.close()
        return stage.calls


def recorded(path: Path) -> list[tuple[int, int, int, bool, float]]:
    """Return tokens and price of each paid call in the file, in order of time."""
    store = Store.read(path)
    assert store is not None
    query = (
        "SELECT cached, missed, output, estimated, price FROM calls WHERE paid AND at > ? ORDER BY at, number"
    )
    rows = store.all(query, (NOON - 2_000,))
    store.close()
    return rows


SCENARIOS = [
    Scenario("as usual"),
    Scenario("rambling", ramble=100),
    Scenario("often wrong", wrong=30),
    Scenario("slow", first_token_ms=900, token_ms=25),
    Scenario("as Neovim", editor="nvim"),
]


CASES = [
    *((scenario, DEFAULT[0]) for scenario in SCENARIOS),
    *(
        (SCENARIOS[1], file) for file in DEFAULT[1:]
    ),  # No usage is reported: all is estimated, in each language.
]


@pytest.mark.parametrize(("scenario", "file"), CASES, ids=[f"{one.name}, {file.name}" for one, file in CASES])
def test_ledger_agrees_with_the_model(scenario: Scenario, file: Path, path: Path) -> None:
    """All calls; tokens within 3 % if reported, 10 % if estimated; money within 5 %."""
    calls, rows, coarse = played(scenario, file, path), recorded(path), file == PYTHON
    assert len(rows) == len(calls) > 10
    true = {reported: Sum() for reported in (False, True)}
    found = {reported: Sum() for reported in (False, True)}
    for call, (cached, missed, output, estimated, price) in zip(calls, rows, strict=True):
        assert call.usage is not None
        hit, miss = call.usage["prompt_cache_hit_tokens"], call.usage["prompt_cache_miss_tokens"]
        true[bool(estimated)] = true[bool(estimated)].plus(hit, miss, call.tokens)
        found[bool(estimated)] = found[bool(estimated)].plus(cached, missed, output)
        assert price == pytest.approx(Sum().plus(cached, missed, output).money)
    print(scenario.name, file.name, true, found)
    assert found[False].tokens == pytest.approx(true[False].tokens, rel=0.03)
    assert found[True].tokens == pytest.approx(true[True].tokens, rel=0.10)
    assert found[True].written == pytest.approx(true[True].written, rel=0.20 if coarse else 0.10, abs=20)
    money = [sum(of.money for of in sums.values()) for sums in (found, true)]
    assert money[0] == pytest.approx(money[1], rel=0.07 if coarse else 0.05)
    today = report(path, NOON).periods["today"]
    assert today.paid_calls == len(calls)
    assert today.money["USD"] == pytest.approx(money[0])
