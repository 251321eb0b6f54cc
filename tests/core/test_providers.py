"""The providers' own addresses, models and limits, as their pages have them."""

from dataclasses import asdict
from typing import Any

import pytest

from midfill.core.providers import EDIT_PROVIDERS, OLLAMA_MODELS, PROVIDERS
from midfill.core.rewrite_format_names import format_of, named

ASKED = """
deepseek         https://api.deepseek.com/beta/completions
deepseek-chat    https://api.deepseek.com/beta/chat/completions
mistral          https://api.mistral.ai/v1/fim/completions
inception        https://api.inceptionlabs.ai/v1/fim/completions
siliconflow      https://api.siliconflow.cn/v1/completions
dashscope        https://dashscope.aliyuncs.com/compatible-mode/v1/completions
openai           https://api.openai.com/v1/completions
openai-chat      https://api.openai.com/v1/chat/completions
ollama           http://127.0.0.1:11434/api/generate
llamacpp         http://127.0.0.1:8012/infill
gguf             http://127.0.0.1/infill
"""

MODELS = """
deepseek         deepseek-flash
deepseek-chat    deepseek-flash
mistral          codestral-latest
inception        mercury-edit-2
siliconflow      Qwen/Qwen2.5-Coder-7B-Instruct
dashscope        qwen2.5-coder-32b-instruct
openai           gpt-3.5-turbo-instruct
openai-chat      gpt-4.1-mini
ollama           qwen2.5-coder
"""

KEYS = """
deepseek         DEEPSEEK_API_KEY     https://platform.deepseek.com/api_keys
deepseek-chat    DEEPSEEK_API_KEY     https://platform.deepseek.com/api_keys
mistral          MISTRAL_API_KEY      https://console.mistral.ai/api-keys
inception        INCEPTION_API_KEY    https://platform.inceptionlabs.ai
siliconflow      SILICONFLOW_API_KEY  https://cloud.siliconflow.cn/account/ak
dashscope        DASHSCOPE_API_KEY    https://bailian.console.aliyun.com
openai           OPENAI_API_KEY       https://platform.openai.com/api-keys
openai-chat      OPENAI_API_KEY       https://platform.openai.com/api-keys
"""

TITLES = """
deepseek         DeepSeek
deepseek-chat    DeepSeek
mistral          Mistral
inception        Inception
siliconflow      SiliconFlow
dashscope        DashScope
openai           OpenAI
openai-chat      OpenAI
ollama           Ollama
llamacpp         llama.cpp
gguf             The model file
"""

LIMITS: dict[str, tuple[int, int, bool]] = {"inception": (8192, 4, True), "mistral": (4096, 16, False)}
"""Tokens, stop texts, and whether a stream reports its tokens, where they differ from the usual ones."""

