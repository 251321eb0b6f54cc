"""Control tokens in documents: neutralised in the prompt and restored in the answer."""

import re

_NAMES = (
    r"[|｜][\w▁.:/ -]{1,48}?[|｜]"  # DeepSeek (U+FF5C, U+2581), Qwen, Granite, CodeGemma.
    r"|fim_(?:prefix|suffix|middle|pad)|file_sep|repo_name"  # StarCoder 2 and Granite 3.
    r"|\[(?:fim-(?:prefix|suffix|middle)|end▁of▁sentence)\]"  # Seed-Coder and Zeta.
    r"|PRE|SUF|MID|EOT"  # Code Llama.
    r"|/?think"  # A DeepSeek token in the form of a tag.
)
_CONTROL_TOKEN = re.compile(f"<({_NAMES})>")
_NEUTRALIZED_TOKEN = re.compile(f"‹({_NAMES})›")


def neutralized(text: str) -> str:
    """Return `text` with guillemets instead of the angle brackets of each control token.

    A tokenizer that searches plain text for special tokens then finds none (measured with Hugging Face's tokenizers and
    DeepSeek's V4 vocabulary). The text stays readable, and all offsets stay the same.
    """
    return _CONTROL_TOKEN.sub(r"‹\1›", text) if "<" in text else text


def restored(text: str) -> str:
    """Return a model's `text` with the control tokens as the document spells them; the inverse of `neutralized`.

    The caller removes the model's own control tokens first.
    """
    return _NEUTRALIZED_TOKEN.sub(r"<\1>", text) if "‹" in text else text
