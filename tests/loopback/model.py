"""The model behind the API: it reads a prompt, which may be from a known file, and writes an answer."""

import time
from pathlib import Path
from uuid import uuid4

from tests.loopback.behaviour import Behaviour
from tests.loopback.oracle import Oracle
from tests.loopback.request import Ask
from tests.loopback.tokens import PromptCache, prompt_tokens
from tests.loopback.truth import Truth
from tests.loopback.wire import Answer, limited, usage


class Model:
    """An oracle, its known files, and the provider's cache of prompts.

    Raises OSError and ValueError if a known file cannot be read.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self._cache = PromptCache()
        self._turn = 0
        self._truth = _truth(behaviour)
        self._told = behaviour
        self._oracle = _oracle(behaviour, self._truth)

    def behave(self, behaviour: Behaviour) -> None:
        """Change the later answers; files are read again only if they differ."""
        if (behaviour.truth, behaviour.documents) != (self._told.truth, self._told.documents):
            self._truth = _truth(behaviour)
        self._told = behaviour
        self._oracle = _oracle(behaviour, self._truth)

    def forget(self) -> None:
        """Forget all prompts."""
        self._cache = PromptCache()
        self._turn = 0

    def complete(self, ask: Ask) -> Answer:
        """Return the answer to a request, and its usage."""
        suffix = ask.suffix or ""
        text = self._oracle.answer(ask.prompt, suffix, self._turn)
        self._turn += 1
        read = prompt_tokens(ask.prompt, suffix)
        written, finish = limited(text, ask)
        return Answer(
            id=str(uuid4()),
            created=int(time.time()),
            model=ask.model,
            pieces=written,
            finish=finish,
            usage=usage(len(read), self._cache.read(read), len(written)),
        )


def _truth(behaviour: Behaviour) -> Truth | None:
    texts = [*(Path(path).read_text("utf-8") for path in behaviour.truth), *behaviour.documents]
    return Truth(texts) if texts else None


def _oracle(behaviour: Behaviour, truth: Truth | None) -> Oracle:
    return Oracle(
        texts=(behaviour.text,) if isinstance(behaviour.text, str) else behaviour.text or ("",),
        echo=behaviour.echo,
        truth=truth,
        lines=behaviour.lines,
        wrong=behaviour.wrong,
        ramble=behaviour.ramble,
        seed=behaviour.seed,
    )
