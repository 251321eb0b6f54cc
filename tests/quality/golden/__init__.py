"""Hand-written cases, one file each.

A file starts with the rule (`# ...`), then `key: value` lines (`language`, and if need be
`scope`, `max_lines`), then three parts: the document with `▮` at the cursor, what the model answers, and the
document as it is after the suggestion was accepted (or `--- nothing`: nothing is shown). `␠`, `␉`
and `␍` represent a space, a tab and a carriage return where they would be invisible.
"""

from pathlib import Path
from typing import NamedTuple

from midfill.core.model import AnswerLimits

FOLDER = Path(__file__).parent
_VISIBLE = str.maketrans({"␠": " ", "␉": "\t", "␍": "\r"})


class Golden(NamedTuple):
    """One case; `result` is None if nothing must be shown."""

    rule: str
    language: str
    limits: AnswerLimits
    document: str
    answer: str
    result: str | None


def goldens() -> dict[str, Golden]:
    """Return all cases by the name of their file."""
    return {path.stem: read(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.case"))}


def read(text: str) -> Golden:
    """Return the case of a file's text."""
    head, document, answer, result = _parts(text.translate(_VISIBLE))
    fields = dict(
        line.split(": ", 1) for line in head.splitlines() if ": " in line and not line.startswith("#")
    )
    rule = " ".join(line.lstrip("# ") for line in head.splitlines() if line.startswith("#"))
    limits = AnswerLimits(max_lines=int(fields.get("max_lines", "12")), scope=fields.get("scope", "block"))  # type: ignore[arg-type]
    return Golden(rule, fields["language"], limits, document, answer, result)


def _parts(text: str) -> tuple[str, str, str, str | None]:
    """Return the head of a file, and its parts without the line break before the next part."""
    head, rest = text.split("--- document\n")
    document, rest = rest.split("\n--- answer\n")
    if "\n--- nothing" in rest:
        return head, document, rest.split("\n--- nothing")[0], None
    answer, result = rest.split("\n--- result\n")
    return head, document, answer, result.removesuffix("\n")
