"""Print a version's section of CHANGELOG.md: `python .github/changelog.py 0.1.0`."""

import re
import sys
from pathlib import Path


def section(changelog: str, version: str) -> str:
    """Return the text below the heading of `version`; raises LookupError if there is none."""
    pattern = rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## \[|^\[|\Z)"
    found = re.search(pattern, changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise LookupError(f"CHANGELOG.md has no section for {version}")
    return found[1].strip()


if __name__ == "__main__":
    page = Path(__file__).parents[1] / "CHANGELOG.md"
    sys.stdout.write(section(page.read_text("utf-8"), sys.argv[1]) + "\n")
