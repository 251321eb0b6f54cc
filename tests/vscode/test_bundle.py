"""The self-contained server and the extension with it: neither needs an installed Python."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from midfill.core.syntax import grammars
from tests.bench.startup import start
from tests.bench.target import MIDFILL, Target
from tests.bench.upstream import Upstream
from tests.loopback.client import Loopback
from tests.vscode.conftest import need_vscode
from tests.vscode.document import ADD, READY, opened
from tests.vscode.editor import CLIENT, Editor, environment, eventually

PROGRAM = CLIENT / "server" / "midfill"
VSIX = CLIENT / "midfill-linux-x64.vsix"
MEGABYTES = 20
"""The maximum for the Marketplace and a slow connection."""
TIMES = 1.3
"""Maximum delay of the first suggestion, compared with a virtual environment."""
ROUNDS = 8
"""Starts of each; the quickest is used, because other load affects it least."""


@pytest.fixture(scope="module", autouse=True)
def bundle() -> None:
    """Skip, or fail where VS Code is required, unless both are built."""
    need_vscode()
    if absent := [path for path in (PROGRAM, VSIX) if not path.exists()]:
        reason = f"run .github/bundle.sh and tests/vscode/fetch.sh; missing: {', '.join(map(str, absent))}"
        (pytest.fail if os.environ.get("CI_EDITORS_REQUIRED") == "1" else pytest.skip)(reason)


def run(home: Path, *args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the program with nothing on the PATH and a separate home."""
    environ |= {"PATH": "", "HOME": str(home)}
    return subprocess.run([PROGRAM, *args], cwd=home, env=environ, capture_output=True, text=True)


def test_bundle_is_small_and_has_licences() -> None:
    assert VSIX.stat().st_size <= MEGABYTES * 1_000_000
    with ZipFile(VSIX) as archive:
        licences = archive.read("extension/server/licences.txt").decode()
    named = {line.partition(" ")[0] for line in licences.splitlines()}
    assert {"Python", "pygls", "tree-sitter-swift", "pyinstaller"} <= named


def test_bundle_has_every_grammar() -> None:
    """They are imported by name at the first use of a language, which PyInstaller does not detect."""
    inside = {path.name for path in (PROGRAM.parent / "_internal").iterdir()}
    assert set(grammars._MODULES.values()) <= inside


def test_commands_run_without_python(tmp_path: Path) -> None:
    """Libraries that load their own modules and files at the first use."""
    (tmp_path / "a.py").write_text(ADD + "\n\ndef sum(a, b):\n    ret\n")
    assert run(tmp_path, "complete", "a.py:6:8").stdout == "urn a + b"
    assert "the embedded engine" in run(tmp_path, "doctor").stdout
    lines = run(tmp_path, "setup", "neovim").stdout
    plugin = Path(lines.partition('prepend("')[2].partition('"')[0])
    assert (plugin / "plugin" / "midfill.lua").is_file()
    assert f'cmd = {{ "{PROGRAM}", "serve" }}' in lines
    assert run(tmp_path, "stats", "--html", "usage.html").returncode == 0
    assert "<svg" in (tmp_path / "usage.html").read_text()
    assert run(tmp_path, "index", "update").returncode == 0
    assert " files, " in run(tmp_path, "index", "status").stdout
    model = {"MIDFILL_BACKEND": "gguf", "MIDFILL_MODEL": str(tmp_path / "a.py")}
    assert "install midfill by pip" in run(tmp_path, "complete", "a.py:6:8", **model).stderr


def test_first_suggestion_is_nearly_as_early_as_of_an_installed_server() -> None:
    own, installed = asyncio.run(first_suggestions())
    assert min(own) <= TIMES * min(installed), (own, installed)


