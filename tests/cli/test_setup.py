"""`midfill setup EDITOR`: the output, the written files, and what is unchanged."""

import os
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

from midfill import cli
from midfill.cli import setup
from midfill.cli.editors import recipe as recipes
from midfill.cli.editors.editor import EDITORS
from midfill.cli.editors.helix import SERVERS, listed
from midfill.cli.editors.recipe import clients_folder
from tests.cli.command import Command
from tests.cli.machine import Machine, listing, machine
from tests.editors.conftest import required

OK, REFUSED = 0, 2
LUA = "-- midfill begin"
WRITTEN = ("neovim", "vim", "emacs", "helix")
"""The editors that have a file to write."""


@pytest.fixture
def here(tmp_path: Path) -> Machine:
    """A machine with an empty home and no editor."""
    return machine(tmp_path)


def write(editor: str, here: Machine, code: int = OK) -> None:
    assert setup.run(editor, True, here.environ) == code


def test_command_accepts_all_editors() -> None:
    """The accepted arguments are the editors of the table; each has a folder with a page in clients."""
    assert tuple(EDITORS) == cli.EDITORS
    for name in EDITORS:
        assert (clients_folder() / name / "README.md").is_file()


def test_block_is_printed(midfill: Command) -> None:
    """The block is on standard output, its file on standard error; `nvim` is Neovim, too."""
    done = midfill.run("setup", "nvim")
    assert done.code == OK
    assert done.out.startswith(f"{LUA}\n")
    assert done.out.endswith("-- midfill end\n")
    assert str(Path("nvim", "init.lua")) in done.err
    assert "setup" in midfill.run("shell-completion", "bash").out
    assert midfill.run("setup", "ed").code == REFUSED


