"""The API key: read from the user's sources, and never shown."""

import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from os import fstat
from os.path import expanduser, isabs
from typing import Any, NamedTuple

from midfill.core.model import BackendError, ErrorKind
from midfill.core.providers import PROVIDERS
from midfill.keys.command import MAX_BYTES, commands
from midfill.keys.spellings import MARKS, spellings_of
from midfill.settings import BackendConfig, Settings, backend_configs

_VARIABLES = tuple(dict.fromkeys(row.variable for row in PROVIDERS.values() if row.variable))

OVERRIDE_VARIABLE = "MIDFILL_API_KEY"
"""The environment variable that takes precedence over the backend's own."""

KEYRING_SERVICE = "midfill"
"""The service name of the keys in the system keyring; the user name is the backend."""

MIN_LENGTH = 8
"""Minimum length of a key that is masked in texts: people give local servers keys like `none` and `EMPTY`."""

_WRAPPING = " \t\r\n\"'`“”‘’\ufeff\u200b"
"""Text that is often pasted along with a key."""
_ASSIGNMENT = re.compile(r"\A(?:export\s+|set\s+|\$env:)?[A-Z0-9_]*(?:KEY|TOKEN)\s*=\s*(.+)\Z")
_VARIABLE = re.compile(r"[$%{(]*(?:env[.:])?(?=\w*(?:KEY|TOKEN))[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+[%})]*")


@dataclass(frozen=True, repr=False)
class Key:
    """An API key and its origin; `str()` and `repr()` show at most its last four characters."""

    secret: str
    origin: str

    def __str__(self) -> str:
        start = "sk-" if self.secret.startswith("sk-") else ""
        end = self.secret[-4:] if len(self.secret) >= 16 else ""
        return f"{start}…{end}"

    def __repr__(self) -> str:
        return f"Key({self}, from {self.origin})"


class _Found(NamedTuple):
    text: str
    origin: str


def find_key(backend: str, settings: Settings, environ: Mapping[str, str]) -> Key | None:
    """Return the key for `backend` (its resolved name, not `auto`); None if there is none.

    The order of the sources: MIDFILL_API_KEY, the backend's own variable, `api_key_command`, `api_key_file`, the system
    keyring if the `keyring` package is installed. MIDFILL_API_KEY belongs to the first backend only, and so do
    `api_key_command` and `api_key_file` outside of its entry in `backends`.

    Raises `BackendError` of kind NO_KEY, without the key in its text, if the first source with a key is unreadable or
    invalid. Waits for a command (at most `command.TIMEOUT_S`) or for the keyring's dialogue: call it in a thread.
    """
    config = next((one for one in backend_configs(settings) if one.name == backend), None)
    return None if config is None else key_of(config, environ)


def key_of(config: BackendConfig, environ: Mapping[str, str]) -> Key | None:
    """Return a backend's key as `find_key` does."""
    found = (
        _from_environment(config, environ)
        or _from_command(config.api_key_command, environ)
        or _from_file(config.api_key_file)
        or _from_keyring(config.name)
    )
    if not found:
        return None
    key = Key(_checked(found), found.origin)
    known_keys.add(key.secret)
    return key


def without_key(text: str, key: str) -> str:
    """Return `text` with `[…]` instead of the key, in any case, plain, escaped or in base64."""
    if len(key) < MIN_LENGTH:
        return text
    spellings = spellings_of(key)
    text = spellings.plain.sub("[…]", text)
    return spellings.escaped.sub("[…]", text) if any(mark in text for mark in MARKS) else text


def without_keys(text: str) -> str:
    """Return `text` without any key found so far; for logs and the terminal."""
    for key in tuple(known_keys):  # A thread may find one meanwhile.
        text = without_key(text, key)
    return text


def register_environment_keys(environ: Mapping[str, str]) -> None:
    """Register the keys in the environment with `without_keys`, before any is looked up."""
    known_keys.update(
        filter(None, (_cleaned(environ.get(name, "")) for name in (OVERRIDE_VARIABLE, *_VARIABLES)))
    )


known_keys: set[str] = set()
"""The keys found in this process, which logs mask by value."""


def cleaned_key(text: str, origin: str) -> str:
    """Return the key in a user's input, without text pasted along. Raises BackendError (no key)."""
    return _checked(_Found(_lines(text.encode("utf-8", "replace"), origin)[0], origin))


def store_key(backend: str, secret: str) -> None:
    """Store a key in the system keyring. Raises BackendError (no key) if there is no keyring."""
    keyring, errors = _keyring()
    try:
        keyring.set_password(KEYRING_SERVICE, backend, secret)
    except errors.KeyringError as error:
        raise _no_key_error(
            f"the system keyring cannot be written ({type(error).__name__}); {_INSTEAD}"
        ) from None


def forget_key(backend: str) -> bool:
    """Remove a key from the system keyring; return whether it existed. Raises BackendError (no key)."""
    keyring, errors = _keyring()
    try:
        known = keyring.get_password(KEYRING_SERVICE, backend) is not None
        if known:
            keyring.delete_password(KEYRING_SERVICE, backend)
    except errors.KeyringError as error:
        raise _no_key_error(
            f"the system keyring cannot be written ({type(error).__name__}); {_INSTEAD}"
        ) from None
    return known


