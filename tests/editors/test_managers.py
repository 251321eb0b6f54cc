"""The lines that install the plugins, in the real plugin managers, from a repository as the release creates it."""

import os
import subprocess
from pathlib import Path

import pytest

from midfill.cli.editors.plugins import PLUGINS, REPOSITORY
from tests.editors.bench import REPOSITORY as ROOT
from tests.editors.bench import Bench
from tests.editors.conftest import Open, Start, cloned, required

GIT = {"GIT_CONFIG_GLOBAL": os.devnull}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository with the main branch and the published branches, in a folder as on GitHub."""
    folder = tmp_path_factory.mktemp("github")
    bare = folder / f"{REPOSITORY}.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    git("push", "--quiet", str(bare), "HEAD:refs/heads/main")
    for version in ("0.0.1", "0.0.2", "0.0.2"):
        subprocess.run([ROOT / ".github/plugins.sh", bare, version], check=True, env={**os.environ, **GIT})
    return folder


@pytest.fixture(autouse=True)
def fresh(bench: Bench) -> None:
    bench.upstream.reset()
    bench.upstream.behave(text="installed")
    bench.unpack()


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_branches(published: Path) -> None:
    """Each branch has a commit for each version, a tag for each, the plugin at its root, and the licence."""
    bare = str(published / f"{REPOSITORY}.git")
    for plugin, file in (("neovim", "lua/midfill/init.lua"), ("vim", "plugin/midfill.vim")):
        assert len(git("-C", bare, "rev-list", plugin).split()) == 2
        assert git("-C", bare, "rev-parse", plugin) == git("-C", bare, "rev-parse", f"{plugin}-v0.0.2")
        names = git("-C", bare, "ls-tree", "-r", "--name-only", plugin).split()
        assert {file, "doc/midfill.txt", "LICENSE", "README.md"} <= set(names)


@pytest.mark.parametrize("editor", ["neovim", "neovim-0.10"])
def test_lazy(start_neovim: Start, bench: Bench, published: Path, editor: str) -> None:
    """lazy.nvim clones the branch, and calls `setup()` for `opts`."""
    address = f"file://{published}/%s.git"
    nvim = start_neovim(
        editor,
        "vim.opt.rtp:remove(Plugin)",
        f"vim.g.lazy_root, vim.g.mapleader = '{bench.home}/{editor}', ' '",
        f"vim.opt.rtp:prepend('{cloned('lazy.nvim')}')",
        f"require('lazy').setup({{ spec = {{ {PLUGINS['neovim']['lazy.nvim']} }}, root = vim.g.lazy_root,"
        f" lockfile = vim.g.lazy_root .. '.json', git = {{ url_format = '{address}' }}, rocks = {{ enabled = false }},"
        " performance = { reset_packpath = false, rtp = { reset = false } }, change_detection = { enabled = false } })",
    )
    nvim.command("silent! only! | silent! close")
    nvim.edit(bench.file(f"lazy_{editor}.py", f"# {editor}\n"))
    nvim.type("Govalue = ")
    nvim.shows("installed")


def test_vim_pack(start_neovim: Start, bench: Bench, published: Path) -> None:
    """vim.pack clones the branch."""
    line = PLUGINS["neovim"]["vim.pack"].replace(
        f"https://github.com/{REPOSITORY}", f"file://{published}/{REPOSITORY}.git"
    )
    nvim = start_neovim(
        "neovim",
        "vim.opt.rtp:remove(Plugin)",
        "vim.opt.packpath:prepend(vim.fn.stdpath('data') .. '/site')",  # --clean leaves it out.
        "vim.fn.confirm = function() return 1 end",
        line,
    )
    nvim.edit(bench.file("pack.py", "# pack\n"))
    nvim.type("Govalue = ")
    nvim.shows("installed")


@pytest.mark.parametrize("editor", ["vim", "vim-9.0"])
def test_vim_plug(open_terminal: Open, bench: Bench, published: Path, editor: str) -> None:
    """vim-plug clones the branch."""
    vimrc = bench.home / "vimrc"
    vimrc.write_text(
        f"set nocompatible nomore\nsource {cloned('vim-plug')}/plug.vim\n"
        f"let g:plug_url_format = 'file://{published}/%s.git'\ncall plug#begin('{bench.home}/plug-{editor}')\n"
        f"{PLUGINS['vim']['vim-plug']}\ncall plug#end()\n"
        "set laststatus=2 statusline=%{exists('*midfill#StatusLine')?midfill#StatusLine():''}\n"
    )
    start = ["-N", "-u", str(vimrc), "-i", "NONE"]
    environment = {**bench.environment, "TERM": "dumb"}
    subprocess.run(
        [required(editor), *start, "-es", "-c", "PlugInstall --sync", "-c", "qa!"],
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (bench.home / f"plug-{editor}/midfill/plugin/midfill.vim").exists()
    terminal = open_terminal(editor, [*start, str(bench.file(f"{editor}_plug.py", f"# {editor}\n"))])
    terminal.type(":call midfill#StatusLine()\n")
    terminal.shows("midfill ready")


def test_package_vc(open_terminal: Open, bench: Bench, published: Path) -> None:
    """Emacs's package-vc installs the package from the folder of the repository."""
    line = PLUGINS["emacs"]["package-vc"].replace(
        f"https://github.com/{REPOSITORY}", f"file://{published}/{REPOSITORY}.git"
    )
    init = bench.home / "package.el"
    common = (
        "(setq inhibit-startup-screen t native-comp-jit-compilation nil package-archives nil\n"
        "      native-comp-enable-subr-trampolines nil)\n(require 'package)\n(package-initialize)\n"
    )
    init.write_text(f"{common}(unless (package-installed-p 'midfill) {line})\n(global-midfill-mode)\n")
    done = subprocess.run(
        [required("emacs"), "-Q", "--batch", "-l", init],
        env=bench.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    file = bench.file("package.py", "# package\n")
    open_terminal("emacs", ["-nw", "-Q", "-l", str(init), str(file)]).shows("midfill:ready")


def test_package_lint(bench: Bench) -> None:
    """MELPA's checker has no complaint about the package."""
    folder = ROOT / "clients/emacs"
    done = subprocess.run(
        [
            *(required("emacs"), "-Q", "--batch", "--eval", "(setq native-comp-enable-subr-trampolines nil)"),
            *("-L", cloned("package-lint"), "-l", "package-lint"),
            *("--eval", f'(setq package-lint-main-file "{folder}/midfill.el")'),
            *("-f", "package-lint-batch-and-exit", folder / "midfill.el"),
            *(folder / f"midfill-{part}.el" for part in ("edits", "server")),
        ],
        env=bench.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
