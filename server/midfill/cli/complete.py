"""`midfill complete FILE:LINE:COLUMN`: one completion, headless."""

import argparse
import asyncio
import difflib
import json
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from midfill.backends.configured import open_backends
from midfill.backends.local import Local
from midfill.cli.terminal import GREEN, RED, painted, say, write_exactly
from midfill.core.cursor import Cursor, with_line_ends
from midfill.core.document import Document, Position
from midfill.core.languages import language_of
from midfill.core.model import Backends, Kind, ModelError
from midfill.core.privacy import is_off, is_secret
from midfill.engine import Engine, Reply, Request, Suggestion
from midfill.ledger import Ledger, Terms, data_file
from midfill.settings import Loaded, load
from midfill.workspace import Library, UnreadableError, read_document, to_uri

EDITOR = "command line"
"""What stands in the ledger in place of an editor's name."""
_PLACE = re.compile(r"(.+):(\d+):(\d+)", re.DOTALL)


class UsageError(Exception):
    """The command was called wrongly; the message says how to call it."""


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the completion and return the exit code."""
    try:
        document, cursor = _open(arguments.place, arguments.filename)
        loaded = load(environ, workspaces=[Path.cwd()])
        for problem in loaded.problems:
            say(str(problem))
        if loaded.halting:
            return 2
        if reason := _kept_out(document, loaded):
            say(f"nothing to suggest: {reason}")
            return 0
        began = time.perf_counter()
        reply = asyncio.run(_ask(cursor, loaded, environ))
        return _print(reply, document, cursor, arguments, time.perf_counter() - began, environ)
    except (UsageError, UnreadableError) as error:
        say(str(error))
        return 2
    except ModelError as error:
        say(str(error))
        return exit_code(error)


def exit_code(error: ModelError) -> int:
    """Return the exit code that tells this error."""
    return {Kind.BAD_SETTING: 2, Kind.NO_KEY: 3, Kind.BAD_KEY: 3}.get(error.kind, 4)


def _open(place: str, filename: str | None) -> tuple[Document, Cursor]:
    match = _PLACE.fullmatch(place)
    if match is None:
        raise UsageError(
            f"{place!r} names no place; write FILE:LINE:COLUMN, counted from 1, as in app.py:12:9"
        )
    name, line, column = match[1], int(match[2]), int(match[3])
    if name == "-":
        name, text = filename or "untitled.txt", _standard_input()
    else:
        text = read_document(name)
    document = Document(to_uri(str(Path(name).absolute())), language_of(name), text)
    _check(document, name, line, column)
    return document, document.cursor(Position(line - 1, column - 1), "utf-32")


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8: byte {error.start} cannot be read") from None


def _check(document: Document, name: str, line: int, column: int) -> None:
    if not 1 <= line <= document.line_count:
        raise UsageError(f"{name} has no line {line}; its lines are 1 to {document.line_count}")
    length = len(document.line(line - 1))
    if not 1 <= column <= length + 1:
        raise UsageError(f"line {line} of {name} has no column {column}; its columns are 1 to {length + 1}")


def _kept_out(document: Document, loaded: Loaded) -> str:
    trigger = loaded.settings.trigger
    if is_secret(document.uri):
        return "files like this one hold secrets, and are never sent"
    if is_off(document.uri, trigger.paths_off, str(Path.cwd())):
        return "the setting trigger.paths_off names this file"
    if document.size > trigger.max_file_kb * 1024:
        return f"the file is larger than {trigger.max_file_kb} KiB (setting trigger.max_file_kb)"
    return ""


async def _ask(cursor: Cursor, loaded: Loaded, environ: Mapping[str, str]) -> Reply:
    """Return the reply of the backend alone: on the command line nobody stands in unasked."""
    neighbours = Library(off=loaded.settings.trigger.paths_off).neighbours
    backends = await asyncio.to_thread(open_backends, loaded.settings, environ, neighbours)
    ledger = Ledger(data_file())
    ledger.agree(Terms.of(loaded.settings, EDITOR))
    engine = Engine(Backends(backends.primary), loaded.settings, book=ledger)
    if isinstance(backends.primary, Local) and loaded.settings.backend == "auto":
        say("no key: the embedded engine answers; set DEEPSEEK_API_KEY to ask DeepSeek (see: midfill doctor)")
    try:
        reply = await engine.complete(Request(cursor=cursor, at=time.monotonic(), manual=True))
        engine.was_shown(cursor.uri)
        return reply
    finally:
        await engine.close()
        ledger.close()


def _print(
    reply: Reply,
    document: Document,
    cursor: Cursor,
    arguments: argparse.Namespace,
    seconds: float,
    environ: Mapping[str, str],
) -> int:
    if reply.error is not None:
        raise reply.error
    if not reply.suggestions:
        say(f"nothing to suggest: {reply.reason}")
        if arguments.json:
            print(json.dumps({"text": "", "reason": reply.reason}))
        return 0
    suggestion = reply.suggestions[0]
    text = with_line_ends(suggestion.completion.text, cursor.eol)
    if arguments.json:
        print(json.dumps(_facts(suggestion, text, cursor, seconds), ensure_ascii=False))
    elif arguments.diff:
        print(_diff(document, cursor, suggestion, text, environ))
    else:
        write_exactly(text)
    return 0


def _facts(suggestion: Suggestion, text: str, cursor: Cursor, seconds: float) -> dict[str, object]:
    line, column = cursor.row + 1, cursor.column + 1
    usage = suggestion.usage
    return {
        "text": text,
        "range": {
            "start": {"line": line, "column": column},
            "end": {"line": line, "column": column + suggestion.completion.replace},
        },
        "backend": suggestion.source.backend_name,
        "model": suggestion.model,
        "cached": suggestion.cached,
        "usage": None if usage is None else usage._asdict(),
        "milliseconds": round(seconds * 1000, 1),
    }


def _diff(
    document: Document, cursor: Cursor, suggestion: Suggestion, text: str, environ: Mapping[str, str]
) -> str:
    before, after = document.text, _inserted(document, cursor, suggestion, text)
    shown = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="")
    colours = {"+": GREEN, "-": RED}
    return "\n".join(painted(line, colours.get(line[:1], "0"), sys.stdout, environ) for line in shown)


def _inserted(document: Document, cursor: Cursor, suggestion: Suggestion, text: str) -> str:
    edited = Document(document.uri, document.language, document.text)
    end = cursor.column + suggestion.completion.replace
    edited.edit(Position(cursor.row, cursor.column), Position(cursor.row, end), text, "utf-32")
    return edited.text
