"""`midfill complete FILE:LINE:COLUMN`: one completion, headless."""

import argparse
import asyncio
import difflib
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from midfill.backends.embedded import EmbeddedBackend
from midfill.backends.open_backends import open_backends
from midfill.cli import signals
from midfill.cli.terminal import GREEN, RED, painted, say, show_json, write_exactly
from midfill.core.characters import escaped
from midfill.core.cursor import Cursor, normalized_line_ends, with_line_ends
from midfill.core.document import Document, Position
from midfill.core.language_ids import language_id
from midfill.core.model import Backend, BackendError, ErrorKind
from midfill.core.prompt import prompt_at
from midfill.engine import Engine, Reply, Request, Suggestion, context_sizes, prompt_budget
from midfill.ledger import Ledger, LedgerOptions, data_file
from midfill.settings import LoadedSettings, load
from midfill.workspace import Exclusions, Memories, UnreadableError, paths_of, read_document, to_uri
from midfill.workspace.text import MAX_DOCUMENT_BYTES

if TYPE_CHECKING:
    from midfill.lsp.context_collector import ContextCollector

_INDEX_TIMEOUT_S = 20
"""Maximum seconds that an explanation waits for the folder's index."""
_MAX_SHOWN = 200
"""Maximum characters of an invalid position in a message."""
EDITOR = "command line"
"""The editor's name in the ledger."""
_POSITION = re.compile(r"(.+):([0-9]{1,40}):([0-9]{1,40})", re.DOTALL)


