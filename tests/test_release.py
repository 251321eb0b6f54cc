"""The release workflow's own scripts."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

section: Callable[[str, str], str] = runpy.run_path(str(Path(__file__).parents[1] / ".github/changelog.py"))[
    "section"
]

CHANGELOG = """# Changelog

## [Unreleased]

- Soon.

## [1.1.0] - 2026-12-01

### Added

- This.

## [1.0.0] - 2026-11-01

- First.
"""


@pytest.mark.parametrize(
    ("version", "text"), [("1.1.0", "### Added\n\n- This."), ("1.0.0", "- First."), ("Unreleased", "- Soon.")]
)
def test_version_has_its_section(version: str, text: str) -> None:
    """The section ends before the next version."""
    assert section(CHANGELOG, version) == text


def test_version_without_a_section_is_not_released() -> None:
    """The release fails before it publishes anything."""
    with pytest.raises(LookupError, match=r"no section for 2\.0\.0"):
        section(CHANGELOG, "2.0.0")
