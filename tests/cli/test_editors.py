"""The editors that `midfill doctor` and `midfill setup` find on a machine."""

import os
from pathlib import Path

import pytest

from midfill.cli import setup
from midfill.cli.editors.checks import ConfigFinding, config_findings
from midfill.cli.editors.config_files import ConfigFiles
from midfill.cli.editors.editor import EDITORS, find
from midfill.cli.editors.recipe import clients_folder
from tests.cli.command import Command
from tests.cli.machine import VERSIONS, Machine, machine

SECRET = "sk-" + "k3y0" * 8


@pytest.fixture
def here(tmp_path: Path) -> Machine:
    """A machine with an empty home and no editor."""
    return machine(tmp_path)


def findings_with(here: Machine, words: str) -> list[ConfigFinding]:
    """Return the findings with these words."""
    return [finding for finding in config_findings(here.environ) if words in finding.text]


@pytest.mark.parametrize(
    ("name", "command", "text", "numbers", "fits"),
    [
        ("neovim", "nvim", VERSIONS["nvim"], "0.12.4", True),
        ("neovim", "nvim", "NVIM v0.10.0-dev-1234+gabc", "0.10.0", True),
        ("neovim", "nvim", "NVIM v0.9.5", "0.9.5", False),
        ("vim", "vim", VERSIONS["vim"], "9.1.1378", True),
        ("vim", "vim", "VIM - Vi IMproved 9.0 (2022)\nIncluded patches: 1-185\n", "9.0.185", True),
        ("vim", "vim", "VIM - Vi IMproved 9.0 (2022)\nIncluded patches: 1-184, 600\n", "9.0.184", False),
        ("vim", "vim", "VIM - Vi IMproved 8.2 (2019)\nIncluded patches: 1-4919\n", "8.2.4919", False),
        (
            "vim",
            "vim",
            "VIM - Vi IMproved 9.1 (2024)\nIncluded patches: 1-16\n+jumplist -job\n",
            "9.1.16",
            False,
        ),
        ("emacs", "emacs", VERSIONS["emacs"], "30.2", True),
        ("emacs", "emacs", "GNU Emacs 28.2", "28.2", False),
        ("helix", "hx", VERSIONS["hx"], "25.07.1", True),
        ("helix", "helix", VERSIONS["hx"], "25.07.1", True),
        ("vscode", "code", VERSIONS["code"], "1.139.1", True),
        ("vscode", "codium", "1.90.2\nabc\nx64", "1.90.2", False),
        ("neovim", "nvim", "no number", "", True),
        ("zed", "zed", "Zed 1.2.3", "", True),
    ],
)
def test_version_of_an_editor(
    here: Machine, name: str, command: str, text: str, numbers: str, fits: bool
) -> None:
    """The version is read from the editor's output; the message for an old or reduced editor says what to do."""
    here.program(command, text)
    found = find(EDITORS[name], here.environ)
    assert found is not None
    assert (found.numbers, found.too_old or found.lacks_feature) == (numbers, not fits)
    complaints = findings_with(here, "too old") + findings_with(here, "built without")
    assert [finding.fix for finding in complaints] == ([] if fits else [EDITORS[name].update_hint])


