"""Tokens: as reported, or estimated from reported ones."""

from dataclasses import replace
from typing import Any

import pytest

from midfill.core.model import Prompt, Usage
from midfill.core.records import CallRecord
from midfill.core.usage_estimator import MAX_RECENT_PROMPTS, ReportedUsage, TokenEstimate, UsageEstimator
from tests.loopback.tokens import PromptCache, pieces, prompt_tokens

CODE = "".join(f"def function_{n}(first, second):\n    return first + second * {n}\n\n" for n in range(200))


def call(prefix: str, text: str = "", usage: Usage | None = None, **facts: Any) -> CallRecord:
    """Return a call with this prompt and answer."""
    known: dict[str, Any] = {
        "number": 1, "backend": "deepseek", "model": "m", "paid": True, "language": "python", "read": True,
        "outcome": "whole", "manual": False, "speculative": False, "first_ms": 250.0, "total_ms": 400.0,
    }  # fmt: skip
    return CallRecord(**{**known, **facts}, prompt=Prompt(prefix, "\nend()\n"), text=text, usage=usage)


def test_reported_tokens_are_used() -> None:
    """They are not estimated."""
    tokens = UsageEstimator().token_counts(call("x", "y", Usage(prompt=100, output=7, cached=64)))
    assert tokens[:4] == (64, 36, 7, False)


def test_refused_call_costs_nothing() -> None:
    """Its prompt is not counted."""
    assert UsageEstimator().token_counts(call(CODE, read=False)).all == 0


def test_other_files_in_the_prompt_count() -> None:
    """Their text is counted as read, and as cached with the prompt's start."""
    estimator = UsageEstimator()
    bare = estimator.token_counts(call(CODE[:4_000]))
    beside = Prompt(CODE[:4_000], "\nend()\n", context="# other.py\n" + CODE[4_000:8_000])
    found = [estimator.token_counts(replace(call(""), prompt=beside)) for _ in range(2)]
    assert found[0].all == pytest.approx(2 * bare.all, rel=0.1)
    assert found[0].cached < found[0].all / 10
    assert found[1].cached > found[1].all * 0.9


@pytest.mark.parametrize("step", [40, 400])
def test_estimates_are_close(step: int) -> None:
    """Every third call reports its tokens; those of the others and their cached share are estimated."""
    estimator, cache = UsageEstimator(), PromptCache()
    true, found = [0, 0, 0], [0, 0, 0]
    for number, end in enumerate(range(1_000, 10_000, step)):
        prefix, text = CODE[:end], CODE[end : end + 90]
        read = prompt_tokens(prefix, "\nend()\n")
        usage = Usage(prompt=len(read), output=len(pieces(text)), cached=cache.read(read))
        tokens = estimator.token_counts(call(prefix, text, usage if number % 3 == 0 else None))
        if tokens.estimated:
            amounts = [usage.cached, usage.prompt - usage.cached, usage.output]
            true = [so_far + more for so_far, more in zip(true, amounts, strict=True)]
            amounts = [tokens.cached, tokens.missed, tokens.output]
            found = [so_far + more for so_far, more in zip(found, amounts, strict=True)]
    assert sum(found) == pytest.approx(sum(true), rel=0.05)
    assert found[2] == pytest.approx(true[2], rel=0.10)
    assert found[0] == pytest.approx(true[0], rel=0.10)


def test_estimate_starts_from_earlier_reports() -> None:
    """The first estimate of a server is as good as the last one of the server before."""
    plain = UsageEstimator().token_counts(call("x = 1\n" * 100, "y = 2\n"))
    habit = ReportedUsage(reported=TokenEstimate(300, 30), estimated=TokenEstimate(100, 20))
    known = UsageEstimator(habit).token_counts(call("x = 1\n" * 100, "y = 2\n"))
    assert known.all - known.output == pytest.approx(3 * (plain.all - plain.output), rel=0.02)
    assert known.output == pytest.approx(1.5 * plain.output, abs=1)
    nothing = UsageEstimator(ReportedUsage(TokenEstimate(300, 30), TokenEstimate(0, 0))).token_counts(
        call("x = 1\n" * 100, "y = 2\n")
    )
    assert nothing[:3] == plain[:3]


def test_reports_change_the_estimate_gradually() -> None:
    """The first report counts in full; a later one changes the estimate by a fifth of the difference."""
    estimator, outputs = UsageEstimator(), []
    for reported in (20, 40):
        estimator.token_counts(call("x", "y = 2\n" * 5, Usage(prompt=100, output=reported, cached=0)))
        outputs.append(estimator.token_counts(call("x", "y = 2\n" * 5)).output)
    assert outputs == [20, 24]


def test_repeated_prompt_counts_as_cached() -> None:
    """The common part counts as cached; after many other prompts it does not."""
    estimator = UsageEstimator()
    first = estimator.token_counts(call(CODE[:4_000]))
    again = estimator.token_counts(call(CODE[:4_000]))
    assert first.cached == 0
    assert again.cached > 0.9 * again.all
    for number in range(MAX_RECENT_PROMPTS):
        estimator.token_counts(call(f"# {number}\n" + CODE[4_000:5_000]))
    assert estimator.token_counts(call(CODE[:4_000])).cached < 0.1 * again.all


def test_free_call_is_not_estimated() -> None:
    """A refused call has no tokens; only paid calls are marked as estimated."""
    assert UsageEstimator().token_counts(call(CODE, read=False)).estimated
    assert not UsageEstimator().token_counts(call(CODE, read=False, paid=False)).estimated
    assert UsageEstimator().token_counts(call(CODE)).estimated
