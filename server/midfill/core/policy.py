"""The policy: whether to request a completion at a cursor, and its limits."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from midfill.core import shape
from midfill.core.completion import Completion
from midfill.core.cursor import Cursor, unified
from midfill.core.edit import Edit
from midfill.core.model import Ask, Scope
from midfill.core.surroundings import surroundings

REST_OF_CLOSERS = re.compile(r"\s*[)\]}>\"'`]*\s*[:;{,]?\s*")
"""The text after the cursor that still allows an automatic completion (Copilot's rule for the middle of a line)."""

DOUBT_LINES = 2
"""Lines to read after the first piece, if the piece alone leaves a syntax error in the file."""
LEAST_SHOWN = 4
"""Minimum characters of an incomplete line to show it (about a token)."""
_OPENS_BLOCK = re.compile(r"(?:[{(\[:]|=>|\bthen|\bdo)\s*(?:#.*|//.*|--.*)?$")
_BARE_CLOSERS = re.compile(r"[\s)\]}>;,\"'`]{1,2}")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The user's settings for requests."""

    automatic: bool = True
    languages_off: Collection[str] = field(default_factory=frozenset)
    scopes_off: Collection[str] = field(default_factory=frozenset)
    min_characters: int = 3
    scope: Scope = "statement"
    max_lines: int = 12
    max_tokens: int = 128
    max_tokens_manual: int = 256
    stop: tuple[str, ...] = ()


def why_not(cursor: Cursor, edit: Edit | None, rules: Rules, *, manual: bool = False) -> str:
    """Return the reason for no call at this cursor, as text for the user; empty if a call is allowed.

    A manual request is always allowed.
    """
    if manual:
        return ""
    if not rules.automatic:
        return "completion is set to manual"
    if cursor.language in rules.languages_off:
        return f"completion is off for {cursor.language}"
    if not REST_OF_CLOSERS.fullmatch(cursor.rest):
        return "there is text right of the cursor"
    if edit is not None and edit.version == cursor.version and (reason := edit.objection):
        return reason
    if not _has_characters(cursor, rules.min_characters):
        return f"fewer than {rules.min_characters} characters stand before the cursor"
    if rules.scopes_off and (kind := surroundings(cursor)) in rules.scopes_off:
        return f"completion is off in {kind}s"
    return ""


def ask_for(rules: Rules, *, manual: bool = False) -> Ask:
    """Return the limits of an answer."""
    return Ask(
        scope=rules.scope,
        max_lines=rules.max_lines,
        max_tokens=rules.max_tokens_manual if manual else rules.max_tokens,
        stop=rules.stop,
        manual=manual,
    )


def read_enough(raw: str, cursor: Cursor, ask: Ask, ahead: int = 0) -> bool:
    """Whether the engine can stop reading the answer `raw`.

    This is so when the suggestion is complete and the answer has `ahead` lines. Lines after the suggestion are shown
    next, without another call.
    """
    lines = unified(raw).split("\n")
    if not ask.manual and ask.scope != "line" and sum(1 for line in lines[:-1] if line.strip()) < ahead:
        return False
    if shape.enough(raw, cursor, ask):
        return True
    return not ask.manual and _beyond_doubt(raw, cursor, ask, DOUBT_LINES if ahead > 1 else 0)


def _beyond_doubt(raw: str, cursor: Cursor, ask: Ask, most: int) -> bool:
    """Whether the answer has `most` lines after the first piece; more lines do not correct a faulty piece."""
    text = shape.mend(raw, cursor)
    piece = shape.first_piece(text, cursor, ask)
    return piece is not None and sum(1 for line in text[piece:].split("\n")[1:-1] if line.strip()) >= most


def may_show_partial(text: str, cursor: Cursor, ask: Ask) -> bool:
    """Whether an unfinished answer may be shown: its first line is complete and opens no block.

    A block is shown only as a whole (Cody's dynamic multi-line). So are several lines before a closer: they would
    flicker, because each update writes the closer again. A manual request always waits for the whole answer.
    """
    if ask.manual:
        return False
    first, newline, _ = text.lstrip("\n").partition("\n")
    if not newline or not first.strip():
        return False
    if cursor.rest.strip():
        return not text.startswith("\n") and shape.first_piece(text, cursor, ask) is not None
    return ask.scope == "line" or not _OPENS_BLOCK.search(cursor.head + first)


def enough_to_show(text: str) -> bool:
    """Whether the beginning of an incomplete line is long enough to show."""
    return len(text.strip()) >= LEAST_SHOWN


def usable_part(text: str) -> str:
    """Return the part of a late answer to show: its complete lines, or the beginning of the first line."""
    whole = text[: text.rfind("\n") + 1]
    if whole.strip():
        return whole
    return text if enough_to_show(text) else ""


def worth_showing(completion: Completion, *, manual: bool = False) -> bool:
    """Whether a completion is useful; an automatic one with only one or two closers is not."""
    return bool(completion) and (manual or not _BARE_CLOSERS.fullmatch(completion.text))


def _has_characters(cursor: Cursor, least: int) -> bool:
    """Whether at least `least` visible characters precede the cursor."""
    found = len(cursor.head.strip())
    for line in reversed(cursor.above):
        if found >= least:
            break
        found += len(line.strip())
    return found >= least
