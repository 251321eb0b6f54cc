"""Defects of model answers: each turns a hole into a raw answer.

A defect returns None where it makes no sense. Their rates in a given model are unknown, so the table of the
report is per defect.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

from tests.quality.holes import Hole

Novel = Callable[[], str]
"""Gives a statement (or more) from another place, not indented."""
Defect = Callable[[Hole, Random, Novel], str | None]

TOKENS = (
    "<｜fim▁end｜>", "<｜end▁of▁sentence｜>", "<｜fim▁hole｜>", "<|fim_suffix|>", "<|endoftext|>", "<|im_end|>",
    "<fim_suffix>", "<file_sep>", "<|file_separator|>", " <EOT>", "<EOT>", "[SUFFIX]", "<|eot_id|>", "<|fim_pad|>",
    "<[fim-suffix]>", "<|cursor|>", "</s>",
)  # fmt: skip
_LEADING = ("<｜fim▁hole｜>", "<|fim_middle|>", "<fim_middle>", "[MIDDLE]", " <MID>")


def clean(hole: Hole, rng: Random, novel: Novel) -> str | None:
    return hole.middle


def suffix_broken_off(hole: Hole, rng: Random, novel: Novel) -> str | None:
    after = hole.after[: rng.randint(15, 200)]
    return hole.middle + after if len(after.strip()) >= 3 else None


def suffix_lines(hole: Hole, rng: Random, novel: Novel) -> str | None:
    follow = _following(hole, rng)
    return hole.middle + follow if follow else None


def suffix_indented_anew(hole: Hole, rng: Random, novel: Novel) -> str | None:
    follow = _following(hole, rng)
    if "\n" not in follow.rstrip("\n"):
        return None
    change = rng.choice((lambda line: "    " + line, lambda line: "  " + line, str.lstrip))
    first, *lines = follow.split("\n")
    return hole.middle + "\n".join([first, *(change(line) if line.strip() else line for line in lines)])


def closers_twice(hole: Hole, rng: Random, novel: Novel) -> str | None:
    closers = re.match(r"\s*[)\]}]+[;,]?", hole.after)
    if closers:
        return hole.middle + closers.group().rstrip(" ")
    return hole.middle + rng.choice((")", "]", "}", ");", "\n}", "\n)")) if _code(hole) else None


def loop_of_lines(hole: Hole, rng: Random, novel: Novel) -> str | None:
    last = (hole.head + hole.middle).rstrip().rpartition("\n")[2]
    turns = ("\n" + last) * rng.randint(5, 12)
    return hole.middle + turns[: len(turns) - rng.randint(0, len(last))] if len(last.strip()) > 3 else None


def loop_of_tokens(hole: Hole, rng: Random, novel: Novel) -> str | None:
    last = hole.middle.rpartition("\n")[2]
    piece = re.search(r"\w+[^\w\s]*\s*[^\w\s]?\s*\w*$", last)
    if not piece or len(piece.group()) < 6:
        return None
    turns = piece.group() * rng.randint(12, 40)
    return hole.middle + turns[: len(turns) - rng.randint(0, len(piece.group()))]


def blank_lines(hole: Hole, rng: Random, novel: Novel) -> str | None:
    blanks = rng.choice(("\n", "\n\n\n", "\n    \n", "   ", "\n\n\n\n\n\n\n\n"))
    return None if blanks == "   " and hole.middle.endswith(" ") else hole.middle + blanks


def blank_lines_first(hole: Hole, rng: Random, novel: Novel) -> str | None:
    return "\n" * rng.randint(1, 2) + hole.head + hole.middle if not hole.head.strip() and hole.head else None


def space_twice(hole: Hole, rng: Random, novel: Novel) -> str | None:
    return " " + hole.middle if hole.head.endswith(" ") and hole.head.strip() else None


def indentation_twice(hole: Hole, rng: Random, novel: Novel) -> str | None:
    return hole.head + hole.middle if hole.head and not hole.head.strip() else None


def space_missing(hole: Hole, rng: Random, novel: Novel) -> str | None:
    operator = re.search(r"[\w)\]] (?:=|==|!=|\+=|:=|&&|\|\||=>|and|or|in)$|[\w)\]],$", hole.head)
    return hole.middle[1:] if operator and re.match(r" [\w\"'(\[{]", hole.middle) else None


def echo_of_line(hole: Hole, rng: Random, novel: Novel) -> str | None:
    visible = re.sub(r"\s", "", hole.head)
    return rng.choice((hole.head, hole.head.lstrip())) + hole.middle if len(visible) > 2 else None


def echo_of_lines_above(hole: Hole, rng: Random, novel: Novel) -> str | None:
    lines = hole.before.split("\n")
    above = lines[-1 - rng.randint(1, 4) : -1]
    visible = re.sub(r"\s", "", "".join([*above, hole.head]))
    return (
        "\n".join([*above, hole.head]) + hole.middle
        if above and above[0].strip() and len(visible) > 8
        else None
    )


def fence(hole: Hole, rng: Random, novel: Novel) -> str | None:
    if "```" in hole.source.text:
        return None
    name = rng.choice((hole.source.language, ""))
    body = hole.middle.lstrip("\n") if rng.random() < 0.5 else hole.middle
    tail = rng.choice(("", "\n", "\n\nThis completes the code: it fits where the cursor is.\n"))
    return f"```{name}\n{body}\n```{tail}"


def fence_with_line(hole: Hole, rng: Random, novel: Novel) -> str | None:
    if "```" in hole.source.text or len(hole.head.strip()) < 3:
        return None
    return f"```{hole.source.language}\n{hole.head}{hole.middle}\n```"


def token(hole: Hole, rng: Random, novel: Novel) -> str | None:
    return hole.middle + rng.choice(TOKENS) + rng.choice(("", hole.after[:80], novel()))


def token_first(hole: Hole, rng: Random, novel: Novel) -> str | None:
    return rng.choice(_LEADING) + hole.middle


def token_broken_off(hole: Hole, rng: Random, novel: Novel) -> str | None:
    chosen = rng.choice(TOKENS[:6])
    return hole.middle + chosen[: rng.randint(4, len(chosen) - 1)]


def novel_beside(hole: Hole, rng: Random, novel: Novel) -> str | None:
    indent = _indent_beside(hole)
    code = "\n".join(indent + line if line else line for line in novel().split("\n"))
    return hole.middle + rng.choice(("\n", "\n\n")) + code


def novel_at_top(hole: Hole, rng: Random, novel: Novel) -> str | None:
    nested = hole.middle.startswith("\n") or (hole.head[:1].isspace() and _indent_beside(hole))
    return hole.middle + rng.choice(("\n\n", "\n\n\n")) + novel() if nested else None


def windows_line_ends(hole: Hole, rng: Random, novel: Novel) -> str | None:
    raw = hole.middle + _following(hole, rng)
    return raw.replace("\n", "\r\n") if "\n" in raw else None


def other_indentation(hole: Hole, rng: Random, novel: Novel) -> str | None:
    """Tabs for spaces and spaces for tabs, as wide as the file's own steps."""
    first, *lines = hole.middle.split("\n")
    if not any(line[:1].isspace() for line in lines):
        return None
    if any(line.startswith("\t") for line in lines):
        return "\n".join([first, *(line.replace("\t", "    ") for line in lines)])
    step = _step(hole.source.text)
    if any((len(line) - len(line.lstrip(" "))) % step for line in lines):
        return None
    return "\n".join([first, *(_tabs(line, step) for line in lines)])


