"""`midfill auth`: the keys in the system keyring, and the source of each backend's key."""

import asyncio
import getpass
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import structs

from midfill.cli import signals
from midfill.cli.terminal import say, show
from midfill.core.model import BackendError
from midfill.core.providers import PROVIDERS
from midfill.keys import KEYRING_SERVICE, cleaned_key, find_key, forget_key, store_key
from midfill.settings import Settings, backend_configs, load

OK, USAGE, KEY = 0, 2, 3
"""Exit codes: success; a wrong name or setting; a failure of the key or the keyring."""


def run(what: str, backend: str | None, environ: Mapping[str, str]) -> int:
    """Set, list or remove keys; return the exit code: 2 for a wrong name or setting, 3 for a failure."""
    loaded = load(environ, workspaces=[Path.cwd()])
    if loaded.blocking:
        for problem in loaded.blocking:
            say(str(problem))
        return USAGE
    if what == "list":
        return signals.run(_list(loaded.settings, environ))
    name = backend or next((config.name for config in backend_configs(loaded.settings)), "deepseek")
    if name not in _names(loaded.settings):
        say(f"{name} is not a backend with a key; the backends are {', '.join(_names(loaded.settings))}")
        return USAGE
    try:
        return _set(name, loaded.settings, environ) if what == "set" else _remove(name)
    except BackendError as error:
        say(str(error))
        return KEY


def _names(settings: Settings) -> list[str]:
    mine = [entry.name for entry in settings.backends]
    return list(dict.fromkeys([*mine, *(row.name for row in PROVIDERS.values() if row.variable)]))


async def _list(settings: Settings, environ: Mapping[str, str]) -> int:
    """Print a line for each backend: the key's last characters and its source."""
    chosen = {config.name for config in backend_configs(settings)}
    code = OK
    for name in _names(settings):
        alone = settings if name in chosen else _alone(name, settings)
        where = (
            environ
            if name in chosen
            else {key: text for key, text in environ.items() if key != "MIDFILL_API_KEY"}
        )
        try:
            key = await asyncio.to_thread(find_key, name, alone, where)
        except BackendError as error:
            show(f"{name:14} {error}")
            code = KEY
        else:
            show(f"{name:14} {f'{key} (from {key.origin})' if key else 'none'}")
    return code


def _alone(name: str, settings: Settings) -> Settings:
    """Return the settings for one backend, without the key settings of others."""
    return structs.replace(settings, backend=name, api_key_command="", api_key_file="")


def _set(name: str, settings: Settings, environ: Mapping[str, str]) -> int:
    """Ask for a key without echo, and store it in the keyring."""
    secret = cleaned_key(_prompted(name), "what you entered")
    store_key(name, secret)
    say(f"the key for {name} is in the system keyring ({KEYRING_SERVICE}, {name})")
    found = find_key(name, _alone(name, settings), environ)
    if found is not None and found.secret != secret:
        say(f"it is not used, because {found.origin} has another one, which takes precedence")
    return OK


def _prompted(name: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"API key for {name} (it is not shown): ")
    return sys.stdin.readline()


def _remove(name: str) -> int:
    if forget_key(name):
        say(f"the key for {name} is removed from the system keyring")
    else:
        say(f"the system keyring has no key for {name}")
    return OK
