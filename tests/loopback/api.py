"""The APIs of DeepSeek and other providers: a request in, the script of its answer out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from tests.loopback import faults, wire
from tests.loopback.behaviour import Behaviour, Fault, changed
from tests.loopback.dialects import DIALECTS, Dialect, refused, stream, translated
from tests.loopback.errors import RefusedError, error
from tests.loopback.ledger import Call, Ledger, masked_key
from tests.loopback.model import Model
from tests.loopback.request import Request, authorize, parse
from tests.loopback.script import Script, whole

ROUTES = {
    "/beta/completions": ("POST", "completions"),
    "/beta/v1/completions": ("POST", "completions"),
    "/v1/completions": ("POST", "completions"),
    "/v1/fim/completions": ("POST", "mistral"),
    "/inception/v1/fim/completions": ("POST", "completions"),
    "/v1/edit/completions": ("POST", "edit"),
    "/inception/v1/edit/completions": ("POST", "edit"),
    "/beta/chat/completions": ("POST", "chat"),
    "/v1/chat/completions": ("POST", "chat"),
    "/api/generate": ("POST", "ollama"),
    "/infill": ("POST", "infill"),
    "/completion": ("POST", "infill"),
    "/inception/v1/models": ("GET", "models"),
    "/models": ("GET", "models"),
    "/v1/models": ("GET", "models"),
    "/user/balance": ("GET", "balance"),
    "/v1/user/balance": ("GET", "balance"),
}
"""The existing paths with their methods: DeepSeek's FIM is under /beta, the others' elsewhere."""


class Api:
    """The endpoints and the set faults."""

    def __init__(self, behaviour: Behaviour, ledger: Ledger) -> None:
        self.ledger = ledger
        self.behaviour = behaviour
        self._start = behaviour
        self._model = Model(behaviour)
        self._faults = faults.Faults(behaviour.faults)
        self._released = asyncio.Event()

    async def released(self) -> None:
        """Wait while answers are held."""
        while self.behaviour.held:
            await self._released.wait()

    def reset(self) -> None:
        """Reset the behaviour, and forget all calls and prompts."""
        self.ledger.reset()
        self._model.forget()
        self.behave(msgspec.to_builtins(self._start))

    def behave(self, changes: Mapping[str, object]) -> None:
        """Change the behaviour; the count of faults starts again if they are among the changes.

        Raises ValueError that names a wrong field, and OSError for a truth file that cannot be read.
        """
        behaviour = changed(self.behaviour, changes)
        self._model.behave(behaviour)
        self.behaviour = behaviour
        self._released.set()
        self._released = asyncio.Event()
        if "faults" in changes:
            self._faults = faults.Faults(behaviour.faults)

    def answer(self, request: Request, connection: int) -> tuple[Script, Call]:
        """Return the script to send, and the record of the call, which is now in the ledger."""
        call = self.ledger.begin(
            connection=connection,
            method=request.method,
            path=request.path,
            authorization=masked_key(request.headers.get("authorization", "")),
            body=_readable(request.body),
        )
        method, name = ROUTES.get(request.path, ("", ""))
        due = (
            self._faults.due("completions" if name in DIALECTS else name) if request.method == method else []
        )
        call.faults = [fault.kind for fault in due]
        try:
            script = self._answer(request, call, due)
        except RefusedError as refusal:
            script = refusal.script
        call.status = script.status if script.head else 0
        return faults.disturbed(replace(script, due=self.behaviour.headers_ms), due), call

    def _answer(self, request: Request, call: Call, due: Sequence[Fault]) -> Script:
        method, name = ROUTES.get(request.path, ("", ""))
        if not name:
            return error(404)
        if request.method != method:
            return error(405)
        if failed := faults.reply(due):
            return failed
        if name not in DIALECTS or DIALECTS[name].needs_key:
            self._authorize(request)
        if name == "models":
            return _json({"object": "list", "data": [_model(model) for model in self.behaviour.models]})
        if name == "balance":
            balances = [_balance(*of) for of in self.behaviour.balances]
            return _json({"is_available": self.behaviour.has_credit, "balance_infos": balances})
        return self._complete(request, call, due, DIALECTS[name])

    def _authorize(self, request: Request) -> None:
        """Refuse a request without a key, unless this server needs none (`"key": ""`)."""
        if self.behaviour.key != "":
            authorize(request, self.behaviour.key)

    def _complete(self, request: Request, call: Call, due: Sequence[Fault], dialect: Dialect) -> Script:
        thinks = b'"thinking":{"type":"enabled"}' in request.body or b"reasoning_effort" in request.body
        self._check_insert(request)
        ask = parse(translated(request, dialect), self.behaviour.models)
        answer = self._model.complete(ask)
        call.usage, call.answer = answer.usage, list(answer.pieces)
        pace = wire.Pace(self.behaviour.first_token_ms, self.behaviour.token_ms)
        if ask.stream:
            payloads = wire.chunks(answer, ask, self.behaviour.usage)
            spoiled = faults.spoiled(payloads, due)
            return stream([*self._thoughts(spoiled[0], thinks=thinks), *spoiled], pace, dialect)
        payloads = faults.spoiled([wire.completion(answer, ask)], due)
        return wire.single(dialect.payload(payloads[0]), len(answer.pieces), pace)

    def _check_insert(self, request: Request) -> None:
        """Refuse to fill in the middle, with each server's own message, if the behaviour says so."""
        if self.behaviour.inserts or b'"raw":true' in request.body:
            return
        if request.path == "/api/generate" and b'"suffix":""' not in request.body:
            raise refused(
                400, {"error": "registry.ollama.ai/library/llama3.2:latest does not support insert"}
            )
        if request.path == "/infill":
            message = (
                "Infill is not supported by this model: prefix token is missing. suffix token is missing."
            )
            raise refused(501, {"error": {"code": 501, "message": message, "type": "not_supported_error"}})
        if request.path == "/v1/completions" and b'"suffix"' in request.body:
            message = "suffix is not currently supported"
            raise refused(400, {"error": {"message": message, "type": "BadRequestError", "code": 400}})

    def _thoughts(self, payload: wire.Payload, *, thinks: bool) -> list[wire.Payload]:
        """Return a model's reasoning, if it was requested."""
        if not thinks:
            return []
        choice = {"index": 0, "text": "", "finish_reason": None}
        return [{**payload, "choices": [{**choice, "thought": word}]} for word in self.behaviour.thoughts]


def _balance(currency: str, total: str) -> dict[str, str]:
    return {
        "currency": currency,
        "total_balance": total,
        "granted_balance": "0.00",
        "topped_up_balance": total,
    }


def _model(name: str) -> dict[str, Any]:
    """Return a model's entry in the list (DeepSeek, list-models, September 2026)."""
    return {
        "id": name,
        "object": "model",
        "owned_by": "deepseek",
        "context_window": 1_048_576,
        "max_output_tokens": 393_216,
        "input_modalities": ["text"],
        "output_modalities": ["text"],
    }


def _json(value: object) -> Script:
    return whole(200, "application/json", msgspec.json.encode(value))


def _readable(body: bytes) -> Any:
    """Return the JSON of `body`; `body` itself if it is not JSON."""
    try:
        return msgspec.json.decode(body) if body else None
    except msgspec.DecodeError:
        return body.decode("utf-8", "replace")
