"""Fetches the editors that the tests drive, from Debian's suites, into a cache folder of their own.

    python tests/editors/fetch.py            every editor, and its additional parts
    python tests/editors/fetch.py neovim     one of them (see --list)

Plugins and a linter are cloned beside them where GitHub can be reached, and npm installs a language server.

Nothing is installed: apt downloads the packages into a scratch root, they are unpacked side by side, and a
launcher in the cache's `bin` folder starts each program with the C library it was built for. The mirror is
the one that the machine's own apt uses. Existing files are unchanged. This needs Debian or Ubuntu, and no root rights.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
UNUSED = ("*-dev", "binutils*", "lib?san*", "libhwasan*", "linux-libc-*", "emacs-el")
"""Dependencies that are never run here: half of those of Emacs are a compiler."""


class UnavailableError(Exception):
    """An editor is not available; the message says why."""


@dataclass(frozen=True)
class Editor:
    """A program, the Debian suite that has the wanted version, and how it finds its files once unpacked.

    In `environment` and `arguments`, `{root}` is the unpacked root and `{libraries}` its folder of shared
    libraries; a path with a `*` is the one that exists.
    """

    suite: str
    packages: tuple[str, ...]
    program: str
    environment: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()


_NEOVIM = {"VIMRUNTIME": "{root}/usr/share/nvim/runtime", "LUA_CPATH": "{libraries}/lua/5.1/?.so;;"}
_PARSERS = ("--cmd", "set rtp+={root}/usr/lib/nvim")
"""Debian keeps tree-sitter parsers outside of the runtime folder; without them no Lua file can be opened."""
_VIM = {"VIMRUNTIME": "{root}/usr/share/vim/vim9*"}
_EMACS = {
    "EMACSLOADPATH": "{root}/usr/share/emacs/*/lisp",
    "EMACSDATA": "{root}/usr/share/emacs/*/etc",
    "EMACSDOC": "{root}/usr/share/emacs/*/etc",
    "EMACSPATH": "{root}/usr/libexec/emacs/*/*-linux-gnu*",
    "MIDFILL_TEST_ELPA": "{root}/usr/share/emacs/site-lisp/elpa-src",
}
_DUMP = ("--dump-file", "{root}/usr/libexec/emacs/*/*/emacs-*.pdmp")

EDITORS = {
    "neovim": Editor("sid", ("neovim",), "usr/bin/nvim", _NEOVIM, _PARSERS),
    "neovim-0.10": Editor("trixie", ("neovim",), "usr/bin/nvim", _NEOVIM, _PARSERS),
    "vim": Editor("sid", ("vim",), "usr/bin/vim.basic", _VIM),
    "vim-9.0": Editor("bookworm", ("vim",), "usr/bin/vim.basic", _VIM),
    "emacs": Editor("sid", ("emacs-nox", "elpa-lsp-mode"), "usr/bin/emacs-nox", _EMACS, _DUMP),
    "helix": Editor("sid", ("hx",), "usr/lib/hx/hx", {"HELIX_RUNTIME": "{root}/usr/lib/hx/runtime"}),
    "tmux": Editor("sid", ("tmux",), "usr/bin/tmux"),
}

SOURCES = {
    "lazy.nvim": ("https://github.com/folke/lazy.nvim", "v11.17.5"),
    "vim-plug": ("https://github.com/junegunn/vim-plug", "0.14.0"),
    "package-lint": ("https://github.com/purcell/package-lint", "0.26"),
    "vim-lsp": ("https://github.com/prabirshrestha/vim-lsp", "v0.1.4"),
}
"""Repositories that tests use as they are, with their tags. A repository that cannot be cloned is skipped."""

PROGRAMS = {"pyright": "pyright@1.1.414"}
"""Programs that npm installs, by their folders: language servers that run beside ours."""


def main(arguments: list[str] | None = None) -> int:
    """Fetch what the command line names; return 1 if any of it is not available."""
    parser = argparse.ArgumentParser(description="Fetch the editors that the tests drive.")
    parser.add_argument("names", nargs="*", metavar="EDITOR", help=f"all, or some of: {', '.join(EDITORS)}")
    parser.add_argument("--list", action="store_true", help="say which are there, and fetch nothing")
    options = parser.parse_args(arguments)
    names = options.names or list(EDITORS)
    if unknown := [name for name in names if name not in EDITORS]:
        parser.error(f"no such editor: {', '.join(unknown)} (known: {', '.join(EDITORS)})")
    with TemporaryDirectory(prefix="midfill-apt-") as scratch:
        missing = [
            name for name in names if not (_report(name) if options.list else _had(name, Path(scratch)))
        ]
    if missing:
        print(f"missing: {', '.join(missing)}", file=sys.stderr)
    if not options.names:
        for name, (address, tag) in SOURCES.items():
            print(f"{name}: {_cloned(cache_folder() / name, address, tag, options.list)}")
        for name, package in PROGRAMS.items():
            print(f"{name}: {_installed(cache_folder() / name, package, options.list)}")
    return 1 if missing else 0


def _cloned(folder: Path, address: str, tag: str, only_list: bool) -> str:
    """Clone a missing repository, and return the result."""
    if folder.exists() or only_list:
        return str(folder) if folder.exists() else "not fetched"
    try:
        _run(["git", "clone", "--quiet", "--depth=1", f"--branch={tag}", address, str(folder)])
    except UnavailableError as reason:
        return str(reason)
    return f"cloned ({folder})"


def _installed(folder: Path, package: str, only_list: bool) -> str:
    """Install a missing npm package, and return the result."""
    if folder.exists() or only_list:
        return str(folder) if folder.exists() else "not fetched"
    if not shutil.which("npm"):
        return "this needs npm"
    npm = ["npm", "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"]
    folder.mkdir(parents=True)
    try:
        _run([*npm, f"--prefix={folder}", package])
    except UnavailableError as reason:
        shutil.rmtree(folder)
        return str(reason)
    return f"installed ({folder})"


def cache_folder() -> Path:
    """Return the folder of the editors: `$MIDFILL_EDITORS`, otherwise one in the user's cache."""
    if named := os.environ.get("MIDFILL_EDITORS"):
        return Path(named).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "midfill-editors"


