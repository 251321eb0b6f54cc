"""Files for other projects' registries and the clients' pages: generated from one table, in each project's format."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from midfill.cli.editors.plugins import PLUGINS, REPOSITORY
from tests import registries
from tests.editors.conftest import required

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", registries.files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_registries_are_up_to_date(path: Path) -> None:
    """`uv run python -m tests.registries` fixes a failure."""
    assert path.read_text("utf-8") == registries.files()[path]


@pytest.mark.parametrize("editor", PLUGINS)
def test_page_has_the_lines_of_setup(editor: str) -> None:
    """The page of a client has the same lines as `midfill setup`."""
    page = (ROOT / "clients" / editor / "README.md").read_text("utf-8")
    for line in PLUGINS[editor].values():
        assert line in page


def test_repository_address_is_the_same() -> None:
    """Every file of the clients names the same repository."""
    for path in [
        *ROOT.glob("clients/*/*.el"),
        *ROOT.glob("clients/*/*/*.el"),
        *ROOT.glob("clients/*/doc/*.txt"),
    ]:
        for named in re.findall(r"[\w-]+/midfill\b(?=['\"\n])", path.read_text("utf-8")):
            assert named in {REPOSITORY, "server/midfill"}


def test_helix_file_is_valid() -> None:
    """The file is TOML, and lists the server for every language that midfill knows."""
    tree = tomllib.loads((ROOT / "clients/helix/languages.toml").read_text("utf-8"))
    assert tree["language-server"]["midfill"] == {"command": "midfill", "args": ["serve"]}
    assert all("midfill" in language["language-servers"] for language in tree["language"])


def test_neovim_accepts_the_configuration() -> None:
    """Neovim's check of a configuration accepts nvim-lspconfig's entry."""
    entry = ROOT / "clients/registries/nvim-lspconfig/lsp/midfill.lua"
    check = f"vim.lsp.config('midfill', dofile('{entry}')); print(vim.lsp.config.midfill.cmd[2])"
    start = [str(required("neovim")), "--clean", "--headless", "-c", f"lua {check}", "-c", "qa!"]
    done = subprocess.run(start, capture_output=True, text=True, timeout=30, check=True)
    assert done.stderr.strip() == "serve"
