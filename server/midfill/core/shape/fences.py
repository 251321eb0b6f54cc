"""Markdown fences that a chatty model wraps its answer in."""

import re

from midfill.core.shape.spot import Spot

_OPENING = re.compile(r"\s*```[\w+#.-]*[ \t]*(?:\n|\Z)|\s*```(?=\S)")
_CLOSING = re.compile(r"\n[ \t]*`{1,3}[ \t]*(?:\n|\Z)|```[ \t]*(?:\n|\Z)")


def without_fence(text: str, spot: Spot) -> str:
    """Return what stands between the fences of `text`, or before a closing one; a document with fences keeps them."""
    if "`" not in text or spot.language.prose or "```" in spot.origin[-2_000:]:
        return text
    opening = _OPENING.match(text)
    body = text[opening.end() :] if opening else text
    closing = _CLOSING.search(body)
    if opening is None and (closing is None or closing.group().count("`") < 3):
        return text
    body = body[: closing.start()] if closing else body
    return _placed(body, spot) if opening else body


def _placed(body: str, spot: Spot) -> str:
    """Return `body` on a line of its own where the cursor's line is finished: a fence hides that line break."""
    indented = body[:1] in " \t" and body.strip()
    finished = not spot.fresh and not spot.inline and not spot.head[-1:].isspace()
    return "\n" + body if indented and finished else body
