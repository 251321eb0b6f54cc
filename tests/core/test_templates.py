"""Templates: data with holes that are filled once."""

import pytest

from midfill.core.control_tokens import neutralized
from midfill.core.templates import TEMPLATES, Template, TemplateFile, template_error

FILLED = {
    "qwen-coder": "<|file_sep|>a.py\nA\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    "starcoder2": "<file_sep>a.py\nA\n<fim_prefix>P<fim_suffix>S<fim_middle>",
    "codellama": "<PRE> P <SUF>S <MID>",
    "codestral": "+++++ a.py\nA\n[SUFFIX]S[PREFIX]P",
    "codegemma": "a.py\nA<|file_separator|><|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    "granite": "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    "seed-coder": "<[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>",
    "plain": "# a.py\nA\nP",
}
"""Each template with a prefix P, a suffix S and another file."""


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_template(name: str) -> None:
    """Each is filled as in its model's documentation."""
    filled = TEMPLATES[name].filled("P", "S", "b.py", [TemplateFile("a.py", "A")])
    if name == "deepseek-coder":
        assert filled == "<｜fim▁begin｜>#a.py\nA\nP<｜fim▁hole｜>S<｜fim▁end｜>"
    else:
        assert filled == FILLED[name]


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_template_is_valid(name: str) -> None:
    """Each passes the check of users' own templates, and has few stop texts."""
    template = TEMPLATES[name]
    assert template_error(template.prompt, template.file) == ""
    assert template.stop
    assert len(template.stop) <= 16


def test_document_cannot_fill_holes() -> None:
    """Text of a document that looks like a hole is unchanged, for any order of the holes."""
    template = Template(prompt="{suffix}|{prefix}|{path}")
    assert template.filled("{suffix}", "{prefix}{path}", "{prefix}") == "{prefix}{path}|{suffix}|{prefix}"


@pytest.mark.parametrize("name", ["deepseek-coder", "qwen-coder", "starcoder2", "codellama", "granite"])
def test_markers_in_a_document_are_neutralised(name: str) -> None:
    """Each marker of a template that a document may hold is neutralised before it is filled in."""
    markers = [stop for stop in TEMPLATES[name].stop if stop.startswith("<")]
    assert all(neutralized(marker) != marker for marker in markers)


STOPS = {
    "deepseek-coder": "<｜fim▁begin｜> <｜fim▁hole｜> <｜fim▁end｜> <｜end▁of▁sentence｜> <|EOT|>",
    "qwen-coder": "<|endoftext|> <|fim_prefix|> <|fim_suffix|> <|fim_middle|> <|fim_pad|> <|repo_name|> <|file_sep|>"
    " <|im_start|> <|im_end|>",
    "starcoder2": "<fim_prefix> <fim_suffix> <fim_middle> <file_sep> <repo_name> <|endoftext|>",
    "codellama": "<PRE> <SUF> <MID> <EOT>",
    "codestral": "[SUFFIX] [PREFIX] [MIDDLE] </s> +++++",
    "codegemma": "<|fim_prefix|> <|fim_suffix|> <|fim_middle|> <|file_separator|> <eos>",
    "granite": "<|end_of_text|> <|fim_prefix|> <|fim_suffix|> <|fim_middle|> <|fim_pad|>",
    "seed-coder": "<[fim-suffix]> <[fim-prefix]> <[fim-middle]> <[end▁of▁sentence]>",
    "plain": "<|endoftext|>",
}
"""The text that a model writes at the end of its answer."""


@pytest.mark.parametrize(("name", "stops"), STOPS.items())
def test_stop_texts_of_each_model(name: str, stops: str) -> None:
    """Without these an answer would continue into the next file; Codestral's is at the start of a line."""
    assert "\0".join(TEMPLATES[name].stop).replace("\n+++++ ", "+++++").split("\0") == stops.split()
    assert TEMPLATES[name].fills_in is (name != "plain")


@pytest.mark.parametrize(
    ("prompt", "file", "problem"),
    [
        ("{prefix}", "", ""),
        ("{prefix}{suffix}{path}{path}{files}", "{path}{text}", ""),
        ("{suffix}", "", "must have the placeholder {prefix}"),
        ("{prefix}{middle}{after}", "", "unknown placeholder {after}"),
        ("{prefix}{prefix}", "", "each of the placeholders {prefix} and {suffix} once"),
        ("{prefix}{suffix}{suffix}", "", "each of the placeholders {prefix} and {suffix} once"),
        ("{prefix}{files}", "{path}", "must have the placeholder {text} in its file"),
        ("{prefix}", "{text}", "no placeholder {files} in its prompt"),
        ("{prefix}{}", "", ""),
    ],
)
def test_invalid_template_is_explained(prompt: str, file: str, problem: str) -> None:
    """The message names the first template_error."""
    found = template_error(prompt, file)
    assert problem in found
    assert bool(found) is bool(problem)


def test_template_without_a_form_for_files_omits_them() -> None:
    """Otherwise each file is written in the form."""
    files = [TemplateFile("a.py", "{path}"), TemplateFile("b.py", "B")]
    assert Template(prompt="{files}{prefix}").filled("P", "S", files=files) == "P"
    assert Template(prompt="{files}{prefix}", file="({path}:{text})").filled("P", "S", files=files) == (
        "(a.py:{path})(b.py:B)P"
    )