async def first_suggestions() -> tuple[list[float], list[float]]:
    """Return the milliseconds from the start to the first suggestion, of this server and of the installed one."""
    targets = (Target("own", (str(PROGRAM), "serve")), Target("installed", MIDFILL))
    own: list[float] = []
    installed: list[float] = []
    async with Upstream.run(text="width * height") as upstream:
        for _ in range(ROUNDS):
            for target, found in zip(targets, (own, installed), strict=True):
                found.append((await start(target, upstream))["first"])
    return own, installed


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, loopback_process: Loopback) -> Iterator[Editor]:
    """A VS Code with the extension for this platform, and with neither Python nor midfill on the PATH."""
    scratch = tmp_path_factory.mktemp("bare")
    environ = environment(scratch, loopback_process) | {"PATH": str(tools(scratch / "tools"))}
    with Editor(scratch, environ, vsix=VSIX) as editor:
        editor.sees("status", READY)
        yield editor


def tools(folder: Path, *more: str) -> Path:
    """Return a folder for the PATH that has no Python, only what VS Code itself runs."""
    folder.mkdir()
    for name in ("bash", "cat", "dirname", "env", "ps", "readlink", "sed", "sh", "uname", "which", *more):
        if program := shutil.which(name, path="/usr/bin:/bin"):
            (folder / name).symlink_to(program)
    return folder


def test_line_is_completed_with_nothing_installed(bare: Editor, loopback: Loopback) -> None:
    opened(bare, loopback, "bare.py", ADD, "def add(a, b):\n    re|\n")
    bare.type("t")
    bare.sees("ghost", "urn a + b")
    assert "Starting midfill from the extension" in bare.log()
    bare.command("midfill: Show Usage")
    bare.sees("headings", ["midfill", "By language", "By backend", "By editor"])
    bare.command("View: Close Editor")
    bare.command("midfill: Run the Doctor")
    assert eventually(lambda: "deepseek-flash" in bare.log().rpartition("midfill doctor")[2])


def test_walkthrough_detects_the_server(bare: Editor) -> None:
    """Its step is ticked, with no click."""
    bare.command("midfill: Get Started")
    bare.sees("steps", [["server", True], ["key", False], ["keys", False], ["menu", False]])
    bare.command("View: Close Editor")


def test_order_of_the_servers_is_a_setting(bare: Editor) -> None:
    bare.configure(server_from=["path"])
    bare.sees("status", "midfill: server not found")
    bare.configure()
    bare.sees("status", READY)


# No bundled server fits.


def test_button_installs_the_server_with_an_existing_python(
    tmp_path_factory: pytest.TempPathFactory, loopback_process: Loopback, loopback: Loopback
) -> None:
    """Into an environment of the extension's own; the settings open on the tab of the machine it runs on."""
    scratch = tmp_path_factory.mktemp("button")
    environ = environment(scratch, loopback_process) | {
        "PATH": str(tools(scratch / "tools", "git")),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheel(scratch / "wheels")),
    }
    (scratch / "tools" / "python3.11").symlink_to(sys.executable)
    version = sys.version.partition(" ")[0]
    with Editor(scratch, environ) as editor:
        editor.sees("buttons", [f"Install with Python {version}", "How to install", "Set its path…"])
        editor.do("click", '.notification-toast .monaco-button:has-text("Install with Python")')
        editor.sees("status", READY)
        assert "Starting midfill from the extension's environment" in editor.log()
        opened(editor, loopback, "button.py", ADD, "def add(a, b):\n    re|\n")
        editor.type("t")
        editor.sees("ghost", "urn a + b")
        editor.configure(server_from=[])
        editor.do("click", '.notification-toast .monaco-button:has-text("Set its path…")')
        editor.sees("target", "Remote")


def wheel(folder: Path) -> Path:
    """Return a folder with a package that is called midfill and runs the one of this checkout."""
    folder.mkdir()
    real = str(Path(sys.executable).with_name("midfill"))
    info = "midfill-9.dist-info"
    with ZipFile(folder / "midfill-9-py3-none-any.whl", "w") as archive:
        archive.writestr("midfill/__init__.py", "")
        archive.writestr(
            "midfill/__main__.py", f"import os, sys; os.execv({real!r}, [{real!r}, *sys.argv[1:]])"
        )
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: midfill\nVersion: 9\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return folder
