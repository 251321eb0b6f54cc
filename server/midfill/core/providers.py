"""The HTTP providers as data: address, wire format, key and capabilities.

Sources: the providers' own pages, November 2026. A new provider with a known wire format is a new row.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

Wire = Literal[
    "completions", "generate", "infill", "prefix", "chat", "rewrite", "rewrite-chat", "rewrite-prefix"
]
"""The wire format of requests and answers.

`completions`: OpenAI's legacy endpoint and its variants of DeepSeek and Mistral; `generate`: Ollama; `infill`:
llama.cpp; `prefix`: a chat whose last message the model continues; `chat`: a chat with instructions. For next edits:
`rewrite`: Inception's edit endpoint; `rewrite-chat`: a chat; `rewrite-prefix`: a chat whose last message the model
continues.
"""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One row: the defaults of a provider."""

    name: str
    """The name in the settings."""
    title: str
    """The name shown to the user."""
    base_url: str
    path: str
    """The path of the completion endpoint, relative to the address."""
    wire: Wire = "completions"
    model: str = ""
    variable: str = ""
    """The environment variable of the key; empty if none is needed."""
    keys_page: str = ""
    top_up_page: str = ""
    balance_path: str = ""
    template: str = ""
    """The name of the template for prefix and suffix; empty if the provider applies its own."""
    empty_suffix: str = ""
    """The text for an empty suffix, if the provider rejects an empty one."""
    max_tokens: int = 4096
    max_stops: int = 16
    reports_usage: bool = True
    """Whether it supports `stream_options`, which reports the tokens of a stream."""
    paid: bool = True
    """Whether a call costs money."""
    caches_prefix: bool = True
    """Whether a prompt prefix that it has read before costs less or is read faster."""
    fills_in: bool = True
    """Whether it was trained to fill in at any character; otherwise trailing blanks of the prompt are removed."""


PROVIDERS: Final[dict[str, Provider]] = {
    row.name: row
    for row in (
        Provider(
            name="deepseek",
            title="DeepSeek",
            base_url="https://api.deepseek.com",
            path="/beta/completions",
            # The faster and cheaper of DeepSeek's two models; both support FIM (pricing page, 2026-10).
            model="deepseek-flash",
            variable="DEEPSEEK_API_KEY",
            keys_page="https://platform.deepseek.com/api_keys",
            top_up_page="https://platform.deepseek.com/top_up",
            balance_path="/user/balance",
        ),
        Provider(
            name="deepseek-chat",
            title="DeepSeek",
            base_url="https://api.deepseek.com",
            path="/beta/chat/completions",
            wire="prefix",
            model="deepseek-flash",
            variable="DEEPSEEK_API_KEY",
            keys_page="https://platform.deepseek.com/api_keys",
            top_up_page="https://platform.deepseek.com/top_up",
            balance_path="/user/balance",
            fills_in=False,
        ),
        Provider(
            name="mistral",
            title="Mistral",
            base_url="https://api.mistral.ai",
            path="/v1/fim/completions",
            model="codestral-latest",
            variable="MISTRAL_API_KEY",
            keys_page="https://console.mistral.ai/api-keys",
            reports_usage=False,
        ),
        Provider(
            name="inception",
            title="Inception",
            base_url="https://api.inceptionlabs.ai",
            path="/v1/fim/completions",
            model="mercury-edit-2",
            variable="INCEPTION_API_KEY",
            keys_page="https://platform.inceptionlabs.ai",
            empty_suffix="<|endoftext|>",  # As in Continue.
            max_tokens=8192,
            max_stops=4,
            caches_prefix=False,
        ),
        Provider(
            name="siliconflow",
            title="SiliconFlow",
            base_url="https://api.siliconflow.cn",
            path="/v1/completions",
            model="Qwen/Qwen2.5-Coder-7B-Instruct",
            variable="SILICONFLOW_API_KEY",
            keys_page="https://cloud.siliconflow.cn/account/ak",
            caches_prefix=False,
        ),
        Provider(
            name="dashscope",
            title="DashScope",
            base_url="https://dashscope.aliyuncs.com/compatible-mode",
            path="/v1/completions",
            model="qwen2.5-coder-32b-instruct",
            variable="DASHSCOPE_API_KEY",
            keys_page="https://bailian.console.aliyun.com",
            template="qwen-coder",
            caches_prefix=False,
        ),
        Provider(
            name="openai",
            title="OpenAI",
            base_url="https://api.openai.com",
            path="/v1/completions",
            model="gpt-3.5-turbo-instruct",
            variable="OPENAI_API_KEY",
            keys_page="https://platform.openai.com/api-keys",
            max_stops=4,
        ),
        Provider(
            name="openai-chat",
            title="OpenAI",
            base_url="https://api.openai.com",
            path="/v1/chat/completions",
            wire="chat",
            model="gpt-4.1-mini",
            variable="OPENAI_API_KEY",
            keys_page="https://platform.openai.com/api-keys",
            max_stops=4,
            fills_in=False,
        ),
        Provider(
            name="ollama",
            title="Ollama",
            base_url="http://127.0.0.1:11434",
            path="/api/generate",
            wire="generate",
            model="qwen2.5-coder",
            paid=False,
        ),
        Provider(
            name="llamacpp",
            title="llama.cpp",
            base_url="http://127.0.0.1:8012",
            path="/infill",
            wire="infill",
            paid=False,
        ),
        Provider(
            name="gguf",
            title="The model file",
            base_url="http://127.0.0.1",
            path="/infill",
            wire="infill",
            paid=False,
        ),
    )
}
"""The providers by name; `gguf` is llama.cpp in a child process of the server."""

_DEEPSEEK_EDITS = replace(PROVIDERS["deepseek-chat"], wire="rewrite-prefix", fills_in=True)

EDIT_PROVIDERS: Final[dict[str, Provider]] = {
    "deepseek": _DEEPSEEK_EDITS,
    "deepseek-chat": _DEEPSEEK_EDITS,
    "inception": replace(PROVIDERS["inception"], path="/v1/edit/completions", wire="rewrite"),
    "llamacpp": PROVIDERS["llamacpp"],
    "ollama": PROVIDERS["ollama"],
    "openai": PROVIDERS["openai"],
    "openai-chat": replace(PROVIDERS["openai-chat"], wire="rewrite-chat", fills_in=True),
}
"""The providers of next edits, by name."""

OLLAMA_MODELS: Final = "qwen2.5-coder, deepseek-coder-v2, codestral, starcoder2, codegemma"
"""Models of Ollama's library with FIM templates."""