def launcher(name: str) -> Path:
    """Return the command that starts an editor; it exists once the editor has been fetched."""
    return cache_folder() / "bin" / name


def fetch(name: str, scratch: Path) -> None:
    """Download an editor into `scratch`, unpack it, and write its launcher. Raises UnavailableError."""
    editor, root = EDITORS[name], cache_folder() / name
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for archive in _download(editor, scratch / editor.suite):
        _run(["dpkg", "-x", str(archive), str(root)])
    write_launcher(editor, root, launcher(name))
    started = subprocess.run(
        [launcher(name), _version_flag(name)], capture_output=True, text=True, check=False
    )
    if started.returncode:
        launcher(name).unlink()
        raise UnavailableError(f"it was unpacked but does not start: {started.stderr.strip()}")


def _had(name: str, scratch: Path) -> bool:
    if launcher(name).exists():
        return _report(name)
    begun = time.monotonic()
    try:
        fetch(name, scratch)
    except UnavailableError as reason:
        print(f"{name}: {reason}", file=sys.stderr)
        return False
    print(f"{name}: fetched in {time.monotonic() - begun:.0f} s, {_megabytes(cache_folder() / name)} MB")
    return _report(name)


def _report(name: str) -> bool:
    command = launcher(name)
    if not command.exists():
        print(f"{name}: not fetched")
        return False
    version = _run([str(command), _version_flag(name)]).splitlines()[0]
    print(f"{name}: {version} ({command})")
    return True


def _version_flag(name: str) -> str:
    return "-V" if name == "tmux" else "--version"


