"""Language identifiers by file names."""

import pytest

from midfill.core.languages import BY_ENDING, language_of

NAMES = [
    ("main.py", "python"),
    ("/work/src/Main.PY", "python"),
    ("a.tsx", "typescriptreact"),
    ("lib.d.ts", "typescript"),
    ("Makefile", "makefile"),
    ("docker/Dockerfile", "dockerfile"),
    ("run.sh", "shellscript"),
    ("README", "plaintext"),
    ("", "plaintext"),
    ("archive.tar.xyz", "plaintext"),
    (".gitignore", "plaintext"),
    ("py", "plaintext"),
    ("src/go", "plaintext"),
    ("dir.py/file", "plaintext"),
    ("trailing.", "plaintext"),
]


@pytest.mark.parametrize(("name", "language"), NAMES)
def test_a_name_tells_its_language(name: str, language: str) -> None:
    """The extension or the whole name determines the language; otherwise it is plain text."""
    assert language_of(name) == language


def test_endings_are_lower_case_and_bare() -> None:
    """Every extension of the table can be found."""
    assert all(ending == ending.lower() and "." not in ending for ending in BY_ENDING)
