"""Changed functions replace loaded ones, so that a change needs no new process with all imports."""

import gc
import inspect
from collections import defaultdict
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple


class _Pair(NamedTuple):
    """The code of a function without and with a change."""

    before: CodeType
    after: CodeType


class Patch:
    """The differences of a changed module, which a fork applies.

    Args:
        codes: the new code of each loaded function.
        caches: those of functions; they have results of the code without the change.
    """

    def __init__(
        self, codes: list[tuple[FunctionType, CodeType]], caches: "list[_lru_cache_wrapper[object]]"
    ) -> None:
        self._codes, self._caches = codes, caches

    def apply(self) -> None:
        """Apply the changed code."""
        for cache in self._caches:
            cache.cache_clear()
        for function, code in self._codes:
            function.__code__ = code


class Loaded:
    """The functions of midfill that this process has loaded."""

    def __init__(self) -> None:
        everything = gc.get_objects()
        self._caches = [one for one in everything if isinstance(one, _lru_cache_wrapper)]
        self._functions: defaultdict[str, list[FunctionType]] = defaultdict(list)
        for one in everything:
            if isinstance(one, FunctionType):
                self._functions[one.__code__.co_filename].append(one)

    def patch(self, path: Path, module: str) -> Patch | None:
        """Return the patch from a loaded module to `module`; None if more than functions differ."""
        file = str(path.resolve())
        old = compile(path.read_text("utf-8"), file, "exec", dont_inherit=True)
        pairs = _pairs(old, compile(module, file, "exec", dont_inherit=True))
        if pairs is None:
            return None
        codes = [
            (function, pair.after)
            for pair in pairs
            for function in self._functions[file]
            if function.__code__ == pair.before and pair.before.co_freevars == pair.after.co_freevars
        ]
        return Patch(codes, self._caches) if codes else None


def _pairs(old: CodeType, new: CodeType) -> list[_Pair] | None:
    """Return the functions that differ; None if statements outside of functions do."""
    if _body(old) != _body(new):
        return None
    found: list[_Pair] = []
    for pair in map(_Pair, _inner(old), _inner(new)):
        if pair.before == pair.after:
            continue
        if pair.before.co_flags & inspect.CO_OPTIMIZED:
            found += [pair, *_nested(pair)]
        elif (deeper := _pairs(*pair)) is not None:
            found += deeper
        else:
            return None
    return found


def _nested(pair: _Pair) -> Iterator[_Pair]:
    """Yield the differing functions within a function: some may exist already."""
    before, after = _inner(pair.before), _inner(pair.after)
    if len(before) != len(after):
        return
    for inner in map(_Pair, before, after):
        if inner.before != inner.after:
            yield inner
            yield from _nested(inner)


def _body(code: CodeType) -> tuple[object, ...]:
    """Return the code of a module or class without its functions."""
    values = [repr(value) for value in code.co_consts if not isinstance(value, CodeType)]
    return code.co_code, values, code.co_names, len(_inner(code))


def _inner(code: CodeType) -> list[CodeType]:
    return [value for value in code.co_consts if isinstance(value, CodeType)]