FORMATS = {
    "deepseek-chat": "prefix",
    "openai-chat": "chat",
    "ollama": "generate",
    "llamacpp": "infill",
    "gguf": "infill",
}


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table, row by row."""
    return [row.split(maxsplit=1 if table is TITLES else -1) for row in table.strip().split("\n")]


@pytest.mark.parametrize(("name", "address"), rows(ASKED))
def test_completion_address_of_each_provider(name: str, address: str) -> None:
    """A wrong address would send the text to another service."""
    assert PROVIDERS[name].base_url + PROVIDERS[name].path == address


@pytest.mark.parametrize(("name", "model"), rows(MODELS))
def test_default_model_of_each_provider(name: str, model: str) -> None:
    """llama.cpp has only the one that it was started with."""
    assert PROVIDERS[name].model == model
    assert not {row.name for row in PROVIDERS.values() if not row.model} - {"llamacpp", "gguf"}


@pytest.mark.parametrize(("name", "variable", "page"), rows(KEYS))
def test_key_of_each_provider(name: str, variable: str, page: str) -> None:
    """Providers without a key are on this machine, and are free."""
    assert (PROVIDERS[name].variable, PROVIDERS[name].keys_page) == (variable, page)
    free = [row for row in PROVIDERS.values() if not row.variable]
    assert not any(row.paid or row.keys_page or "127.0.0.1" not in row.base_url for row in free)


@pytest.mark.parametrize(("name", "title"), rows(TITLES))
def test_name_of_each_provider(name: str, title: str) -> None:
    """Messages to the user contain it."""
    assert PROVIDERS[name].title == title
    assert PROVIDERS[name].name == name


def test_only_deepseek_reports_its_balance() -> None:
    """A message names the page for topping up."""
    pages = {name: (row.balance_path, row.top_up_page) for name, row in PROVIDERS.items() if row.balance_path}
    assert pages == dict.fromkeys(
        ["deepseek", "deepseek-chat"], ("/user/balance", "https://platform.deepseek.com/top_up")
    )
    assert not any(row.top_up_page for name, row in PROVIDERS.items() if name not in pages)


@pytest.mark.parametrize("name", PROVIDERS)
def test_limits_of_each_provider(name: str) -> None:
    """More tokens or stop texts are refused; some providers do not report the tokens of a stream."""
    row = PROVIDERS[name]
    most = 4 if name.startswith("openai") else 16
    assert (row.max_tokens, row.max_stops, row.reports_usage) == LIMITS.get(name, (4096, most, True))
    assert (row.empty_suffix, row.template) == (
        "<|endoftext|>" if name == "inception" else "",
        "qwen-coder" if name == "dashscope" else "",
    )
    assert row.wire == FORMATS.get(name, "completions")
    assert row.fills_in is (row.wire not in {"prefix", "chat"})
    assert row.caches_prefix is (name not in {"inception", "siliconflow", "dashscope"})


@pytest.mark.parametrize(
    ("name", "path", "wire", "fills_in"),
    [
        ("deepseek", "/beta/chat/completions", "rewrite-prefix", True),
        ("deepseek-chat", "/beta/chat/completions", "rewrite-prefix", True),
        ("inception", "/v1/edit/completions", "rewrite", True),
        ("openai-chat", "/v1/chat/completions", "rewrite-chat", True),
    ],
)
def test_next_edit_address_of_each_provider(name: str, path: str, wire: str, fills_in: bool) -> None:
    """It is another endpoint, or another kind of request, of the same provider."""
    row = EDIT_PROVIDERS[name]
    assert (row.path, row.wire, row.fills_in) == (path, wire, fills_in)
    changed: dict[str, Any] = {"path": path, "wire": wire, "fills_in": fills_in}
    like = PROVIDERS["deepseek-chat" if name == "deepseek" else name]
    assert asdict(row) == asdict(like) | changed


def test_local_servers_use_the_completion_endpoint_for_edits() -> None:
    """They continue a text in the model's own format."""
    same = [name for name, row in EDIT_PROVIDERS.items() if row == PROVIDERS[name]]
    assert same == ["llamacpp", "ollama", "openai"]


@pytest.mark.parametrize(
    ("model", "form"),
    [
        ("sweep-next-edit-1.5B", "sweep"),
        ("hf.co/zed-industries/ZETA-2.1:Q4", "zeta-2.1"),
        ("zeta-2", "zeta"),
        ("zeta", "zeta"),
        ("llama-2.1", ""),
        ("", ""),
    ],
)
def test_model_name_determines_the_format_of_edits(model: str, form: str) -> None:
    """The name may be in any case. The setting has priority, and is required for other names."""
    assert named(model) == format_of("auto", EDIT_PROVIDERS["ollama"], model) == form
    assert format_of("zeta", EDIT_PROVIDERS["ollama"], model) == "zeta"
    assert format_of("sweep", EDIT_PROVIDERS["inception"], model) == "mercury"
    assert format_of("sweep", EDIT_PROVIDERS["openai-chat"], model) == "chat"
    assert format_of("auto", EDIT_PROVIDERS["deepseek"], model) == "chat-prefix"


@pytest.mark.parametrize(
    ("provider", "form"),
    [("openai-chat", "json"), ("deepseek", "json"), ("inception", "mercury"), ("ollama", "zeta")],
)
def test_json_is_a_format_of_chats(provider: str, form: str) -> None:
    """Another provider has its own format, or that of its model."""
    assert format_of("json", EDIT_PROVIDERS[provider], "zeta-2") == form


def test_default_models_of_ollama_can_fill_in() -> None:
    """Each model that a message proposes fills in with Ollama's own template."""
    assert OLLAMA_MODELS.split(", ") == [
        "qwen2.5-coder", "deepseek-coder-v2", "codestral", "starcoder2", "codegemma",
    ]  # fmt: skip