@pytest.mark.parametrize("editor", WRITTEN)
def test_printing_writes_nothing(
    here: Machine, editor: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The output is what would be written; nothing is written."""
    assert setup.run(editor, False, here.environ) == OK
    printed = capsysbinary.readouterr().out
    assert listing(here.home) == {}
    write(editor, here)
    assert list(listing(here.home).values()) == [printed]


@pytest.mark.parametrize("editor", sorted(set(EDITORS) - set(WRITTEN)))
def test_steps_are_printed_if_there_is_no_file(
    here: Machine, editor: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The steps of the editor's page; with `--write`, it refuses."""
    assert setup.run(editor, False, here.environ) == OK
    steps = capsysbinary.readouterr().out
    assert len(steps) > 200
    write(editor, here, REFUSED)
    printed = capsysbinary.readouterr()
    assert printed.out == steps
    assert b"no file that midfill can write" in printed.err
    assert listing(here.home) == {}


@pytest.mark.parametrize(
    ("editor", "there", "environ", "target"),
    [
        ("neovim", [], {}, ".config/nvim/init.lua"),
        ("neovim", [".config/nvim/init.vim"], {}, ".config/nvim/init.vim"),
        ("neovim", [".config/nvim/init.vim", ".config/nvim/init.lua"], {}, ".config/nvim/init.lua"),
        ("neovim", [], {"NVIM_APPNAME": "lazy"}, ".config/lazy/init.lua"),
        ("neovim", [], {"XDG_CONFIG_HOME": "{home}/xdg"}, "xdg/nvim/init.lua"),
        ("vim", [], {}, ".vimrc"),
        ("vim", [".vim/vimrc"], {}, ".vim/vimrc"),
        ("vim", [".vim/vimrc", ".vimrc"], {}, ".vimrc"),
        ("vim", [".config/vim/vimrc"], {}, ".config/vim/vimrc"),
        ("emacs", [], {}, ".emacs.d/init.el"),
        ("emacs", [".emacs", ".emacs.d/init.el"], {}, ".emacs"),
        ("emacs", [".config/emacs/init.el"], {}, ".config/emacs/init.el"),
        ("emacs", [".config/emacs/early-init.el"], {}, ".config/emacs/init.el"),
        ("emacs", [".emacs.d/init.el", ".config/emacs/init.el"], {}, ".emacs.d/init.el"),
        ("emacs", [".config/emacs/bin/doom", ".config/doom/config.el"], {}, ".config/doom/config.el"),
        ("helix", [], {}, ".config/helix/languages.toml"),
    ],
)
def test_file_of_each_editor(
    here: Machine, editor: str, there: list[str], environ: dict[str, str], target: str
) -> None:
    """The file that the editor reads: the first that exists, in the editor's order, otherwise a new one."""
    for name in there:
        here.file(name)
    more = {name: value.format(home=here.home) for name, value in environ.items()}
    assert setup.run(editor, True, {**here.environ, **more}) == OK
    assert {name for name, content in listing(here.home).items() if b"midfill begin" in content} == {target}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"<block>\n"),
        (b"vim.o.nu = true\n", b"vim.o.nu = true\n<block>\n"),
        (b"vim.o.nu = true", b"vim.o.nu = true\n<block>\n"),
        (b"-- \xe4\xff\r\nlocal x = 1\r\n", b"-- \xe4\xff\r\nlocal x = 1\r\n<block>\r\n"),
        (b"\xef\xbb\xbf-- mark\n", b"\xef\xbb\xbf-- mark\n<block>\n"),
        (b"a()\n-- midfill begin\nold()\n-- midfill end\nb()", b"a()\n<block>\nb()"),
        (b"a()\r\n-- midfill begin\r\n-- midfill end\r\nb()\r\n", b"a()\r\n<block>\r\nb()\r\n"),
    ],
)
def test_other_text_is_unchanged(
    here: Machine, before: bytes, after: bytes, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The block is at the end or in its old place, with the file's line ends; all other bytes are unchanged."""
    path = here.file(".config/nvim/init.lua", before)
    setup.run("neovim", False, here.environ)
    eol = b"\r\n" if b"\r\n" in before else b"\n"
    block = capsysbinary.readouterr().out.rstrip(b"\n").replace(b"\n", eol)
    write("neovim", here)
    assert path.read_bytes() == after.replace(b"<block>", block)
    backup = path.with_name("init.lua.midfill-backup")
    assert backup.read_bytes() == before
    write("neovim", here)
    assert path.read_bytes() == after.replace(b"<block>", block)
    assert sorted(listing(path.parent)) == ["init.lua", "init.lua.midfill-backup"]


def test_backups_are_numbered(here: Machine) -> None:
    """A backup is never overwritten."""
    path = here.file(".vimrc", "set nu\n")
    here.file(".vimrc.midfill-backup", "mine")
    write("vim", here)
    names = listing(here.home)
    assert names[".vimrc.midfill-backup"] == b"mine"
    assert names[".vimrc.midfill-backup-2"] == b"set nu\n"
    assert b"midfill begin" in path.read_bytes()


def test_mode_and_symlink_are_kept(here: Machine) -> None:
    """A symlink's target is rewritten, with its mode; the link remains, and the backup is beside it."""
    target = here.file("dotfiles/vimrc", "set nu\n")
    target.chmod(0o640)
    link = here.home / ".vimrc"
    link.symlink_to(target)
    write("vim", here)
    assert link.is_symlink()
    assert b"midfill begin" in target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(listing(here.home)) == [".vimrc", ".vimrc.midfill-backup", "dotfiles/vimrc"]


@pytest.mark.parametrize(
    ("editor", "name", "content", "words"),
    [
        ("neovim", ".config/nvim/init.lua", "-- midfill begin\n", "do not pair"),
        ("neovim", ".config/nvim/init.lua", "-- midfill end\n-- midfill begin\n", "do not pair"),
        ("neovim", ".config/nvim/init.lua", "x()\nreturn {}\n", "ends with `return`"),
        ("neovim", ".config/nvim/init.lua", "require('midfill').setup()\n", "already names midfill"),
        ("neovim", ".config/nvim/init.lua", b"\xff\xfex\0", "not text"),
        ("vim", ".vimrc", "set nu\nfinish\n", "ends with `finish`"),
        ("emacs", ".emacs", "(require 'midfill)\n", "line 1 of"),
        ("helix", ".config/helix/languages.toml", "[[language]\n", "invalid TOML"),
        ("helix", ".config/helix/languages.toml", "[language-server.midfill]\ncommand='m'\n", "already"),
        ("helix", ".config/helix/languages.toml", "language = []\n", "manually"),
    ],
)
def test_unsafe_edits_are_refused(
    here: Machine,
    editor: str,
    name: str,
    content: str | bytes,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """If an edit is not safe, the file is unchanged, and the reason names the file and what to do."""
    here.file(name, content)
    before = listing(here.home)
    write(editor, here, REFUSED)
    err = capsys.readouterr().err
    assert words in err
    assert name in err
    assert listing(here.home) == before


def test_setup_in_another_file_is_detected(here: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """A plugin manager's file that already has midfill is found; comments do not count."""
    here.file(".config/nvim/lua/plugins/off.lua", "-- midfill\n")
    write("neovim", here)
    here.file(".config/nvim/lua/plugins/midfill.lua", "return { dir = 'x/midfill' }\n")
    write("neovim", here, REFUSED)
    assert "plugins/midfill.lua already names midfill" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_file_is_not_written(here: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """A read-only file is not written."""
    here.file(".vimrc", "set nu\n").chmod(0o444)
    write("vim", here, REFUSED)
    assert "read-only" in capsys.readouterr().err


def test_system_error_is_reported(here: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """An error of the system is reported in one sentence."""
    here.file(".config", "a file, where the folder should be")
    write("neovim", here, REFUSED)
    assert "manually" in capsys.readouterr().err


def test_helix_keeps_what_the_user_has(here: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """A language with its own entry is unchanged, and the message says what to do; the others get midfill last."""
    own = (
        '[[language]]\nname = "python"\nlanguage-servers = ["pyright", { name = "ruff", only-features = ["format"] }]\n'
        '[[language]]\nname = "go"\nauto-format = true\n[[language]]\nname = "c"\nlanguage-servers = ["midfill"]\n'
    )
    path = here.file(".config/helix/languages.toml", own)
    write("helix", here)
    text = path.read_text("utf-8")
    assert text.startswith(own)
    tree = tomllib.loads(text)
    assert tree["language-server"]["midfill"] == {"command": "midfill", "args": ["serve"]}
    expected: dict[str, list[str] | None] = {name: [*servers, "midfill"] for name, servers in SERVERS.items()}
    assert listed(tree) == expected | {"python": ["pyright", "ruff"], "go": None, "c": ["midfill"]}
    err = capsys.readouterr().err
    assert (
        'python already has a [[language]] entry, which is not changed; add "midfill" to its language-servers'
        in err
    )
    assert 'add to it: language-servers = ["gopls", "golangci-lint-lsp", "midfill"]' in err
    assert "c has" not in err


def test_absolute_path_is_used_if_not_on_the_path(
    here: Machine, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The editor gets the server's absolute path, unless it is on a system-wide PATH."""
    passing = {**here.environ, "VIRTUAL_ENV": str(here.bin.parent)}
    for editor in WRITTEN:
        for environ, whole in ((here.environ, False), (passing, True), ({**here.environ, "PATH": ""}, True)):
            setup.run(editor, False, environ)
            printed = capsysbinary.readouterr().out
            program = recipes.server_command(environ)[0]
            assert os.path.isabs(program) == whole
            if whole:
                assert program.encode() in printed


def test_too_old_editor_is_reported(here: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says that the editor must be replaced first."""
    here.program("nvim", "NVIM v0.9.5")
    write("neovim", here)
    assert "Neovim 0.9.5 is too old for midfill; install Neovim 0.10" in capsys.readouterr().err


def test_vim9_script(here: Machine) -> None:
    """A vimrc in Vim9 script gets lines of that language."""
    path = here.file(".vimrc", "vim9script\nset nu\n")
    write("vim", here)
    assert "# midfill begin\n&runtimepath = " in path.read_text("utf-8")


def test_temporary_installation_is_reported(
    here: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For a run by uvx the message says to install midfill, because uvx's copy is temporary."""
    monkeypatch.setattr(recipes, "clients_folder", lambda: Path("/c/uv/archive-v0/x/midfill/clients"))
    write("neovim", here)
    assert "uv tool install midfill" in capsys.readouterr().err


def odd_clients(here: Machine, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Put the clients into a folder whose path is hard to quote."""
    link = here.home / name
    link.symlink_to(clients_folder())
    monkeypatch.setattr(recipes, "clients_folder", lambda: link)


def run(here: Machine, command: Path, *arguments: str) -> str:
    """Run an editor with the home's configuration; fails if it prints an error."""
    done = subprocess.run(
        [command, *arguments],
        env={**here.environ, "PATH": f"{here.bin}:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("editor", ["neovim", "neovim-0.10"])
@pytest.mark.parametrize("name", ["init.lua", "init.vim"])
def test_real_neovim(here: Machine, editor: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts without a message: the plugin is loaded, its command exists, and the accept key is mapped."""
    odd_clients(here, monkeypatch, """it's, [odd] "ü" x""")
    here.file(f".config/nvim/{name}")
    write("neovim", here)
    probe = (
        "print(package.loaded['midfill'] and vim.fn.exists(':Midfill'), vim.fn.maparg('<Tab>', 'i') ~= '' or "
    )
    probe += "vim.fn.maparg('<Tab>', 'i', false, true).desc)"
    output = run(here, required(editor), "--headless", "+lua " + probe, "+qa")
    assert output.split()[0] == "2", output
    assert "Error" not in output
    assert "midfill" in output or "true" in output


@pytest.mark.parametrize("editor", ["vim", "vim-9.0"])
@pytest.mark.parametrize("before", ["", "set nu\n", "vim9script\n"])
def test_real_vim(here: Machine, editor: str, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts with the plugin's command; a vimrc with nothing else keeps Vim's defaults."""
    odd_clients(here, monkeypatch, r"""it's, [odd] "ü" $x {b} \n""")
    here.file(".vimrc", before)
    write("vim", here)
    out = here.home / "out"
    probe = f"call writefile([exists(':Midfill'), exists('skip_defaults_vim'), &incsearch, v:errmsg], {str(out)!r})"
    run(
        here,
        required(editor),
        "--not-a-term",
        "-T",
        "dumb",
        "-N",
        "-u",
        str(here.home / ".vimrc"),
        "-c",
        probe,
        "-c",
        "qa!",
    )
    assert out.read_text("utf-8").splitlines() == ["2", "0", "0" if before else "1", ""]


def test_real_emacs(here: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The init file is read without an error, and the mode is on."""
    odd_clients(here, monkeypatch, r"""it's, [odd] "ü" $x {b} \n""")
    write("emacs", here)
    init = here.home / ".emacs.d" / "init.el"
    probe = "(princ (list global-midfill-mode (featurep 'midfill)))"
    assert "(t t)" in run(here, required("emacs"), "-Q", "--batch", "-l", str(init), "--eval", probe)


def test_real_helix(here: Machine) -> None:
    """It lists midfill last for a language, after its default servers."""
    helix = required("helix")
    before = {
        name: servers(run(here, helix, "--health", name)) for name in ("python", "c-sharp", "sql", "tsx")
    }
    write("helix", here)
    for name, own in before.items():
        assert SERVERS[name] == own
        assert servers(run(here, helix, "--health", name)) == [*own, "midfill"]


def servers(health: str) -> list[str]:
    """Return the names of the servers in what `hx --health LANGUAGE` prints."""
    part = health.partition("Configured debug adapter")[0]
    return [shlex.split(line)[1].rstrip(":") for line in part.splitlines() if line.startswith("  ")]
