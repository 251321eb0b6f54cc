"""The policy: whether to request a completion at a cursor, and its limits."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from midfill.core import shape
from midfill.core.completion import Completion
from midfill.core.cursor import Cursor, normalized_line_ends
from midfill.core.edit import Edit
from midfill.core.model import AnswerLimits, Scope
from midfill.core.text_kind import text_kind

CLOSERS_AFTER_CURSOR = re.compile(r"\s*+[)\]}>\"'`]*+\s*+[:;{,]?\s*+")
"""The text after the cursor that still allows an automatic completion (Copilot's rule for the middle of a line)."""

REPAIR_LINES = 2
"""Lines to read after the first piece that may repair it, if it alone leaves a syntax error (our own choice)."""
MIN_SHOWN_CHARACTERS = 4
"""Minimum characters of an incomplete line that is shown (about a token)."""
_OPENS_BLOCK = re.compile(r"(?:[{(\[:]|=>|\bthen|\bdo)\s*(?:#.*|//.*|--.*)?$")
"""The end of a line that opens a block in any language, before its comment."""
_UNFINISHED_TOKEN = re.compile(r"(?:\w+|\\.?|[<`]\S*)\Z")
"""The token at the end of a text, which may continue."""
_BARE_CLOSERS = re.compile(r"[\s)\]}>;,\"'`]{1,2}")
"""A completion of one or two closers alone."""


@dataclass(frozen=True, kw_only=True)
class RequestPolicy:
    """The user's settings for when and how to request completions."""

    automatic: bool = True
    languages_off: Collection[str] = field(default_factory=frozenset)
    text_kinds_off: Collection[str] = field(default_factory=frozenset)
    min_characters: int = 3
    scope: Scope = "statement"
    max_lines: int = 12
    max_tokens: int = 128
    max_tokens_manual: int = 256
    temperature: float | None = None
    stop: tuple[str, ...] = ()


def no_call_reason(cursor: Cursor, edit: Edit | None, rules: RequestPolicy, *, manual: bool = False) -> str:
    """Return the reason for no call at this cursor, as text for the user; empty if a call is allowed.

    A manual request is always allowed.
    """
    if manual:
        return ""
    if off := switched_off(cursor.language, rules):
        return off
    if not CLOSERS_AFTER_CURSOR.fullmatch(cursor.rest):
        return "there is text after the cursor"
    if edit is not None and edit.version == cursor.version and (reason := edit.no_call_reason):
        return reason
    if not _has_characters(cursor, rules.min_characters):
        return f"fewer than {rules.min_characters} characters precede the cursor"
    if rules.text_kinds_off and (kind := text_kind(cursor)) in rules.text_kinds_off:
        return f"completion is off in {kind}s"
    return ""


def switched_off(language: str, rules: RequestPolicy) -> str:
    """Return why typing never requests in this language, as text for the user; empty if it does."""
    if not rules.automatic:
        return "completion is set to manual"
    return f"completion is off for {language}" if language.lower() in rules.languages_off else ""


def answer_limits(rules: RequestPolicy, *, manual: bool = False) -> AnswerLimits:
    """Return the limits of an answer."""
    return AnswerLimits(
        scope=rules.scope,
        max_lines=rules.max_lines,
        max_tokens=rules.max_tokens_manual if manual else rules.max_tokens,
        temperature=rules.temperature,
        stop=rules.stop,
        manual=manual,
    )


def read_enough(raw: str, cursor: Cursor, limits: AnswerLimits, ahead: int = 0) -> bool:
    """Whether the engine can stop reading the answer `raw`.

    This is so when the suggestion is complete and the answer has `ahead` more lines, which are shown next without
    another call.
    """
    lines = normalized_line_ends(raw).split("\n")
    if not limits.manual and limits.scope != "line" and sum(1 for line in lines[:-1] if line.strip()) < ahead:
        return False
    if shape.is_final(raw, cursor, limits):
        return True
    return not limits.manual and _is_beyond_repair(raw, cursor, limits, REPAIR_LINES if ahead > 1 else 0)


def _is_beyond_repair(raw: str, cursor: Cursor, limits: AnswerLimits, max_lines: int) -> bool:
    """Whether `max_lines` lines have arrived after the first piece; more lines do not repair an answer.

    Reading continues while the last two lines are equal: only more lines distinguish a loop from two equal lines.
    """
    text = shape.mend(raw, cursor)
    piece = shape.first_piece(text, cursor, limits)
    if piece is None:
        return False
    code_lines = [line.strip() for line in text.split("\n")[:-1] if line.strip()]
    if len(code_lines) > 1 and code_lines[-1] == code_lines[-2]:
        return False
    return sum(1 for line in text[piece:].split("\n")[1:-1] if line.strip()) >= max_lines


def may_show_partial(text: str, cursor: Cursor, limits: AnswerLimits) -> bool:
    """Whether an unfinished answer may be shown: its first line is complete and opens no block.

    A block is shown only as a whole (Cody's dynamic multi-line). So are several lines before a closer: they would
    flicker, because each update writes the closer again. A manual request always waits for the whole answer.
    """
    if limits.manual:
        return False
    first, newline, _ = text.lstrip("\n").partition("\n")
    if not newline or not first.strip():
        return False
    if cursor.rest.strip():
        return not text.startswith("\n") and shape.first_piece(text, cursor, limits) is not None
    if limits.scope == "line":
        return True
    if shape.fills_block(text, cursor, limits):
        return shape.first_piece(text, cursor, limits) is not None
    line = cursor.near_head + first
    return not _OPENS_BLOCK.search(line) and not shape.is_bare_header(line, cursor)


def enough_to_show(text: str, cursor: Cursor, limits: AnswerLimits) -> bool:
    """Return whether an unfinished answer can be shown before its first line is complete.

    At the start of a block it cannot: the block is shown as a whole.
    """
    enough = len(complete_part(text).strip()) >= MIN_SHOWN_CHARACTERS
    return enough and not shape.fills_block(text, cursor, limits)


def complete_part(text: str) -> str:
    """Return the part of an unfinished answer that can be shown: its complete lines, else its complete tokens.

    A token at the end of the text is incomplete: a word, a number, an escape, a fence or a control token may continue.
    """
    complete_lines = text[: text.rfind("\n") + 1]
    return complete_lines if complete_lines.strip() else _UNFINISHED_TOKEN.sub("", text)


def worth_showing(completion: Completion, cursor: Cursor, *, manual: bool = False) -> bool:
    """Return whether a completion is more than noise.

    One or two closers are noise after typing, unless the file lacks them.
    """
    if not completion or manual or not _BARE_CLOSERS.fullmatch(completion.text):
        return bool(completion)
    return shape.reduces_errors(completion, cursor)


def _has_characters(cursor: Cursor, minimum: int) -> bool:
    """Whether at least `minimum` visible characters precede the cursor."""
    found = len(cursor.head.strip())
    for line in reversed(cursor.above):
        if found >= minimum:
            break
        found += len(line.strip())
    return found >= minimum
