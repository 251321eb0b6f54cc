"""Loads the settings from all sources; the only module that opens settings files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from midfill.locations import WORKSPACE_FILE, user_file
from midfill.settings.bounds import BOUNDS, depth
from midfill.settings.merge import LoadedSettings, merge
from midfill.settings.misnamed import meant_by_variable
from midfill.settings.problem import Problem, named, shown, without_secrets
from midfill.settings.setting_specs import setting_specs
from midfill.settings.settings_source import SettingsSource

VARIABLES = {"MIDFILL_BACKEND": "backend", "MIDFILL_BASE_URL": "base_url", "MIDFILL_MODEL": "model"}
"""The settings with an environment variable of their own."""

Files = tuple[SettingsSource | Problem, ...]
"""The contents of the settings files, the weakest first."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
"""The position in `tomllib`'s error message (Python 3.14 has attributes for it)."""


def load(
    environ: Mapping[str, str],
    *,
    workspaces: Sequence[Path] = (),
    clients: Sequence[object] = (),
    clients_are_local: bool = True,
    files: Files | None = None,
) -> LoadedSettings:
    """Return the settings from every source: defaults < user's file < workspaces < environment < clients.

    `workspaces` are the folders open in the editor. `clients` are the settings it has sent, the oldest first:
    `initializationOptions`, then the last answer to `workspace/configuration` or the last
    `workspace/didChangeConfiguration`. They are not local if the editor uses a socket. `files` are contents read
    before; with them the disk is not accessed. Never raises; errors are in the result's `problems`.
    """
    known = read_files(environ, workspaces) if files is None else files
    sent = [_from_client(options, is_local=clients_are_local) for options in clients]
    return merge([*known, *_variables(environ), *sent])


def read_files(environ: Mapping[str, str], workspaces: Sequence[Path] = ()) -> Files:
    """Return the contents of the user's file and of the workspaces' files; it takes as long as the disks do."""
    user = _from_file(user_file(environ), missing_ok=not environ.get("MIDFILL_CONFIG"))
    found = [user, *(_from_file(folder / WORKSPACE_FILE, "workspace") for folder in workspaces)]
    return tuple(file for file in found if file is not None)


def _variables(environ: Mapping[str, str]) -> Iterator[SettingsSource | Problem]:
    for name, key in VARIABLES.items():
        if value := environ.get(name, "").strip():
            yield SettingsSource(f"environment {name}", {key: value}, "environment")
    for name in environ.keys() - VARIABLES.keys():
        meant = meant_by_variable(name) if name.startswith("MIDFILL_") else None
        if meant is not None and environ[name].strip() and not setting_specs()[meant].is_tuning:
            shown_name = named(name)
            text = f"midfill does not read the environment variable {shown_name}: set {meant} in the settings file."
            yield Problem(text, f"environment {shown_name}", meant, blocks_calls=True)


def _from_file(
    path: Path, kind: Literal["user", "workspace"] = "user", *, missing_ok: bool = True
) -> SettingsSource | Problem | None:
    origin = str(path)
    try:
        if path.exists() and not path.is_file():  # Opening a pipe would block.
            return _unreadable(origin, "it is not a regular file")
        with path.open("rb") as file:
            return _parsed(origin, file.read(BOUNDS[kind].bytes + 1), kind)
    except (FileNotFoundError, NotADirectoryError):
        return None if missing_ok else _unreadable(origin, "there is no such file")
    except OSError as error:
        return _unreadable(origin, error.strerror or "it cannot be read")
    except ValueError:  # An editor's URI may contain a null character.
        return _unreadable(origin, "this cannot be the name of a file")


def _parsed(origin: str, content: bytes, kind: Literal["user", "workspace"]) -> SettingsSource | Problem:
    most = BOUNDS[kind]
    if len(content) > most.bytes:
        return _unreadable(origin, f"it is larger than {most.bytes // 1024} KiB")
    import tomllib  # Imported here, because most users have no such file, and the import would delay each start.

    try:
        # Windows editors start a file with a byte order mark, which TOML does not allow.
        text = content.decode("utf-8-sig")
        if depth(text) > most.depth:
            return _unreadable(origin, f"it is nested too deeply (more than {most.depth} levels)")
        return SettingsSource(origin, tomllib.loads(text), kind)
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        return _unreadable(origin, "it must be written in UTF-8", line, column)
    except (ValueError, RecursionError) as error:  # A TOMLDecodeError, or a number with thousands of digits.
        return _malformed(origin, text, str(error))


def _malformed(origin: str, text: str, message: str) -> Problem:
    """Return `tomllib`'s error for `text`, with its position."""
    place = _PLACE.search(message)
    reason = without_secrets(_PLACE.sub("", message))
    if reason == "Invalid value":
        reason = 'Invalid value (put a string in quotes, as in backend = "local")'
    if place is None:
        return _unreadable(origin, reason)
    if place[1]:
        return _unreadable(origin, reason, int(place[1]), int(place[2]))
    lines = text.split("\n")
    return _unreadable(origin, f"{reason}, but the file ends", len(lines), len(lines[-1]) + 1)


def _unreadable(origin: str, reason: str, line: int | None = None, column: int | None = None) -> Problem:
    place = f"{origin}, line {line}, column {column}" if line else origin
    return Problem(f"{place}: {reason}.", origin, line=line, column=column, blocks_calls=True)


def _from_client(options: object, *, is_local: bool) -> SettingsSource | Problem:
    tree = _unwrapped(options)
    if tree is None or tree == []:  # Lua writes an empty table as an empty list.
        tree = {}
    if isinstance(tree, Mapping):
        return SettingsSource("client", tree, "client", is_local)
    text = f"The editor's settings for midfill must be an object, not {shown(tree)}."
    return Problem(text, "client", blocks_calls=True)


def _unwrapped(options: object) -> object:
    """Return midfill's part of a client's settings: alone, under `midfill`, or under names like `midfill.model`."""
    if not isinstance(options, Mapping):
        return options
    dotted = {str(name): value for name, value in options.items() if str(name).startswith("midfill.")}
    ours = {name.removeprefix("midfill."): value for name, value in dotted.items()}
    if "midfill" in options:
        own = options["midfill"]
        return {**own, **ours} if isinstance(own, Mapping) else ours or own
    return ours or options
