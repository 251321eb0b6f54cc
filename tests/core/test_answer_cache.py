"""The cache of answers."""

import pytest

from midfill.core.answer_cache import MAX_RECENT_ANSWERS, AnswerCache, CachedAnswer
from midfill.core.model import Prompt


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def answers(clock: Clock) -> AnswerCache:
    return AnswerCache(capacity=100, ttl=60, empty_ttl=10, clock=clock)


def prompt(prefix: str = "x = ", suffix: str = "") -> Prompt:
    return Prompt(prefix, suffix)


def found(answers: AnswerCache, at: Prompt) -> list[str]:
    return [text for _, text in answers.find(at)]


def test_answer_is_found_by_its_prompt(answers: AnswerCache) -> None:
    """The same prompt has the same answer."""
    answers.put(CachedAnswer(prompt(), "compute()"))
    assert found(answers, prompt()) == ["compute()"]
    assert found(answers, prompt("y = ")) == []


def test_answer_is_found_while_typing_along(answers: AnswerCache) -> None:
    """The rest of a partly typed answer is found; a fully typed or contradicted one is not."""
    answers.put(CachedAnswer(prompt(), "compute()"))
    assert found(answers, prompt("x = comp")) == ["ute()"]
    assert found(answers, prompt("x = compute()")) == []
    assert found(answers, prompt("x = comq")) == []


def test_exact_answer_comes_first(answers: AnswerCache) -> None:
    """The answer for this exact prompt is first; other valid ones follow from new to old."""
    answers.put(CachedAnswer(prompt("x = c"), "ompute(exact)"))
    answers.put(CachedAnswer(prompt("x ="), " compute(old)"))
    answers.put(CachedAnswer(prompt("x = "), "compute(new)"))
    assert found(answers, prompt("x = c")) == ["ompute(exact)", "ompute(new)", "ompute(old)"]


def test_newer_answer_replaces_an_older_one(answers: AnswerCache) -> None:
    """One prompt has one answer."""
    answers.put(CachedAnswer(prompt(), "comp", complete=False))
    answers.put(CachedAnswer(prompt(), "compute()"))
    assert found(answers, prompt("x = c")) == ["ompute()"]
    assert len(answers) == 1


def test_answer_expires(answers: AnswerCache, clock: Clock) -> None:
    """After its time to live an answer is not found, neither by its prompt nor while typing along."""
    answers.put(CachedAnswer(prompt(), "compute()"))
    clock.now += 59
    assert found(answers, prompt("x = c")) == ["ompute()"]
    clock.now += 2
    assert found(answers, prompt()) == found(answers, prompt("x = c")) == []


def test_empty_answer_is_remembered_briefly(answers: AnswerCache, clock: Clock) -> None:
    """An empty answer is remembered for some seconds, for its exact prompt."""
    answers.put(CachedAnswer(prompt(), ""))
    assert answers.is_empty(prompt())
    assert not answers.is_empty(prompt("x = c"))
    assert found(answers, prompt()) == []
    clock.now += 11
    assert not answers.is_empty(prompt())


def test_interrupted_answer_is_not_remembered_as_empty(answers: AnswerCache) -> None:
    """Only an answer that the model ended is remembered as empty."""
    answers.put(CachedAnswer(prompt(), "", complete=False))
    assert not answers.is_empty(prompt())


def test_later_answer_replaces_an_empty_one(answers: AnswerCache) -> None:
    """A later answer to a prompt replaces its empty one."""
    answers.put(CachedAnswer(prompt(), ""))
    answers.put(CachedAnswer(prompt(), "compute()"))
    assert not answers.is_empty(prompt())
    assert found(answers, prompt()) == ["compute()"]


def test_least_recently_used_answer_is_dropped(clock: Clock) -> None:
    """Above its capacity the cache drops the least recently used answer."""
    answers = AnswerCache(2, 60, 10, clock)
    answers.put(CachedAnswer(prompt("a"), "1"))
    answers.put(CachedAnswer(prompt("b"), "2"))
    assert found(answers, prompt("a")) == ["1"]
    answers.put(CachedAnswer(prompt("c"), "3"))
    assert [found(answers, prompt(name)) for name in "abc"] == [["1"], [], ["3"]]


@pytest.mark.parametrize(("capacity", "ttl"), [(0, 60), (10, 0)])
def test_disabled_cache_keeps_nothing(clock: Clock, capacity: int, ttl: float) -> None:
    """Without capacity or time to live, nothing is cached."""
    answers = AnswerCache(capacity, ttl, 0, clock)
    answers.put(CachedAnswer(prompt(), "compute()"))
    answers.put(CachedAnswer(prompt("y"), ""))
    assert found(answers, prompt()) == found(answers, prompt("x = c")) == []
    assert not answers.is_empty(prompt("y"))
    assert len(answers) == 0


def test_number_of_compared_answers_is_limited(clock: Clock) -> None:
    """The cost of a miss is bounded: only the latest answers are found while typing along."""
    answers = AnswerCache(10 * MAX_RECENT_ANSWERS, 60, 10, clock)
    answers.put(CachedAnswer(prompt(), "compute()"))
    for number in range(MAX_RECENT_ANSWERS):
        answers.put(CachedAnswer(prompt(f"other {number} = "), "f()"))
    assert found(answers, prompt("x = c")) == []
    assert found(answers, prompt()) == ["compute()"]
