"""The typed text: real files with a hole at a place that depends on the seed."""

import random
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, Self

_ROOT = Path(__file__).parents[2]
_LIBRARY = Path(sysconfig.get_path("stdlib"))
DEFAULT = (
    _ROOT / "tests/bench/samples/ledger.go",
    _ROOT / "tests/bench/samples/inbox.ts",
    _LIBRARY / "configparser.py",
    _ROOT / "tests/bench/samples/document.py",
)
"""Two languages with braces, and Python from the standard library and from an earlier state of this repository.

A change of the code must not change the typed text.
"""

_LANGUAGES = {
    ".c": "c",
    ".go": "go",
    ".h": "c",
    ".java": "java",
    ".js": "javascript",
    ".lua": "lua",
    ".py": "python",
    ".rs": "rust",
    ".ts": "typescript",
}

_CHARS_PER_KEY = 2.5
"""More than any session writes with its keys, including accepted text."""


class Cut(NamedTuple):
    """A file with a hole: `indent` and `target` stand between `above` and `below`, on lines of their own."""

    above: str
    indent: str
    target: str
    below: str

    @property
    def document(self) -> str:
        """The text that the editor opens: the cursor's line has only its indentation."""
        return f"{self.above}{self.indent}\n{self.below}"


@dataclass(frozen=True)
class Source:
    """A file to type."""

    name: str
    language: str
    text: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file without trailing whitespace, which is not typed."""
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "".join(line.rstrip() + "\n" for line in lines)
        return cls(path.name, _LANGUAGES.get(path.suffix, "plaintext"), text)

    def cut(self, seed: int, keys: int) -> Cut:
        """Remove the text that `keys` keys can type, from a line that the seed selects."""
        begin = self._begin(seed, keys)
        end = self.text.find("\n", min(begin + int(keys * _CHARS_PER_KEY), len(self.text) - 1))
        hole = self.text[begin:end]
        target = hole.lstrip(" \t")
        return Cut(self.text[:begin], hole[: len(hole) - len(target)], target, self.text[end + 1 :])

    def _begin(self, seed: int, keys: int) -> int:
        """Return the offset of a line in the middle of the file that has enough text below it."""
        last = len(self.text) - keys * _CHARS_PER_KEY
        fit = [at for at in self._code if 0.1 * len(self.text) <= at <= last] or self._code[:1]
        return random.Random(f"{self.name} {seed}").choice(fit)

    @cached_property
    def _code(self) -> list[int]:
        """The offsets of the lines that are not empty."""
        lines = self.text.splitlines(keepends=True)
        starts: Iterator[int] = accumulate(map(len, lines), initial=0)
        return [start for start, line in zip(starts, lines, strict=False) if line.strip()]
