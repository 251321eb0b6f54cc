"""`midfill doctor`: checks the installation, and shows how to fix errors."""

import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

from midfill import __version__
from midfill.backends import open_remote
from midfill.backends.account import Balance
from midfill.backends.gguf import GgufBackend
from midfill.backends.remote import RemoteBackend
from midfill.cli import index, signals
from midfill.cli.edit_check import edit_findings
from midfill.cli.editors.checks import config_findings
from midfill.cli.finding import Finding, failure, milliseconds
from midfill.cli.terminal import GREEN, RED, YELLOW, one_line, painted, say
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, Backend, BackendError, BackendRequest, ErrorKind, Prompt, Usage
from midfill.keys import Key, find_key
from midfill.ledger import Ledger, LedgerOptions, data_file
from midfill.ledger.figures import report
from midfill.ledger.store import LEDGER_ERRORS
from midfill.settings import BackendConfig, LoadedSettings, Settings, backend_configs, load, user_file
from midfill.settings.show import explain

_MARKS = {"ok": ("✓", GREEN), "note": ("•", YELLOW), "failed": ("✗", RED)}

MAX_MODELS = 20
"""Maximum number of model names that are listed."""

_HOLE = Cursor(language="python", head="def add(a, b):\n    return ", rest="")
"""The code of the trial call."""


def run(environ: Mapping[str, str], client: str | None = None) -> int:
    """Print all findings one by one, and return the exit code of the first failure.

    `client` names a file with an editor's settings, which override all others.
    """
    try:
        sent = [] if client is None else [_sent(client)]
    except (OSError, ValueError) as error:
        say(f"--client {client}: {getattr(error, 'strerror', '') or 'it is not JSON'}")
        return 2
    return signals.run(_examine(environ, sent))


def _sent(file: str) -> object:
    """Return the settings in a file. Raises OSError or ValueError."""
    return json.loads(sys.stdin.read() if file == "-" else Path(file).read_text("utf-8"))


async def _examine(environ: Mapping[str, str], clients: Sequence[object]) -> int:
    code = 0
    async for finding in _findings(environ, clients):
        mark, colour = _MARKS[finding.state]
        print(painted(mark, colour, sys.stdout, environ), one_line(finding.text), flush=True)
        if finding.fix:
            print(f"  → {one_line(finding.fix)}", flush=True)
        code = code or finding.code
    return code


async def _findings(environ: Mapping[str, str], clients: Sequence[object]) -> AsyncIterator[Finding]:
    yield _python()
    loaded = await asyncio.to_thread(load, environ, workspaces=[Path.cwd()], clients=clients)
    for finding in _configuration(loaded, environ):
        yield finding
    yield await asyncio.to_thread(_ledger, loaded)
    for found in await asyncio.to_thread(config_findings, environ):
        yield Finding("note" if found.fix else "ok", found.text, found.fix)
    yield await asyncio.to_thread(_index)
    if loaded.blocking:
        yield Finding("failed", "backend: no backend is called until the configuration is fixed", code=2)
        return
    async for finding in _backends(loaded, environ):
        yield finding
    async for finding in edit_findings(loaded.settings, environ):
        yield finding


async def _backends(loaded: LoadedSettings, environ: Mapping[str, str]) -> AsyncIterator[Finding]:
    """Check each backend in order."""
    settings = loaded.settings
    chosen = backend_configs(settings)
    for config in chosen:
        if len(chosen) > 1:
            only = f" (in {', '.join(sorted(config.languages))})" if config.languages else ""
            yield Finding("ok", f"backend {config.name}{only}: {config.address}")
        async for finding in _backend(config, loaded, environ):
            yield finding
    if not chosen:
        yield Finding("ok", "key: none needed")
        yield Finding("ok", "backend: the embedded engine; it needs no network")


async def _backend(
    config: BackendConfig, loaded: LoadedSettings, environ: Mapping[str, str]
) -> AsyncIterator[Finding]:
    """Check the key of one backend; if it is in use, also its service."""
    settings = loaded.settings
    try:
        key = await asyncio.to_thread(find_key, config.name, settings, environ)
    except BackendError as error:
        yield failure("key", error)
        return
    yield _about_key(key, config, settings)
    if key is None and settings.backend == "auto":
        yield Finding("ok", "backend: the embedded engine; it needs no network")
        return
    backend = open_remote(config, settings, key)
    try:
        async for finding in _service(backend, loaded):
            yield finding
    finally:
        await backend.close()


def _python() -> Finding:
    return Finding(
        "ok", f"midfill {__version__} on Python {platform.python_version()}, {platform.platform()}"
    )


def _configuration(loaded: LoadedSettings, environ: Mapping[str, str]) -> Iterator[Finding]:
    path = user_file(environ)
    there = "" if path.exists() else " (does not exist; not needed)"
    yield Finding("ok", f"configuration: {path}{there}")
    for setting in explain(loaded):
        if setting.origin != "default":
            yield Finding("ok", f"  {setting.key} = {setting.value} (from {setting.origin})")
    for problem in loaded.problems:
        yield Finding("failed", f"configuration: {problem}", code=2)


