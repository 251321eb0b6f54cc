"""The prompt from a document, and the text typed between two prompts."""

from dataclasses import dataclass

from midfill.core.control_tokens import neutralized
from midfill.core.cursor import Cursor, normalized_line_ends
from midfill.core.model import Prompt
from midfill.core.pairs import differs_by_pairs
from midfill.core.tokens import ASCII_PER_TOKEN, estimate

GRID_ROWS = 32
"""Rows by which the start of the prompt moves, up to a budget of twice `_GRID_TOKENS`; they double with the budget.

The start stays byte-identical while the user types. A fixed grid does not depend on earlier requests: the same cursor
gives the same prompt after a restart. Measured in simulated prefix caches: 68 % hits with the grid, 13 % with a sliding
window.
"""
_GRID_TOKENS = 2_000
"""Budget, in tokens, for which the start moves by `GRID_ROWS`."""
_LINE_STEP_CHARACTERS = 1_024
"""Characters by which the start of the prompt moves in a line that alone exceeds the budget (our own choice)."""

_MIN_COMMON_CHARACTERS = 120
"""Minimum common characters that identify a prefix (our own choice)."""
_MAX_TYPED_CHARACTERS = 2_000
"""Maximum characters typed between two prompts that start at different rows (our own limit)."""


@dataclass(frozen=True)
class Budget:
    """The size limit of a prompt, in tokens."""

    prefix: float = 2_000
    suffix: float = 200


def prompt_at(cursor: Cursor, budget: Budget) -> Prompt:
    r"""Return the text around `cursor` that fits `budget`, in whole lines, with `\n` line ends.

    Only a line that alone exceeds the budget is cut. Control tokens in the document are neutralised without changing
    the length.
    """
    return Prompt(neutralized(_prefix(cursor, budget.prefix)), neutralized(_suffix(cursor, budget.suffix)))


def visible_rows(cursor: Cursor, budget: Budget) -> range:
    """Return the rows of the document that `prompt_at` shows."""
    prompt = prompt_at(cursor, budget)
    return range(cursor.row - prompt.prefix.count("\n"), cursor.row + max(1, prompt.suffix.count("\n")))


def _prefix(cursor: Cursor, budget: float) -> str:
    """Return the text before the cursor that fits `budget` tokens, from a row of the grid on."""
    budget -= estimate(cursor.head)
    if budget < 0:
        return _line_end(cursor, budget + estimate(cursor.head))
    top = cursor.row - len(cursor.above)
    start, step, half = cursor.row, _grid_step(budget), budget / 2
    while start > top:
        upper = max(top, (start - 1) // step * step)
        cost = estimate("".join(cursor.above[upper - top : start - top]))
        if cost <= budget:
            budget -= cost
            start = upper
        elif step > 1 and budget > half:
            step //= 2  # Long lines or a small budget need a finer grid.
        else:
            break
    return normalized_line_ends("".join(cursor.above[start - top :])) + cursor.head


def _grid_step(budget: float) -> int:
    """Return the rows by which the start of a prompt with this budget moves; of a larger one, it moves less often."""
    return GRID_ROWS << max(0, int(budget / _GRID_TOKENS).bit_length() - 1)


def _line_end(cursor: Cursor, budget: float) -> str:
    """Return the end of a line that exceeds the whole budget, from a multiple of `_LINE_STEP_CHARACTERS` on."""
    room = max(int(budget * ASCII_PER_TOKEN), _LINE_STEP_CHARACTERS)
    start = -(-(cursor.column - room) // _LINE_STEP_CHARACTERS) * _LINE_STEP_CHARACTERS
    return cursor.head[max(0, start - cursor.omitted[0]) :]


def _suffix(cursor: Cursor, budget: float) -> str:
    """Return the rest of the line and the lines below it.

    Only the lines below count against the budget: typing changes the rest of the line and must not change the selected
    lines.
    """
    rest = cursor.rest[: int(budget * ASCII_PER_TOKEN)]
    if len(rest) < len(cursor.rest):
        return rest
    taken = 0
    for line in cursor.below:
        budget -= estimate(line)
        if budget < 0:
            break
        taken += 1
    below = cursor.end + "".join(cursor.below[:taken])
    return rest + normalized_line_ends(below if taken or not cursor.below else "")


def typed_since(old: Prompt, new: Prompt) -> str | None:
    r"""Return the text typed between `old` and `new`; None if anything else changed.

    The editor's automatic changes count as typing: it inserts a closer after an opener (`new.suffix` starts with it),
    or the user types over a closer (the suffix loses it).
    """
    typed = _appended(old.prefix, new.prefix)
    if typed is None or not differs_by_pairs(old.suffix, new.suffix, typed):
        return None
    return typed


def _appended(old: str, new: str) -> str | None:
    """Return the text that `new` has after `old`; None if it does not continue it."""
    if new.startswith(old):
        return new[len(old) :]
    # The prompts may start at different rows: their common text up to the old cursor must agree.
    tail = old[-_MIN_COMMON_CHARACTERS:]
    if len(tail) < _MIN_COMMON_CHARACTERS:
        return None  # Too short to identify a prefix; a prompt whose start moves is longer.
    at = new.rfind(tail, max(0, len(new) - _MAX_TYPED_CHARACTERS - len(tail)))
    if at < 0:
        return None
    until = at + len(tail)
    before = new[:until]
    return new[until:] if old.endswith(before) or before.endswith(old) else None


def remaining_text(text: str, typed: str) -> str | None:
    r"""Return the rest of `text` after `typed`; None if the two differ.

    Automatic indentation may differ from the text's own: where `typed` ends in a line break and blanks, the rest starts
    at the text's first visible character on that line.
    """
    if text.startswith(typed):
        return text[len(typed) :]
    line = typed.rfind("\n") + 1
    if line == 0 or typed[line:].strip(" \t") or not text.startswith(typed[:line]):
        return None
    rest = text[line:]
    code = rest.lstrip(" \t")
    return None if code.startswith("\n") else code
