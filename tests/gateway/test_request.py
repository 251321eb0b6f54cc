"""The content of requests, as clients send them."""

import json
from typing import Any

import pytest

from midfill.core.completion import Completion
from midfill.core.templates import TEMPLATES
from midfill.gateway.infill_request import InvalidRequestError, Kind, parse_request
from midfill.gateway.response import insertion


def read(kind: Kind = "completions", headers: dict[str, str] | None = None, **fields: Any) -> Any:
    return parse_request(json.dumps(fields).encode(), kind, headers or {})


REQUESTS: list[tuple[str, Kind, dict[str, Any], dict[str, Any]]] = [
    (
        "minuet-ai, openai_fim_compatible",
        "completions",
        {"model": "m", "prompt": "# language: python\ndef f():\n    ", "suffix": "\n", "stream": True, "max_tokens": 9,
         "stop": ["\n\n"]},
        {"language": "python", "suffix": "\n", "stream": True, "stop": ("\n\n",), "path": ""},
    ),
    (
        "Zed, an OpenAI-compatible provider with prompt_format qwen",
        "completions",
        {"model": "m", "prompt": "<|fim_prefix|>let a = <|fim_suffix|>;\n<|fim_middle|>", "max_tokens": 64},
        {"prefix": "let a = ", "suffix": ";\n", "stream": False},
    ),
    (
        "Ollama's own clients",
        "generate",
        {"model": "m", "prompt": "// src/main.rs\nfn main", "suffix": "", "options": {"stop": "\n"}},
        {"path": "src/main.rs", "language": "rust", "stream": True, "stop": ("\n",)},
    ),
    (
        "llama.vim and llama.vscode",
        "infill",
        {"id_slot": 0, "input_prefix": "int f(void)\n{\n", "input_suffix": "\n}\n", "prompt": "    return ",
         "input_extra": [{"text": "int g;", "filename": "g.c"}], "n_predict": 128, "n_indent": 4, "top_k": 40,
         "samplers": ["top_k", "top_p", "infill"], "stream": False, "cache_prompt": True, "stop": []},
        {"prefix": "int f(void)\n{\n    return ", "suffix": "\n}\n", "stream": False, "is_warm_up": False},
    ),
    (
        "llama.vim, which warms up",
        "infill",
        {"input_prefix": "", "input_suffix": "", "input_extra": [], "prompt": "", "n_predict": 0},
        {"is_warm_up": True},
    ),
    (
        "JetBrains' AI Assistant, with LM Studio's address",
        "completions",
        {"model": "m", "prompt": "<|fim_prefix|>class A {<|fim_suffix|>\n}<|fim_middle|>", "stream": True,
         "max_tokens": 100, "temperature": 0.0, "stop": ["<|endoftext|>"], "stream_options": {"include_usage": True}},
        {"prefix": "class A {", "suffix": "\n}", "stream": True},
    ),
    ("nothing is known", "completions", {"prompt": "x"}, {"language": "plaintext", "path": "", "suffix": ""}),
    ("a list of prompts", "completions", {"prompt": ["x", "y"]}, {"prefix": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("client", "kind", "fields", "expected"), REQUESTS, ids=[row[0] for row in REQUESTS])
def test_text_language_and_path_are_found(
    client: str, kind: Kind, fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Text, language and path are found where each client puts them."""
    wanted = read(kind, **fields)
    assert {name: getattr(wanted, name) for name in expected} == expected


@pytest.mark.parametrize("name", [name for name in TEMPLATES if "{suffix}" in TEMPLATES[name].prompt])
def test_filled_template_is_parsed(name: str) -> None:
    """Prompts in a model's template are understood."""
    wanted = read(prompt=TEMPLATES[name].filled("a = ", "\nb"))
    assert (wanted.prefix, wanted.suffix) == ("a = ", "\nb")


def test_headers_have_priority() -> None:
    """A client may send language and path in headers."""
    wanted = read(headers={"x-midfill-path": "a/b.go", "x-midfill-language": "cpp"}, prompt="# c.py\n")
    assert (wanted.path, wanted.language) == ("a/b.go", "cpp")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"prompt": 5}', b'{"prompt": ""}', b"{}", b"\xff", b"[" * 9999]
)
@pytest.mark.parametrize("kind", ["completions", "generate"])
def test_invalid_request_is_reported(body: bytes, kind: Kind) -> None:
    """The error is one of the request."""
    with pytest.raises(InvalidRequestError):
        parse_request(body, kind, {})


@pytest.mark.parametrize(
    ("text", "replace", "rest", "stop", "put"),
    [
        ("x", 0, "", (), "x"),
        ("x)", 1, ")", (), "x"),
        ("x);", 1, ")", (), "x"),
        ("x\n\ny", 0, "", ("\n\n",), "x"),
        ("f(x))", 2, "))", (), "f(x"),
    ],
)
def test_inserted_text_omits_the_following_text(
    text: str, replace: int, rest: str, stop: tuple[str, ...], put: str
) -> None:
    """A client of an endpoint replaces nothing: text that already follows the cursor is removed."""
    assert insertion(Completion(text, replace), rest, stop) == put


def test_cursor_is_between_prefix_and_suffix() -> None:
    """The texts may have any line ends."""
    cursor = read(prompt="a\r\nb = ", suffix="\r\nc").cursor("untitled:1")
    assert (cursor.row, cursor.head, cursor.rest) == (1, "b = ", "")
