"""The pages: their links and names exist, and the translation is in step."""

import ast
import json
import re
from pathlib import Path

import pytest

from midfill import __version__, cli
from midfill.settings.setting_specs import setting_specs
from tests import reference

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("server/*.md")),
    *sorted(ROOT.glob(".github/*.md")),
    *sorted(ROOT.glob("tests/*.md")),
    *sorted(path for path in ROOT.glob("clients/*/README.md")),
]
README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "server/ARCHITECTURE.md").read_text("utf-8")

_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_exist(page: Path) -> None:
    """A relative link names a file or folder of the repository."""
    broken = [link for link in _LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert broken == []


def test_readme_is_short() -> None:
    """It introduces, starts and links; the rest is in the linked pages."""
    assert len(README.splitlines()) <= 150


def headings(text: str) -> list[int]:
    """Return the depths of the headings of a page."""
    return [len(found) for found in re.findall(r"^(#+) ", _BLOCK.sub("", text), re.MULTILINE)]


def tables(text: str) -> list[int]:
    """Return the number of columns of each row of the tables of a page."""
    return [line.count("|") for line in text.splitlines() if line.startswith("|")]


def test_translation_has_the_same_structure() -> None:
    """The Chinese page has the same headings, tables, code, links and pictures, in the same order."""
    assert headings(CHINESE) == headings(README)
    assert tables(CHINESE) == tables(README)
    assert _BLOCK.findall(CHINESE) == _BLOCK.findall(README)
    english = [link for link in _LINK.findall(README) if "README.zh" not in link]
    assert [link for link in _LINK.findall(CHINESE) if link != "README.md"] == english
    for command in re.findall(r"`(?:uvx?|pipx?|midfill|python3) [^`]+`", README):
        assert command in CHINESE


def defined() -> set[str]:
    """Return every name that the server defines: modules, classes, functions and constants."""
    found: set[str] = set()
    for path in (ROOT / "server/midfill").rglob("*.py"):
        found.add(path.parent.name if path.stem == "__init__" else path.stem)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


PACKAGES = [path.read_text("utf-8") for path in sorted((ROOT / "server/midfill").rglob("__init__.py"))]


def test_names_of_the_architecture_exist() -> None:
    """A name in code type, of the page or a package's docstring, is one of the server's, a setting, or a path."""
    known = defined() | set(setting_specs())
    docstrings = [ast.get_docstring(ast.parse(package)) or "" for package in PACKAGES]
    for name in re.findall(r"`([\w./]+)`", "\n".join([ARCHITECTURE, *docstrings])):
        if name in known:
            continue
        paths = [ROOT / name, ROOT / "server/midfill" / name]
        assert any(path.exists() for path in paths) or set(name.split(".")) <= known, name


def test_glossary_is_short() -> None:
    """The maximum number of own terms is 15."""
    glossary = ARCHITECTURE.partition("## Glossary")[2].partition("\n## ")[0]
    assert 1 <= sum(line.startswith("| ") for line in glossary.splitlines()) - 2 <= 15


def test_versions_are_equal() -> None:
    """VS Code's extension has the version of the server."""
    package = json.loads((ROOT / "clients/vscode/package.json").read_text("utf-8"))
    lock = json.loads((ROOT / "clients/vscode/package-lock.json").read_text("utf-8"))
    assert package["version"] == lock["version"] == __version__


def test_reference_is_up_to_date() -> None:
    """`uv run python -m tests.reference` fixes a failure."""
    page = reference.PAGE.read_text("utf-8")
    assert reference.with_parts(page) == page


def test_reference_has_every_variable_and_notification() -> None:
    """The page has each environment variable and each notification of midfill."""
    sources = [path.read_text("utf-8") for path in (ROOT / "server/midfill").rglob("*.py")]
    names = {
        name for text in sources for name in re.findall(r'"((?:MIDFILL|DEEPSEEK)_[A-Z_]+|midfill/\w+)"', text)
    }
    assert {"MIDFILL_CONFIG", "midfill/status"} <= names
    page = reference.PAGE.read_text("utf-8")
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_each_exit_code_is_explained() -> None:
    """The table has the exit codes of the command, and no other."""
    assert set(re.findall(r"^\| `(\d)` ", reference.exit_codes(), re.MULTILINE)) == {
        str(code) for code in (cli.OK, cli.USAGE, cli.KEY, cli.NETWORK)
    }
