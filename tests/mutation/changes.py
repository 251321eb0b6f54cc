"""Small changes of a module: mutmut's, and three others.

mutmut makes all its changes of a module at once, behind switches, and leaves decorated functions and the
tables of a module out. So only its operators are used, and each change is a separate module. Operators that
replace a value by `None` or omit an argument are not used: any test that runs such a line fails, so they
show no more than coverage.
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

_LIMIT, _LOG = "a limit by one", "the words of the log"
_NUMBERS = (cst.Integer, cst.Float, cst.BinaryOperation)
_LEAST = 10
"""From this number on, an increment of a constant is harmless: a smaller number may be a count."""

_HUNK = re.compile(r"^@@ \S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_UNTOLD = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
"""Changes that no test can notice: types, and code that fails at once."""


class Change(NamedTuple):
    """A change of a module, as the text of the whole module with it."""

    path: Path
    line: int
    before: str
    after: str
    module: str
    harmless: str = ""
    """Why its kind has no visible effect; empty if it may have one."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {_short(self.before)}  ->  {_short(self.after)}"


def drawn(lines: Mapping[Path, set[int]], size: int, seed: int) -> list[Change]:
    """Return changes of `size` of `lines`, drawn by a seed; each line with a change has the same probability."""
    dice = Random(seed)
    places = [(path, line) for path, wanted in sorted(lines.items()) for line in sorted(wanted)]
    dice.shuffle(places)
    made = (
        _change(path, line, dice.choice(ways)) for path, line in places if (ways := _by_line(path).get(line))
    )
    return list(islice(made, size))


def all_lines(paths: Iterable[Path]) -> dict[Path, set[int]]:
    """Return each line of the modules."""
    return {path: set(range(1, path.read_text(encoding="utf-8").count("\n") + 2)) for path in paths}


def lines_since(revision: str, paths: Iterable[Path]) -> dict[Path, set[int]] | None:
    """Return the lines of the modules that changed since a revision; None if that is not in this clone."""
    if _git("rev-parse", "--verify", "--quiet", revision + "^{commit}").returncode:
        return None
    return {path: set(_changed(revision, path)) for path in paths}


def _changed(revision: str, path: Path) -> Iterator[int]:
    for hunk in _HUNK.finditer(_git("diff", "--unified=0", revision, "--", str(path)).stdout):
        yield from range(int(hunk[1]), int(hunk[1]) + int(hunk[2] or 1))


def _git(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *command], capture_output=True, text=True, check=False)


class _Way(NamedTuple):
    """A part of a module, and its replacement."""

    module: cst.Module
    node: cst.CSTNode
    new: cst.CSTNode
    harmless: str


@cache
def _by_line(path: Path) -> dict[int, list[_Way]]:
    """Return the changes of a module by the first changed line."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")), unsafe_skip_copy=True)
    collector = _Collector(wrapper.module)
    wrapper.visit(collector)
    return collector.ways


def _change(path: Path, line: int, way: _Way) -> Change:
    changed = cst.ensure_type(way.module.deep_replace(way.node, way.new), cst.Module)
    before, after = way.module.code_for_node(way.node), way.module.code_for_node(way.new)
    return Change(path, line, before, after, changed.code, way.harmless)


class _Collector(cst.CSTVisitor):
    """Collects the changes of a module."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self.ways: dict[int, list[_Way]] = {}
        self._module = module
        self._inside: list[str] = []
        """Why changes of a text or a number are harmless here."""

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _UNTOLD) or _is_text(node) or _is_type(node) or _exports(node):
            return False
        if reason := _hides(node):
            self._inside.append(reason)
        harmless = self._inside[-1] if self._inside and _fits(node, self._inside[-1]) else ""
        for new in _ways(node):
            line = self.get_metadata(PositionProvider, node).start.line
            self.ways.setdefault(line, []).append(_Way(self._module, node, new, harmless))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if _hides(original_node):
            self._inside.pop()


def _ways(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the possible replacements of a node."""
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


def _hides(node: cst.CSTNode) -> str:
    """Return why texts or numbers within a node are harmless; empty if they are not."""
    if isinstance(node, cst.Assign) and isinstance(target := node.targets[0].target, cst.Name | cst.Tuple):
        names = [target] if isinstance(target, cst.Name) else [one.value for one in target.elements]
        values = (
            [one.value for one in node.value.elements] if isinstance(node.value, cst.Tuple) else [node.value]
        )
        named = all(isinstance(name, cst.Name) and name.value.isupper() for name in names)
        return _LIMIT if named and all(isinstance(value, _NUMBERS) for value in values) else ""
    if isinstance(node, cst.Call) and isinstance(of := node.func, cst.Attribute):
        return _LOG if isinstance(of.value, cst.Name) and of.value.value == "logger" else ""
    return ""


def _fits(node: cst.CSTNode, reason: str) -> bool:
    """Whether the reason applies to a changed node."""
    if reason == _LIMIT:
        return isinstance(node, cst.Integer | cst.Float) and abs(float(node.evaluated_value)) >= _LEAST
    return isinstance(node, cst.SimpleString)


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
    """Whether a statement is `__all__`, which nothing uses."""
    target = node.targets[0].target if isinstance(node, cst.Assign) else None
    return isinstance(target, cst.Name) and target.value == "__all__"


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:90] or "(nothing)"
