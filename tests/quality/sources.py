"""Real files for holes: the standard library, this repository, and samples."""

import sysconfig
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from tree_sitter import Node

from midfill.core.syntax.grammars import parser
from midfill.core.syntax.languages import language

ROOT = Path(__file__).parents[2]
SAMPLES = Path(__file__).parent / "samples"

STANDARD_LIBRARY = """
    abc ast base64 bisect bdb calendar cmd code codecs colorsys configparser contextlib copy csv
    dataclasses difflib dis enum filecmp fileinput fnmatch fractions ftplib functools getopt gettext glob
    graphlib gzip hashlib heapq hmac imaplib inspect ipaddress keyword linecache mailbox mimetypes netrc
    ntpath numbers operator optparse pdb pickletools pkgutil platform plistlib poplib posixpath pprint
    profile pstats queue quopri random reprlib runpy sched selectors shelve shlex shutil smtplib
    socket socketserver statistics string stringprep subprocess symtable tabnanny tempfile textwrap
    threading timeit token tokenize trace traceback types uuid warnings wave weakref webbrowser zipapp
    zipfile
"""
"""Modules whose text is close to the same from Python 3.11 on."""

LANGUAGES = {
    ".py": "python", ".ts": "typescript", ".tsx": "typescriptreact", ".js": "javascript", ".lua": "lua",
    ".go": "go", ".rs": "rust", ".java": "java", ".c": "c", ".cpp": "cpp", ".sh": "shellscript", ".html": "html",
    ".css": "css", ".yaml": "yaml", ".json": "json", ".toml": "toml", ".sql": "sql", ".cs": "csharp",
    ".kt": "kotlin", ".rb": "ruby", ".php": "php", ".md": "markdown",
}  # fmt: skip

MAX_LINES_OF_A_SOURCE = 1_000
"""Lines of a file; the bars on time are stated for files up to this."""


class Source(NamedTuple):
    """A file: its name in reports, the identifier of its language, and its text."""

    name: str
    language: str
    text: str

    @property
    def grammar(self) -> str:
        """The name of its grammar."""
        return language(self.language).grammar

    def tree(self) -> Node | None:
        """Return the root of its syntax tree; None for a language without a grammar."""
        parse = parser(self.grammar)
        return cast("Node", parse(self.text)) if parse else None


@cache
def sources() -> dict[str, list[Source]]:
    """Return the files by language, in an order that does not depend on the machine."""
    library = Path(sysconfig.get_path("stdlib"))
    found: dict[str, list[Source]] = {}
    for path in [*(library / f"{name}.py" for name in STANDARD_LIBRARY.split()), *_ours()]:
        text = path.read_text("utf-8").replace("\r\n", "\n") if path.is_file() else ""
        if 20 <= text.count("\n") <= MAX_LINES_OF_A_SOURCE:
            source = Source(path.name, LANGUAGES[path.suffix], text)
            found.setdefault(source.language, []).append(source)
    return found


def _ours() -> list[Path]:
    """Return this repository's files and the samples."""
    folders = (ROOT / "clients/vscode/src", ROOT / "clients/neovim", ROOT / "server/midfill", SAMPLES)
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"), key=lambda path: path.as_posix())
        if path.suffix in LANGUAGES
    ]