def base_lost(hole: Hole, rng: Random, novel: Novel) -> str | None:
    """The lines of a block, indented as if the block started at the margin."""
    base = hole.head[: len(hole.head) - len(hole.head.lstrip())]
    lines = [line for line in hole.middle.split("\n")[1:] if line.strip()]
    if (
        not base
        or not lines
        or not hole.kind.startswith("block")
        or not all(line.startswith(base) for line in lines)
    ):
        return None
    if not hole.head.strip() and not any(line.startswith((base + " ", base + "\t")) for line in lines):
        return None
    return hole.middle.replace("\n" + base, "\n") if hole.head.strip() else None


def two_at_once(hole: Hole, rng: Random, novel: Novel) -> str | None:
    """An echo or a leading token, and an ending that runs over."""
    first = rng.choice((echo_of_line, token_first, echo_of_lines_above))(hole, rng, novel)
    last = rng.choice((suffix_lines, suffix_broken_off, novel_beside, token))(hole, rng, novel)
    if first is None or last is None:
        return None
    return first[: len(first) - len(hole.middle)] + last


ALL: Sequence[Defect] = (
    clean, suffix_broken_off, suffix_lines, suffix_indented_anew, closers_twice, loop_of_lines, loop_of_tokens,
    blank_lines, blank_lines_first, space_twice, indentation_twice, space_missing, echo_of_line, echo_of_lines_above,
    fence, fence_with_line, token, token_first, token_broken_off, novel_beside, novel_at_top, windows_line_ends,
    other_indentation, base_lost, two_at_once,
)  # fmt: skip


def title(defect: Defect) -> str:
    """Return the name of a defect in reports."""
    return defect.__name__.replace("_", " ")


def _following(hole: Hole, rng: Random) -> str:
    """Return the text after the hole, up to the end of one to four lines with text."""
    lines = hole.after.split("\n")
    wanted = rng.randint(1, 4) + (not lines[0].strip())
    kept = 0
    for line in lines:
        if wanted == 0:
            break
        kept += 1
        wanted -= bool(line.strip())
    return "\n".join(lines[:kept]) if any(line.strip() for line in lines[:kept]) else ""


def _code(hole: Hole) -> bool:
    return hole.source.language not in {"markdown", "html"} and hole.kind not in {"comment", "quotes"}


def _indent_beside(hole: Hole) -> str:
    """Return the indentation of a statement after the piece, outside the piece's block.

    In an empty block the piece is the whole block, so that what follows is as far in as the line that opens it.
    """
    line = hole.middle.lstrip("\n") if hole.kind == "next line" else hole.head
    indent = line[: len(line) - len(line.lstrip())]
    above = next((text for text in reversed(hole.before.split("\n")[:-1]) if text.strip()), "")
    outer = above[: len(above) - len(above.lstrip())]
    below = next((text for text in hole.after.split("\n")[1:] if text.strip()), "")
    empty = (
        not hole.head.strip() and len(outer) < len(indent) and len(below) - len(below.lstrip()) < len(indent)
    )
    return outer if empty else indent


def _step(text: str) -> int:
    """Return the spaces of one step of indentation in a file."""
    widths = [len(line) - len(line.lstrip(" ")) for line in text.split("\n") if line.startswith("  ")]
    return 4 if not widths or sum(width % 4 == 0 for width in widths) > 0.8 * len(widths) else 2


def _tabs(line: str, step: int) -> str:
    """Return `line` indented with tabs."""
    spaces = len(line) - len(line.lstrip(" "))
    return "\t" * (spaces // step) + line.lstrip(" ")
