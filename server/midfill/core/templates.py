"""Templates that join prefix and suffix into one prompt, for servers that do not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple


class TemplateFile(NamedTuple):
    """Another file, or a part of it, for the model to read."""

    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Template:
    """A prompt with placeholders: `{prefix}`, `{suffix}`, `{files}` and `{path}`; in `file`: `{path}` and `{text}`."""

    prompt: str
    stop: tuple[str, ...] = ()
    """The model's own markers, which end an answer that continues too far."""
    file: str = ""
    """The form of each other file in `{files}`; empty: other files are left out."""
    fills_in: bool = True
    """Whether the model was trained to fill in at any character; otherwise trailing blanks of the prompt are removed.
    """

    def filled(self, prefix: str, suffix: str, path: str = "", files: Sequence[TemplateFile] = ()) -> str:
        r"""Return the prompt. Only the template's own placeholders are filled, not similar text in a document.

        >>> Template(prompt="<P>{prefix}<S>{suffix}<M>").filled("{suffix}", "b")
        '<P>{suffix}<S>b<M>'
        """
        others = "".join(_filled(self.file, {"path": at, "text": text}) for at, text in files)
        values = {"prefix": prefix, "suffix": suffix, "path": path, "files": others}
        return _filled(self.prompt, values)


def template_error(prompt: str, file: str = "") -> str:
    """Return what is wrong with a user's template, as text; empty if it is valid."""
    if "{prefix}" not in prompt:
        return "must have the placeholder {prefix} in its prompt"
    if unknown := set(_PLACEHOLDER.findall(prompt)) - {"prefix", "suffix", "path", "files"}:
        return f"has the unknown placeholder {{{min(unknown)}}} in its prompt: there are prefix, suffix, path and files"
    if any(prompt.count(f"{{{name}}}") > 1 for name in ("prefix", "suffix")):
        return "must have each of the placeholders {prefix} and {suffix} once"
    if file and "{text}" not in file:
        return "must have the placeholder {text} in its file"
    if file and "{files}" not in prompt:
        return "has a form for other files, and no placeholder {files} in its prompt"
    return ""


_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _filled(text: str, values: dict[str, str]) -> str:
    """Return `text` with the value of each placeholder that has one."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


WHOLE: Final = Template(prompt="{prefix}")
"""For a prompt that is complete already."""

_QWEN = ("<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|repo_name|>",
         "<|file_sep|>", "<|im_start|>", "<|im_end|>")  # fmt: skip
_STAR = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<file_sep>", "<repo_name>", "<|endoftext|>")

TEMPLATES: Final[dict[str, Template]] = {
    "deepseek-coder": Template(
        prompt="<｜fim▁begin｜>{files}{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",
        stop=("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>", "<|EOT|>"),
        file="#{path}\n{text}\n",
    ),
    "qwen-coder": Template(  # Qwen2.5-Coder and Qwen3-Coder; the form of their README for files of a repository.
        prompt="{files}<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        stop=_QWEN,
        file="<|file_sep|>{path}\n{text}\n",
    ),
    "starcoder2": Template(
        prompt="{files}<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
        stop=_STAR,
        file="<file_sep>{path}\n{text}\n",
    ),
    "codellama": Template(
        prompt="<PRE> {prefix} <SUF>{suffix} <MID>",
        stop=("<PRE>", "<SUF>", "<MID>", "<EOT>"),
    ),
    "codestral": Template(
        prompt="{files}[SUFFIX]{suffix}[PREFIX]{prefix}",
        stop=("[SUFFIX]", "[PREFIX]", "[MIDDLE]", "</s>", "\n+++++ "),
        file="+++++ {path}\n{text}\n",
    ),
    "codegemma": Template(
        prompt="{files}<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        stop=("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>", "<eos>"),
        file="{path}\n{text}<|file_separator|>",
    ),
    "granite": Template(  # Granite 4; Granite 3 uses the form of starcoder2.
        prompt="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        stop=("<|end_of_text|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>"),
    ),
    "seed-coder": Template(  # Suffix first, as in its model card.
        prompt="<[fim-suffix]>{suffix}<[fim-prefix]>{prefix}<[fim-middle]>",
        stop=("<[fim-suffix]>", "<[fim-prefix]>", "<[fim-middle]>", "<[end▁of▁sentence]>"),
    ),
    "plain": Template(  # A base model without FIM training: it only continues the prefix.
        prompt="{files}{prefix}",
        stop=("<|endoftext|>",),
        file="# {path}\n{text}\n",
        fills_in=False,
    ),
}
"""The templates by name. Sources: the models' own pages, as in Continue's and twinny's tables."""