def _ledger(loaded: LoadedSettings) -> Finding:
    path = data_file()
    if not loaded.settings.ledger.enabled:
        return Finding("ok", "ledger: switched off")
    try:
        report(path, time.time(), days=1)
    except LEDGER_ERRORS as error:
        return Finding(
            "note", f"ledger: {path} cannot be read: {error}", "move the file; midfill then creates a new one"
        )
    there = "" if path.exists() else " (created by the first completion)"
    return Finding("ok", f"ledger: {path}{there}; midfill stats shows it")


def _index() -> Finding:
    known = index.found(Path(os.path.realpath(Path.cwd())))
    fix = "midfill index rebuild makes it now" if known.state == "missing" else ""
    return Finding("note" if known.short else "ok", f"index: {index.status_text(known)}", fix)


def _about_key(key: Key | None, config: BackendConfig, settings: Settings) -> Finding:
    provider = config.provider
    if key is not None:
        return Finding("ok", f"key: {key} (from {key.origin})")
    if not provider.variable:
        return Finding("ok", f"key: none needed for {provider.title}")
    page = provider.keys_page.removeprefix("https://").removesuffix("/api_keys")
    fix = f"get one at {page} and set {provider.variable}, or see api_key_command in server/REFERENCE.md"
    if settings.backend == "auto":
        return Finding("note", "key: none found, so the embedded engine answers", f"for DeepSeek, {fix}")
    if config.base_url:
        return Finding("note", f"key: none found; {config.base_url} may need none")
    return Finding("failed", f"key: none found, and the setting backend names {config.name}", fix, code=3)


async def _service(backend: RemoteBackend, loaded: LoadedSettings) -> AsyncIterator[Finding]:
    """Check the network, the key, the account, the model and a real call, in this order."""
    try:
        if isinstance(backend, GgufBackend):  # Reported before the memory is used.
            yield Finding("ok", f"memory: about {backend.memory:.1f} GiB while the model runs")
        began = time.perf_counter()
        names = await backend.models()
        took = milliseconds(began)
        taken = ", and accepts the key" if backend.provider.variable else ""
        yield Finding("ok", f"network: {backend.endpoints().host} answers ({took}){taken}")
    except BackendError as error:
        yield failure("network", error)
        return
    if backend.endpoints().balance:
        yield await _balance(backend, loaded)
    if _offered(backend.model, names):
        yield Finding("ok", f"model: {backend.model or ', '.join(names)}")
    else:
        fix = (
            f"set model to one of: {', '.join(names[:MAX_MODELS])}{', …' if len(names) > MAX_MODELS else ''}"
        )
        yield Finding("failed", f"model: {backend.model} is not offered", fix, code=4)
    yield await _trial(backend)


def _offered(model: str, names: list[str]) -> bool:
    """Whether a server has a model; Ollama lists `name:tag`, and accepts `name` for `name:latest`."""
    return not model or model in names or f"{model}:latest" in names


async def _balance(backend: RemoteBackend, loaded: LoadedSettings) -> Finding:
    try:
        balance = await backend.balance()
        await asyncio.to_thread(_record_balance, backend.name, balance, loaded)
    except BackendError as error:
        if error.kind in {ErrorKind.MALFORMED, ErrorKind.BAD_REQUEST}:
            return Finding("note", "balance: this server does not report it")
        return failure("balance", error)
    amounts = ", ".join(f"{total} {currency}" for currency, total in balance.amounts)
    if balance.available:
        return Finding("ok", f"balance: {amounts}")
    fix = f"top up at {backend.provider.top_up_page.removeprefix('https://')}"
    return Finding("failed", f"balance: {amounts}, not enough for a call", fix, code=4)


def _record_balance(name: str, balance: Balance, loaded: LoadedSettings) -> None:
    """Store the balance for the servers, which request it once an hour."""
    ledger = Ledger(data_file())
    ledger.configure(LedgerOptions.from_settings(loaded.settings, ""))
    for currency, total in balance.amounts or (("", ""),):
        ledger.balance(name, currency, float(total or 0), available=balance.available)
    ledger.close()


async def _trial(backend: Backend) -> Finding:
    """Make one small real call."""
    prompt = Prompt(_HOLE.prefix, "\n")
    request = BackendRequest(cursor=_HOLE, prompt=prompt, limits=AnswerLimits(max_tokens=16, manual=True))
    began, first, usage, text = time.perf_counter(), "", Usage(), ""
    try:
        async for chunk in backend.stream(request):
            text += chunk.text
            first = first or (milliseconds(began) if chunk.text else "")
            usage = chunk.usage or usage
    except BackendError as error:
        return failure("completion", error)
    speed = usage.output / max(time.perf_counter() - began, 0.001)
    tokens = f"{usage.prompt} + {usage.output} tokens"
    if isinstance(backend, GgufBackend):
        tokens += f", {speed:.0f} a second"
    times = f"first text after {first}, all after {milliseconds(began)}" if text else "an empty answer"
    return Finding("ok", f"completion: {times}, {tokens}")
