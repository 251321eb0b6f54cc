"""Removes a model's control tokens from its answer."""

import re

from midfill.core.control_tokens import restored
from midfill.core.shape.cursor_syntax import CursorSyntax

_TOKENS = (
    r"<[|｜]/?[A-Za-z][\w▁.:/ -]{1,40}[|｜]>",  # DeepSeek's (U+FF5C, U+2581); Qwen's, Llama 3's, CodeGemma's.
    r"<\[(?:fim-\w+|end▁of▁sentence|begin▁of▁sentence)\]>",  # Seed-Coder.
    r"</?fim[_-](?:prefix|suffix|middle|pad)>",  # StarCoder, SantaCoder, Granite, Mellum.
    r"<(?:file_sep|repo_name|reponame|filename|gh_stars|endofmask|jupyter_\w+)>",
    r"<(?:issue|commit)_(?:start|comment|closed|before|msg|after)>",
    r" ?<(?:PRE|SUF|MID|EOT)>",  # Code Llama, which writes a space before them.
    r"</?s>|<(?:eos|bos|end_of_turn|start_of_turn|eom|sep|mask_\d)>",  # Llama, Gemma, CodeGen.
    r"\[/?(?:PREFIX|SUFFIX|MIDDLE|INST)\]",  # Codestral.
    r"</?think>",
)
_TOKEN = re.compile("|".join(_TOKENS))

_PARTIAL_TOKENS = (
    r"<｜[^<>\n｜]{0,40}[｜]?",
    r"<\|/?[A-Za-z][\w▁.:/ -]{0,40}\|?",
    r"<\[fim[^<>\n\]]{0,12}\]?",
    r"</?fim(?:[_-]\w{0,6})?",
    r"<(?:file_s?e?p?|repo_n?a?m?e?)",
    r"\[/?(?:PRE|SUF|MID|INS)\w{0,3}",
)
_PARTIAL_TOKEN = re.compile(rf"(?:{'|'.join(_PARTIAL_TOKENS)})\Z")
"""An unambiguous partial token at the end of a stream."""

_MAX_TOKEN = 50
"""Maximum characters of a control token."""
_SEARCHED_CHARACTERS = 8_000
"""Characters on either side of the cursor that are searched for the document's own control tokens (our own limit)."""


def without_control_tokens(text: str, syntax: CursorSyntax) -> str:
    r"""Cut `text` at the first control token; a token before any other text is only removed.

    A token that the document contains as well belongs to the document. A partial token at the end is cut too. Tokens
    that the prompt neutralised are restored.

    >>> accepted('total = ▮', '1 + 2<|endoftext|>def f')
    'total = 1 + 2'
    """
    while found := _first_model_token(text, syntax):
        if text[: found.start()].strip():
            return restored(text[: found.start()])
        text = text[: found.start()] + text[found.end() :]
    ending = text[-_MAX_TOKEN:]
    return restored(_PARTIAL_TOKEN.sub("", text) if "<" in ending or "[" in ending else text)


def ends_with_control_token(text: str, syntax: CursorSyntax) -> bool:
    """Return whether the model ended `text` by a control token, as a server that does not stop at it passes on."""
    while found := _first_model_token(text, syntax):
        if text[: found.start()].strip():
            return True
        text = text[found.end() :]
    return False


def _first_model_token(text: str, syntax: CursorSyntax) -> re.Match[str] | None:
    """Return the first control token in `text` that the document does not contain itself."""
    if "<" not in text and "[" not in text:
        return None
    return next(
        (found for found in _TOKEN.finditer(text) if not _is_from_document(found, text, syntax)), None
    )


def _is_from_document(found: re.Match[str], text: str, syntax: CursorSyntax) -> bool:
    """Whether a control token is the document's own, or ends a tag that `text` starts."""
    written = found.group()
    if written in {"</s>", "<s>"} and _is_tag(written, text, found.start()):
        return True
    return (
        written in syntax.cursor.prefix[-_SEARCHED_CHARACTERS:]
        or written in syntax.cursor.suffix[:_SEARCHED_CHARACTERS]
    )


def _is_tag(written: str, text: str, at: int) -> bool:
    """Whether `text` has the other half of `<s>` or `</s>`, as struck out text in HTML has."""
    return "<s" in text[:at] if written == "</s>" else "</s>" in text[at:]
