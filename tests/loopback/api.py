"""DeepSeek's API: a request in, the script of its answer out."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from tests.loopback import faults, wire
from tests.loopback.behaviour import Behaviour, Fault
from tests.loopback.errors import RefusedError, error
from tests.loopback.ledger import Call, Ledger, told_key
from tests.loopback.oracle import Oracle
from tests.loopback.request import Ask, Request, authorize, parse
from tests.loopback.script import Script, whole
from tests.loopback.tokens import PromptCache, prompt_tokens
from tests.loopback.truth import Truth


class Api:
    """The model, its cache of prompts, and the faults that are set."""

    def __init__(self, behaviour: Behaviour, ledger: Ledger) -> None:
        self.ledger = ledger
        self._start = behaviour
        self._truth: Truth | None = None
        self.reset()

    def reset(self) -> None:
        """Behave as at the start again, and forget every call and every prompt."""
        self.ledger.reset()
        self._cache = PromptCache()
        self._turn = 0
        self.behave(self._start)

    def behave(self, behaviour: Behaviour) -> None:
        """Behave differently from now on; raises OSError if a file to tell the truth from cannot be read."""
        known = getattr(self, "behaviour", None)
        if known is None or (behaviour.truth, behaviour.documents) != (known.truth, known.documents):
            self._truth = _truth(behaviour)
        self._oracle = _oracle(behaviour, self._truth)
        self._faults = faults.Faults(behaviour.faults)
        self.behaviour = behaviour

    def answer(self, request: Request, connection: int) -> tuple[Script, Call]:
        """Return what is to be sent, and the record of the call, which is now in the ledger."""
        call = self.ledger.begin(
            connection=connection,
            method=request.method,
            path=request.path,
            authorization=told_key(request.headers.get("authorization", "")),
            body=_readable(request.body),
        )
        try:
            script = self._answer(request, call)
        except RefusedError as refusal:
            script = refusal.script
        call.status = script.status if script.head else 0
        return script, call

    def _answer(self, request: Request, call: Call) -> Script:
        method, name = ROUTES.get(request.path, ("", ""))
        if not name:
            return error(404)
        if request.method != method:
            return error(405)
        due = self._faults.due(name)
        call.faults = [fault.kind for fault in due]
        if failed := faults.reply(due):
            return failed
        authorize(request, self.behaviour.key)
        return faults.disturbed(self._calls[name](self, request, call, due), due)

    def _models(self, request: Request, call: Call, due: list[Fault]) -> Script:
        models = [
            {
                "id": model,
                "object": "model",
                "owned_by": "deepseek",
                "context_window": 1_048_576,
                "max_output_tokens": 393_216,
                "input_modalities": ["text"],
                "output_modalities": ["text"],
            }
            for model in self.behaviour.models
        ]
        return whole(200, "application/json", msgspec.json.encode({"object": "list", "data": models}))

    def _balance(self, request: Request, call: Call, due: list[Fault]) -> Script:
        balance = {
            "currency": "USD",
            "total_balance": "110.00",
            "granted_balance": "10.00",
            "topped_up_balance": "100.00",
        }
        body = msgspec.json.encode({"is_available": True, "balance_infos": [balance]})
        return whole(200, "application/json", body)

    def _completion(self, request: Request, call: Call, due: list[Fault]) -> Script:
        ask = parse(request, self.behaviour.models)
        answer = self._complete(ask)
        call.usage = answer.usage
        if not ask.stream:
            payloads = faults.spoiled([wire.completion(answer, ask)], due)
            return wire.single(payloads[0], len(answer.pieces), self.behaviour.pace)
        payloads = faults.spoiled(wire.chunks(answer, ask, self.behaviour.usage), due)
        return wire.stream(payloads, self.behaviour.pace)

    def _complete(self, ask: Ask) -> wire.Answer:
        text = self._oracle.answer(ask.prompt, ask.suffix or "", self._turn)
        self._turn += 1
        read = prompt_tokens(ask.prompt, ask.suffix or "")
        written, finish = wire.limited(text, ask)
        return wire.Answer(
            id=str(uuid4()),
            created=int(time.time()),
            model=ask.model,
            pieces=written,
            finish=finish,
            usage=wire.usage(len(read), self._cache.read(read), len(written)),
        )

    _calls: Mapping[str, Callable[["Api", Request, Call, list[Fault]], Script]] = {
        "completions": _completion,
        "models": _models,
        "balance": _balance,
    }


ROUTES = {
    "/beta/completions": ("POST", "completions"),
    "/beta/v1/completions": ("POST", "completions"),
    "/models": ("GET", "models"),
    "/v1/models": ("GET", "models"),
    "/user/balance": ("GET", "balance"),
    "/v1/user/balance": ("GET", "balance"),
}
"""The paths that exist, each with the method it wants. FIM is under /beta alone."""


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


def _readable(body: bytes) -> Any:
    """Return the JSON of `body`; as it stands if it is none."""
    try:
        return msgspec.json.decode(body) if body else None
    except msgspec.DecodeError:
        return body.decode("utf-8", "replace")