class UsageError(Exception):
    """Wrong usage; the message shows the right one."""


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the completion and return the exit code."""
    try:
        document, cursor = _open(arguments.position, arguments.filename)
        loaded = load(environ, workspaces=[Path.cwd()])
        for problem in loaded.problems:
            say(str(problem))
        if loaded.blocking:
            return 2
        if arguments.explain and not _why_excluded(document, loaded):
            print(escaped(_explanation(cursor, loaded, environ), keep="\n"))
            return 0
        began = time.perf_counter()
        if reason := _why_excluded(document, loaded):
            completed = _Completed(Reply(reason=reason))
        else:
            completed = signals.run(_ask(cursor, loaded, environ))
        return _print(completed, document, cursor, arguments, time.perf_counter() - began, environ)
    except (UsageError, UnreadableError) as error:
        say(str(error))
        return 2
    except BackendError as error:
        say(str(error))
        return exit_code(error)


def exit_code(error: BackendError) -> int:
    """Return the exit code for this error."""
    return {ErrorKind.BAD_SETTING: 2, ErrorKind.NO_KEY: 3, ErrorKind.BAD_KEY: 3}.get(error.kind, 4)


def _open(position: str, filename: str | None) -> tuple[Document, Cursor]:
    match = _POSITION.fullmatch(position)
    if match is None:
        raise UsageError(
            f"{_short(position)!r} is not a position; write FILE:LINE:COLUMN, counted from 1, as in app.py:12:9"
        )
    name, line, column = match[1], int(match[2]), int(match[3])
    if name == "-":
        name, text = filename or "untitled.txt", _standard_input()
    else:
        text = read_document(name)
    document = Document(to_uri(str(Path(name).absolute())), language_id(name), text)
    _check(document, name, line, column)
    return document, document.cursor(Position(line - 1, column - 1), "utf-32")


def _short(position: str) -> str:
    return position if len(position) <= _MAX_SHOWN else position[:_MAX_SHOWN] + "…"


def _standard_input() -> str:
    """Return the text on standard input. Raises UsageError."""
    content = sys.stdin.buffer.read(MAX_DOCUMENT_BYTES + 1)
    if len(content) > MAX_DOCUMENT_BYTES:
        raise UsageError(
            f"standard input has more than {MAX_DOCUMENT_BYTES:,} bytes; complete in a smaller file"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8: byte {error.start} cannot be read") from None


def _check(document: Document, name: str, line: int, column: int) -> None:
    if not 1 <= line <= document.line_count:
        raise UsageError(f"{name} has no line {line}; its lines are 1 to {document.line_count}")
    length = len(document.line(line - 1))
    if not 1 <= column <= length + 1:
        raise UsageError(f"line {line} of {name} has no column {column}; its columns are 1 to {length + 1}")


def _why_excluded(document: Document, loaded: LoadedSettings) -> str:
    settings, trigger = loaded.settings, loaded.settings.trigger
    exclusions = Exclusions((str(Path.cwd()),), trigger.paths_off, settings.api_key_file)
    if reason := exclusions.why(document.uri, paths_of(document.uri)):
        return reason
    if document.size > trigger.max_file_kb * 1024:
        return f"the file is larger than {trigger.max_file_kb} KiB (setting trigger.max_file_kb)"
    return ""


def collector_for(loaded: LoadedSettings, backend: Backend, wait_s: float = 0) -> "ContextCollector":
    """Return the source of the context; on the command line there are no recent edits."""
    from midfill.lsp.context_collector import ContextCollector
    from midfill.lsp.documents import Documents  # Imported here: the embedded engine answers sooner without.

    settings = loaded.settings
    collector = ContextCollector(Documents(), lambda uri: settings.context, wait_s=wait_s)
    sizes = context_sizes(settings, backend)
    collector.configure(settings.trigger.paths_off, settings.api_key_file, sizes, [Path.cwd()])
    return collector


def _explanation(cursor: Cursor, loaded: LoadedSettings, environ: Mapping[str, str]) -> str:
    """Return the prompt, and the reasons for its parts. Raises BackendError."""
    backend = open_backends(loaded.settings, environ, Memories().memories).primary
    if isinstance(backend, EmbeddedBackend):
        return "nothing is sent: the embedded engine answers, from the open file and nearby files"
    from midfill.core.context import PromptContext, explanation

    context, collector = loaded.settings.context, collector_for(loaded, backend, wait_s=_INDEX_TIMEOUT_S)
    try:
        prompt_context = collector.collect(cursor, PromptContext())()
    finally:
        collector.close()
    prompt = replace(
        prompt_at(cursor, prompt_budget(loaded.settings, backend)), context=prompt_context.prompt_text
    )
    return explanation(prompt_context, prompt, context.sources if context.enabled else ())


class _Completed(NamedTuple):
    reply: Reply
    backend: str | None = None
    """The backend that was called; None for none."""


async def _ask(cursor: Cursor, loaded: LoadedSettings, environ: Mapping[str, str]) -> _Completed:
    """Return the reply of the backend alone, without the fallback."""
    settings = loaded.settings
    memories = Memories((), settings.trigger.paths_off, settings.api_key_file).memories
    backends = await asyncio.to_thread(open_backends, loaded.settings, environ, memories)
    ledger = Ledger(data_file())
    ledger.configure(LedgerOptions.from_settings(loaded.settings, EDITOR))
    collector = (
        None if isinstance(backends.primary, EmbeddedBackend) else collector_for(loaded, backends.primary)
    )
    engine = Engine(backends._replace(fallback=None), loaded.settings, context=collector, records=ledger)
    if isinstance(backends.primary, EmbeddedBackend) and loaded.settings.backend == "auto":
        say(
            "no key: the embedded engine answers; set DEEPSEEK_API_KEY to call DeepSeek (see: midfill doctor)"
        )
    try:
        reply = await engine.complete(Request(cursor=cursor, at=time.monotonic(), manual=True))
        engine.was_shown(cursor.uri)
        return _Completed(reply, backends.primary.name)
    finally:
        await engine.close()
        if collector is not None:
            collector.close()
        ledger.close()


def _print(
    completed: _Completed,
    document: Document,
    cursor: Cursor,
    arguments: argparse.Namespace,
    seconds: float,
    environ: Mapping[str, str],
) -> int:
    if completed.reply.error is not None:
        raise completed.reply.error
    suggestion = completed.reply.suggestions[0] if completed.reply.suggestions else None
    text = with_line_ends(suggestion.completion.text, cursor.eol) if suggestion else ""
    if suggestion is None:
        say(f"nothing to suggest: {completed.reply.reason}")
    if arguments.json:
        show_json(_facts(completed, suggestion, text, cursor, seconds))
    elif suggestion and arguments.diff:
        print(_diff(document, cursor, suggestion, text, environ))
    else:
        write_exactly(text)
    return 0


def _facts(
    completed: _Completed, suggestion: Suggestion | None, text: str, cursor: Cursor, seconds: float
) -> dict[str, object]:
    """Return the object of `--json`: always the same fields, even without a suggestion."""
    line, column = cursor.row + 1, cursor.column + 1
    usage = suggestion.usage if suggestion else None
    over = suggestion.completion.replace if suggestion else 0
    return {
        "text": text,
        "range": {
            "start": {"line": line, "column": column},
            "end": {"line": line, "column": column + over},
        },
        "reason": "" if suggestion else completed.reply.reason,
        "backend": suggestion.answer.backend_name if suggestion else completed.backend,
        "model": suggestion.model if suggestion else "",
        "cached": suggestion is not None and suggestion.cached,
        "usage": None if usage is None else usage._asdict(),
        "milliseconds": round(seconds * 1000, 1),
    }


def _diff(
    document: Document, cursor: Cursor, suggestion: Suggestion, text: str, environ: Mapping[str, str]
) -> str:
    before, after = document.text, _inserted(document, cursor, suggestion, text)
    shown = difflib.unified_diff(_lines(before), _lines(after), "before", "after", lineterm="")
    colours = {"+": GREEN, "-": RED}
    return "\n".join(painted(line, colours.get(line[:1], "0"), sys.stdout, environ) for line in shown)


def _lines(text: str) -> list[str]:
    """Return a document's lines for a diff, with escaped control characters even in a pipe."""
    return [escaped(line, keep="\t") for line in normalized_line_ends(text).removesuffix("\n").split("\n")]


def _inserted(document: Document, cursor: Cursor, suggestion: Suggestion, text: str) -> str:
    edited = Document(document.uri, document.language, document.text)
    end = cursor.column + suggestion.completion.replace
    edited.edit(Position(cursor.row, cursor.column), Position(cursor.row, end), text, "utf-32")
    return edited.text
