"""Control tokens of models that a document spells out: made harmless going in, put back coming out."""

import re

_NAMES = (
    r"[|｜][\w▁.:/ -]{1,48}?[|｜]"  # DeepSeek's (U+FF5C, U+2581); Qwen's, Granite's, CodeGemma's.
    r"|fim_(?:prefix|suffix|middle|pad)|file_sep|repo_name"  # StarCoder 2 and Granite 3.
    r"|PRE|SUF|MID|EOT"  # Code Llama.
    r"|/?think"  # A DeepSeek token, although it is written like a tag.
)
_CONTROL = re.compile(f"<({_NAMES})>")
_HARMLESS = re.compile(f"‹({_NAMES})›")


def neutral(text: str) -> str:
    """Return `text` with every literal control token in single guillemets instead of angle brackets.

    A reader still knows what is meant, but a tokenizer that looks for special tokens in plain text (as
    Hugging Face's do, measured on DeepSeek's V4 vocabulary) finds none. All offsets stay the same.
    """
    return _CONTROL.sub(r"‹\1›", text) if "<" in text else text


def restored(text: str) -> str:
    """Return `text` from a model with the control tokens as documents spell them, the inverse of `neutral`.

    Do this after real control tokens have been cut off, which are the model's own and no part of the answer.
    """
    return _HARMLESS.sub(r"<\1>", text) if "‹" in text else text
