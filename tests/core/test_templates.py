"""Templates: data with holes that are filled once."""

import pytest

from midfill.core.control_tokens import neutralized
from midfill.core.templates import TEMPLATES, Template, TemplateFile, fault

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
def test_each_template_is_sound(name: str) -> None:
    """Each passes the check of users' own templates, and has few stop texts."""
    template = TEMPLATES[name]
    assert fault(template.prompt, template.file) == ""
    assert template.stop
    assert len(template.stop) <= 16


def test_a_document_cannot_fill_holes() -> None:
    """Text of a document that looks like a hole is unchanged, for any order of the holes."""
    template = Template(prompt="{suffix}|{prefix}|{path}")
    assert template.filled("{suffix}", "{prefix}{path}", "{prefix}") == "{prefix}{path}|{suffix}|{prefix}"


@pytest.mark.parametrize("name", ["deepseek-coder", "qwen-coder", "starcoder2", "codellama", "granite"])
def test_a_document_cannot_speak_for_the_template(name: str) -> None:
    """Each marker of a template that a document may hold is neutralised before it is filled in."""
    markers = [stop for stop in TEMPLATES[name].stop if stop.startswith("<")]
    assert all(neutralized(marker) != marker for marker in markers)