def _megabytes(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*")) // 1_000_000


def _download(editor: Editor, apt: Path) -> Iterator[Path]:
    """Yield the downloaded archives of an editor's packages and their dependencies."""
    environment = _apt_root(apt, editor.suite)
    simulated = _run(["apt-get", "--simulate", "install", *editor.packages], environment)
    wanted = [line.split()[1] for line in simulated.splitlines() if line.startswith("Inst ")]
    wanted = [package for package in wanted if not any(fnmatch(package, unused) for unused in UNUSED)]
    folder = apt / "archives"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    _run(["apt-get", "-qq", "download", *wanted], environment, folder)
    yield from sorted(folder.glob("*.deb"))
    shutil.rmtree(folder)


def _apt_root(apt: Path, suite: str) -> dict[str, str]:
    """Make a scratch apt root that knows one suite, and return the environment that makes apt use it."""
    environment = {**os.environ, "APT_CONFIG": str(apt / "apt.conf")}
    if (apt / "ready").exists():
        return environment
    for folder in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/trusted.gpg.d"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/lib/dpkg"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "var/lib/dpkg/status").touch()
    (apt / "etc/apt/sources.list").write_text(f"deb [signed-by={KEYRING}] {_mirror()} {suite} main\n")
    (apt / "apt.conf").write_text(_apt_configuration(apt))
    _run(["apt-get", "-qq", "update"], environment)
    (apt / "ready").touch()
    return environment


def _apt_configuration(apt: Path) -> str:
    """Return the scratch root's configuration, with only the network settings of the machine."""
    network = [
        line
        for line in _run(["apt-config", "dump"]).splitlines()
        if line.lower().startswith(("acquire::http", "acquire::https", "acquire::retries"))
    ]
    ours = [
        f'Dir "{apt}";',
        f'Dir::State::status "{apt}/var/lib/dpkg/status";',
        f'APT::Architecture "{_run(["dpkg", "--print-architecture"]).strip()}";',
        f'APT::Sandbox::User "{os.environ.get("USER", "root")}";',
        'APT::Install-Recommends "false";',
        'Acquire::Languages "none";',
        # A mirror's snapshot may be past its date; the signature is still checked.
        'Acquire::Check-Valid-Until "false";',
    ]
    return "\n".join([*network, *ours, ""])


def _mirror() -> str:
    """Return the address of Debian's main archive in the machine's apt. Raises UnavailableError."""
    if not shutil.which("apt-get") or not KEYRING.exists():
        raise UnavailableError(f"this needs apt and {KEYRING} (package debian-archive-keyring)")
    sites = _run(["apt-get", "indextargets", "--format", "$(SITE)"]).split()
    if found := next((site for site in sites if site.rstrip("/").endswith("/debian")), None):
        return found
    raise UnavailableError(
        "the machine's apt knows no mirror of Debian's main archive (an address that ends in /debian)"
    )


def write_launcher(editor: Editor, root: Path, command: Path) -> None:
    """Write the command that starts an unpacked editor with its own C library. Raises UnavailableError."""
    loader = next((file for file in sorted(root.rglob("ld-linux*.so.*")) if not file.is_symlink()), None)
    if loader is None or not (root / editor.program).exists():
        raise UnavailableError(f"its packages hold no {editor.program} or no dynamic loader")
    libraries = root / "usr/lib" / loader.parent.name
    names = {"root": root, "libraries": libraries}
    exports = [
        f"export {key}={shlex.quote(_existing(value.format(**names)))}"
        for key, value in editor.environment.items()
    ]
    search = ":".join({str(loader.parent): None, str(libraries): None})
    arguments = [_existing(argument.format(**names)) for argument in editor.arguments]
    start = shlex.join([str(loader), "--library-path", search, str(root / editor.program), *arguments])
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text("\n".join(["#!/bin/sh", *exports, f'exec {start} "$@"', ""]))
    command.chmod(0o755)


def _existing(path: str) -> str:
    """Return the one file that a path with a `*` matches. Raises UnavailableError."""
    if "*" not in path:
        return path
    found = next(Path("/").glob(path.lstrip("/")), None)
    if found is None:
        raise UnavailableError(f"its packages hold nothing like {path}")
    return str(found)


def _run(command: list[str], environment: dict[str, str] | None = None, folder: Path | None = None) -> str:
    """Run a command and return its output. Raises UnavailableError with its error message."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
    if done.returncode:
        raise UnavailableError(f"{' '.join(command[:3])}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
