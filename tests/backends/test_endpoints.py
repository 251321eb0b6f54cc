"""The API's address, from what users paste."""

from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.backends.endpoints import endpoints_of, invalid_address
from midfill.core.model import BackendError, ErrorKind
from midfill.core.providers import PROVIDERS

OURS = "https://api.deepseek.com/beta/completions"


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "  ",
        "https://api.deepseek.com",
        "https://api.deepseek.com/",
        "https://api.deepseek.com/beta",
        "https://api.deepseek.com/beta/",
        "https://api.deepseek.com/v1",
        "https://api.deepseek.com//beta//beta/v1/",
        "https://api.deepseek.com/beta/completions",
        "https://api.deepseek.com/completions/",
        "https://api.deepseek.com/v1/chat/completions",
        "https://api.deepseek.com/models",
        " https://API.DeepSeek.com/beta ",
        "api.deepseek.com",
        "api.deepseek.com/beta",
        "http://api.deepseek.com",
    ],
)
def test_address_of_deepseek(base_url: str) -> None:
    """DeepSeek fills in the middle at one address only, by TLS only."""
    address = endpoints_of(PROVIDERS["deepseek"], base_url)
    assert address.completions == OURS
    assert address.models == "https://api.deepseek.com/models"
    assert address.balance == "https://api.deepseek.com/user/balance"
    assert address.host == "api.deepseek.com"


@pytest.mark.parametrize(
    ("base_url", "completions", "models"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/beta/completions", "http://127.0.0.1:8000/models"),
        ("localhost:8000/beta/", "http://localhost:8000/beta/completions", "http://localhost:8000/models"),
        ("[::1]:80", "http://[::1]:80/beta/completions", "http://[::1]:80/models"),
        ("gw.example", "https://gw.example/beta/completions", "https://gw.example/models"),
        ("https://gw.example/ds", "https://gw.example/ds/beta/completions", "https://gw.example/ds/models"),
        ("https://gw.example/ds/v1", "https://gw.example/ds/v1/completions", "https://gw.example/ds/v1/models"),
        ("https://gw.example/v1/completions", "https://gw.example/v1/completions", "https://gw.example/v1/models"),
        ("https://gw.example/x/completions?v=2", "https://gw.example/x/completions?v=2", "https://gw.example/x/models?v=2"),
        ("https://gw.example/v1/chat/completions", "https://gw.example/v1/completions", "https://gw.example/v1/models"),
        ("https://gw.example/beta/completions", "https://gw.example/beta/completions", "https://gw.example/models"),
        ("https://gw.example/v1/fim/completions", "https://gw.example/v1/fim/completions", "https://gw.example/v1/models"),
    ],
)  # fmt: skip
def test_address_of_a_gateway(base_url: str, completions: str, models: str) -> None:
    """A gateway serves DeepSeek's paths under its root, or an endpoint that is named in full."""
    address = endpoints_of(PROVIDERS["deepseek"], base_url)
    assert (address.completions, address.models) == (completions, models)


OTHERS = [
    ("mistral", "", "https://api.mistral.ai/v1/fim/completions", "https://api.mistral.ai/v1/models"),
    ("mistral", "https://api.mistral.ai/v1/fim/completions", "https://api.mistral.ai/v1/fim/completions",
     "https://api.mistral.ai/v1/models"),
    ("mistral", "codestral.mistral.ai", "https://codestral.mistral.ai/v1/fim/completions",
     "https://codestral.mistral.ai/v1/models"),
    ("mistral", "https://gw.example/v2", "https://gw.example/v2/fim/completions", "https://gw.example/v2/models"),
    ("mistral", "https://gw.example/v1/completions", "https://gw.example/v1/fim/completions",
     "https://gw.example/v1/models"),
    ("ollama", "", "http://127.0.0.1:11434/api/generate", "http://127.0.0.1:11434/v1/models"),
    ("ollama", "https://gw.example/ollama/", "https://gw.example/ollama/api/generate",
     "https://gw.example/ollama/v1/models"),
    ("ollama", "https://gw.example/v1", "https://gw.example/api/generate", "https://gw.example/v1/models"),
    ("ollama", "https://gw.example/api/generate", "https://gw.example/api/generate", "https://gw.example/v1/models"),
    ("llamacpp", "https://gw.example/v1", "https://gw.example/infill", "https://gw.example/v1/models"),
    ("llamacpp", "https://gw.example/x/infill", "https://gw.example/x/infill", "https://gw.example/x/v1/models"),
    ("dashscope", "", "https://dashscope.aliyuncs.com/compatible-mode/v1/completions",
     "https://dashscope.aliyuncs.com/compatible-mode/v1/models"),
    ("dashscope", "https://dashscope.aliyuncs.com/compatible-mode/v1",
     "https://dashscope.aliyuncs.com/compatible-mode/v1/completions",
     "https://dashscope.aliyuncs.com/compatible-mode/v1/models"),
    ("openai-chat", "https://gw.example/v1/completions", "https://gw.example/v1/chat/completions",
     "https://gw.example/v1/models"),
    ("openai-chat", "https://gw.example/api/v3", "https://gw.example/api/v3/chat/completions",
     "https://gw.example/api/v3/models"),
    ("openai-chat", "https://gw.example/v1beta2/chat/completions?x=1#f",
     "https://gw.example/v1beta2/chat/completions?x=1", "https://gw.example/v1beta2/models?x=1"),
    ("openai-chat", "https://gw.example/v12/x", "https://gw.example/v12/x/v1/chat/completions",
     "https://gw.example/v12/x/v1/models"),
    ("openai-chat", "https://gw.example/xv1", "https://gw.example/xv1/v1/chat/completions",
     "https://gw.example/xv1/v1/models"),
    ("openai-chat", "https://gw.example/v1/v1", "https://gw.example/v1/chat/completions",
     "https://gw.example/v1/models"),
]  # fmt: skip