def test_editor_without_an_answer_is_listed(here: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that hangs or fails to start is listed without a version."""
    monkeypatch.setattr("midfill.cli.editors.editor.TIMEOUT_S", 0.2)
    here.program("nvim").write_text("#!/bin/sh\nexec /bin/sleep 5\n")
    here.program("vim").write_text("#!/nowhere\n")
    assert [finding.text for finding in config_findings(here.environ)] == [
        "editor: Neovim, not set up",
        "editor: Vim, not set up",
    ]


def test_no_editor_is_no_problem(here: Machine) -> None:
    """Nothing is wrong with a machine without editors."""
    [finding] = config_findings(here.environ)
    assert not finding.fix


@pytest.mark.parametrize("command", ["nvim", "vim", "emacs", "hx"])
def test_doctor_accepts_the_written_setup(here: Machine, command: str) -> None:
    """Before the setup, the doctor says how to set the editor up; afterwards, where the setup is."""
    name = next(name for name, editor in EDITORS.items() if command in editor.commands)
    here.editor(command)
    [before] = config_findings(here.environ)
    assert before.fix == f"if you use it: midfill setup {name} --write"
    setup.run(name, True, here.environ)
    [after] = config_findings(here.environ)
    where = ConfigFiles(here.environ).target(name)
    assert after == (f"{before.text.partition(',')[0]}, set up in {where}", "")


def test_list_of_editors(here: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """Each editor has its version, and the place of its setup or the instructions."""
    here.editor("nvim")
    here.editor("vim")
    here.program("emacs", "GNU Emacs 27.1")
    setup.run("vim", True, here.environ)
    capsys.readouterr()
    assert setup.run(None, False, here.environ) == 0
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in capsys.readouterr().out.splitlines()}
    assert list(rows) == list(EDITORS)
    assert rows["neovim"].startswith("0.12.4 ")
    assert rows["neovim"].endswith(" not set up: midfill setup neovim")
    assert rows["vim"].endswith(f"set up in {here.home / '.vimrc'}")
    assert rows["emacs"].startswith("27.1 (too old)")
    assert rows["helix"] == "not found"


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("nvim", ".config/nvim/plugin/midfill.lua"),
        ("vim", ".vim/pack/x/start/midfill/plugin/midfill.vim"),
        ("code", ".vscode/extensions/midfill.midfill-0.1.0/package.json"),
        ("code", ".config/Code/User/settings.json"),
    ],
)
def test_manual_setup_is_detected(here: Machine, command: str, name: str) -> None:
    """A setup without the block is found, too."""
    here.editor(command)
    here.file(name, '{"midfill.enabled": true}')
    assert findings_with(here, "set up in")


@pytest.mark.parametrize("command", ["nvim", "vim", "emacs"])
def test_missing_folder_is_reported(here: Machine, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that points into a virtual environment which was moved is found, for any path."""
    name = next(name for name, editor in EDITORS.items() if command in editor.commands)
    folder = here.home / """it's, an "old" one"""
    folder.symlink_to(clients_folder())
    here.editor(command)
    monkeypatch.setattr("midfill.cli.editors.recipe.clients_folder", lambda: folder)
    setup.run(name, True, here.environ)
    assert not findings_with(here, "is gone")
    folder.unlink()
    [finding] = findings_with(here, "which does not exist")
    assert str(folder / name) in finding.text
    assert f"midfill setup {name} --write" in finding.fix


@pytest.mark.parametrize(
    ("command", "name", "content", "words"),
    [
        ("hx", "helix/languages.toml", "[language-server.midfill\n", "invalid TOML"),
        ("hx", "helix/languages.toml", "[language-server.midfill]\n", "lists it for no language"),
        (
            "hx",
            "helix/languages.toml",
            "[[language]]\nname = 'go'\nlanguage-servers = ['gopls', 'midfill']\n",
            "does not define it",
        ),
        (
            "hx",
            "helix/languages.toml",
            "[language-server.midfill]\n[[language]]\nname = 'go'\nlanguage-servers = ['midfill']\n",
            "only midfill for go",
        ),
        ("nvim", "nvim/init.vim", "", "not init.vim"),
        ("nvim", "nvim/lua/x.lua", "dir = '~/gone/midfill'\n", "gone/midfill, which does not exist"),
        (
            "emacs",
            "emacs/init.el",
            "(require 'midfill-lsp-mode)\n(global-midfill-mode) ; midfill\n",
            "shows each suggestion twice",
        ),
        (
            "emacs",
            "emacs/init.el",
            "(require 'midfill-lsp-mode)\n(setq lsp-inline-completion-idle-delay 2)\n",
            "line 2 of",
        ),
        (
            "emacs",
            "emacs/init.el",
            "(lsp-register-client (make-lsp-client\n :server-id 'midfill))\n",
            "waits 2 s",
        ),
    ],
)
def test_mistakes_are_reported_once(here: Machine, command: str, name: str, content: str, words: str) -> None:
    """A frequent mistake is reported once, with the fix; without the mistake there is no message."""
    here.editor(command)
    assert not findings_with(here, words)
    here.file(".config/nvim/init.lua", "require('midfill').setup()\n")
    here.file(f".config/{name}", content)
    [finding] = findings_with(here, words)
    assert finding.fix


@pytest.mark.parametrize(
    ("command", "name", "content"),
    [
        (
            "emacs",
            "emacs/init.el",
            "(require 'midfill-lsp-mode)\n(setq lsp-inline-completion-idle-delay 0.1)\n; midfill global-midfill-mode\n",
        ),
        ("emacs", "emacs/init.el", "(lsp-register-client 'x)\n"),
        (
            "hx",
            "helix/languages.toml",
            "[language-server.midfill]\n[[language]]\nname = 'go'\n"
            "language-servers = [{name = 'gopls'}, {name = 'midfill'}]\n",
        ),
        ("nvim", "nvim/init.lua", "-- dir = '/gone/midfill'\nrequire('midfill').setup()\n"),
        ("code", "Code/User/settings.json", '{"midfill.enabled": true, "x": "ask-me-not-to-be-in-2026"}'),
    ],
)
def test_correct_setup_has_no_message(here: Machine, command: str, name: str, content: str) -> None:
    """A right setup causes no message."""
    here.editor(command)
    here.file(f".config/{name}", content)
    assert not [
        finding.fix
        for finding in config_findings(here.environ)
        if finding.fix and "if you use it" not in finding.fix
    ]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("code", "Code/User/settings.json"),
        ("nvim", "nvim/lua/plugins/midfill.lua"),
        ("hx", "helix/languages.toml"),
        ("hx", "zed/settings.json"),
    ],
)
def test_key_in_a_configuration_file_is_reported(here: Machine, command: str, name: str) -> None:
    """The message says where and what to do, without the key or a part of it."""
    here.editor(command)
    here.file(f".config/{name}", f'# a comment\nkey = "{SECRET}"\n')
    [finding] = findings_with(here, "API key")
    assert "line 2" in finding.text
    assert name in finding.text
    assert SECRET[3:7] not in str(config_findings(here.environ))


