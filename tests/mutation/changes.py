"""Small changes of a module: mutmut's, and three that it does not make.

mutmut makes all its changes of a module at once, behind switches, and leaves decorated functions and the tables of a
module out. So its operators are used, and each change is written out by itself. Those that put `None` for a value or
leave an argument out are not: what runs such a line at all fails, so they say no more than coverage does.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import mutators

_BREAKING = {
    mutators.operator_arg_removal,
    mutators.operator_assignment,
    mutators.operator_dict_arguments,
    mutators.operator_lambda,
}
_OPERATORS = [(kind, make) for kind, make in mutators.mutation_operators if make not in _BREAKING]

_HUNK = re.compile(r"^@@ \S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_UNTOLD = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
"""What no test can notice: types, and what fails at once."""


class Change(NamedTuple):
    """A change of a module, as the text of the whole module with it."""

    path: Path
    line: int
    before: str
    after: str
    module: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {_short(self.before)}  ->  {_short(self.after)}"


def drawn(lines: Mapping[Path, set[int]], size: int, seed: int) -> list[Change]:
    """Return changes of `size` of `lines`, drawn by a seed; each line is as likely as any other that has one."""
    dice = Random(seed)
    places = [(path, line) for path, wanted in sorted(lines.items()) for line in sorted(wanted)]
    dice.shuffle(places)
    made = (
        _change(path, line, *dice.choice(ways)) for path, line in places if (ways := _by_line(path).get(line))
    )
    return list(islice(made, size))


def all_lines(paths: Iterable[Path]) -> dict[Path, set[int]]:
    """Return each line of the modules."""
    return {path: set(range(1, path.read_text(encoding="utf-8").count("\n") + 2)) for path in paths}


def lines_since(revision: str, paths: Iterable[Path]) -> dict[Path, set[int]] | None:
    """Return the lines of the modules that are not as they were in a revision; None if that is not in this clone."""
    if _git("rev-parse", "--verify", "--quiet", revision + "^{commit}").returncode:
        return None
    return {path: set(_changed(revision, path)) for path in paths}


def _changed(revision: str, path: Path) -> Iterator[int]:
    for hunk in _HUNK.finditer(_git("diff", "--unified=0", revision, "--", str(path)).stdout):
        yield from range(int(hunk[1]), int(hunk[1]) + int(hunk[2] or 1))


def _git(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *command], capture_output=True, text=True, check=False)


_Way = tuple[cst.Module, cst.CSTNode, cst.CSTNode]


@cache
def _by_line(path: Path) -> dict[int, list[_Way]]:
    """Return the changes of a module by the line in which what they change begins."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")), unsafe_skip_copy=True)
    collector = _Collector(wrapper.module)
    wrapper.visit(collector)
    return collector.ways


def _change(path: Path, line: int, module: cst.Module, node: cst.CSTNode, new: cst.CSTNode) -> Change:
    changed = cst.ensure_type(module.deep_replace(node, new), cst.Module)
    return Change(path, line, module.code_for_node(node), module.code_for_node(new), changed.code)


class _Collector(cst.CSTVisitor):
    """Collects the changes of a module."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self.ways: dict[int, list[_Way]] = {}
        self._module = module

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _UNTOLD) or _is_text(node) or _is_type(node) or _exports(node):
            return False
        for new in _ways(node):
            line = self.get_metadata(PositionProvider, node).start.line
            self.ways.setdefault(line, []).append((self._module, node, new))
        return True


def _ways(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield what can stand in place of a node."""
    for kind, make in _OPERATORS:
        if isinstance(node, kind):
            yield from make(node)
    if isinstance(node, cst.If | cst.While | cst.IfExp | cst.CompIf):
        test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), test))
    if isinstance(node, cst.Slice):
        yield from (node.with_changes(**{side: None}) for side in ("lower", "upper") if getattr(node, side))
    if _acts(node):
        yield cst.Pass()


def _acts(node: cst.CSTNode) -> bool:
    """Whether a statement calls something for its effect, or changes an attribute or an item."""
    if isinstance(node, cst.Assign):
        return isinstance(node.targets[0].target, cst.Attribute | cst.Subscript)
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.Call | cst.Await)


def _is_text(node: cst.CSTNode) -> bool:
    """Whether a statement is a docstring."""
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.BaseString)


def _is_type(node: cst.CSTNode) -> bool:
    """Whether an expression names types at run time, as an alias does."""
    return (
        isinstance(node, cst.Subscript) and isinstance(node.value, cst.Name) and node.value.value == "Literal"
    )


def _exports(node: cst.CSTNode) -> bool:
    """Whether a statement says what `from module import *` takes, which nothing uses."""
    target = node.targets[0].target if isinstance(node, cst.Assign) else None
    return isinstance(target, cst.Name) and target.value == "__all__"


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:90] or "(nothing)"
