"""The check of `edits.backend` for `midfill doctor`: its key, and one real edit."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

from midfill.backends import open_edit_backend
from midfill.cli.finding import Finding, failure, milliseconds
from midfill.core.cursor import Cursor
from midfill.core.edit_rules import Hunk
from midfill.core.model import Backend, BackendError, Usage
from midfill.core.rewrite import FORMATS, RewriteFormat, editable_region_at
from midfill.core.rewrite_format_names import format_of
from midfill.engine import edit_backend_request
from midfill.keys import Key, find_key, key_of
from midfill.settings import BackendConfig, Settings, backend_configs, edit_backend_config

_BEFORE, _AFTER = "def area(width, height):", "def area(width, height, depth):"
_HUNK = Hunk("", 0, (_BEFORE,), (_AFTER,), "", "    return width * height")
_CURSOR = Cursor(language="python", head=_AFTER, rest="", below=("    return width * height\n",), eol="\n")
"""The code of the trial call: an argument was added, and is not used yet."""


async def edit_findings(settings: Settings, environ: Mapping[str, str]) -> AsyncIterator[Finding]:
    """Check the key of the backend for next edits, if the settings name one, and make one small real call."""
    config = edit_backend_config(settings)
    if config is None:
        return
    try:
        key = await asyncio.to_thread(_key, config, settings, environ)
    except BackendError as error:
        yield failure("edits key", error)
        return
    yield _about_key(config, key)
    if key is None and config.provider.variable and not config.base_url:
        return
    rewrite_format = FORMATS[format_of(settings.edits.format, config.provider, config.model)]
    backend = open_edit_backend(config, settings, key)
    try:
        yield await _trial(backend, rewrite_format, f"edits: {config.name} {config.model}".rstrip())
    finally:
        await backend.close()


def _key(config: BackendConfig, settings: Settings, environ: Mapping[str, str]) -> Key | None:
    """Return the key that the server uses. Raises BackendError."""
    first = next(iter(backend_configs(settings)), None)
    return find_key(first.name, settings, environ) if first and config.first else key_of(config, environ)


def _about_key(config: BackendConfig, key: Key | None) -> Finding:
    provider = config.provider
    if key is not None:
        return Finding("ok", f"edits key: {key} (from {key.origin})")
    if not provider.variable:
        return Finding("ok", f"edits key: none needed for {provider.title}")
    if config.base_url:
        return Finding("note", f"edits key: none found; {config.base_url} may need none")
    fix = f"set {provider.variable}, or run: midfill auth set {config.name}"
    return Finding("failed", f"edits key: none found, and edits.backend names {config.name}", fix, code=3)


async def _trial(backend: Backend, rewrite_format: RewriteFormat, name: str) -> Finding:
    """Request the edit that follows an added argument."""
    region = editable_region_at(_CURSOR, [_HUNK], str, rewrite_format.lines_around)
    prompt = None if region is None else rewrite_format.prompt_for(region)
    assert region is not None
    assert prompt is not None
    began, usage, text = time.perf_counter(), Usage(), ""
    try:
        async for chunk in backend.stream(edit_backend_request(region, prompt)):
            text += chunk.text
            usage = chunk.usage or usage
    except BackendError as error:
        return failure(name, error)
    summary = f"all after {milliseconds(began)}, {usage.prompt} + {usage.output} tokens"
    if rewrite_format.read(text, region, ended=True) is None:
        fix = "the model may not know the prompt's format: set edits.format, or another edits.model"
        return Finding("note", f"{name}: an answer without an edit, {summary}", fix)
    return Finding("ok", f"{name}: an edit, {summary}")
