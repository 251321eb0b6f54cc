"""Which backend is opened."""

import subprocess
import sys
from typing import Any

import pytest

from midfill.backends import open_backend
from midfill.backends.embedded import EmbeddedBackend
from midfill.backends.gguf import GgufBackend
from midfill.backends.remote import RemoteBackend
from midfill.keys import Key
from midfill.settings import CompletionSettings, NetworkSettings, Settings, TimingSettings
from tests.backends.calls import KEY


@pytest.mark.parametrize(
    ("backend", "key", "kind"),
    [
        ("auto", KEY, RemoteBackend),
        ("auto", None, EmbeddedBackend),
        ("deepseek", KEY, RemoteBackend),
        ("deepseek", None, RemoteBackend),
        ("local", KEY, EmbeddedBackend),
        ("local", None, EmbeddedBackend),
        ("gguf", None, GgufBackend),
        ("ollama", None, RemoteBackend),
    ],
)
def test_choice_of_the_backend(backend: Any, key: str | None, kind: type) -> None:
    """`auto` is DeepSeek with a key and the embedded engine without one; a name is always used."""
    found = Key(key, "a test") if key else None
    assert type(open_backend(Settings(backend=backend), found)) is kind


def test_settings_are_passed_to_the_backend() -> None:
    """The backend receives all its settings, times in seconds."""
    backend = open_backend(
        Settings(
            base_url="http://localhost:1",
            model="m",
            backend="deepseek-chat",
            completion=CompletionSettings(temperature=0.5, stop=("x",), think=True),
            timing=TimingSettings(first_token_ms=1500, total_ms=2500, think_ms=3500),
            network=NetworkSettings(proxy="http://localhost:2", ca_file="ca.pem", allow_http=True),
        ),
        Key(KEY, "a test"),
    )
    assert isinstance(backend, RemoteBackend)
    options = backend._options
    assert (options.base_url, options.model, options.key) == ("http://localhost:1", "m", KEY)
    assert (options.temperature, options.stop) == (0.5, ("x",))
    assert (options.first_token_s, options.total_s, options.think_s) == (1.5, 2.5, 3.5)
    assert (backend.name, backend.thinks) == ("deepseek-chat", True)
    assert (options.proxy, options.ca_file) == ("http://localhost:2", "ca.pem")
    assert options.allow_http


def test_default_model_is_used() -> None:
    """Without a setting, the backend's default model is used."""
    backend = open_backend(Settings(), Key(KEY, "a test"))
    assert isinstance(backend, RemoteBackend)
    assert backend.model == "deepseek-flash"


def test_opening_does_not_import_httpx() -> None:
    """The server starts, and opens its backend, without waiting for httpx."""
    code = """if True:
        import sys
        from midfill.backends import open_backend
        from midfill.keys import Key
        from midfill.settings import Settings
        open_backend(Settings(), Key("sk-" + "x" * 20, "a test"))
        sys.exit("httpx" in sys.modules or "ssl" in sys.modules and "truststore" in sys.modules)
    """
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
