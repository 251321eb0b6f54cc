"""Who can be asked over HTTP, as data: where, in which wire format, with whose key, and what it takes.

Sources: the providers' own pages, as of November 2026. A new provider with a known wire format is a row here.
"""

from dataclasses import dataclass
from typing import Final, Literal

Wire = Literal["completions", "generate", "infill", "prefix", "chat"]
"""How a question is put and answered.

`completions`: OpenAI's legacy endpoint, with its siblings of DeepSeek and Mistral; `generate`: Ollama's; `infill`:
llama.cpp's; `prefix`: a chat whose last message the model goes on with; `chat`: a chat that is told what to do.
"""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One row: how a provider is asked if nobody says otherwise."""

    name: str
    """The name in the settings."""
    title: str
    """The name that the user knows it by."""
    base_url: str
    path: str
    """Where text is filled in, below the address."""
    wire: Wire = "completions"
    model: str = ""
    variable: str = ""
    """The environment variable of its key; empty: it needs none."""
    keys_page: str = ""
    top_up_page: str = ""
    balance_path: str = ""
    template: str = ""
    """The name of the template that prefix and suffix are filled into; empty: the provider does that."""
    empty_suffix: str = ""
    """What stands for an empty suffix, where the provider wants one."""
    most_tokens: int = 4096
    most_stops: int = 16
    tells_usage: bool = True
    """Whether it takes `stream_options`, by which it tells the tokens of a stream."""
    paid: bool = True
    """Whether a call costs money."""
    caches_prefix: bool = True
    """Whether the beginning of a prompt that it has read before costs less, or is read faster."""
    fills_in: bool = True
    """Whether it was trained to fill in at any character; else blanks at the prompt's end are left off."""


PROVIDERS: Final[dict[str, Provider]] = {
    row.name: row
    for row in (
        Provider(
            name="deepseek",
            title="DeepSeek",
            base_url="https://api.deepseek.com",
            path="/beta/completions",
            # The faster and cheaper of DeepSeek's two models; both fill in the middle (pricing page, 2026-10).
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
            tells_usage=False,
        ),
        Provider(
            name="inception",
            title="Inception",
            base_url="https://api.inceptionlabs.ai",
            path="/v1/fim/completions",
            model="mercury-edit-2",
            variable="INCEPTION_API_KEY",
            keys_page="https://platform.inceptionlabs.ai",
            empty_suffix="<|endoftext|>",  # As Continue sends it.
            most_tokens=8192,
            most_stops=4,
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
            most_stops=4,
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
            most_stops=4,
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
"""The providers by their names; `gguf` is llama.cpp in a child process of ours."""

OLLAMA_MODELS: Final = "qwen2.5-coder, deepseek-coder-v2, codestral, starcoder2, codegemma"
"""Models whose templates in Ollama's library fill in the middle."""