def test_address_of_deepseek_with_a_port() -> None:
    """It is DeepSeek's own host all the same."""
    address = endpoints_of(PROVIDERS["deepseek"], "https://api.deepseek.com:443/v1")
    assert (address.completions, address.host) == (OURS.replace(".com", ".com:443"), "api.deepseek.com:443")


@pytest.mark.parametrize(("name", "base_url", "completions", "models"), OTHERS)
def test_address_of_another_service(name: str, base_url: str, completions: str, models: str) -> None:
    """Each provider's path follows the root, or the version in an address; these have no balance."""
    address = endpoints_of(PROVIDERS[name], base_url)
    assert (address.completions, address.models, address.balance) == (completions, models, "")
    assert address.host == urlsplit(completions).netloc


@pytest.mark.parametrize(
    ("base_url", "completions", "balance"),
    [
        ("https://gw.example/v1", "https://gw.example/v1/chat/completions", "https://gw.example/user/balance"),
        ("https://gw.example/user/balance", "https://gw.example/beta/chat/completions", "https://gw.example/user/balance"),
        ("https://gw.example/x/v2", "https://gw.example/x/v2/chat/completions", "https://gw.example/x/v2/user/balance"),
        ("https://gw.example/beta/beta", "https://gw.example/beta/chat/completions", "https://gw.example/user/balance"),
        ("https://gw.example/xbeta", "https://gw.example/xbeta/beta/chat/completions",
         "https://gw.example/xbeta/user/balance"),
        ("https://gw.example/my-models", "https://gw.example/my-models/beta/chat/completions",
         "https://gw.example/my-models/user/balance"),
        ("https://gw.example/fim/completions", "https://gw.example/beta/chat/completions",
         "https://gw.example/user/balance"),
    ],
)  # fmt: skip
def test_balance_of_a_gateway(base_url: str, completions: str, balance: str) -> None:
    """It is outside of `/v1`, as at DeepSeek."""
    address = endpoints_of(PROVIDERS["deepseek-chat"], base_url)
    assert (address.completions, address.balance) == (completions, balance)


@pytest.mark.parametrize(
    "base_url",
    ["ftp://x", "https://", "https:///beta", "https://a b", "http://[::1", "https://x:port", "https://x:99999",
     "https://me:secret@x", "file:///etc", "https://exa\u0301mple", "http://999.999.999.999", "http://[v1.x]:1/",
     "http://0[::1]", "http://evil[::1]:80", "http://[::1]evil", "http://x/" + "a" * 70_000],
)  # fmt: skip
def test_unusable_address_is_a_wrong_setting(base_url: str) -> None:
    """An unusable address is a wrong setting; the message does not repeat it, because it may contain a password."""
    with pytest.raises(BackendError, match=r"base_url is not a usable web address") as caught:
        endpoints_of(PROVIDERS["deepseek"], base_url)
    assert caught.value.kind is ErrorKind.BAD_SETTING
    assert "secret" not in str(caught.value)
    example = "set it to something like https://api.deepseek.com, without a user name or password in it."
    assert str(caught.value) == f"base_url is not a usable web address: {example}"
    other = str(invalid_address(PROVIDERS["mistral"]))
    assert other == str(caught.value).replace("deepseek.com", "mistral.ai")
    assert str(invalid_address()) == str(caught.value)


@given(
    st.text(max_size=40)
    | st.text("htps:/.beta@[]?#1v", max_size=40)
    | st.text("[]:.0129afv%-", max_size=20).map("http://{}/x".format)
)
def test_any_text_as_an_address(base_url: str) -> None:
    """Every text is a BackendError or an address that httpx accepts and that stays the same when it is pasted again."""
    try:
        address = endpoints_of(PROVIDERS["deepseek"], base_url)
    except BackendError:
        return
    assert endpoints_of(PROVIDERS["deepseek"], address.completions).completions == address.completions
    for url in (httpx.URL(address.completions), httpx.URL(address.models), httpx.URL(address.balance)):
        assert url.host == urlsplit(address.completions).hostname
