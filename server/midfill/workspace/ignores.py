"""The ignore files of a folder tree: .gitignore and .midfillignore."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from midfill.core.globs import bounded

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec, Pattern

IGNORE_FILES = (".gitignore", ".midfillignore")
"""Each kind is applied separately: a `!` pattern in one does not override the other."""

MAX_IGNORE_FILE_BYTES = 64 * 1024
"""Maximum bytes of an ignore file that are read; the longest of GitHub's templates has 10 KiB."""


class Ignores:
    """The ignore files in a top folder and below it, each read once."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._chains: dict[tuple[Path, str], list[tuple[Path, GitIgnoreSpec]]] = {}

    def is_ignored(self, path: Path, *, folder: bool = False) -> bool:
        """Return whether `path` is ignored; the caller checks its parent folders."""
        return any(self._decision(path, folder, name) for name in IGNORE_FILES)

    def is_any_ignored(self, folder: Path) -> bool:
        """Return whether `folder` or a folder between it and the top is ignored."""
        chain = [folder, *folder.parents]
        below_top = chain[: chain.index(self._top)]
        return any(self.is_ignored(part, folder=True) for part in below_top)

    def _decision(self, path: Path, folder: bool, name: str) -> bool:
        """Return the decision of the deepest ignore file with a matching pattern (gitignore(5), precedence)."""
        for parent, spec in self._chain(path.parent, name):
            hidden = _matches(spec, path.relative_to(parent).as_posix(), folder)
            if hidden is not None:
                return hidden
        return False

    def _chain(self, folder: Path, name: str) -> list[tuple[Path, "GitIgnoreSpec"]]:
        """Return the ignore files of one kind that apply to a folder, the deepest first."""
        if (folder, name) not in self._chains:
            above = self._chain(folder.parent, name) if folder not in {self._top, folder.parent} else []
            rules = _read_rules(folder / name)
            self._chains[folder, name] = [(folder, rules), *above] if rules else above
        return self._chains[folder, name]


def repository(folder: Path) -> Path | None:
    """Return the nearest folder at or above `folder` that contains `.git`; None if there is none."""
    return next((parent for parent in (folder, *folder.parents) if os.path.exists(parent / ".git")), None)


def _read_rules(file: Path) -> "GitIgnoreSpec | None":
    """Return the patterns of an ignore file; None if there is none, or it is unreadable."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            lines = opened.read(MAX_IGNORE_FILE_BYTES).decode(errors="replace").splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec  # Imported here: a folder without such files does without it.

    rules = []
    for line in map(bounded, lines):
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:  # Not a valid pattern; git also skips such a line.
            continue
        rules.append(line)
    return GitIgnoreSpec.from_lines(rules)


def _matches(spec: "GitIgnoreSpec", inner: str, folder: bool) -> bool | None:
    """Return the decision of the last pattern that matches a path; None if there is none.

    A folder is looked up without its slash, and with it only for patterns that end with one. With the slash alone,
    pathspec differs from git: `a/**` matches `a` itself, `!**` wins over a later `a`, and `*` over a later `!a/`.
    """
    found = spec.check_file(inner)
    index, include = found.index, found.include
    if index is not None and _names_parent(spec.patterns[index], inner):
        index, include = None, None  # `b/` and `!b/` decide on the folder only.
    later = spec.patterns[0 if index is None else index + 1 :]
    meant = (pattern for pattern in reversed(later) if folder and _names_folder(pattern, inner))
    last = next(meant, None)
    return include if last is None else last.include


def _names_parent(pattern: "Pattern", inner: str) -> bool:
    """Whether a pattern matches a path only by a folder that it is in (pathspec's group `ps_d`)."""
    from pathspec import RegexPattern

    found = pattern.match_file(inner) if isinstance(pattern, RegexPattern) else None
    return found is not None and found.match.groupdict().get("ps_d") is not None


def _names_folder(pattern: "Pattern", inner: str) -> bool:
    """Whether a pattern matches a folder by its slash (pathspec's group `ps_d`), not only what is in it."""
    from pathspec import RegexPattern

    found = pattern.match_file(f"{inner}/") if isinstance(pattern, RegexPattern) else None
    return (
        found is not None and "ps_d" in found.match.groupdict() and found.match.end("ps_d") == len(inner) + 1
    )
