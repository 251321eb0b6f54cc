"""The import graph, the use of libraries, and the sizes of modules and functions."""

import ast
import re
import sys
from collections.abc import Callable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "server" / "midfill"

PARTS: dict[str, set[str]] = {
    "core": set(),
    "locations": set(),
    "settings": {"core", "locations"},
    "keys": {"core", "settings"},
    "workspace": {"core"},
    "backends": {"core", "settings", "keys"},
    "ledger": {"core", "settings"},
    "engine": {"core", "settings"},
    "lsp": {"", "core", "locations", "settings", "workspace", "backends", "ledger", "engine"},
    "gateway": {"core", "settings", "workspace", "backends", "ledger", "engine"},
    "cli": {
        "",
        "core",
        "settings",
        "keys",
        "workspace",
        "backends",
        "ledger",
        "engine",
        "lsp",
        "gateway",
    },
    "llama": set(),
    "__main__": {"cli"},
    "": set(),
}
"""The exact imports of each part from the others; the empty name is the package itself."""

CORE: dict[str, set[str]] = {
    "": set(),
    "answer_cache": {"model", "prompt"},
    "records": {"model"},
    "caps": set(),
    "characters": set(),
    "circuit_breaker": {"model"},
    "completion": set(),
    "context": {
        "control_tokens",
        "credentials",
        "cursor",
        "edit",
        "model",
        "outline",
        "privacy",
        "prompt",
        "tokens",
        "words",
    },
    "control_tokens": set(),
    "credentials": set(),
    "cursor": set(),
    "days": set(),
    "definitions": set(),
    "document": {"cursor", "edit", "lines"},
    "rewrite_format_names": {"providers"},
    "edit_rules": {"definitions", "edit", "syntax"},
    "globs": set(),
    "language_ids": set(),
    "lines": set(),
    "lookup": {"cursor", "model"},
    "usage_estimator": {"records", "model", "tokens"},
    "model": {"cursor", "templates"},
    "notebook": {"cursor", "document"},
    "answer_start": {"model"},
    "policy": {"completion", "cursor", "model", "shape", "text_kind", "edit"},
    "privacy": {"globs", "secret_files"},
    "outline": set(),
    "pairs": set(),
    "prices": {"days"},
    "providers": set(),
    "prompt": {"control_tokens", "cursor", "model", "pairs", "tokens"},
    "rewrite": {"characters", "control_tokens", "credentials", "cursor", "edit_rules", "syntax"},
    "typing_rhythm": {"timing"},
    "secret_files": set(),
    "shape": {"characters", "completion", "control_tokens", "cursor", "model", "syntax"},
    "sse": set(),
    "retention": set(),
    "text_kind": {"cursor", "syntax"},
    "syntax": set(),
    "templates": set(),
    "timing": set(),
    "tokens": set(),
    "edit": set(),
    "service_urls": set(),
    "words": set(),
}
"""The same for the modules of the core."""

LIBRARIES: dict[str, set[str]] = {
    "core": {"cachetools", "pathspec", "tree_sitter"},
    "locations": {"platformdirs"},
    "settings": {"msgspec"},
    "keys": set(),
    "workspace": {"pathspec", "platformdirs"},
    "backends": {"httpx", "msgspec", "truststore"},
    "ledger": {"platformdirs"},
    "engine": set(),
    "lsp": {"lsprotocol", "msgspec", "psutil", "pygls", "websockets"},
    "gateway": {"h11", "msgspec"},
    "cli": {"msgspec", "plotille", "shtab"},
    "llama": set(),
    "__main__": set(),
    "": set(),
}
"""The exact libraries of each part: one part for each outside world."""

PURE = {
    "bisect", "collections", "dataclasses", "difflib", "enum", "fnmatch", "functools", "importlib", "ipaddress",
    "itertools", "json", "math", "pathlib", "re", "typing", "unicodedata", "urllib",
}  # fmt: skip
"""The core's modules of the standard library: none reads a clock, a file, a socket or the environment."""