def test_absolute_path_is_shown_if_not_on_the_path(here: Machine) -> None:
    """If the server is not on the PATH, its absolute path is shown; the current environment does not count."""
    here.editor("nvim")
    assert not findings_with(here, "not on the PATH")
    inside = {**here.environ, "VIRTUAL_ENV": str(here.bin.parent)}
    [finding] = [finding for finding in config_findings(inside) if "not on the PATH" in finding.text]
    assert os.path.isabs(finding.fix.rpartition(": ")[2])


@pytest.mark.parametrize(
    ("platform", "environ", "editor", "target"),
    [
        ("win32", {"LOCALAPPDATA": "/l"}, "neovim", "/l/nvim/init.lua"),
        ("win32", {"LOCALAPPDATA": "/l", "XDG_CONFIG_HOME": "/x"}, "neovim", "/x/nvim/init.lua"),
        ("win32", {"APPDATA": "/a"}, "helix", "/a/helix/languages.toml"),
        ("win32", {"APPDATA": "/a"}, "emacs", "/a/.emacs.d/init.el"),
        ("win32", {"USERPROFILE": "/u"}, "vim", "/u/_vimrc"),
        ("darwin", {"HOME": "/h"}, "neovim", "/h/.config/nvim/init.lua"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "helix", "/x/helix/languages.toml"),
    ],
)
def test_configuration_path_of_each_system(
    platform: str, environ: dict[str, str], editor: str, target: str
) -> None:
    """The configuration's path is the editor's own on each system."""
    assert ConfigFiles(environ, platform).target(editor) == Path(target)


def test_notes_do_not_change_the_exit_code(midfill: Command, here: Machine) -> None:
    """The doctor shows the editors; its exit code depends on the other checks only."""
    here.program("nvim", "NVIM v0.9.5")
    done = midfill.having(**here.environ, MIDFILL_BACKEND="local").run("doctor")
    assert done.code == 0
    assert "• editor: Neovim 0.9.5 is too old for midfill" in done.out
    assert "  → install Neovim 0.10 or later" in done.out
