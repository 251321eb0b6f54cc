"""Control tokens that a model lets slip into its answer."""

import re

from midfill.core.control import restored
from midfill.core.shape.spot import Spot

_TOKEN = re.compile(
    r"<[|｜]/?[A-Za-z][\w▁.:/ -]{1,40}[|｜]>"  # DeepSeek's (U+FF5C, U+2581), Qwen's, Llama 3's, CodeGemma's.
    r"|<\[(?:fim-\w+|end▁of▁sentence|begin▁of▁sentence)\]>"  # Seed-Coder.
    r"|</?(?:fim[_-](?:prefix|suffix|middle|pad)|file_sep|repo_name|reponame|filename|gh_stars|endofmask)>"  # StarCoder.
    r"|<issue_(?:start|comment|closed)>|<jupyter_\w+>|<commit_(?:before|msg|after)>"
    r"| ?<(?:PRE|SUF|MID|EOT)>|</s>|<(?:eos|bos|end_of_turn|start_of_turn|eom|sep|mask_\d)>"  # Code Llama, Gemma.
    r"|\[/?(?:PREFIX|SUFFIX|MIDDLE|INST)\]"  # Codestral.
    r"|</?think>"
)
_PARTIAL = re.compile(
    r"<(?:｜[^<>\n｜]{0,40}|\|/?[A-Za-z][\w▁.:/ -]{0,40}|\[fim[^<>\n\]]{0,12}|/?fim(?:[_-]\w{0,6})?|file_s?e?p?|repo_n?a?m?e?)[|｜\]]?\Z"
    r"|\[/?(?:PRE|SUF|MID|INS)\w{0,3}\Z"
)
_REACH = 8_000


def without_tokens(text: str, spot: Spot) -> str:
    """Cut `text` at the first control token; one before any other text is only removed.

    A token that also stands in the document is the document's own. The beginning of a token at the very end, which a
    stream that is still running may break off, is cut as well.
    """
    while match := _foreign(text, spot):
        if text[: match.start()].strip():
            return restored(text[: match.start()])
        text = text[: match.start()] + text[match.end() :]
    return restored(_PARTIAL.sub("", text) if "<" in text[-50:] or "[" in text[-50:] else text)


def _foreign(text: str, spot: Spot) -> re.Match[str] | None:
    """Return the first control token in `text` that the document does not spell out itself."""
    if "<" not in text and "[" not in text:
        return None
    return next((match for match in _TOKEN.finditer(text) if not _own(match, text, spot)), None)


def _own(match: re.Match[str], text: str, spot: Spot) -> bool:
    """Whether what looks like a control token is the document's own, or the end of a tag in `text`."""
    token = match.group()
    if token == "</s>" and "<s" in text[: match.start()]:
        return True
    return token in spot.cursor.prefix[-_REACH:] or token in spot.cursor.suffix[:_REACH]