DOORS: dict[str, set[str]] = {
    "asyncio": {"backends", "engine", "lsp", "gateway", "cli"},
    "logging": {"backends", "workspace", "lsp", "cli"},
    "socket": {"backends"},
    "ssl": {"backends"},
    "sqlite3": {"workspace", "ledger", "cli"},
    "subprocess": {"keys", "workspace", "cli"},
    "threading": {"keys", "workspace", "ledger", "lsp", "cli"},
    "argparse": {"cli"},
}
"""The exact parts that import these modules of the standard library."""

MAX_LINES = 300
MAX_LINES_OF_A_FUNCTION = 40


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


MODULES = sorted(ROOT.rglob("*.py"))


@cache
def imports(path: Path) -> set[str]:
    """Return the dotted names that a module imports, at its top or later, `from a import b` as `a.b`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def part(path: Path, root: Path = ROOT) -> str:
    """Return the part that a module belongs to: the name right below `root`, empty for the package itself."""
    name = path.relative_to(root).parts[0].removesuffix(".py")
    return "" if name == "__init__" else name


def graph(root: Path) -> dict[str, set[str]]:
    """Return which parts of a package import which others of it."""
    package = ".".join(["midfill", *root.relative_to(ROOT).parts]) + "."
    known = {part(path, root) for path in root.rglob("*.py")}
    found: dict[str, set[str]] = {name: set() for name in known}
    for path in root.rglob("*.py"):
        for name in imports(path):
            if name.startswith(package):
                other = name.removeprefix(package).partition(".")[0]
                found[part(path, root)].add(other if other in known else "")
    return {name: others - {name} for name, others in found.items()}


def outside(wanted: Callable[[str], bool]) -> dict[str, set[str]]:
    """Return the top-level names of such foreign modules that each part imports."""
    found: dict[str, set[str]] = {name: set() for name in PARTS}
    for path in MODULES:
        tops = {name.partition(".")[0] for name in imports(path)}
        found[part(path)] |= {top for top in tops if top != "midfill" and wanted(top)}
    return found


def test_parts_import_downwards() -> None:
    """The parts of midfill import each other exactly as the table says."""
    assert graph(ROOT) == PARTS


def test_core_is_layered() -> None:
    """The modules of the core import each other exactly as the table says."""
    assert graph(ROOT / "core") == CORE


@pytest.mark.parametrize("table", [PARTS, CORE], ids=["parts", "core"])
def test_parts_have_no_import_cycle(table: dict[str, set[str]]) -> None:
    """Neither table has a cycle."""
    assert set(TopologicalSorter(table).static_order()) == set(table)


@pytest.mark.parametrize(
    "package",
    ["core", "settings", "workspace", "backends", "ledger", "engine", "lsp", "gateway", "cli"],
)
def test_modules_have_no_import_cycle(package: str) -> None:
    """The modules within a part have no cycle either, at the top or in functions."""
    root = ROOT / package
    inner = {name: others - {""} for name, others in graph(root).items() if name}
    TopologicalSorter(inner).prepare()


def test_each_library_is_imported_by_one_part() -> None:
    """Libraries are imported by the parts that the table says, and by no other."""
    assert outside(lambda top: top not in sys.stdlib_module_names) == LIBRARIES


def test_core_is_pure() -> None:
    """The core uses no clock, file, socket, thread, log or environment."""
    assert outside(lambda top: top in sys.stdlib_module_names)["core"] <= PURE
    assert {name for path in (ROOT / "core").rglob("*.py") for name in imports(path) if "athlib" in name} == {
        "pathlib.PurePath"
    }


def test_standard_library_modules_belong_to_parts() -> None:
    """Waiting, logging, sockets and child processes belong to the parts that the table says."""
    found = outside(DOORS.__contains__)
    assert {door: {name for name, doors in found.items() if door in doors} for door in DOORS} == DOORS


TERMINAL = {"os.environ", "os.getenv", "os.putenv", "sys.argv", "print", "input"}
STDIO = {"sys.stdin", "sys.stdout", "sys.stderr"}
MAY: dict[str, set[str]] = {
    "cli": TERMINAL | STDIO,
    "llama": {"sys.argv", "sys.stdin", "sys.stdout"},
    "lsp/transport.py": STDIO,
}
"""The modules that may use arguments, environment and standard streams."""


def names(path: Path) -> set[str]:
    """Return the names that a module uses, dotted where they are attributes of a name."""
    nodes = list(ast.walk(tree(path)))
    plain = {node.id for node in nodes if isinstance(node, ast.Name)}
    attributes = (node for node in nodes if isinstance(node, ast.Attribute))
    return plain | {f"{node.value.id}.{node.attr}" for node in attributes if isinstance(node.value, ast.Name)}


def violations(fault: Callable[[Path], object]) -> dict[str, object]:
    """Return the modules with a violation, and the violation."""
    found = {str(path.relative_to(ROOT)): fault(path) for path in MODULES}
    return {name: what for name, what in found.items() if what}


def test_command_line_uses_terminal_and_environment() -> None:
    """Only the command line reads arguments and environment, and prints; only it and `wire` have standard streams."""

    def used(path: Path) -> set[str]:
        allowed = MAY.get(part(path), set()) | MAY.get(path.relative_to(ROOT).as_posix(), set())
        return names(path) & (TERMINAL | STDIO) - allowed

    assert not violations(used)


def test_module_has_a_docstring() -> None:
    """Each module has a docstring that begins with a sentence."""
    docs = {path: (ast.get_docstring(tree(path)) or "").partition("\n\n")[0] for path in MODULES}
    assert not violations(lambda path: not docs[path].endswith((".", "?", ":")))


def test_module_is_short() -> None:
    """The maximum is `MAX_LINES`."""
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert not violations(lambda path: sizes[path] if sizes[path] > MAX_LINES else 0)


def test_function_is_short() -> None:
    """The maximum includes its docstring."""

    def long(path: Path) -> dict[str, int]:
        kinds = ast.FunctionDef | ast.AsyncFunctionDef
        functions = (node for node in ast.walk(tree(path)) if isinstance(node, kinds))
        sizes = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
        return {name: size for name, size in sizes.items() if size > MAX_LINES_OF_A_FUNCTION}

    assert not violations(long)


def test_no_handler_catches_everything() -> None:
    """An unknown error is a bug, and must be visible."""

    def caught(path: Path) -> set[str]:
        handlers = (node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler))
        kinds = {ast.unparse(node.type) if node.type else "everything" for node in handlers}
        return {kind for kind in kinds if kind.strip("()") in {"everything", "Exception", "BaseException"}}

    assert not violations(caught)


def test_every_part_is_in_the_tables() -> None:
    """A new part is added to the tables."""
    assert set(PARTS) == set(LIBRARIES) == {part(path) for path in MODULES}


def reading_order(package: Path) -> set[str]:
    """Return the modules or parts that a package's docstring lists "in reading order"; empty if it has no list."""
    text = (ast.get_docstring(tree(package)) or "").partition("reading order")[2]
    bullets = re.findall(r"^- (.+?):", text, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", " ".join(bullets) if bullets else text.partition("\n\n")[0]))


@pytest.mark.parametrize(
    "package",
    [path for path in MODULES if reading_order(path)],
    ids=lambda path: path.parent.relative_to(ROOT.parent).as_posix(),
)
def test_reading_order_lists_each_module(package: Path) -> None:
    """The list in a package's docstring names each of its modules, and nothing else."""
    folder = package.parent
    assert reading_order(package) == {part(path, folder) for path in folder.rglob("*.py")} - {"", "__main__"}