_INSTEAD = "set the provider's variable, api_key_command or api_key_file instead"


def _keyring() -> tuple[Any, Any]:
    try:
        return import_module("keyring"), import_module("keyring.errors")
    except ImportError:
        raise _no_key_error(
            f'the keyring package is missing: pip install "midfill[keyring]", or {_INSTEAD}'
        ) from None


def _from_environment(config: BackendConfig, environ: Mapping[str, str]) -> _Found | None:
    for name in filter(None, (OVERRIDE_VARIABLE if config.first else "", config.provider.variable)):
        if _cleaned(text := environ.get(name, "")):
            return _Found(text, name)
    return None


def _from_command(command: str, environ: Mapping[str, str]) -> _Found | None:
    if not command.strip():
        return None
    origin = "api_key_command"
    try:
        status, output = commands.output(command, environ)
    except subprocess.TimeoutExpired as late:
        advice = "try it in a terminal: it may be waiting for a passphrase"
        raise _no_key_error(f"{origin} gave no key within {late.timeout:g} seconds; {advice}") from None
    except (OSError, ValueError) as error:
        raise _no_key_error(f"{origin} cannot be run ({_reason(error)}); try it in a terminal") from None
    if len(output) > MAX_BYTES:
        raise _no_key_error(f"{origin} gave more than a key: it must print the key alone")
    if status:
        raise _no_key_error(f"{origin} failed with status {status}; try it in a terminal")
    first, *others = _lines(output, origin)
    if others:  # Which of them is the key is a guess, and a wrong one goes to the provider.
        raise _no_key_error(f"{origin} printed {1 + len(others)} lines; {_ALONE}")
    return _Found(first, origin)


_ALONE = "it must print the key alone; for the first line of an entry: sh -c 'pass show deepseek | head -n 1'"


def _from_file(setting: str) -> _Found | None:
    if not setting.strip():
        return None
    path = expanduser(setting.strip())
    if not isabs(path):  # The setting may hold the key itself by mistake: it must not be repeated.
        raise _no_key_error("api_key_file must be a whole path, or begin with ~/")
    origin = f"api_key_file {path}"
    try:
        if stat.S_ISFIFO(os.stat(path).st_mode):  # Opening it would block.
            raise _no_key_error(f"{origin} cannot be read (it is not a regular file)")
        with open(path, "rb") as file:
            if sys.platform != "win32" and fstat(file.fileno()).st_mode & 0o077:
                advice = f"run: chmod 600 {shlex.quote(path)}"
                raise _no_key_error(f"{origin} can be read by others than you, and is not used; {advice}")
            return _Found(_lines(file.read(MAX_BYTES), origin)[0], origin)
    except (OSError, ValueError) as error:
        raise _no_key_error(f"{origin} cannot be read ({_reason(error)})") from None


def _from_keyring(backend: str) -> _Found | None:
    try:
        keyring, errors = import_module("keyring"), import_module("keyring.errors")
    except ImportError:
        return None
    try:
        text = keyring.get_password(KEYRING_SERVICE, backend)
    except errors.NoKeyringError:
        return None
    except errors.KeyringError as error:
        advice = f"unlock it, or set {OVERRIDE_VARIABLE} instead"
        raise _no_key_error(f"the system keyring cannot be read ({type(error).__name__}); {advice}") from None
    return _Found(text, f"the system keyring ({KEYRING_SERVICE}, {backend})") if text else None


def _lines(content: bytes, origin: str) -> list[str]:
    """Return the lines that are not empty. Raises BackendError (no key) if there is none.

    PowerShell redirects in UTF-16, with a byte order mark.
    """
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if wide else "utf-8", "replace")
    lines = [line for line in text.splitlines() if _cleaned(line)]
    if not lines:
        raise _no_key_error(f"{origin} gave nothing: its first line must be the key")
    return lines


def _checked(found: _Found) -> str:
    """Return the key; raises BackendError if the text cannot be one."""
    key = _cleaned(found.text)
    if _VARIABLE.fullmatch(key):
        raise _no_key_error(f"{found.origin} gives the name of a variable; it must give the key itself")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise _no_key_error(
            f"{found.origin} contains characters that a key cannot contain; copy the key again"
        )
    return key


def _cleaned(text: str) -> str:
    """Return `text` without pasted additions: quotes, blanks, `Bearer`, `export DEEPSEEK_API_KEY=`."""
    text = text.strip(_WRAPPING).removeprefix("Bearer ")
    return _ASSIGNMENT.sub(r"\1", text).strip(_WRAPPING)


def _reason(error: OSError | ValueError) -> str:
    """Return the reason without the error's own text, which may contain the user's setting."""
    return (error.strerror if isinstance(error, OSError) else None) or "it is not well-formed"


def _no_key_error(text: str) -> BackendError:
    return BackendError(ErrorKind.NO_KEY, f"No API key: {text}.")
