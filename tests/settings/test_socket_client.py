"""A client on a socket sets no command, key, address or certificate, and names no file outside of the workspace."""

from typing import Any

import pytest

from midfill.settings import Settings, load
from midfill.settings.setting_specs import setting_specs

FORBIDDEN = {"base_url", "backends", "api_key_command", "api_key_file"}


def test_socket_client_cannot_set_these_settings() -> None:
    """Each setting that names a command, a key's source, an address or a way; a new one has to be added here."""
    own = {key for key, spec in setting_specs().items() if spec.local_only}
    assert own == FORBIDDEN | {key for key in setting_specs() if key.startswith("network.")}


WHY = (
    "is skipped: a client on a socket may not set it; it belongs in the settings file or the environment of whoever "
    "starts the server.",
    "is skipped: a client on a socket may not name files outside the workspace.",
    "is not a setting of midfill and is skipped; did you mean api_key_",
)


@pytest.mark.parametrize(
    "sent",
    [
        {"base_url": "http://localhost:1"},
        {"baseUrl": "http://localhost:1"},
        {"midfill": {"baseUrl": "http://localhost:1"}},
        {"midfill.baseUrl": "http://localhost:1"},
        {"midfill": {"base_url": "http://localhost:1"}, "x": 1},
        {"network.proxy": "http://localhost:1"},
        {"network": {"caFile": "/x"}},
        {"midfill.network": {"ca_file": "/x"}},
        {"midfill.network.allowHttp": True},
        {"backends": [{"name": "x", "like": "openai", "baseUrl": "http://localhost:1"}]},
        {"backends": {}},
        {"apiKeyCommand": "touch x"},
        {"api_keyCommand": "touch x"},
        {"apiKey_file": "/x"},
        {"context": {"extra": ["/etc/passwd"]}},
        {"context": {"extra": ["a", "~/x"]}},
        {"context.extra": ["../x"]},
        {"context.extra": ["C:\\x"]},
        {"model": "/models/x.gguf"},
        {"model": "~/x.gguf"},
        {"model": "../x.gguf"},
        {"edits.model": "\\\\host\\x.gguf"},
    ],
    ids=str,
)
def test_no_spelling_gets_through(sent: Any, tmp_path: Any) -> None:
    """The setting keeps its value, and a message says so; the user's own editor may set it."""
    (config := tmp_path / "config.toml").touch()
    environ = {"MIDFILL_CONFIG": str(config)}
    loaded = load(environ, clients=[sent], clients_are_local=False)
    assert loaded.settings == Settings()
    assert len(loaded.problems) >= 1
    for problem in loaded.problems:
        assert any(reason in str(problem) for reason in WHY)
    own = load(environ, clients=[sent])
    assert not any("socket" in str(problem) for problem in own.problems)


@pytest.mark.parametrize(
    "sent", [{"model": "org/model:7b"}, {"context": {"extra": ["Be brief.", "docs/a.md"]}}]
)
def test_other_settings_are_taken(sent: Any, tmp_path: Any) -> None:
    """Names of models have slashes, too, and files of the workspace may be notes."""
    (config := tmp_path / "config.toml").touch()
    loaded = load({"MIDFILL_CONFIG": str(config)}, clients=[sent], clients_are_local=False)
    assert loaded.problems == ()
    assert loaded.settings != Settings()
